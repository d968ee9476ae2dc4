"""Changing who there is. The doors record these acts and tell those concerned; here stands what must hold."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from stdnum.cn import uscc as credit_code
from stdnum.exceptions import ValidationError as BadNumber

from makerspace.office.people import queries
from makerspace.office.people.models import ApiToken, Authority, Invitation, Membership, Organisation, Person, Post
from makerspace.regulation.terms import Duty, Role

LONGEST_CODE = 18
INVITATION_LASTS = timedelta(days=7)
YESTERDAY = timedelta(days=1)


class Unfit(ValueError):
    """What was asked for may not be; ``field`` names the part of the form that is wrong, if one is."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.text, self.field = text, field


# -- organisations -----------------------------------------------------------------------------------------------------
def normal_uscc(text: str) -> str:
    """A credit code as it is kept: full-width letters narrowed, spaces and dashes dropped, capitals."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "").upper()


def uscc_warning(text: str) -> str:
    """Why a credit code looks wrong, or nothing; a wrong one warns and is never a dead end."""
    try:
        credit_code.validate(text)
    except BadNumber:
        return "统一社会信用代码的长度或校验码不符，请核对；如确为登记证照所载，可以继续办理，受理时由工作人员核实。"
    return ""


@transaction.atomic
def register_organisation(
    name: str, uscc: str, kind: str = Organisation.Kind.ENTERPRISE, address: str = "", *, by: Person, on: date
) -> Organisation:
    """A unit comes in for the first time; who registers it is its first owner."""
    refuse_administrators(by, on)
    code = normal_uscc(uscc)
    _ask_code(code)
    organisation = Organisation.objects.create(name=name, uscc=code, kind=kind, address=address)
    join(by, organisation, Membership.Role.OWNER, on=on)
    return organisation


@transaction.atomic
def correct_organisation(organisation: Organisation, name: str, uscc: str) -> Organisation:
    """Set right how a unit was registered; whether it still may be is for the door to ask."""
    organisation, code = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk), normal_uscc(uscc)
    _ask_code(code, but=organisation)
    organisation.name, organisation.uscc = name, code
    organisation.save(update_fields=["name", "uscc"])
    return organisation


def _ask_code(code: str, *, but: Organisation | None = None) -> None:
    """A code fits its column and belongs to one unit; whoever finds it taken is told whom to ask."""
    if len(code) > LONGEST_CODE:
        raise Unfit(f"统一社会信用代码应为{LONGEST_CODE}位。", "uscc")
    if Organisation.objects.filter(uscc=code).exclude(pk=but.pk if but else 0).exists():
        site = settings.SITE
        phone = f"（电话{site['phone']}）" if site["phone"] else ""
        raise Unfit(
            f"这个统一社会信用代码已经登记。如果是本单位，请本单位已登记的同事邀请您加入；"
            f"不知道由谁登记的，请持单位证明联系{site['sponsor']}{phone}或所在区县科技主管部门核实办理。",
            "uscc",
        )


def join(person: Person, organisation: Organisation, role: str, *, on: date) -> Membership:
    """A person begins to act for an organisation."""
    refuse_administrators(person, on)
    try:
        with transaction.atomic():
            member = Membership.objects.create(person=person, organisation=organisation, role=role, since=on)
    except IntegrityError:
        raise Unfit("此人已经是本单位成员。") from None
    forget_capacity(person)
    return member


@transaction.atomic
def change_role(member: Membership, role: str, *, on: date) -> Membership:
    """Make a member an owner or an editor; somebody always stays owner."""
    member = _locked(member)
    if role != Membership.Role.OWNER:
        _refuse_last_owner(member, on)
    member.role = role
    member.save(update_fields=["role"])
    return member


@transaction.atomic
def hand_over(member: Membership, to: Membership, *, on: date) -> Membership:
    """An owner gives the organisation to another member and stays as an editor."""
    to, member = _locked(to), _locked(member)
    if to.organisation_id != member.organisation_id or to.pk == member.pk or not _lasts(to, on):
        raise Unfit("只能移交给本单位的另一名现任成员。")
    change_role(to, Membership.Role.OWNER, on=on)
    return change_role(member, Membership.Role.EDITOR, on=on)


@transaction.atomic
def end_membership(member: Membership, *, on: date, empty: bool = False) -> None:
    """A person ceases to act for an organisation at once; the last owner leaves an ``empty`` one only, and as its last member.

    The row stays even where it began today: from it conflicts of interest are found.
    """
    member = _locked(member)
    if not _lasts(member, on):
        raise Unfit("此人已不是本单位成员。")
    if not empty or queries.members_of(member.organisation, on).exclude(pk=member.pk).exists():
        _refuse_last_owner(member, on)
    member.until = on - YESTERDAY
    member.save(update_fields=["until"])


def _locked(member: Membership) -> Membership:
    """The row as it is now, with the organisation locked, so that two owners cannot leave at once."""
    Organisation.objects.select_for_update(no_key=True).get(pk=member.organisation_id)
    found = Membership.objects.filter(pk=member.pk).first()
    if found is None:
        raise Unfit("此人已不是本单位成员。")
    return found


def _lasts(member: Membership, on: date) -> bool:
    return member.until is None or member.until >= on


def _refuse_last_owner(member: Membership, on: date) -> None:
    owners = queries.members_of(member.organisation, on).filter(role=Membership.Role.OWNER, person__is_active=True)
    if member.role == Membership.Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise Unfit("单位至少要有一名负责人：请先把负责人移交给另一名成员，再作变更。")


# -- posts -------------------------------------------------------------------------------------------------------------
@transaction.atomic
def appoint(
    person: Person, role: Role, *, authority: Authority | None = None, duties: Iterable[Duty] = (), on: date
) -> Post:
    """Give a person an office from ``on``; their sessions end, so that none runs on with the old rights."""
    if (role is Role.DISTRICT) != (authority is not None):
        raise Unfit("区县岗位须选定科技主管部门，其他岗位不选。", "authority")
    refuse_mixing(person, role, on)
    same = queries.posts_of(person, on).filter(role=role, authority=authority)
    if same.exists():
        raise Unfit("此人已任这一岗位。", "role")
    post = Post.objects.create(
        person=person, role=role.value, authority=authority, duties=[duty.value for duty in duties], valid_from=on
    )
    end_sessions(person)
    return post


@transaction.atomic
def end_post(post: Post, *, on: date) -> None:
    """End an office at once: its last day was yesterday, or it never began."""
    if post.valid_until is not None and post.valid_until < on:
        raise Unfit("这一任职已经结束。")
    if post.valid_from >= on:
        post.delete()
    else:
        Post.objects.filter(pk=post.pk).update(valid_until=on - YESTERDAY)
    end_sessions(post.person)
    end_tokens(post.person)


@transaction.atomic
def disable(person: Person) -> None:
    """Lock an account: no sign-in, no token, no session; unlocking brings none of them back."""
    Person.objects.filter(pk=person.pk).update(is_active=False)
    person.is_active = False
    end_sessions(person)
    end_tokens(person)


@transaction.atomic
def enable(person: Person) -> None:
    """Unlock an account."""
    Person.objects.filter(pk=person.pk).update(is_active=True)
    person.is_active = True
    forget_capacity(person)


def end_sessions(person: Person) -> int:
    """End every session of a person (C9); how many there were."""
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    forget_capacity(person)
    return len(sessions)


def end_tokens(person: Person) -> int:
    """End every key of a person, by the database's own clock (C9); how many there were."""
    return ApiToken.objects.filter(person=person, revoked_at=None).update(revoked_at=Now())


@transaction.atomic
def reset_second_factor(person: Person) -> None:
    """Take a person's second factor away, and end their sessions."""
    Authenticator.objects.filter(user=person).delete()
    end_sessions(person)


def forget_capacity(person: Person) -> None:
    """What was read of a person's posts and memberships before no longer holds."""
    person.__dict__.pop("_capacity", None)
    person.__dict__.pop("_prefetched_objects_cache", None)


def refuse_administrators(person: Person, on: date) -> None:
    """Administration stands apart: who administers takes part in no case."""
    if person.capacity(on).roles & queries.ADMINISTRATION:
        raise Unfit("系统、安全、审计管理员与业务办理分离，不能同时参与办件。")


def refuse_mixing(person: Person, role: Role, on: date) -> None:
    """The three administrators are three people, and none of them does anything else."""
    held = {Role(post.role) for post in queries.posts_of(person, on)}
    busy = bool(held) or queries.memberships_of(person, on).exists()
    if held & queries.ADMINISTRATION or (role in queries.ADMINISTRATION and busy):
        raise Unfit("系统、安全、审计管理员须由三人分任，且不得兼任业务岗位或代表申报单位。", "role")


# -- invitations -------------------------------------------------------------------------------------------------------
@transaction.atomic
def invite_member(
    organisation: Organisation, *, email: str, name: str, role: str, by: Person, now: datetime
) -> tuple[Invitation, str]:
    """Ask somebody to act for an organisation: the invitation and the secret of its link."""
    if role not in Membership.Role.values:
        raise Unfit("请选择成员身份。", "role")
    if queries.members_of(organisation, now.date()).filter(person__email__iexact=email).exists():
        raise Unfit("使用这个邮箱的人员已经是本单位成员。", "email")
    return _invite(email, name, by, now, organisation=organisation, membership=role)


@transaction.atomic
def invite_officer(
    *,
    email: str,
    name: str,
    role: Role,
    authority: Authority | None = None,
    duties: Iterable[Duty] = (),
    by: Person,
    now: datetime,
) -> tuple[Invitation, str]:
    """Ask somebody to take an office: the invitation and the secret of its link."""
    if (role is Role.DISTRICT) != (authority is not None):
        raise Unfit("区县岗位须选定科技主管部门，其他岗位不选。", "authority")
    if by.email and by.email.casefold() == email.casefold():
        raise Unfit("不能邀请本人任职。", "email")
    return _invite(email, name, by, now, role=role.value, authority=authority, duties=[duty.value for duty in duties])


def find_invitation(secret: str, now: datetime) -> Invitation | None:
    """The invitation behind a link, while it can be accepted."""
    invitations = queries.open_invitations(now).select_related("organisation", "authority", "invited_by")
    return invitations.filter(digest=_digest(secret)).first()


@transaction.atomic
def accept(invitation: Invitation, person: Person, *, now: datetime) -> None:
    """Take up an invitation, once; the sender cannot take it up."""
    taken = queries.open_invitations(now).filter(pk=invitation.pk).update(accepted_at=now, accepted_by=person)
    if not taken:
        raise Unfit("这个邀请链接无效、已使用或已过期，请联系邀请人重新发出。")
    if invitation.invited_by_id == person.pk:
        raise Unfit("不能接受本人发出的邀请，请退出后由受邀人登录接受。")
    if invitation.organisation is not None:
        join(person, invitation.organisation, invitation.membership, on=now.date())
        return
    duties = [Duty(duty) for duty in invitation.duties]
    appoint(person, Role(invitation.role), authority=invitation.authority, duties=duties, on=now.date())


@transaction.atomic
def open_account(invitation: Invitation, *, username: str, password: str, name: str) -> Person:
    """An account for somebody who was invited; the link that reached them proves the address."""
    if Person.objects.filter(username__iexact=username).exists():
        raise Unfit("这个用户名已被使用，请换一个。", "username")
    if Person.objects.filter(email__iexact=invitation.email).exists():
        raise Unfit("受邀邮箱已有账号，请先登录该账号，再打开邀请链接。")
    person = Person.objects.create_user(username, invitation.email, password, name=name)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def take_back(invitation: Invitation, *, now: datetime) -> None:
    """An invitation that was not accepted yet is worth nothing from now on."""
    if not queries.open_invitations(now).filter(pk=invitation.pk).update(expires_at=now):
        raise Unfit("这个邀请已被接受或已经失效。")


def _invite(email: str, name: str, by: Person, now: datetime, **fields: object) -> tuple[Invitation, str]:
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email, name=name, digest=_digest(secret), invited_by=by, expires_at=now + INVITATION_LASTS, **fields
    )
    return invitation, secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
