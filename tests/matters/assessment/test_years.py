"""Article 18 in lives: passed; failed and put right; failed and revoked after a defence and a hearing; kept."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from makerspace.matters.assessment.models import Assessment, Filed, Proceeding, Report, Score
from makerspace.matters.assessment.operations import checking, opening, outcome, reporting, revocation
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.recognition import queries as registry
from makerspace.matters.recognition.models import Rectification, Title
from makerspace.matters.recognition.operations import changing
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Role
from tests.asking import refusal_of
from tests.factories import adopt_setting, make_person
from tests.matters.assessment import years
from tests.matters.assessment.years import AGREED, MARKS, ON, POOR, SAID, STRONG, YEAR, Staff
from tests.matters.recognition.test_changes import LATER
from tests.matters.recognition.test_changes import filed as filed_change

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def staff() -> Staff:
    """Five people who stand apart."""
    return Staff()


def states(title: Title, *days: int) -> list[str]:
    """What the registry shows, so many days after ``ON``."""
    found = [registry.title_by_number(title.number, ON + timedelta(days=each)) for each in days]
    return [str(each.shown_state) if each else "" for each in found]  # type: ignore[attr-defined]


def proven() -> None:
    """Record and scores hold."""
    call_command("verify_record", stdout=StringIO())
    call_command("replay", stdout=StringIO())


def test_a_year_is_opened_for_every_title_in_force(staff: Staff) -> None:
    cases = years.opened(staff, 2)

    assert [(case.stage, case.number[:8], case.filed_on) for case in cases] == [("reporting", "AS-2026-", ON)] * 2
    assert list(queries.due(YEAR, ON)) == []
    refused = refusal_of(lambda: opening.open_year(YEAR, Title.objects.all(), by=staff.bureau, on=ON))
    assert refused.code == "wrong_stage"
    assert Assessment.objects.count() == 2


def test_without_a_published_scheme_no_year_is_opened(staff: Staff) -> None:
    years.announced(1)

    refused = refusal_of(lambda: opening.open_year(YEAR, Title.objects.all(), by=staff.bureau, on=ON))

    assert "方案尚未发布" in refused.text
    assert refusal_of(lambda: opening.open_year(YEAR, [], by=staff.leader, on=ON)).code == "not_yours"


def test_a_strong_year_passes(staff: Staff) -> None:
    case = years.scored(years.opened(staff)[0], staff)

    score = Score.objects.get()
    assert score.passed
    assert refusal_of(
        lambda: outcome.fail_assessment(
            case, by=staff.leader, on=ON, reason="x", tasks=["y"], last_day=ON + timedelta(days=1), **SAID
        )
    ).text.startswith(f"得分{score.total}")
    case = outcome.pass_assessment(case, by=staff.leader, on=ON, **SAID)

    assert case.stage == "passed"
    assert states(Title.objects.get(), 0) == ["in_force"]
    proven()


def test_a_poor_year_is_put_right(staff: Staff) -> None:
    case = years.failed(years.of_older_titles(years.opened(staff))[0], staff)
    title = Title.objects.get()

    assert states(title, -1, 0) == ["in_force", "under_rectification"]
    assert registry.in_force(ON).count() == 1
    assert "名录标注“整改中”" in str(Paper.objects.get(kind="rectification_notice", subject=case.number).data)
    later = ON + timedelta(days=20)
    case = years.inspected(case, staff, passes=True, on=later)

    assert case.stage == "passed"
    assert states(title, 19, 20) == ["under_rectification", "in_force"]
    proven()


def test_a_title_is_revoked_after_defence_and_hearing(staff: Staff) -> None:
    case, title = years.defending(years.of_older_titles(years.opened(staff))[0], staff), Title.objects.get()
    mine = years.owner(case)
    revocation.state_defence(case, by=mine, on=ON, statement="正在洽谈入驻。", papers=[years.file(case, mine)])
    revocation.request_hearing(case, by=mine, on=ON, reason="请求当面说明。")
    assert "已经申请过" in refusal_of(lambda: revocation.request_hearing(case, by=mine, on=ON, reason="再次")).text
    day = years.after_terms(case)
    assert (
        "听证举行并登记"
        in refusal_of(lambda: revocation.close_defence(case, by=staff.bureau, on=day, summary="x")).text
    )
    held = {
        "notified_on": ON,
        "held_on": day,
        "place": "三楼会议室",
        "present": ["主持人王某", "运营单位李某"],
        "minutes": "双方陈述。",
    }
    assert (
        refusal_of(lambda: revocation.record_hearing(case, by=staff.bureau, on=day, papers=[], **held)).code
        == "not_yours"
    )  # who handled it does not lead the hearing
    early = held | {"held_on": ON + timedelta(days=1)}
    paper = years.file(case, staff.other, day)
    assert (
        "held_on"
        in refusal_of(lambda: revocation.record_hearing(case, by=staff.other, on=day, papers=[paper], **early)).fields
    )
    revocation.record_hearing(case, by=staff.other, on=day, papers=[paper], **held)
    revocation.close_defence(case, by=staff.bureau, on=day, summary="维持。")
    assert (
        refusal_of(lambda: revocation.revoke(case, by=staff.leader, on=day, **years.decision())).code == "not_yours"
    )  # that leader had found the year failed
    case = revocation.revoke(case, by=staff.second, on=day, **years.decision())

    title.refresh_from_db()
    certificate = registry.certificate_of(title)
    assert (case.stage, title.state, title.ended_on) == ("revoked", "revoked", day)
    assert certificate is not None
    assert registry.verify(certificate.code).state == "revoked"
    assert registry.verify(Paper.objects.get(kind="revocation_decision").code).genuine
    told = "".join(Paper.objects.get(kind="revocation_decision").data["remedies"])
    assert [word for word in ("60日", "6个月", "互联网渠道", "网上立案") if word not in told] == []
    assert title.ended_by == Paper.objects.get(kind="revocation_decision")
    assert states(title, 1) == ["under_rectification"]
    proven()


def test_a_title_may_be_kept(staff: Staff) -> None:
    case, day = years.to_revocation(years.opened(staff)[0], staff)

    case = revocation.keep(case, by=staff.second, on=day, **years.decision())

    title = Title.objects.get()
    assert (case.stage, title.state) == ("kept", "in_force")
    assert registry.state_on(title, day) == "in_force"
    proven()


def test_who_reports_nothing_does_not_pass(staff: Staff) -> None:
    case = years.opened(staff)[0]
    due = Case.objects.get(pk=case.pk).due_on
    assert due is not None
    assert (
        "届满后方可登记"
        in refusal_of(lambda: reporting.record_no_report(case, by=staff.bureau, on=due, reason="未报")).text
    )
    late = due + timedelta(days=1)
    case = reporting.record_no_report(case, by=staff.bureau, on=late, reason="期满未报，电话催办两次。")

    assert (
        "没有提交年度报告" in refusal_of(lambda: outcome.pass_assessment(case, by=staff.leader, on=late, **SAID)).text
    )
    case = outcome.fail_assessment(
        case, by=staff.leader, on=late, reason="未报", tasks=["提交报告"], last_day=late + timedelta(days=9), **SAID
    )
    assert case.due_on == late + timedelta(days=9)
    over = late + timedelta(days=10)
    case = outcome.record_no_rectification(case, by=staff.bureau, on=over, reason="未交")
    assert case.stage == "reinspection"


def test_a_year_may_be_put_off(staff: Staff) -> None:
    case = opening.defer(years.opened(staff)[0], by=staff.leader, on=ON, reason="场地因市政施工停用。")

    assert case.stage == "deferred"


def test_everything_that_is_missing_is_said_at_once(staff: Staff) -> None:
    case = years.opened(staff)[0]
    years.filled(case, {code: value for code, value in STRONG.items() if code not in {"staff", "jobs"}})

    refused = refusal_of(lambda: reporting.file_report(case, by=years.owner(case), on=ON, commitment=True))

    assert set(refused.fields) == {"staff", "jobs"}
    assert Case.objects.get(pk=case.pk).stage == "reporting"
    assert Filed.objects.count() == 0


def test_what_cannot_be_is_refused_and_what_is_odd_needs_a_word(staff: Staff) -> None:
    case = years.opened(staff)[0]
    mine = years.owner(case)
    years.filled(case, STRONG | {"seats_used": Decimal(101), "area_public": Decimal(50)})
    refused = refusal_of(lambda: reporting.file_report(case, by=mine, on=ON, commitment=True))
    odd = "public_share:area_public,area_total"
    assert set(refused.fields) == {"seats_used", odd}

    case = reporting.file_report(
        case, by=mine, on=ON, commitment=True, figures=[{"field": "seats_used", "value": 99.0}],
        explanations=[{"about": odd, "text": "会议区另在二楼。"}],
    )  # fmt: skip

    row = Filed.objects.get()
    assert (row.values["seats_used"], row.explanations[odd]) == ("99", "会议区另在二楼。")


def test_a_report_waits_until_a_change_of_the_title_is_settled(staff: Staff) -> None:
    case = years.opened(staff)[0]
    years.filled(case)
    change, _ = filed_change(Title.objects.select_related("organisation", "authority").get(), name="新名众创空间")

    refused = refusal_of(lambda: reporting.file_report(case, by=years.owner(case), on=ON, commitment=True))
    changing.withdraw_change(change, by=years.owner(change), on=LATER, reason="不改了")

    assert (refused.code, change.number in refused.text) == ("wrong_stage", True)
    assert reporting.file_report(case, by=years.owner(case), on=ON, commitment=True).stage == "district_check"


def test_without_the_commitment_nothing_is_filed(staff: Staff) -> None:
    case = years.opened(staff)[0]
    years.filled(case)

    refused = refusal_of(lambda: reporting.file_report(case, by=years.owner(case), on=ON, commitment=False))

    assert "commitment" in refused.fields


def test_a_report_goes_back_line_by_line_and_comes_again(staff: Staff) -> None:
    case = years.filed(years.opened(staff)[0])
    lines = [{"field": "jobs", "text": "与社保名单不符"}]
    case = checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。")
    assert case.stage == "reporting"
    years.filed(case, STRONG | {"jobs": Decimal(110)})

    assert [(row.round, row.state, row.values["jobs"]) for row in Filed.objects.order_by("round")] == [
        (1, "returned", "120"), (2, "filed", "110"),
    ]  # fmt: skip


def test_of_two_members_who_save_one_is_told(staff: Staff) -> None:
    case = years.opened(staff)[0]
    seen = Report.objects.get().version
    reporting.save_report(case, {"seats": Decimal(10)}, {}, by=years.owner(case), on=ON, seen=seen)

    refused = refusal_of(
        lambda: reporting.save_report(case, {"seats": Decimal(20)}, {}, by=years.owner(case), on=ON, seen=seen)
    )

    assert refused.code == "changed_meanwhile"
    assert Report.objects.get().values["seats"] == "10"


def test_figures_that_cannot_stand_are_all_named(staff: Staff) -> None:
    case = years.opened(staff)[0]
    given = {"seats": Decimal(-1), "jobs": Decimal("1.5"), "false_data": Decimal(0), "nothing": Decimal(1)}

    refused = refusal_of(lambda: reporting.save_report(case, given, {}, by=years.owner(case), on=ON, seen=1))

    assert set(refused.fields) == set(given)
    assert Report.objects.get().version == 1


def test_a_finding_of_the_district_is_a_veto(staff: Staff) -> None:
    case = years.filed(years.opened(staff)[0])
    checking.verify_report(
        case, by=staff.district, on=ON, false_data=True, stopped=False, opinion="虚报就业人数。", lines=AGREED
    )
    outcome.score_report(case, by=staff.bureau, on=ON, marks=MARKS)

    assert not Score.objects.get().passed


def test_a_score_that_was_tampered_with_does_not_replay(staff: Staff) -> None:
    years.scored(years.opened(staff)[0], staff)
    row = Score.objects.get()
    row.facts["values"]["jobs"] = "999"
    row.facts["values"]["mentors"] = "0"
    row.save()

    assert list(queries.replay_scores()) == ["AS-2026-0001 考核得分与重算结果不同"]
    with pytest.raises(SystemExit):
        call_command("replay", stdout=StringIO(), stderr=StringIO())


def test_two_inspectors_and_a_past_day(staff: Staff) -> None:
    case = years.failed(years.opened(staff)[0], staff)
    outcome.file_rectification(
        case, by=years.owner(case), on=ON, summary="x", papers=[years.file(case, years.owner(case))]
    )
    told = {"inspectors": ["张一", "张一"], "findings": "x"}

    assert (
        "inspectors"
        in refusal_of(lambda: outcome.reinspect_pass(case, by=staff.bureau, on=ON, visited_on=ON, **told)).fields
    )
    tomorrow = ON + timedelta(days=1)
    assert (
        "visited_on"
        in refusal_of(lambda: outcome.reinspect_pass(case, by=staff.bureau, on=ON, visited_on=tomorrow, **told)).fields
    )
    assert Proceeding.objects.filter(act__startswith="reinspect").count() == 0


def test_a_decision_rests_on_a_meeting_that_was_held(staff: Staff) -> None:
    sound, poor = years.opened(staff, 2)
    years.scored(sound, staff)
    to_come = SAID | {"meeting_on": ON + timedelta(days=1)}

    passing = refusal_of(lambda: outcome.pass_assessment(sound, by=staff.leader, on=ON, **to_come))
    years.scored(poor, staff, POOR)
    failing = refusal_of(
        lambda: outcome.fail_assessment(
            poor, by=staff.leader, on=ON, reason="不合格", tasks=["补足导师"], last_day=ON + timedelta(days=60), **to_come
        )
    )  # fmt: skip

    assert [(found.code, found.articles, dict(found.fields)) for found in (passing, failing)] == [
        ("invalid", (18,), {"meeting_on": "会议日期不能晚于2026年3月17日"})
    ] * 2
    assert set(Case.objects.filter(kind="assessment").values_list("stage", flat=True)) == {"decision"}


@pytest.mark.parametrize("act", ["revoke", "keep"])
def test_so_does_the_decision_on_a_title(staff: Staff, act: str) -> None:
    case, day = years.to_revocation(years.opened(staff)[0], staff)
    to_come = years.decision(meeting_on=day + timedelta(days=1))

    refused = refusal_of(lambda: getattr(revocation, act)(case, by=staff.second, on=day, **to_come))

    assert dict(refused.fields) == {"meeting_on": f"会议日期不能晚于{chinese(day)}"}
    assert Title.objects.get().state == "in_force"


def test_a_report_goes_back_for_items_that_there_are(staff: Staff) -> None:
    case = years.filed(years.opened(staff)[0])
    lines = [{"field": "jobs", "text": "与社保名单不符"}, {"field": "nothing", "text": "不符"}]

    refused = refusal_of(lambda: checking.return_report(case, by=staff.district, on=ON, lines=lines, reason="请更正。"))

    assert (refused.code, set(refused.fields)) == ("invalid", {"lines[1].field"})
    assert Filed.objects.get().state == "filed"


def test_the_district_of_another_place_verifies_nothing(staff: Staff) -> None:
    case = years.filed(years.opened(staff)[0])
    stranger = make_person(Role.DISTRICT, "panlong")

    refused = refusal_of(
        lambda: checking.verify_report(case, by=stranger, on=ON, false_data=False, stopped=False, opinion="x")
    )

    assert refused.code == "not_found"
    assert POOR.keys() == STRONG.keys()


def test_marks_are_for_lines_that_people_judge_and_within_their_most(staff: Staff) -> None:
    case = years.filed(years.opened(staff)[0])
    checking.verify_report(
        case, by=staff.district, on=ON, false_data=False, stopped=False, opinion="一致。", lines=AGREED
    )
    wrong = [
        {"indicator": "special", "points": Decimal(3), "reason": "x"},
        {"indicator": "jobs", "points": Decimal(1), "reason": "x"},
    ]

    refused = refusal_of(lambda: outcome.score_report(case, by=staff.bureau, on=ON, marks=wrong))
    none = refusal_of(lambda: outcome.score_report(case, by=staff.bureau, on=ON))

    assert set(refused.fields) == {"marks[0].points", "marks[1].indicator"}
    assert "特色做法" in none.text


def test_a_notice_served_on_another_day_takes_no_term_away(staff: Staff) -> None:
    case = years.inspected(years.failed(years.opened(staff)[0], staff), staff, passes=False)

    for days in (-60, -1, 1):
        day = ON + timedelta(days=days)
        refused = refusal_of(
            lambda day=day: revocation.serve_intent(case, by=staff.bureau, on=ON, facts="x", reasons="y", served_on=day)  # type: ignore[misc]
        )
        assert "served_on" in refused.fields


def test_a_hearing_is_not_announced_before_it_was_asked_for(staff: Staff) -> None:
    case = years.defending(years.opened(staff)[0], staff)
    revocation.request_hearing(case, by=years.owner(case), on=ON + timedelta(days=1), reason="x")
    day = years.after_terms(case)
    told = {
        "held_on": day,
        "place": "x",
        "present": ["甲", "乙"],
        "minutes": "x",
        "papers": [years.file(case, staff.other, day)],
    }

    refused = refusal_of(lambda: revocation.record_hearing(case, by=staff.other, on=day, notified_on=ON, **told))

    assert "notified_on" in refused.fields


def verified(case: Case, staff: Staff, revenue: int) -> Case:
    """A verified report whose tenants took in that much."""
    years.filed(case, STRONG | {"tenant_revenue": Decimal(revenue)})
    return checking.verify_report(
        case, by=staff.district, on=ON, false_data=False, stopped=False, opinion="与台账一致。", lines=AGREED
    )


def share(case: Case) -> Decimal:
    """The points of the one line that compares."""
    lines = Score.objects.get(assessment__case=case).scored["lines"]
    return Decimal(next(line["points"] for line in lines if line["code"] == "revenue"))


def test_everyone_is_held_against_the_same_figures_whoever_is_scored_first(staff: Staff) -> None:
    first, second, silent = years.opened(staff, 3)
    first = verified(first, staff, 40_000)
    refused = refusal_of(lambda: outcome.score_report(first, by=staff.bureau, on=ON, marks=years.MARKS))
    assert refused.code == "wrong_stage"
    assert "还有2家" in refused.text
    assert silent.subject in refused.text

    second = verified(second, staff, 80_000)
    day = Case.objects.get(pk=silent.pk).due_on
    assert day is not None
    assert "还有1家" in refusal_of(lambda: outcome.score_report(first, by=staff.bureau, on=day, marks=years.MARKS)).text
    over = day + timedelta(days=1)  # a silent unit holds nobody up beyond its term
    outcome.score_report(first, by=staff.bureau, on=over, marks=years.MARKS)
    late = verified(silent, staff, 800_000)
    outcome.score_report(second, by=staff.bureau, on=over, marks=years.MARKS)
    outcome.score_report(late, by=staff.bureau, on=over, marks=years.MARKS)

    assert [share(case) for case in (first, second, late)] == [Decimal("1.5"), Decimal(3), Decimal(3)]
    assert len({json.dumps(row.peers) for row in Score.objects.all()}) == 1
    assert list(queries.replay_scores()) == []
    row = Score.objects.earliest("id")
    Score.objects.filter(pk=row.pk).update(peers={"revenue": [*row.peers["revenue"], "1"]})
    assert any("同年数据" in line for line in queries.replay_scores())


def test_a_district_that_is_silent_beyond_its_term_is_replaced_by_the_bureau(staff: Staff) -> None:
    first, second = years.opened(staff, 2)
    first, second = verified(first, staff, 40_000), years.filed(second, STRONG | {"tenant_revenue": Decimal(80_000)})
    due = Case.objects.get(pk=second.pk).due_on
    assert due is not None
    told = {"false_data": False, "stopped": False, "opinion": "市局已核对台账和票据。", "lines": AGREED}
    early = refusal_of(lambda: checking.verify_overdue(second, by=staff.bureau, on=due, **told))
    over = due + timedelta(days=1)
    wrong = refusal_of(lambda: checking.verify_overdue(second, by=staff.leader, on=over, **told))
    waits = refusal_of(lambda: outcome.score_report(first, by=staff.bureau, on=over, marks=years.MARKS))

    second = checking.verify_overdue(second, by=staff.other, on=over, **told)

    assert (early.code, wrong.code, wrong.articles) == ("wrong_stage", "not_yours", (18,))
    assert "可由市局经办人员代为核实" in waits.text
    assert (second.stage, Filed.objects.get(assessment__case=second).checked_by) == ("scoring", staff.other)
    outcome.score_report(first, by=staff.bureau, on=over, marks=years.MARKS)
    assert share(first) == Decimal("1.5")
    proven()


def test_the_public_is_told_of_a_first_years_rectification_where_the_bureau_set_so(staff: Staff) -> None:
    adopt_setting("FIRST_YEAR_SHOWN", 1, ON)

    years.failed(years.opened(staff)[0], staff)

    assert states(Title.objects.get(), 10) == ["under_rectification"]


def test_the_public_is_not_told_of_a_rectification_in_a_titles_first_year(staff: Staff) -> None:
    case = years.failed(years.opened(staff)[0], staff)
    title = Title.objects.get()

    assert states(title, 0, 10) == ["in_force", "in_force"]
    assert list(registry.registry(ON, status="under_rectification")) == []
    assert [row.number for row in registry.registry(ON, status="in_force")] == [title.number]
    assert Rectification.objects.get(title=title, until=None).case == case
    assert "整改中" not in str(Paper.objects.get(kind="rectification_notice").data)
    assert case.stage == "rectification"
