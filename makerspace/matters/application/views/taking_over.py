"""Between the registers and the application: what would change is shown first, then taken over."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from makerspace.matters.application import forms, operations, queries, registered
from makerspace.matters.application.views.common import open_to, seen_version
from makerspace.matters.registers import operations as keeping
from makerspace.matters.registers import queries as registers
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.record import clock
from makerspace.regulation.terms import Role
from makerspace.web.policy import roles, signed_in
from makerspace.web.visitor import me


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, number: str, section: str) -> HttpResponse:
    """The lists of one section, replaced by what the registers say today."""
    today = clock.today()
    case = open_to(me(request), number, today)
    found = forms.section_of(case.regulation, case.category, section)
    place = registered.place_of(case, me(request), today) if found and registered.keys_in(found) else None
    if found is None or place is None:
        raise refused("not_found", "这一部分没有可以从登记册填入的内容。", 9)
    if found.code not in queries.opened(case).sections:
        raise refused("wrong_stage", f"“{found.title}”不在补正范围内，不能修改。", 10)
    blocks = registered.blocks(case, found, place, today)
    changed = ""
    if request.method == "POST":
        try:
            operations.save_section(
                case, found.code, {block.key: block.after for block in blocks}, by=me(request), on=today,
                seen_version=seen_version(request), seen_digest=request.POST.get("digest", ""),
            )  # fmt: skip
        except Refused as caught:
            if caught.refusal.code != "changed_meanwhile":
                raise
            changed = caught.refusal.text
        else:
            messages.success(request, f"“{found.title}”已从登记册填入，请核对。")
            return redirect("application_section", case.number, found.code)
    application = case.application
    context = {
        "case": case, "section": found, "place": place, "blocks": blocks, "changed": changed,
        "any": any(block.after for block in blocks), "same": all(block.same for block in blocks),
        "version": application.version, "digest": application.digest_of(found.keys),
    }  # fmt: skip
    return render(request, "application/take_over.html", context, status=412 if changed else 200)


@roles(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def into_registers(request: HttpRequest, pk: int) -> HttpResponse:
    """What was handed in, entered into the registers: shown first, then all that is fit, in one go."""
    today = clock.today()
    place = registers.fetch(me(request), pk, today)
    if not registers.keeps(me(request), place, today):
        raise Refused(keeping.NOT_KEPT)
    submission = registered.handed_in(place, me(request), today)
    if submission is None:
        raise Refused(registers.NOT_THERE)
    books = registered.brought(place, submission, today)
    total = sum(len(book.plan.rows) for book in books)
    if request.method == "POST" and total:
        with transaction.atomic():
            for book in books:
                keeping.take_in(place, book.register, book.plan.incoming, by=me(request), on=today)
        messages.success(request, f"已从申报内容带入{total}条，请逐册核对。")
        return redirect("registers_register", place.pk, "tenants")
    context = {"place": place, "submission": submission, "books": books, "total": total}
    return render(request, "application/into_registers.html", context)
