"""Acts on organisations, posts and accounts: each is done, recorded on its stream, and told to those concerned."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from makerspace.office.casework.models import Counter
from makerspace.office.casework.queries import ROLE_NAMES, has_cases
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell, write_to
from makerspace.office.people import operations as people
from makerspace.office.people.models import Authority, Invitation, Membership, Organisation, Person, Post
from makerspace.office.people.operations import Unfit
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Duty, Role

PEOPLE = "PEOPLE"
POST_NAMES = {**ROLE_NAMES, Role.EXPERT: "评审专家"}
ACTS = {
    "appoint_first": "设立首位系统管理员",
    "invite_officer": "发出任职邀请", "take_back_invitation": "撤回邀请", "accept_post": "接受任职邀请", "end_post": "结束任职",
    "disable": "停用账号", "enable": "启用账号", "end_sessions": "结束全部登录", "reset_second_factor": "解除两步验证",
    "register_organisation": "登记单位", "correct_organisation": "更正单位登记", "invite_member": "邀请成员", "accept_membership": "加入单位", "change_role": "变更成员身份",
    "hand_over": "移交负责人", "end_membership": "移出成员",
}  # fmt: skip


def stream_of(organisation: Organisation) -> str:
    """An organisation's own stream in the record."""
    return f"ORG-{organisation.pk}"


@contextmanager
def refusing(*, status: str = "wrong_stage") -> Iterator[None]:
    """What may not be, as a refusal page, where there is no form to say it in."""
    try:
        yield
    except Unfit as unfit:
        raise refused(status, unfit.text) from None


def _record(stream: str, act: str, by: Person, role: Role, data: Mapping[str, Any]) -> None:
    """One entry; the stream's counter is locked first, so that two acts at once stand one after the other."""
    Counter.objects.get_or_create(name=stream)
    Counter.objects.select_for_update().get(name=stream)
    append(stream, act, by=by, role=role, on=clock.today(), data=data)


def acting_admin(by: Person) -> Role:
    """In which capacity of administration a person acts."""
    roles = by.capacity(clock.today()).roles
    return next(role for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN) if role in roles)


# -- organisations -----------------------------------------------------------------------------------------------------
@transaction.atomic
def register_organisation(name: str, uscc: str, kind: str, address: str, *, by: Person) -> Organisation:
    """A unit comes in; raises Unfit."""
    organisation = people.register_organisation(name, uscc, kind, address, by=by, on=clock.today())
    _record(stream_of(organisation), "register_organisation", by, Role.APPLICANT, {"uscc": organisation.uscc})
    return organisation


def is_unfiled(organisation: Organisation) -> bool:
    """Whether the unit has handed nothing in: its registration may still be set right by its owner."""
    return not has_cases(organisation.pk, filed=True)


@transaction.atomic
def correct_organisation(organisation: Organisation, name: str, uscc: str, *, by: Person) -> Organisation:
    """Set a unit's name and code right while it has handed nothing in; the record keeps both. Raises Unfit."""
    before = {"name": organisation.name, "uscc": organisation.uscc}
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not is_unfiled(organisation):
        raise Unfit("本单位已经提交过申报，名称和代码不能自行更改，请联系受理部门更正。")
    organisation = people.correct_organisation(organisation, name, uscc)
    data = {"before": before, "after": {"name": organisation.name, "uscc": organisation.uscc}}
    _record(stream_of(organisation), "correct_organisation", by, Role.APPLICANT, data)
    return organisation


@transaction.atomic
def invite_member(organisation: Organisation, *, email: str, name: str, role: str, by: Person) -> str:
    """Ask somebody to act for an organisation; the link's path. Raises Unfit."""
    now = clock.now()
    invitation, secret = people.invite_member(organisation, email=email, name=name, role=role, by=by, now=now)
    _record(stream_of(organisation), "invite_member", by, Role.APPLICANT, {"invitation": invitation.pk, "role": role})
    place = f"{organisation.name}{Membership.Role(role).label}"
    return _send(invitation, secret, f"{by}邀请您担任{place}，共同办理众创空间申报。")


@transaction.atomic
def change_role(member: Membership, role: str, *, by: Person) -> None:
    """Make a member an owner or an editor; raises Unfit."""
    people.change_role(member, role, on=clock.today())
    _record_member("change_role", member, by, {"role": role})
    label = Membership.Role(role).label
    _tell_member(member, f"您在{member.organisation.name}的身份已改为{label}", f"由{by}变更。")


@transaction.atomic
def hand_over(member: Membership, to: Membership, *, by: Person) -> None:
    """An owner gives the organisation to another member; raises Unfit."""
    people.hand_over(member, to, on=clock.today())
    _record_member("hand_over", to, by, {"from": member.person_id})
    _tell_member(to, f"您已成为{to.organisation.name}的负责人", f"{by}已将负责人移交给您，单位的全部办件由您管理。")


@transaction.atomic
def end_membership(member: Membership, *, by: Person) -> None:
    """A person ceases to act for an organisation; raises Unfit."""
    empty = not has_cases(member.organisation_id)
    people.end_membership(member, on=clock.today(), empty=empty)
    _record_member("end_membership", member, by, {})
    _tell_member(member, f"您已不再代表{member.organisation.name}", f"由{by}办理，自即日起生效。")


def _record_member(act: str, member: Membership, by: Person, data: Mapping[str, Any]) -> None:
    _record(stream_of(member.organisation), act, by, Role.APPLICANT, {"person": member.person_id, **data})


def _tell_member(member: Membership, subject: str, text: str) -> None:
    tell([member.person], subject, text, link=reverse("work_organisations"), stream=stream_of(member.organisation))


# -- posts and accounts ------------------------------------------------------------------------------------------------
@transaction.atomic
def invite_officer(
    *, email: str, name: str, role: Role, authority: Authority | None, duties: list[Duty], by: Person
) -> str:
    """Ask somebody to take an office; the link's path. Raises Unfit."""
    invitation, secret = people.invite_officer(
        email=email, name=name, role=role, authority=authority, duties=duties, by=by, now=clock.now()
    )
    data = {
        "invitation": invitation.pk,
        "role": role,
        "authority": authority.code if authority else "",
        "duties": duties,
    }
    _record(PEOPLE, "invite_officer", by, Role.SYSTEM_ADMIN, data)
    return _send(invitation, secret, f"系统管理员邀请您担任{post_name(role, authority)}。")


@transaction.atomic
def appoint_first(person: Person) -> None:
    """The first system administrator, appointed from the server's own shell."""
    people.appoint(person, Role.SYSTEM_ADMIN, on=clock.today())
    _record(PEOPLE, "appoint_first", person, Role.SYSTEM_ADMIN, {"person": person.pk})


@transaction.atomic
def take_back(invitation: Invitation, *, by: Person) -> None:
    """An invitation is worth nothing from now on; raises Unfit."""
    people.take_back(invitation, now=clock.now())
    if invitation.organisation is not None:
        _record(
            stream_of(invitation.organisation),
            "take_back_invitation",
            by,
            Role.APPLICANT,
            {"invitation": invitation.pk},
        )
        return
    _record(PEOPLE, "take_back_invitation", by, Role.SYSTEM_ADMIN, {"invitation": invitation.pk})


@transaction.atomic
def accept(invitation: Invitation, person: Person) -> None:
    """Take up an invitation; raises Unfit."""
    people.accept(invitation, person, now=clock.now())
    data = {"invitation": invitation.pk, "person": person.pk}
    if invitation.organisation is not None:
        _record(stream_of(invitation.organisation), "accept_membership", person, Role.APPLICANT, data)
        text = f"{person}已接受邀请，加入{invitation.organisation.name}。"
    else:
        _record(PEOPLE, "accept_post", person, Role(invitation.role), data)
        text = f"{person}已接受邀请，担任{post_name(Role(invitation.role), invitation.authority)}。"
    tell([invitation.invited_by], "邀请已被接受", text)


@transaction.atomic
def end_post(post: Post, *, by: Person) -> None:
    """End an office and the sessions of who held it; nobody ends their own. Raises Unfit."""
    _refuse_oneself(post.person, by)
    people.end_post(post, on=clock.today())
    authority = post.authority.code if post.authority else ""
    _record(
        PEOPLE, "end_post", by, Role.SYSTEM_ADMIN, {"person": post.person_id, "role": post.role, "authority": authority}
    )
    tell([post.person], "您的任职已结束", f"{post_name(Role(post.role), post.authority)}的任职自即日起结束。")


@transaction.atomic
def disable(person: Person, *, reason: str, by: Person) -> None:
    """Lock an account and end its sessions."""
    _refuse_oneself(person, by)
    people.disable(person)
    _record(PEOPLE, "disable", by, acting_admin(by), {"person": person.pk, "reason": reason})


@transaction.atomic
def enable(person: Person, *, reason: str, by: Person) -> None:
    """Unlock an account."""
    _refuse_oneself(person, by)
    people.enable(person)
    _record(PEOPLE, "enable", by, acting_admin(by), {"person": person.pk, "reason": reason})


@transaction.atomic
def end_sessions(person: Person, *, reason: str, by: Person) -> None:
    """End every session of a person."""
    _refuse_oneself(person, by)
    count = people.end_sessions(person)
    _record(PEOPLE, "end_sessions", by, acting_admin(by), {"person": person.pk, "reason": reason, "sessions": count})


@transaction.atomic
def reset_second_factor(person: Person, *, reason: str, by: Person) -> None:
    """Take the second factor of somebody who lost it away, so that they set up a new one at the next sign-in."""
    _refuse_oneself(person, by)
    people.reset_second_factor(person)
    _record(PEOPLE, "reset_second_factor", by, acting_admin(by), {"person": person.pk, "reason": reason})
    tell([person], "您的两步验证已解除", "安全管理员已应您的请求解除两步验证。如非您本人提出，请立即联系主办单位。")


def _refuse_oneself(person: Person, by: Person) -> None:
    if person.pk == by.pk:
        raise Unfit("不能办理本人的账号和任职，请由另一名管理员办理。")


# -- invitations -------------------------------------------------------------------------------------------------------
def post_name(role: Role, authority: Authority | None) -> str:
    """A post in words."""
    return f"{authority.office}工作人员" if authority else POST_NAMES[role]


def _send(invitation: Invitation, secret: str, text: str) -> str:
    path = reverse("work_invitation", args=[secret])
    until = invitation.expires_at.astimezone(clock.KUNMING)
    letter = f"{invitation.name}：\n{text}\n请在{chinese(until)}{until:%H:%M}前打开下面的链接接受邀请；链接只能使用一次，请勿转发。\n{settings.PUBLIC_BASE_URL}{path}"
    write_to(invitation.email, f"{settings.SITE['name']}：邀请", letter)
    return path
