"""Two who decide at the same moment on what comes after a title: one wins, the other is told the stage. On both databases."""

from datetime import date, datetime, time
from typing import Any

import pytest
from django.core.files.base import ContentFile

from makerspace.matters.assessment.models import Proceeding
from makerspace.matters.assessment.operations import checking, outcome, revocation
from makerspace.matters.recognition import operations as recognition
from makerspace.matters.recognition.models import Rectification, Title
from makerspace.matters.support.models import Letter
from makerspace.matters.support.operations import letters
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.documents.models import Paper
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.factories import make_pdf, make_person, member_of
from tests.matters.assessment import years
from tests.matters.assessment.years import ON, POOR, STRONG, Staff
from tests.matters.recognition.helpers import announced
from tests.matters.recognition.test_changes import told
from tests.stories.test_at_once import act, at_once, won
from tests.stories.walk import Town

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("many_at_once")]
ROUNDS = 3
LEADERS = ("leader", "leader2", "leader3")
MEETING = {"meeting": "局长办公会", "meeting_on": ON.isoformat()}
FAILING = {**MEETING, "reason": "得分未达到要求。", "tasks": ["引入团队"], "last_day": "2026-05-16"}


def city() -> tuple[Town, Staff]:
    """A town with three leaders, on the day of the assessments; its people are those who act there."""
    town = Town(at=datetime.combine(ON, time(9), clock.KUNMING))
    with town.present():
        for name in LEADERS[1:]:
            town.join(name, make_person(Role.LEADER))
    at = town.people
    return town, Staff(at["bureau"], at["handler"], at["district"], at["leader"], at["leader2"])


def joined(town: Town, day: date, *names: str) -> None:
    """It is that day, and these have a token again: none lasts so long."""
    town.wait_until(day)
    for name in names:
        with town.present():
            town.join(name, town.people[name])


def loser_is_told(town: Town, names: tuple[str, ...], answers: list[Any]) -> int:
    """The place of the winner, whom every refusal names."""
    first = won(answers)
    for place, answer in enumerate(answers):
        assert place == first or town.people[names[first]].name in answer.json()["text"]
    return first


def acts_of(number: str) -> list[str]:
    return list(Entry.objects.filter(stream=number).order_by("seq").values_list("act", flat=True))


# -- the decision of a year --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("values", "stage"), [(STRONG, "passed"), (POOR, "rectification")])
def test_of_leaders_who_pass_and_fail_a_year_one_decides(values: dict[str, Any], stage: str) -> None:
    town, staff = city()
    cases = years.opened(staff, ROUNDS)
    words: dict[str, dict[str, Any]] = {"pass_assessment": MEETING, "fail_assessment": FAILING}
    right = "pass_assessment" if stage == "passed" else "fail_assessment"
    wrong = next(code for code in words if code != right)

    for case in cases:
        years.scored(case, staff, values)
        calls = [(name, right) for name in LEADERS[:2]] + [(LEADERS[2], wrong)]

        answers = at_once(*(act(town, name, case.number, code, **words[code]) for name, code in calls))

        assert won(answers) in {0, 1}
        assert Case.objects.get(pk=case.pk).stage == stage
        assert Proceeding.objects.filter(assessment__case=case, act__in=words).count() == 1
        assert (acts_of(case.number).count(right), acts_of(case.number).count(wrong)) == (1, 0)
        assert Rectification.objects.filter(case=case, until=None).count() == (stage == "rectification")
    town.prove()


# -- the end of a title ------------------------------------------------------------------------------------------------
def before_revocation(town: Town, staff: Staff, case: Case) -> date:
    """Heard, and with the leaders; the day on which that is so."""
    _, day = years.to_revocation(case, staff)
    return day


def saying(day: date) -> dict[str, str]:
    return {
        "meeting": "局长办公会", "meeting_on": day.isoformat(), "reason": "整改后仍不合格。", "answer": "未提出。"
    }  # fmt: skip


def title_of(case: Case) -> Title:
    return Title.objects.select_related("organisation", "authority").get(assessments__case=case)


def revoked_once(case: Case, day: date) -> None:
    """The title has ended by this assessment and by nothing else."""
    title = title_of(case)
    assert (title.state, title.ended_on) == ("revoked", day)
    assert title.ended_by
    assert title.ended_by.subject == case.number
    assert Rectification.objects.filter(title=title, until=None).count() == 0


def test_of_two_leaders_who_revoke_and_keep_a_title_one_decides() -> None:
    town, staff = city()
    cases = years.opened(staff, ROUNDS)
    day = max([before_revocation(town, staff, case) for case in cases])
    joined(town, day, *LEADERS[1:])

    for case in cases:
        answers = at_once(*(
            act(town, name, case.number, code, **saying(day))
            for name, code in zip(LEADERS[1:], ("revoke", "keep"), strict=True)
        ))  # fmt: skip

        revoked = loser_is_told(town, LEADERS[1:], answers) == 0
        title = title_of(case)
        assert Case.objects.get(pk=case.pk).stage == ("revoked" if revoked else "kept")
        assert (title.state, title.ended_on) == (("revoked", day) if revoked else ("in_force", None))
        assert Rectification.objects.filter(title=title, until=None).count() == 0
        assert Proceeding.objects.filter(assessment__case=case, act__in=("revoke", "keep")).count() == 1
    town.prove()


def test_a_holder_who_relinquishes_while_a_leader_revokes_comes_too_late() -> None:
    town, staff = city()
    cases = years.opened(staff, ROUNDS)
    owners, changes = [years.owner(case) for case in cases], []
    for case, owner in zip(cases, owners, strict=True):
        town.join(case.number, owner)
        changes.append(recognition.open_change(title_of(case), by=owner, on=ON))
    day = max([before_revocation(town, staff, case) for case in cases])
    joined(town, day, "leader2", *(case.number for case in cases))

    for case, change in zip(cases, changes, strict=True):
        answers = at_once(
            act(town, "leader2", case.number, "revoke", **saying(day)),
            act(town, case.number, change.number, "relinquish", reason="停办", sure=True),
        )

        assert won(answers) == 0
        assert (Case.objects.get(pk=change.pk).stage, acts_of(change.number)) == ("draft", [])
        revoked_once(case, day)
    town.prove()


def test_a_title_given_up_before_is_confirmed_or_revoked_but_ends_once() -> None:
    town, staff = city()
    cases = years.opened(staff, ROUNDS)
    changes = []
    for case in cases:
        owner = years.owner(case)
        years.scored(case, staff, POOR)  # the report comes first: it would wait
        change = recognition.open_change(title_of(case), by=owner, on=ON)
        changes.append(recognition.relinquish(change, by=owner, on=ON, reason="停办", sure=True))

    for case, change in zip(cases, changes, strict=True):
        answers = at_once(
            act(town, "leader", case.number, "fail_assessment", **FAILING),
            act(town, "bureau", change.number, "confirm_relinquish"),
        )

        statuses = [answer.status_code for answer in answers]
        ended = title_of(case).ended_on is not None
        assert statuses == [200, 200 if ended else 409]
        assert acts_of(change.number) == ["relinquish", *(["confirm_relinquish"] if ended else [])]
    town.prove()


def to_decide(case: Case, staff: Staff, by: Person, **given: Any) -> Case:
    """A change of that assessment's title, filed and weighed: it waits for a leader."""
    title = title_of(case)
    change = recognition.open_change(title, by=by, on=ON)
    papers = [attachments.attach(change, ContentFile(make_pdf()), "证明.pdf", by=by, on=ON).blob_id]
    words = told(title, confirm_not_met=True, **given) | {"happened_on": ON}
    change = recognition.file_change(change, by=by, on=ON, papers=papers, **words)
    return recognition.give_opinion(change, by=staff.district, on=ON, supports=True, opinion="属实")


@pytest.mark.parametrize(
    ("what", "outcomes"), [("closing", {(200, 409), (409, 200)}), ("rename", {(200, 409), (200, 200)})]
)
def test_a_change_granted_while_the_title_is_revoked_leaves_one_whole_title(
    what: str, outcomes: set[tuple[int, int]]
) -> None:
    town, staff = city()
    cases, changes = years.opened(staff, 2 * ROUNDS), []
    for case in cases:
        years.filed(case, POOR)  # the report comes first: it would wait for a change that was filed
        given = {"closing_on": ON, "sites": []} if what == "closing" else {"name": f"{case.subject}新"}
        changes.append(to_decide(case, staff, years.owner(case), **given))
        checking.verify_report(
            case, by=staff.district, on=ON, false_data=False, stopped=False, opinion="一致。", lines=years.AGREED
        )
    for case in cases:
        _found_wanting(case, staff)
    day = max(years.after_terms(case) for case in cases)
    for case in cases:
        revocation.close_defence(case, by=staff.bureau, on=day, summary="未提出。")
    joined(town, day, *LEADERS[1:])

    for case, change in zip(cases, changes, strict=True):
        answers = at_once(
            act(town, "leader2", case.number, "revoke", **saying(day)),
            act(town, "leader3", change.number, "grant_change", opinion="同意"),
        )

        assert tuple(answer.status_code for answer in answers) in outcomes, [answer.content for answer in answers]
        revoked, granted = (answer.status_code == 200 for answer in answers)
        title = title_of(case)
        assert (title.state, title.ended_on) == ("revoked" if revoked else "relinquished", day)
        assert Case.objects.get(pk=case.pk).stage == ("revoked" if revoked else "revocation_decision")
        assert Case.objects.get(pk=change.pk).stage == ("granted" if granted else "decision")
        assert title.name.endswith("新") == (what == "rename" and granted)
        assert Rectification.objects.filter(title=title, until=None).count() == 0
    town.prove()


def _found_wanting(case: Case, staff: Staff) -> None:
    """Failed, looked at again, and told what is meant to happen."""
    outcome.score_report(case, by=staff.bureau, on=ON, marks=years.MARKS)
    case = outcome.fail_assessment(
        case,
        by=staff.leader,
        on=ON,
        reason="得分未达到要求。",
        tasks=["引入团队"],
        last_day=date(2026, 5, 16),
        **years.SAID,
    )
    years.inspected(case, staff, passes=False)
    revocation.serve_intent(case, by=staff.bureau, on=ON, facts="x", reasons="x", served_on=ON)


def test_a_year_failed_while_a_rename_is_granted_leaves_both_done() -> None:
    town, staff = city()
    cases, changes = years.opened(staff, ROUNDS), []
    for case in cases:
        years.scored(case, staff, POOR)
        changes.append(to_decide(case, staff, years.owner(case), name=f"{case.subject}新"))

    for case, change in zip(cases, changes, strict=True):
        answers = at_once(
            act(town, "leader2", case.number, "fail_assessment", **FAILING),
            act(town, "leader3", change.number, "grant_change", opinion="同意"),
        )

        assert [answer.status_code for answer in answers] == [200, 200], [answer.content for answer in answers]
        title, followed = title_of(case), Case.objects.get(pk=case.pk)
        assert (title.name, followed.subject, followed.stage) == (
            f"{case.subject}新",
            f"{case.subject}新",
            "rectification",
        )
        assert Rectification.objects.filter(title=title, case=case, until=None).count() == 1
    town.prove()


# -- a change that is taken back, a letter -----------------------------------------------------------------------------
def test_a_title_is_given_up_or_kept_when_the_holder_takes_it_back_while_the_bureau_confirms() -> None:
    town, _ = city()
    announced(ROUNDS)
    for title in Title.objects.select_related("organisation").order_by("number"):
        owner = member_of(title.organisation)
        town.join(title.number, owner)
        change = recognition.open_change(title, by=owner, on=ON)
        recognition.relinquish(change, by=owner, on=ON, reason="停办", sure=True)

        answers = at_once(
            act(town, "bureau", change.number, "confirm_relinquish"),
            act(town, title.number, change.number, "withdraw_change", reason="不停办了"),
        )

        confirmed = loser_is_told(town, ("bureau", title.number), answers) == 0
        title.refresh_from_db()
        assert (title.state, title.ended_on) == (("relinquished", ON) if confirmed else ("in_force", None))
        assert Case.objects.get(pk=change.pk).stage == ("relinquished" if confirmed else "withdrawn")
    town.prove()


def test_of_two_officers_who_issue_and_refuse_a_letter_one_decides() -> None:
    town, _ = city()
    announced(ROUNDS)
    for title in Title.objects.select_related("organisation").order_by("number"):
        owner = member_of(title.organisation)
        case = letters.open_letter(title, by=owner, on=ON)
        letters.request_letter(case, by=owner, on=ON, programmes="市级重点实验室")

        answers = at_once(
            act(town, "bureau", case.number, "issue_letter"),
            act(town, "handler", case.number, "refuse_letter", reason="不属市级科技项目"),
        )

        issued = won(answers) == 0
        letter = Letter.objects.get(case=case)
        assert Case.objects.get(pk=case.pk).stage == ("issued" if issued else "letter_refused")
        assert (letter.issued_on, letter.live) == ((ON, True) if issued else (None, False))
        assert Paper.objects.filter(kind="priority_letter", subject=case.number).count() == issued
        assert acts_of(case.number) == ["request_letter", "issue_letter" if issued else "refuse_letter"]
    town.prove()
