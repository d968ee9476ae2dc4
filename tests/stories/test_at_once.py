"""Two people at the same moment: exactly one wins, the other is told who did what. On both databases."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from makerspace.matters.application.models import Submission
from makerspace.matters.recognition.models import Title
from makerspace.matters.review.models import NoticeItem, PublicNotice
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.factories import make_person
from tests.stories.walk import CONDITIONS, Town, checked

pytestmark = [pytest.mark.both, pytest.mark.usefixtures("many_at_once")]
ROUNDS = 20
Call = Callable[[], Any]


def at_once(*calls: Call) -> list[Any]:
    """The answers of these calls, each from a thread and a connection of its own, let go together."""
    gate, answers = threading.Barrier(len(calls)), dict.fromkeys(range(len(calls)))

    def run(place: int) -> None:
        with contextlib.closing(connection):
            gate.wait(10)
            answers[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [answers[place] for place in range(len(calls))]


def won(answers: list[Any]) -> int:
    """The place of the one that won; every other one is refused by the stage in the contract's shape."""
    done = [place for place, answer in enumerate(answers) if answer.status_code in {200, 201}]
    assert len(done) == 1, [answer.content.decode() for answer in answers]
    for place, answer in enumerate(answers):
        assert place in done or checked(answer, 409)["code"] == "wrong_stage"
    return done[0]


def act(town: Town, who: str, number: str, code: str, **fields: Any) -> Call:
    """A call that takes an act."""
    return lambda: town[who].send("POST", f"/cases/{number}/acts/{code}", fields)


def test_of_two_who_submit_or_decide_at_once_one_wins_each_time() -> None:
    town = Town()
    owner = town.unit("甲")
    unit = town.people[owner].memberships.get().organisation
    town.join("乙", make_person(organisation=unit))
    town.join("district2", make_person(Role.DISTRICT))
    visit = {
        "visited_on": town.today.isoformat(), "inspectors": ["马超", "何静"],
        "items": [{"condition": row.id, "found": "现场核对", "agrees": True} for row in CONDITIONS],
    }  # fmt: skip
    reasons = [{"condition": "7.2.count", "text": "在驻企业不足10家。"}]

    for rank in range(1, ROUNDS + 1):
        number = town.with_papers(town.draft(owner))

        answers = at_once(*(act(town, who, number, "submit", commitment=True) for who in (owner, "乙")))
        winner = (owner, "乙")[won(answers)]
        (told,) = [answer.json()["text"] for answer in answers if answer.status_code == 409]
        assert (town.people[winner].name in told, "办理“提交申报”" in told) == (True, True), told
        assert Submission.objects.filter(case__number=number).count() == 1

        town.take("district", number, "record_visit", **visit)
        answers = at_once(
            act(town, "district", number, "recommend", opinion="同意推荐", rank=rank),
            act(town, "district2", number, "decline", reasons=reasons),
        )
        first = won(answers)
        (told,) = [answer.json()["text"] for answer in answers if answer.status_code == 409]
        assert town.people[("district", "district2")[first]].name in told
        acts = list(Entry.objects.filter(stream=number).order_by("seq").values_list("act", flat=True))
        assert acts == ["submit", "record_visit", ("recommend", "decline")[first]]
        assert town.stage(number) == ("city_review", "not_recommended")[first]
    town.prove()


def test_of_two_leaders_one_decides_and_of_two_batches_one_is_published() -> None:
    town = Town()
    town.join("leader2", make_person(Role.LEADER))
    number = town.concluded()
    day = town.today.isoformat()

    reasons = [{"condition": "7.2.count", "text": "入驻不足。"}]
    approving = act(town, "leader", number, "approve", meeting_on=day)
    answers = at_once(approving, act(town, "leader2", number, "reject", meeting_on=day, reasons=reasons))
    assert town.stage(number) == ("approved", "not_recognised")[won(answers)]
    if town.stage(number) == "not_recognised":
        number = town.approved(rank=2)

    batch = {"cases": [number], "publish_on": day}
    published = at_once(*(lambda who=who: town[who].send("POST", "/notices", batch) for who in ("bureau", "handler")))
    notice = published[won(published)].json()
    assert list(PublicNotice.objects.values_list("pk", flat=True)) == [notice["id"]]

    town.end_notice(notice)
    announced = at_once(
        *(
            lambda who=who, serial=serial: town[who].send(
                "POST", "/announcements", {"cases": [number], "document_number": f"昆科发〔2026〕{serial}号"}
            )
            for who, serial in (("leader", 1), ("leader2", 2))
        )
    )
    won(announced)
    assert list(Title.objects.values_list("number", "case__number")) == [("KMZC-2026-001", number)]
    town.prove()


def test_of_two_leaders_who_confirm_from_two_cases_of_one_notice_one_publishes_it_anew() -> None:
    town = Town()
    town.join("leader2", make_person(Role.LEADER))
    numbers = [town.approved(rank=rank) for rank in (1, 2, 3)]
    town["bureau"].post("/notices", {"cases": numbers, "publish_on": town.today.isoformat()}, 201)

    for again in range(1, 6):
        town.take("bureau", numbers[0], "reissue_notice", wrong="名称有误")
        confirmed = at_once(
            *(
                act(town, who, number, "reissue_notice", confirm=True)
                for who, number in (("leader", numbers[-1]), ("leader2", numbers[0]))
            )
        )
        codes = sorted(answer.status_code for answer in confirmed)
        assert codes in ([200, 409], [200, 422]), [answer.content.decode() for answer in confirmed]
        assert PublicNotice.objects.filter(state="replaced").count() == again
        live = NoticeItem.objects.filter(live=True, notice__state="published")
        assert sorted(live.values_list("case__number", flat=True)) == sorted(numbers)
    town.prove()


def test_of_many_who_take_the_same_rank_one_gets_it() -> None:
    town = Town()
    numbers = [town.submitted() for _ in range(3)]
    for number in numbers:
        town.visit(number)

    answers = at_once(*(act(town, "district", number, "recommend", opinion="同意推荐", rank=1) for number in numbers))

    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]
    assert all(set(answer.json()["fields"]) == {"rank"} for answer in answers if answer.status_code == 422)
    assert sorted(town.stage(number) for number in numbers) == ["city_review", "district_review", "district_review"]
    town.prove()
