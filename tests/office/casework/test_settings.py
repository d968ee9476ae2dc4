"""Settings: two people, dated, never retroactive; what is in force counts, and what was counted stays."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from makerspace.office.casework import parameters, queries, settings
from makerspace.office.casework.models import Case, SettingLine
from makerspace.office.casework.parameters import setting
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import first_broken
from makerspace.regulation import by_id
from makerspace.regulation.counting import count_days
from makerspace.regulation.terms import Role
from tests.factories import DAY, REGULATION, make_organisation, make_person
from tests.office.casework.test_casework import opened

pytestmark = [pytest.mark.django_db, pytest.mark.both]
CODE = "TERM_DISTRICT_REVIEW"  # 20 working days by default
SINCE = DAY + timedelta(days=7)
NOON = datetime.combine(DAY, time(12), clock.KUNMING)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with clock.pretending(NOON):
        yield


@dataclass
class Bureau:
    """Who may propose, and who may decide."""

    officer: Person = field(default_factory=lambda: make_person(Role.BUREAU))
    leader: Person = field(default_factory=lambda: make_person(Role.LEADER))
    second: Person = field(default_factory=lambda: make_person(Role.LEADER))

    def propose(self, code: str = CODE, value: int = 10, since: date = SINCE, **changes: Any) -> SettingLine:
        given: dict[str, Any] = {"reason": "压缩办理时间", "by": self.officer, "on": DAY}
        return settings.propose_setting(REGULATION, code, value=value, since=since, **{**given, **changes})

    def set(self, code: str = CODE, value: int = 10, since: date = SINCE, on: date = DAY) -> SettingLine:
        return settings.adopt_setting(self.propose(code, value, since, on=on), by=self.leader, on=on)


def refusal(caught: pytest.ExceptionInfo[Refused]) -> Refusal:
    return caught.value.refusal


def count() -> tuple[int, int, int]:
    """Whatever an act would have written."""
    return SettingLine.objects.count(), Entry.objects.count(), Message.objects.count()


# -- what holds when ---------------------------------------------------------------------------------------------------
def test_a_number_holds_from_its_first_day_on_and_not_before() -> None:
    Bureau().set()

    assert [setting(REGULATION, CODE, day) for day in (DAY, SINCE - timedelta(days=1), SINCE)] == [20, 20, 10]


def test_what_is_only_proposed_refused_or_withdrawn_holds_never() -> None:
    bureau = Bureau()
    settings.refuse_setting(bureau.propose(), reason="暂不调整", by=bureau.leader, on=DAY)
    settings.withdraw_setting(bureau.propose(), by=bureau.officer, on=DAY)
    bureau.propose()

    assert setting(REGULATION, CODE, SINCE) == 20


def test_of_two_decisions_for_the_same_day_the_later_holds() -> None:
    bureau = Bureau()
    bureau.set(value=10)
    bureau.set(value=12)

    assert setting(REGULATION, CODE, SINCE) == 12
    parameter = by_id(REGULATION).parameter(CODE)
    (coming,) = parameters.stands(parameter, settings.lines_of(REGULATION, CODE).order_by("id"), DAY).coming
    assert coming.value == 12


def test_an_earlier_day_decided_later_holds_until_the_next() -> None:
    bureau = Bureau()
    bureau.set(value=10, since=SINCE + timedelta(days=30))
    bureau.set(value=15)

    days = [SINCE, SINCE + timedelta(days=29), SINCE + timedelta(days=30)]
    assert [setting(REGULATION, CODE, day) for day in days] == [15, 15, 10]


def test_a_due_date_is_counted_by_the_number_of_the_day_and_one_that_was_set_stays() -> None:
    Bureau().set()
    case = opened(make_organisation())
    Case.objects.filter(pk=case.pk).update(due_on=queries.usual_due(case, "district_review", DAY))

    before, after = (queries.usual_due(case, "district_review", day) for day in (SINCE - timedelta(days=1), SINCE))

    assert before == count_days(SINCE - timedelta(days=1), 20, unit="working").last_day
    assert after == count_days(SINCE, 10, unit="working").last_day
    case.refresh_from_db()
    assert case.due_on == count_days(DAY, 20, unit="working").last_day


def test_asking_is_one_query_and_none_for_a_number_of_the_law() -> None:
    Bureau().set()
    setting(REGULATION, CODE, DAY)

    with CaptureQueriesContext(connection) as asked:
        assert setting(REGULATION, "NOTICE_DAYS", DAY) == 7
        assert len(asked) == 0
        assert setting(REGULATION, CODE, SINCE) == 10
        assert len(asked) == 1


def test_every_parameter_says_whence_it_is_and_what_comes() -> None:
    line = Bureau().set()

    def found(code: str, on: date) -> parameters.Standing:
        return next(row for row in parameters.standing(by_id(REGULATION), on) if row.parameter.id == code)

    today, then = found(CODE, DAY), found(CODE, SINCE)
    assert (today.said, today.line, today.changes) == ("20个工作日", None, [(SINCE, "10个工作日", "压缩办理时间")])
    assert (then.said, then.line, then.since, then.changes) == ("10个工作日", line, SINCE, [])
    assert (found("NOTICE_DAYS", SINCE).line, found("FIRST_YEAR_SHOWN", SINCE).said) == (None, "不标注")


# -- two people --------------------------------------------------------------------------------------------------------
def test_a_proposal_and_its_decision_are_sealed_and_told() -> None:
    bureau = Bureau()

    line = bureau.propose()
    told = set(Message.objects.values_list("person", "subject"))
    settings.adopt_setting(line, by=bureau.leader, on=DAY)

    assert told == {(person.pk, "待决定：区县初审与查验时限") for person in (bureau.leader, bureau.second)}
    assert "20个工作日 → 10个工作日，自2026年3月23日起" in Message.objects.filter(person=bureau.leader).get().text
    assert Message.objects.get(person=bureau.officer).subject == "已采用：区县初审与查验时限"
    entries = Entry.objects.filter(stream=f"SETTING-{CODE}").order_by("seq")
    assert [(row.act, row.person, row.role, row.articles) for row in entries] == [
        ("propose_setting", bureau.officer, "bureau", "10"), ("adopt_setting", bureau.leader, "leader", "10"),
    ]  # fmt: skip
    assert first_broken() is None


def test_a_refusal_says_why_and_the_next_proposal_may_come() -> None:
    bureau = Bureau()
    line = bureau.propose()

    with pytest.raises(Refused) as caught:
        settings.refuse_setting(line, reason="  ", by=bureau.leader, on=DAY)
    settings.refuse_setting(line, reason="区县人手不足", by=bureau.leader, on=DAY)

    assert (refusal(caught).code, set(refusal(caught).fields)) == ("invalid", {"answer"})
    assert "理由：区县人手不足。" in Message.objects.get(person=bureau.officer).text
    assert bureau.propose(value=15).state == "proposed"


@pytest.mark.parametrize("role", [Role.DISTRICT, Role.AUDITOR, Role.SYSTEM_ADMIN, Role.DISCIPLINE, Role.EXPERT])
def test_nobody_but_bureau_and_leaders_proposes(role: Role) -> None:
    with pytest.raises(Refused, match="经办处室或负责人提出") as caught:
        Bureau().propose(by=make_person(role))

    assert (refusal(caught).code, count()) == ("not_yours", (0, 0, 0))


def test_the_bureau_does_not_decide() -> None:
    bureau = Bureau()
    line = bureau.propose()
    before = count()

    for decide in (settings.adopt_setting, lambda *a, **b: settings.refuse_setting(*a, reason="不", **b)):
        with pytest.raises(Refused, match="由市科技局负责人决定") as caught:
            decide(line, by=make_person(Role.BUREAU), on=DAY)
        assert (refusal(caught).code, refusal(caught).articles) == ("not_yours", (10,))
    assert count() == before


def test_a_leader_does_not_decide_on_their_own_proposal() -> None:
    bureau = Bureau()
    line = bureau.propose(by=bureau.leader)

    for decide in (settings.adopt_setting, lambda *a, **b: settings.refuse_setting(*a, reason="不", **b)):
        with pytest.raises(Refused, match="提出人以外的负责人"):
            decide(line, by=bureau.leader, on=DAY)
    assert settings.adopt_setting(line, by=bureau.second, on=DAY).decided_by == bureau.second
    assert not Message.objects.filter(person=bureau.leader, subject__startswith="待决定").exists()


def test_a_proposal_is_withdrawn_by_whoever_made_it_only() -> None:
    bureau = Bureau()
    line = bureau.propose()

    for other in (bureau.leader, make_person(Role.BUREAU)):
        with pytest.raises(Refused, match="由提出人撤回"):
            settings.withdraw_setting(line, by=other, on=DAY)

    assert settings.withdraw_setting(line, by=bureau.officer, on=DAY).state == "withdrawn"


def test_who_was_asked_to_decide_is_told_that_the_proposal_was_withdrawn() -> None:
    bureau = Bureau()
    line = bureau.propose()
    settings.withdraw_setting(line, by=bureau.officer, on=DAY)

    told = Message.objects.filter(person=bureau.leader).order_by("pk").values_list("subject", flat=True)
    assert [subject[:4] for subject in told] == ["待决定：", "已撤回："]


def test_what_is_decided_is_decided_once() -> None:
    bureau = Bureau()
    line = bureau.propose()
    settings.adopt_setting(line, by=bureau.leader, on=DAY)

    for again in (
        lambda: settings.adopt_setting(line, by=bureau.second, on=DAY),
        lambda: settings.refuse_setting(line, reason="不", by=bureau.second, on=DAY),
        lambda: settings.withdraw_setting(line, by=bureau.officer, on=DAY),
    ):
        with pytest.raises(Refused, match="已采用") as caught:
            again()
        assert refusal(caught).code == "wrong_stage"


def test_one_proposal_waits_at_a_time() -> None:
    bureau = Bureau()
    bureau.propose()

    with pytest.raises(Refused, match="待决定") as caught:
        bureau.propose(value=15)

    assert refusal(caught).code == "wrong_stage"
    assert bureau.propose("TERM_CITY_REVIEW", 5).state == "proposed"


# -- what may be set ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["AREA", "NOTICE_DAYS", "GRANT", "MENTORS", "NOTICE_UNIT", "TENANT_FIELDS", "NONE"])
def test_a_number_of_the_law_or_a_reading_is_never_set(code: str) -> None:
    with pytest.raises(Refused, match="条文规定的数值不能在这里更改") as caught:
        Bureau().propose(code, 5)

    assert (refusal(caught).code, count()) == ("not_found", (0, 0, 0))


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        (CODE, 0, "1至400个工作日"), (CODE, 401, "1至400个工作日"), ("PANEL_SIZE", 4, "3至9人的单数"),
        ("PANEL_SIZE", 1, "3至9人的单数"), ("PANEL_SIZE", 11, "3至9人的单数"), ("FIRST_YEAR_SHOWN", 2, "0至1"),
        ("HEARING_NOTICE", 6, "7至400个工作日"), ("TERM_HEARING_REQUEST", 4, "5至400个工作日"), (CODE, 20, "的相同"),
        ("TERM_CORRECTION", 61, "不能超过“补正时限最长可延至”（60个工作日）"), ("CORRECTION_LONGEST", 9, "不能少于“补正时限”（10个工作日）"),
    ],
)  # fmt: skip
def test_a_number_out_of_bounds_is_refused(code: str, value: int, said: str) -> None:
    with pytest.raises(Refused, match=said) as caught:
        Bureau().propose(code, value)

    assert (refusal(caught).code, set(refusal(caught).fields), count()) == ("invalid", {"value"}, (0, 0, 0))


def test_a_number_fits_what_its_neighbour_will_be() -> None:
    bureau = Bureau()
    bureau.set("CORRECTION_LONGEST", 15, SINCE + timedelta(days=60))

    with pytest.raises(Refused, match="不能超过“补正时限最长可延至”（15个工作日）"):
        bureau.propose("TERM_CORRECTION", 20)


@pytest.mark.parametrize(
    ("since", "said"),
    [(DAY, "应晚于今天"), (DAY - timedelta(days=1), "应晚于今天"), (DAY + timedelta(days=731), "不晚于")],
)
def test_the_first_day_lies_ahead_but_not_out_of_sight(since: date, said: str) -> None:
    with pytest.raises(Refused, match=said) as caught:
        Bureau().propose(since=since)

    assert (refusal(caught).code, set(refusal(caught).fields)) == ("invalid", {"since"})


def test_a_proposal_whose_first_day_came_is_not_adopted_any_more() -> None:
    bureau = Bureau()
    line = bureau.propose()

    with pytest.raises(Refused, match="应晚于今天"):
        settings.adopt_setting(line, by=bureau.leader, on=SINCE)

    assert settings.refuse_setting(line, reason="生效日期已过", by=bureau.leader, on=SINCE).state == "refused"


# -- what stays --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change", [{"value": 5}, {"since": SINCE + timedelta(days=1)}, {"state": "withdrawn"}, {"reason": "x"}]
)
def test_an_adopted_line_is_never_changed(change: dict[str, Any]) -> None:
    line = Bureau().set()

    with pytest.raises(IntegrityError), transaction.atomic():
        SettingLine.objects.filter(pk=line.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"value": 5}, {"since": SINCE + timedelta(days=1)}, {"reason": "x"}, {"code": "TERM_LETTER"}]
)
def test_a_proposal_is_never_reworded(change: dict[str, Any]) -> None:
    line = Bureau().propose()

    with pytest.raises(IntegrityError), transaction.atomic():
        SettingLine.objects.filter(pk=line.pk).update(**change)


def test_no_line_is_ever_removed() -> None:
    bureau = Bureau()
    rows: list[Model] = [bureau.set(), bureau.propose(value=15)]

    for row in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.delete()


@pytest.mark.parametrize(
    "change",
    [{"decided_by": "officer"}, {"decided_on": SINCE}, {"decided_by": None}, {"proposed_on": SINCE, "decided_on": DAY}],
)  # fmt: skip
def test_no_line_stands_that_one_alone_adopted_or_that_reaches_back(change: dict[str, Any]) -> None:
    bureau = Bureau()
    fields = {
        "proposed_by": bureau.officer,
        "proposed_on": DAY,
        "decided_by": bureau.leader,
        "decided_on": DAY,
    } | change
    if fields["decided_by"] == "officer":
        fields["decided_by"] = bureau.officer

    with pytest.raises(IntegrityError), transaction.atomic():
        SettingLine.objects.create(
            regulation=REGULATION, code=CODE, value=5, since=SINCE, reason="x", state="adopted", **fields
        )  # fmt: skip
