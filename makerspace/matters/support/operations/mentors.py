"""Article 16: the bureau appoints mentors and lets them go, each with its day."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from makerspace.matters.support.models import Mentor, Session
from makerspace.matters.support.operations.common import ask_role, invite, leave, lock, record
from makerspace.matters.support.operations.engagements import call_off
from makerspace.matters.support.queries.facilities import HOLDING
from makerspace.matters.support.queries.mentors import is_serving, serving_as
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.terms import Role

SERVES = "这个单位的同名导师已在任。"


@transaction.atomic
def appoint_mentor(*, by: Person, on: date, name: str, email: str, **facts: Any) -> tuple[Mentor, str]:
    """Appoint a mentor from today and invite the account; the path of the letter's link, empty where it is tied at once."""
    ask_role(by, Role.BUREAU, "聘任导师", 16)
    try:
        with transaction.atomic():
            mentor = Mentor.objects.create(name=name, since=on, appointed_by=by, **facts)
    except IntegrityError:
        raise refused("invalid", SERVES, 16, fields={"name": SERVES}) from None
    path = invite(mentor, Role.MENTOR, "科技创新创业梦想导师", email=email, by=by)
    record(mentor, "appoint_mentor", by=by, role=Role.BUREAU, data={"mentor": mentor.pk, "fields": facts["fields"]})
    return mentor, path


@transaction.atomic
def invite_mentor(mentor: Mentor, *, by: Person, on: date, name: str, email: str) -> str:
    """Send the letter again, to another address perhaps, while nobody has accepted it."""
    ask_role(by, Role.BUREAU, "邀请导师", 16)
    lock(mentor)
    _refuse_former(mentor, on)
    if mentor.account:
        raise refused("wrong_stage", "导师已接受邀请，不需要再次邀请。", 16)
    leave(mentor, Role.MENTOR, still=True)
    mentor.name = name
    mentor.save(update_fields=["name"])
    path = invite(mentor, Role.MENTOR, "科技创新创业梦想导师", email=email, by=by)
    record(mentor, "invite_mentor", by=by, role=Role.BUREAU, data={"mentor": mentor.pk})
    return path


@transaction.atomic
def change_mentor(mentor: Mentor, *, by: Person, on: date, **facts: Any) -> Mentor:
    """Set right what a mentor does and where."""
    ask_role(by, Role.BUREAU, "更正导师信息", 16)
    lock(mentor)
    _refuse_former(mentor, on)
    for name, value in facts.items():
        setattr(mentor, name, value)
    try:
        with transaction.atomic():
            mentor.save(update_fields=list(facts))
    except IntegrityError:
        raise refused("invalid", SERVES, 16, fields={"employer": SERVES}) from None
    record(mentor, "change_mentor", by=by, role=Role.BUREAU, data={"mentor": mentor.pk, "fields": facts["fields"]})
    return mentor


@transaction.atomic
def end_mentor(mentor: Mentor, *, by: Person, on: date, reason: str) -> Mentor:
    """A mentor leaves today: sessions yet to come are called off and told, the post ends with the last appointment."""
    ask_role(by, Role.BUREAU, "解聘导师", 16)
    lock(mentor)
    _refuse_former(mentor, on)
    mentor.until, mentor.end_reason = on, reason
    mentor.save(update_fields=["until", "end_reason"])
    record(mentor, "end_mentor", by=by, role=Role.BUREAU, data={"mentor": mentor.pk})
    for session in Session.objects.filter(mentor=mentor, state__in=HOLDING, start__gt=clock.now()):
        call_off(session, "导师已解聘，请另选导师。", by=by)
    if mentor.account:
        tell([mentor.account], "您的导师聘任已结束", f"科技创新创业梦想导师的聘任自即日起结束：{reason}")
    still = mentor.account is not None and serving_as(mentor.account, on).exists()
    leave(mentor, Role.MENTOR, still=still)
    return mentor


def _refuse_former(mentor: Mentor, on: date) -> None:
    mentor.refresh_from_db(fields=["until"])
    if not is_serving(mentor, on):
        raise refused("wrong_stage", "这位导师已经解聘。", 16)
