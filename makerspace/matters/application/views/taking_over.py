"""From the registers into the application: what would change is shown first, then taken over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from makerspace.matters.application import forms, operations, queries, registered
from makerspace.matters.application.views.common import open_to, seen_version
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.record import clock
from makerspace.web.policy import signed_in
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
