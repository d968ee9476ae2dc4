"""What the acts of this room share: the stream of the record, whom to tell, inviting an account."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from makerspace.matters.support.models import Facility, Mentor
from makerspace.matters.support.models.engagements import Invited
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell, write_to
from makerspace.office.people import operations as people
from makerspace.office.people import queries as who
from makerspace.office.people.models import Person
from makerspace.office.people.operations import Unfit
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role

REGULATION = "kunkefa-2017-55"
Owner = Facility | Mentor


def lock(owner: Owner) -> Owner:
    """The facility or mentor whose acts stand one after the other, so that its stream and its hours have one writer."""
    return type(owner).objects.select_for_update().get(pk=owner.pk)


def record(owner: Owner, act: str, *, by: Person | None, role: Role, data: Mapping[str, Any], **more: str) -> None:
    """One sealed entry on the stream of a facility or mentor; ``more``: the states before and after."""
    name, article = ("FACILITY", 15) if isinstance(owner, Facility) else ("MENTOR", 16)
    append(
        f"{name}-{owner.pk}", act, by=by, role=role, on=clock.today(), articles=(article,), regulation=REGULATION,
        data=data, **more,
    )  # fmt: skip


def ask_role(by: Person, role: Role, what: str, article: int) -> None:
    """Refuse whoever does not hold the role today."""
    if role not in by.roles_on(clock.today()):
        raise refused("not_yours", f"“{what}”由市科技局经办处室办理。", article)


def invite(row: Invited, role: Role, what: str, *, email: str, by: Person) -> str:
    """Name who acts: an account that holds the role is tied at once and told; else a letter goes out, its path returned."""
    holder = Person.objects.filter(email__iexact=email, is_active=True).first()
    if holder and role in holder.roles_on(clock.today()):
        row.person = holder
        row.save(update_fields=["person"])
        tell([holder], what, f"{by}已将您的账号关联为：{what}。", link=reverse("work_home"))
        return ""
    try:
        row.invitation, secret = people.invite_officer(email=email, name=row.name, role=role, by=by, now=clock.now())
    except Unfit as unfit:
        raise refused("invalid", unfit.text, fields={"email": unfit.text}) from None
    row.save(update_fields=["invitation"])
    return _send(row, secret, f"市科技局邀请您担任{what}。")


def _send(row: Invited, secret: str, text: str) -> str:
    assert row.invitation is not None  # noqa: S101  it was made above
    path = reverse("work_invitation", args=[secret])
    until = row.invitation.expires_at.astimezone(clock.KUNMING)
    letter = (
        f"{row.name}：\n{text}\n请在{chinese(until)}{until:%H:%M}前打开下面的链接接受邀请；"
        f"链接只能使用一次，请勿转发。\n{settings.PUBLIC_BASE_URL}{path}"
    )
    write_to(row.invitation.email, f"{settings.SITE['name']}：邀请", letter)
    return path


def leave(row: Invited, role: Role, *, still: bool) -> None:
    """Whoever keeps nothing any more holds the post no longer; an invitation not yet accepted is taken back."""
    today, now = clock.today(), clock.now()
    if row.invitation and row.invitation.accepted_at is None and row.invitation.expires_at > now:
        people.take_back(row.invitation, now=now)
    if row.account and not still:
        for post in who.posts_of(row.account, today).filter(role=role):
            people.end_post(post, on=today)
