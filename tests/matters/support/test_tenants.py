"""Article 16: the link of a tenant is made, renewed, revoked and dies by itself; through it the tenant asks, and no person."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, transaction

from makerspace.doors.clock.tick import steps
from makerspace.matters.recognition.models import Title
from makerspace.matters.registers import operations as registers
from makerspace.matters.registers.models import Tenant
from makerspace.matters.support import operations
from makerspace.matters.support.models import Mentor, Session, SessionSlot, State, TenantLink
from makerspace.matters.support.operations.engagements import CONTACTS_KEPT, MOST_A_DAY, MOST_OPEN
from makerspace.matters.support.queries import tenants as queries
from makerspace.matters.support.queries.calendar import digest_of, feed
from makerspace.matters.support.queries.engagements import DEEDS, Side, sessions, sides, sides_of_link, why_not
from makerspace.matters.support.queries.facts import service_facts, service_figures
from makerspace.matters.support.queries.mentors import with_load
from makerspace.office.casework.refusals import Refused
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation.terms import Role
from tests import factories
from tests.asking import refusal_of
from tests.matters.registers.keeping import TENANTS
from tests.matters.support.helping import MONDAY, NOW, THURSDAY, Scene, ask, ask_alone, at, give, scene, tenant_of

pytestmark = [pytest.mark.django_db, pytest.mark.both]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
PHONE = "13987654321"


@pytest.fixture
def here() -> Iterator[Scene]:
    made = scene()
    with clock.pretending(NOW):
        yield made


@pytest.fixture
def tenant(here: Scene) -> Tenant:
    return tenant_of(here)


def leaves(here: Scene, tenant: Tenant, on: date = MONDAY) -> None:
    """The tenant moves out."""
    registers.leave(
        here.makerspace, TENANTS, tenant.pk, by=here.asker, on=on, seen_version=tenant.version, day=on, left_as="graduated"
    )  # fmt: skip


def entries(stream: str, act: str) -> list[tuple[Any, ...]]:
    """Who did it, as what, and what the record holds of it."""
    rows = Entry.objects.filter(stream=stream, act=act).order_by("seq")
    return [(row.person_id, row.role, json.loads(row.data)) for row in rows]


def told(person: Person, begins: str) -> int:
    """How many messages to somebody begin so."""
    return Message.objects.filter(person=person, subject__startswith=begins).count()


# -- the link ----------------------------------------------------------------------------------------------------------
def test_a_link_is_made_of_which_only_the_digest_is_kept(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)

    assert len(secret) == 43
    assert (link.tenant, link.digest, link.made_by, link.revoked_at) == (tenant, digest_of(secret), here.asker, None)
    assert queries.link_behind(secret, MONDAY) == link
    made = {"link": link.pk, "tenant": tenant.pk, "makerspace": here.makerspace.pk}
    assert entries(f"TENANT-{tenant.pk}", "make_link") == [(here.asker.pk, "applicant", made)]
    assert not Entry.objects.filter(data__contains=secret).exists()
    assert first_broken() is None


def test_a_renewed_link_ends_the_one_before_and_shows_what_it_asked(here: Scene, tenant: Tenant) -> None:
    first, old = give(here, tenant)
    session = ask_alone(here, first)

    second, new = give(here, tenant, seen=first.pk)

    assert (queries.link_behind(old, MONDAY), queries.link_behind(new, MONDAY)) == (None, second)
    assert list(queries.sessions(second)) == [session]
    first.refresh_from_db()
    assert first.revoked_by == here.asker
    assert entries(f"TENANT-{tenant.pk}", "make_link")[1][2]["instead_of"] == first.pk


def test_of_two_who_renew_the_second_is_told_who_did(here: Scene, tenant: Tenant) -> None:
    first, _ = give(here, tenant)
    colleague = factories.member_of(here.makerspace.organisation)
    _, new = give(here, tenant, seen=first.pk)

    refusal = refusal_of(lambda: operations.make_link(tenant, by=colleague, on=MONDAY, seen=first.pk))

    assert refusal.code == "changed_meanwhile"
    assert f"{here.asker}已于09:00为{tenant.name}生成了新链接" in refusal.text
    assert queries.link_behind(new, MONDAY) is not None


def test_a_revoked_link_opens_nothing(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)

    assert operations.revoke_link(tenant, by=here.asker, on=MONDAY)

    assert queries.link_behind(secret, MONDAY) is None
    assert refusal_of(lambda: ask_alone(here, link)).code == "not_found"
    assert not operations.revoke_link(tenant, by=here.asker, on=MONDAY)
    assert len(entries(f"TENANT-{tenant.pk}", "revoke_link")) == 1


def test_a_link_dies_when_the_tenant_leaves_and_lives_when_that_was_wrong(here: Scene, tenant: Tenant) -> None:
    link, secret = give(here, tenant)
    session = ask_alone(here, link)
    leaves(here, tenant)

    assert queries.link_behind(secret, MONDAY) is None
    assert sides_of_link(link, session, MONDAY) == frozenset()
    assert refusal_of(lambda: ask_alone(here, link, 11, 12)).code == "not_found"
    assert refusal_of(lambda: operations.withdraw(session, by=link, on=MONDAY)).code == "not_yours"
    Tenant.objects.filter(pk=tenant.pk).update(moved_out_on=None, left_as="")
    assert queries.link_behind(secret, MONDAY) == link


def test_a_link_lives_until_the_day_on_which_the_tenant_leaves(here: Scene, tenant: Tenant) -> None:
    _, secret = give(here, tenant)
    Tenant.objects.filter(pk=tenant.pk).update(moved_out_on=THURSDAY, left_as="moved")

    opened = [queries.link_behind(secret, THURSDAY + timedelta(days=days)) is not None for days in (-1, 0, 1)]

    assert opened == [True, False, False]


def test_a_link_dies_when_the_line_is_struck_or_the_title_ends(here: Scene, tenant: Tenant) -> None:
    _, secret = give(here, tenant)
    Title.objects.update(state="revoked", ended_on=THURSDAY)
    assert queries.link_behind(secret, THURSDAY - timedelta(days=1)) is not None
    assert queries.link_behind(secret, THURSDAY) is None

    Title.objects.update(state="in_force", ended_on=None)
    registers.strike(
        here.makerspace, TENANTS, tenant.pk, by=here.asker, on=MONDAY, seen_version=tenant.version, note="登记有误"
    )
    assert queries.link_behind(secret, THURSDAY) is None


def test_no_link_for_a_tenant_that_left_or_without_the_title(here: Scene, tenant: Tenant) -> None:
    gone = tenant_of(here, name="先行离开的企业", uscc=factories.uscc())
    leaves(here, gone)

    assert refusal_of(lambda: give(here, gone)).text == "不能生成约导师链接：已迁出或者登记已作废。"
    Title.objects.update(state="revoked", ended_on=MONDAY)
    assert refusal_of(lambda: give(here, tenant)).text == "不能生成约导师链接：众创空间目前没有有效的称号。"
    assert not TenantLink.objects.exists()


def test_only_the_operator_makes_and_revokes(here: Scene, tenant: Tenant) -> None:
    give(here, tenant)
    others = factories.make_person(organisation=factories.make_organisation())

    for person in (others, here.bureau, here.adviser):
        making = refusal_of(lambda by=person: operations.make_link(tenant, by=by, on=MONDAY, seen=None))  # type: ignore[misc]
        revoking = refusal_of(lambda by=person: operations.revoke_link(tenant, by=by, on=MONDAY))  # type: ignore[misc]
        assert (making.code, making.articles, revoking.code) == ("not_yours", (16,), "not_yours")
    assert TenantLink.objects.filter(revoked_at=None).count() == 1


def test_the_list_says_how_each_link_stands(here: Scene, tenant: Tenant) -> None:
    rows = {name: tenant_of(here, name=name, uscc=factories.uscc()) for name in ("已作废", "已迁出", "迁出没有链接")}
    link, _ = give(here, tenant)
    ask_alone(here, link)
    for name in ("已作废", "已迁出"):
        give(here, rows[name])
    operations.revoke_link(rows["已作废"], by=here.asker, on=MONDAY)
    leaves(here, rows["已迁出"])
    leaves(here, rows["迁出没有链接"])

    found = queries.standings(queries.with_links(queries.tenants(here.asker, MONDAY)).order_by("pk"), MONDAY)

    assert [(row.tenant.name, row.live, row.lasting, row.shut, row.tenant.asked) for row in found] == [  # type: ignore[attr-defined]
        (tenant.name, True, True, "", 1), ("已作废", False, False, "", 0), ("已迁出", False, True, queries.LEFT, 0),
    ]  # fmt: skip
    stranger = factories.make_person(organisation=factories.make_organisation())
    assert not queries.tenants(stranger, MONDAY).exists()
    assert not queries.tenants(here.bureau, MONDAY).exists()


# -- asking ------------------------------------------------------------------------------------------------------------
def test_a_tenant_asks_and_the_record_says_that_it_was_the_tenant(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)

    session = ask_alone(here, link)

    assert (session.asked_by, session.asked_link, session.tenant, session.makerspace) == (
        None, link, tenant.name, here.makerspace,
    )  # fmt: skip
    ((person, role, data),) = entries(f"MENTOR-{here.mentor.pk}", "ask_session")
    assert (person, role) == (None, "public")
    assert (data["tenant"], data["link"], data["session"]) == (tenant.pk, link.pk, session.pk)
    texts = "".join(Entry.objects.values_list("data", flat=True))
    assert PHONE not in texts
    assert "股权" not in texts
    assert [told(who, "新的辅导约请") for who in (here.adviser, here.asker, here.bureau)] == [1, 1, 0]
    assert not Message.objects.filter(text__contains=PHONE).exists()
    assert first_broken() is None


def test_a_session_has_one_asker_a_person_or_a_link(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    asked = ask(here)

    for changes in ({"asked_by": None}, {"asked_link": link}, {"phone": PHONE}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.filter(pk=asked.pk).update(**changes)


def test_the_very_same_request_again_is_the_same_one(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)

    first, second = ask_alone(here, link), ask_alone(here, link)

    assert first == second
    assert told(here.adviser, "新的辅导约请") == 1
    other = refusal_of(lambda: ask_alone(here, link, purpose="另一个问题"))
    assert (other.code, list(other.fields)) == ("wrong_stage", ["start"])
    operations.confirm(first, by=here.adviser, on=MONDAY)
    assert refusal_of(lambda: ask_alone(here, link)).fields["start"].startswith("贵单位已经约了这位导师的这段时间")


def test_a_time_that_another_holds_is_refused_to_the_tenant(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    ask(here, start=9, end=11)

    refusal = refusal_of(lambda: ask_alone(here, link, 10, 12))

    assert (refusal.code, dict(refusal.fields)) == ("wrong_stage", {"start": "这段时间刚刚已被他人约定，请另选时间。"})


def test_a_tenant_holds_so_many_requests_and_no_more(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    asked = [ask_alone(here, link, 9 + place, 10 + place) for place in range(MOST_OPEN)]

    refusal = refusal_of(lambda: ask_alone(here, link, 20, 21))

    assert refusal.fields == {"": f"待答复和已确认的约请至多{MOST_OPEN}件，请等导师答复，或者先撤回不需要的。"}
    operations.withdraw(asked[0], by=link, on=MONDAY)
    assert ask_alone(here, link, 20, 21).state == State.ASKED


def test_a_tenant_asks_so_often_a_day_though_it_takes_back_what_it_asked(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    neighbour, _ = give(here, tenant_of(here, name="隔壁的企业", uscc=factories.uscc()))
    for _ in range(MOST_A_DAY):
        operations.withdraw(ask_alone(here, link), by=link, on=MONDAY)
    renewed, _ = give(here, tenant, seen=link.pk)
    before = told(here.adviser, "新的辅导约请")

    refusal = refusal_of(lambda: ask_alone(here, renewed))

    assert refusal.fields == {
        "": f"今天已经提出{MOST_A_DAY}次约请（包括已撤回的），请明天再提，或者请众创空间代为约请。"
    }
    assert (before, told(here.adviser, "新的辅导约请")) == (MOST_A_DAY, MOST_A_DAY)
    assert ask_alone(here, neighbour).state == State.ASKED
    with clock.pretending(at(MONDAY + timedelta(days=1), 0)):
        assert ask_alone(here, renewed, 11, 12).state == State.ASKED


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (at(THURSDAY, 9, 15), at(THURSDAY, 10), "start"),
        (at(THURSDAY, 10), at(THURSDAY, 9), "end"),
        (at(THURSDAY, 8), at(THURSDAY, 17), "end"),
        (at(MONDAY, 8), at(MONDAY, 10), "day"),
        (at(MONDAY + timedelta(days=91), 9), at(MONDAY + timedelta(days=91), 10), "day"),
    ],
)
def test_a_time_that_does_not_fit_is_refused_at_its_field(
    here: Scene, tenant: Tenant, start: Any, end: Any, field: str
) -> None:
    link, _ = give(here, tenant)

    refusal = refusal_of(
        lambda: operations.ask_as_tenant(
            here.mentor, by=link, on=MONDAY, purpose="股权", start=start, end=end, way="online", place="会议号",
            contact="杨帆", phone=PHONE,
        )
    )  # fmt: skip

    assert (refusal.code, list(refusal.fields)) == ("invalid", [field])


def test_a_mentor_without_account_or_office_is_not_asked(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    waiting = Mentor.objects.create(
        name="未开通", employer="云南大学", fields=["law"], since=MONDAY, appointed_by=here.bureau
    )
    assert list(queries.askable(MONDAY)) == [here.mentor]

    here.mentor, mentor = waiting, here.mentor
    assert "尚未开通账号" in refusal_of(lambda: ask_alone(here, link)).text
    here.mentor = mentor
    operations.end_mentor(mentor, by=here.bureau, on=MONDAY, reason="聘期届满")
    assert "已经解聘" in refusal_of(lambda: ask_alone(here, link)).text


# -- what follows ------------------------------------------------------------------------------------------------------
def test_a_tenant_withdraws_cancels_and_rates_what_it_asked(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    withdrawn, cancelled, held = (ask_alone(here, link, hour, hour + 1) for hour in (9, 11, 14))

    operations.withdraw(withdrawn, by=link, on=MONDAY)
    for row in (cancelled, held):
        operations.confirm(row, by=here.adviser, on=MONDAY)
    operations.cancel(cancelled, by=link, on=MONDAY, reason="样机没有到")
    with clock.pretending(at(THURSDAY, 16)):
        hours = {"start": at(THURSDAY, 14), "end": at(THURSDAY, 15), "attendance": 2, "notes": "先写清退出条款"}
        operations.complete(held, by=here.adviser, on=THURSDAY, **hours)
        operations.rate(held, by=link, on=THURSDAY, stars=5, comment="很有帮助")

    states = dict(Session.objects.values_list("pk", "state"))
    assert states == {withdrawn.pk: "withdrawn", cancelled.pk: "cancelled", held.pk: "done"}
    assert SessionSlot.objects.count() == 2
    stream = f"MENTOR-{here.mentor.pk}"
    for act in ("withdraw_session", "cancel_session", "rate_session"):
        ((person, role, data),) = entries(stream, act)
        assert (person, role, data["tenant"], data["link"]) == (None, "public", tenant.pk, link.pk)
    assert [told(here.asker, begins) for begins in ("辅导约请已撤回", "辅导约请已取消", "收到评价")] == [1, 1, 0]
    assert [told(here.adviser, begins) for begins in ("辅导约请已撤回", "辅导约请已取消", "收到评价")] == [1, 1, 1]
    assert first_broken() is None


def test_what_a_tenant_asked_counts_for_its_makerspace(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    session = ask_alone(here, link)
    operations.confirm(session, by=here.adviser, on=MONDAY)
    with clock.pretending(at(THURSDAY, 11)):
        operations.complete(
            session,
            by=here.adviser,
            on=THURSDAY,
            start=at(THURSDAY, 9),
            end=at(THURSDAY, 10),
            attendance=3,
            notes="谈了股权",
        )

    facts = service_facts(here.makerspace, *YEAR)
    assert (facts.sessions_asked, facts.sessions_held, facts.session_hours, facts.attendance, facts.tenants) == (
        1,
        1,
        1,
        3,
        1,
    )
    assert service_figures(here.makerspace, *YEAR)["mentor_sessions"] == 1
    assert with_load(THURSDAY).get(pk=here.mentor.pk).held == 1  # type: ignore[attr-defined]
    assert list(sessions(here.adviser, THURSDAY)) == list(sessions(here.asker, THURSDAY)) == [session]
    assert "导师辅导" in feed(here.adviser, NOW)


def test_the_makerspace_calls_off_what_its_tenant_asked_and_does_not_rate_it(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    first, second = ask_alone(here, link, 9, 10), ask_alone(here, link, 11, 12)

    operations.withdraw(first, by=here.asker, on=MONDAY)
    operations.confirm(second, by=here.adviser, on=MONDAY)
    with clock.pretending(at(THURSDAY, 13)):
        operations.complete(
            second, by=here.adviser, on=THURSDAY, start=at(THURSDAY, 11), end=at(THURSDAY, 12), attendance=1
        )
        refusal = refusal_of(lambda: operations.rate(second, by=here.asker, on=THURSDAY, stars=1))

    first.refresh_from_db()
    assert first.state == State.WITHDRAWN
    assert entries(f"MENTOR-{here.mentor.pk}", "withdraw_session")[0][:2] == (here.asker.pk, "applicant")
    assert (refusal.code, refusal.text) == ("not_yours", "“评价”由提出约请的入驻单位（通过提出时的链接）办理。")
    assert Message.objects.get(person=here.asker, subject__startswith="已登记完成").text.endswith("紧急的请转告。")


def test_a_link_does_nothing_with_what_others_asked(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    neighbour, _ = give(here, tenant_of(here, name="隔壁的企业", uscc=factories.uscc()))
    theirs, operators = ask_alone(here, neighbour, 9, 10), ask(here)

    for row in (theirs, operators):
        assert sides_of_link(link, row, MONDAY) == frozenset()
        assert refusal_of(lambda row=row: operations.withdraw(row, by=link, on=MONDAY)).code == "not_yours"  # type: ignore[misc]
    assert not queries.sessions(link).exists()
    assert list(queries.sessions(neighbour)) == [theirs]


MAY = {
    "confirm": {"giver"}, "refuse": {"giver"}, "withdraw": {"asker", "tenant", "later"},
    "cancel": {"giver", "asker", "tenant", "later"},
    "record": {"giver", "asker"}, "miss": {"giver"}, "rate": {"tenant"},
}  # fmt: skip


@pytest.mark.parametrize("code", MAY)
def test_of_what_a_tenant_asked_each_deed_is_open_to_its_sides(here: Scene, tenant: Tenant, code: str) -> None:
    link, _ = give(here, tenant)
    session = ask_alone(here, link)
    session.state = DEEDS[code].before
    now = at(THURSDAY + timedelta(days=9), 12) if code in {"record", "miss", "rate"} else NOW

    opened = {side.value for side in Side if why_not(frozenset({side}), DEEDS[code], session, now) is None}

    assert opened == MAY[code]
    assert sides(here.asker, session, MONDAY) == {Side.ASKER}


def test_a_later_link_calls_off_what_was_asked_and_does_not_rate_it(here: Scene, tenant: Tenant) -> None:
    first, _ = give(here, tenant)
    waiting, agreed, held = (ask_alone(here, first, hour, hour + 1) for hour in (9, 11, 14))
    for row in (agreed, held):
        operations.confirm(row, by=here.adviser, on=MONDAY)
    later, _ = give(here, tenant, seen=first.pk)

    assert sides_of_link(later, held, MONDAY) == {Side.LATER}
    operations.withdraw(waiting, by=later, on=MONDAY)
    operations.cancel(agreed, by=later, on=MONDAY, reason="样机没有到")
    with clock.pretending(at(THURSDAY, 16)):
        operations.complete(
            held, by=here.adviser, on=THURSDAY, start=at(THURSDAY, 14), end=at(THURSDAY, 15), attendance=2
        )
        refusal = refusal_of(lambda: operations.rate(held, by=later, on=THURSDAY, stars=1))

    held.refresh_from_db()
    assert (refusal.code, held.stars) == ("not_yours", None)
    assert entries(f"MENTOR-{here.mentor.pk}", "cancel_session")[0][1:] == (
        "public",
        {"session": agreed.pk, "makerspace": here.makerspace.pk, "tenant": tenant.pk, "link": later.pk},
    )


# -- whom to call ------------------------------------------------------------------------------------------------------
def contacts() -> dict[int, tuple[str, str]]:
    return {row.pk: (row.contact, row.phone) for row in Session.objects.order_by("pk")}


def test_whom_to_call_is_forgotten_ninety_days_after_the_session(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    session, other = ask_alone(here, link), ask(here)
    over = session.end + CONTACTS_KEPT

    counts = [operations.forget_contacts(over), operations.forget_contacts(over + timedelta(seconds=1))]

    assert [*counts, operations.forget_contacts(over + timedelta(days=1))] == [0, 1, 0]
    assert contacts() == {session.pk: ("", ""), other.pk: ("", "")}
    session.refresh_from_db()
    assert (session.purpose, session.tenant) == ("股权分配怎么写进章程", tenant.name)


@pytest.mark.parametrize("how", ["withdraw", "refuse", "cancel", "call_off"])
def test_whom_to_call_is_forgotten_ninety_days_after_nothing_came_of_it(here: Scene, tenant: Tenant, how: str) -> None:
    link, _ = give(here, tenant)
    session = ask_alone(here, link)
    if how == "cancel":
        operations.confirm(session, by=here.adviser, on=MONDAY)
    {
        "withdraw": lambda: operations.withdraw(session, by=link, on=MONDAY),
        "refuse": lambda: operations.refuse(session, by=here.adviser, on=MONDAY, reason="出差"),
        "cancel": lambda: operations.cancel(session, by=here.adviser, on=MONDAY, reason="出差"),
        "call_off": lambda: operations.end_mentor(here.mentor, by=here.bureau, on=MONDAY, reason="聘期届满"),
    }[how]()

    kept = operations.forget_contacts(NOW + CONTACTS_KEPT)
    assert (kept, contacts()[session.pk]) == (0, ("杨帆", PHONE))
    assert operations.forget_contacts(NOW + CONTACTS_KEPT + timedelta(seconds=1)) == 1
    assert contacts()[session.pk] == ("", "")


def test_the_clock_forgets_them(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    session = ask_alone(here, link)

    assert dict(steps(session.end + CONTACTS_KEPT + timedelta(seconds=1)))["contacts"]() == 1
    assert contacts()[session.pk] == ("", "")


def test_what_lapsed_is_forgotten_in_its_time_too(here: Scene, tenant: Tenant) -> None:
    link, _ = give(here, tenant)
    session = ask_alone(here, link)
    with clock.pretending(session.start):
        operations.lapse_due(session.start)

    assert operations.forget_contacts(session.start + CONTACTS_KEPT + timedelta(seconds=1)) == 1


# -- at once -----------------------------------------------------------------------------------------------------------
def at_once(*calls: Callable[[], Any]) -> list[str]:
    """What became of calls that were let go together, each with a connection of its own."""
    barrier, said = Barrier(len(calls)), list[str]()

    def go(call: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            with clock.pretending(NOW):
                call()
            said.append("done")
        except Refused as refused:
            said.append(refused.refusal.code)
        finally:
            close_old_connections()

    threads = [Thread(target=go, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_of_two_tenants_at_once_one_has_the_time_and_the_other_is_told(many_at_once: None) -> None:
    here = scene()
    with clock.pretending(NOW):
        one, _ = give(here, tenant_of(here))
        two, _ = give(here, tenant_of(here, name="隔壁的企业", uscc=factories.uscc()))

    said = at_once(lambda: ask_alone(here, one), lambda: ask_alone(here, two))

    assert said == ["done", "wrong_stage"]
    assert Session.objects.count() == 1
    assert first_broken() is None


def test_a_double_press_asks_once(many_at_once: None) -> None:
    here = scene()
    with clock.pretending(NOW):
        link, _ = give(here, tenant_of(here))

    said = at_once(*[lambda: ask_alone(here, link)] * 3)

    assert said == ["done"] * 3
    assert Session.objects.count() == len(entries(f"MENTOR-{here.mentor.pk}", "ask_session")) == 1


def test_of_two_who_make_a_link_at_once_one_does(many_at_once: None) -> None:
    here = scene()
    with clock.pretending(NOW):
        tenant = tenant_of(here)

    said = at_once(*[lambda: operations.make_link(tenant, by=here.asker, on=MONDAY, seen=None)] * 2)

    assert said == ["changed_meanwhile", "done"]
    assert TenantLink.objects.filter(revoked_at=None).count() == 1
    assert first_broken() is None


def test_of_a_tenant_and_a_mentor_at_once_one_is_taken(many_at_once: None) -> None:
    here = scene()
    with clock.pretending(NOW):
        link, _ = give(here, tenant_of(here))
        session = ask_alone(here, link)

    said = at_once(
        lambda: operations.withdraw(Session.objects.get(), by=link, on=MONDAY),
        lambda: operations.confirm(Session.objects.get(), by=here.adviser, on=MONDAY),
    )

    session.refresh_from_db()
    assert said == ["done", "wrong_stage"]
    assert session.state in {State.WITHDRAWN, State.AGREED}
    assert Role.PUBLIC.value in {role for _, role, _ in entries(f"MENTOR-{here.mentor.pk}", "ask_session")}
