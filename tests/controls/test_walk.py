"""C13, C16, C18: everybody tries every act at random moments; only rows of the table happen, and every seal holds."""

import random
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from makerspace.matters.recognition.models import Title
from makerspace.matters.review.models import Objection
from makerspace.office.casework.models import Assignment, Case
from makerspace.office.casework.queries import PANEL
from makerspace.office.record.models import Entry
from makerspace.regulation import by_id
from makerspace.regulation.terms import Procedure, Role
from tests.factories import REGULATION
from tests.stories.walk import CONDITIONS, Town, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TABLE: Procedure = by_id(REGULATION).procedures["recognition"]
ACTS = [move.act for move in TABLE.moves]
SELDOM = {
    "withdraw", "decline", "reject", "remit", "return_to_district", "request_correction", "uphold_objection",
    "replace_expert", "reissue_notice", "register_paper",
}  # fmt: skip
SECONDS, STEPS, AFTERWARDS, CASES = 120, 1000, 60, 3
REFUSALS = {400, 403, 404, 409, 412, 422}
JUNK: list[dict[str, Any]] = [
    {},
    {"strange": 1},
    {"reason": 7},
    {"items": "x"},
    {"objection": 10**12},
    {"text": "\x07"},
]


@pytest.fixture(autouse=True)
def as_often_as_one_likes(settings: Settings) -> None:
    settings.API_RATES = {"objections": (10**6, 3600)}


class Walk:
    """One town, one dice; remembers every stage that each case was seen in."""

    def __init__(self, seed: int) -> None:
        self.dice, self.town = random.Random(seed), Town()
        self.numbers = [self.town.with_papers(self.town.draft()) for _ in range(CASES)]
        self.closed: set[str] = set()
        self.statuses: dict[int, int] = {}

    def given(self, act: str, number: str) -> dict[str, Any]:
        """What the act needs, as somebody who means well would fill it in."""
        today, dice = self.town.today.isoformat(), self.dice
        wanting = [{"condition": CONDITIONS[0].id, "text": "不符合"}]
        items = [{"condition": row.id, "found": "现场核对", "agrees": True, "remark": ""} for row in CONDITIONS]
        raised = Objection.objects.filter(case__number=number).order_by("pk").values_list("pk", flat=True)
        objection = dice.choice(list(raised) or [1])
        known: dict[str, dict[str, Any]] = {
            "submit": {"commitment": True},
            "register_paper": {"received_on": today, "copies": 1, "agrees": True},
            "resubmit": {"commitment": True},
            "withdraw": {"reason": "不再申报"},
            "request_correction": {"faults": [{"target": "makerspace", "text": "请补充"}]},
            "record_visit": {"visited_on": today, "inspectors": ["马超", "何静"], "items": items},
            "countersign_visit": {"agrees": True},
            "decline": {"reasons": wanting},
            "recommend": {"opinion": "符合条件，择优推荐。", "rank": dice.randint(1, 9)},
            "return_to_district": {"reason": "请复核场地"},
            "convene": {"visit_on": today},
            "declare_interest": {"conflict": False},
            "replace_expert": {"person": self.expert(number), "reason": "hindered", "text": "因故不能参加"},
            "record_expert_visit": {"visited_on": today, "present": ["组长", "组员"], "findings": "运营正常。"},
            "score": {"items": sheet()},
            "conclude": {"result": "pass", "text": "条件符合，建议予以认定。"},
            "remit": {"to": dice.choice(["expert_review", "city_review"]), "reason": "请再核"},
            "approve": {"meeting_on": today},
            "reject": {"meeting_on": today, "reasons": wanting},
            "publish_notice": {"publish_on": today},
            "reissue_notice": {"wrong": "名称有误", "corrections": []},
            "admit_objection": {"objection": objection, "reason": "有明确事实"},
            "not_admit_objection": {"objection": objection, "reason": "没有事实"},
            "investigate_objection": {
                "objection": objection, "steps": "现场核对", "findings": "属实在驻", "reply_to_objector": "经核查在驻",
                "reply_to_applicant": "有人反映，经核查在驻",
            },
            "dismiss_objections": {"reason": "不成立"},
            "uphold_objection": {"objections": [objection], "reasons": wanting},
            "announce": {"document_number": f"昆科发〔{self.town.today.year}〕{dice.randint(1, 9999)}号"},
        }  # fmt: skip
        return known.get(act, {})

    def seated(self, number: str) -> list[str]:
        """The experts on the case's panel."""
        seats = Assignment.objects.filter(case__number=number, role=PANEL, until=None)
        keys = set(seats.values_list("person", flat=True))
        return [name for name, person in self.town.people.items() if person.pk in keys]

    def expert(self, number: str) -> int:
        """The key of one of them, or of somebody else where there is none."""
        return self.town.people[self.dice.choice(self.seated(number) or ["expert1"])].pk

    def step(self) -> None:
        """One roll: mostly an act by anybody on any case, now and then time, the clock or a stranger."""
        roll = self.dice.random()
        if roll < 0.03:
            self.town.wait(self.dice.choice([1, 1, 3, 9]))
            self.clock()
        elif roll < 0.06:
            self.object()
        else:
            self.act()

    def act(self) -> None:
        """Somebody tries something, seldom on a case that is closed: there everything is refused."""
        still = [number for number in self.numbers if number not in self.closed]
        number = self.dice.choice(still if still and self.dice.random() < 0.9 else self.numbers)
        case = Case.objects.get(number=number)
        act = self.dice.choice(self.likely(case.stage) if self.dice.random() < 0.8 else ACTS)
        if act == "withdraw" and self.dice.random() < 0.97:
            return
        who = self.dice.choice(sorted(name for name in self.town.people))
        if self.dice.random() < 0.75:
            who = self.dice.choice(self.fitting(act, number) or [who])
        body = self.dice.choice(JUNK) if self.dice.random() < 0.1 else self.given(act, number)
        entries = Entry.objects.filter(stream=number).count()
        answer = self.town[who].send("POST", f"/cases/{number}/acts/{act}", body)
        self.note(answer.status_code, number, case, entries, f"{who} {act} {body} {answer.content.decode()[:300]}")

    def likely(self, stage: str) -> list[str]:
        """What may be done there, detours and endings but seldom, so that the walk gets far."""
        here = [move.act for move in TABLE.moves if stage in move.sources]
        return [act for act in here if act not in SELDOM or self.dice.random() < 0.05] or here or ACTS

    def fitting(self, act: str, number: str) -> list[str]:
        """Who is meant to take the act."""
        names = {
            Role.APPLICANT: [self.town.owner(number)], Role.DISTRICT: ["district"], Role.BUREAU: ["bureau", "handler"],
            Role.LEADER: ["leader"], Role.DISCIPLINE: ["discipline"],
            Role.EXPERT: self.seated(number),
        }  # fmt: skip
        return [name for role in TABLE.move(act).by for name in names.get(role, [])]

    def note(self, status: int, number: str, before: Case, entries: int, told: str) -> None:
        """Nothing but rows of the table; a refusal leaves the case as it was."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        after, added = Case.objects.get(number=number), Entry.objects.filter(stream=number).count() - entries
        assert status in {200, *REFUSALS}, told
        assert added == (status == 200), told
        if after.closed_on:
            self.closed.add(number)
        if status != 200:
            assert (after.stage, after.version) == (before.stage, before.version), told

    def clock(self) -> None:
        """The clock runs."""
        self.town.tick()

    def object(self) -> None:
        """A stranger objects, wherever the case stands."""
        number = self.dice.choice(self.numbers)
        body = {"case": number, "name": "郑观察", "contact": "13911112222", "facts": "两家企业早已搬离。"}
        answer = self.town.stranger.send("POST", f"/notices/{self.dice.randint(1, 3)}/objections", body)
        assert answer.status_code in {201, *REFUSALS}, answer.content.decode()

    def prove(self) -> set[str]:
        """Every entry is a row of the table, by a role that may, from the stage that the one before left."""
        for number in self.numbers:
            stage = TABLE.first.code
            for entry in Entry.objects.filter(stream=number).order_by("seq"):
                move = TABLE.move(entry.act)
                assert entry.before == stage, (number, entry.seq)
                assert stage in move.sources, (number, entry.act, stage)
                assert entry.after in (move.targets or (stage,)), (number, entry.act, entry.after)
                assert Role(entry.role) in move.by, (number, entry.act, entry.role)
                stage = entry.after
            assert Case.objects.get(number=number).stage == stage
        self.town.prove()
        return set(Entry.objects.filter(stream__in=self.numbers).values_list("act", flat=True))


REACHED = {"submit", "recommend", "conclude", "approve", "publish_notice", "close_notice", "announce"}


def test_nobody_gets_past_the_table_however_long_they_try(settings: Settings, tmp_path: Path) -> None:
    """Chance, such as who is drawn for a panel, may end a walk early: then another town is walked through."""
    acts: set[str] = set()
    statuses: set[int] = set()
    for seed in (12, 13, 14):
        settings.ANCHOR_FILE = str(tmp_path / f"anchor-{seed}")
        with transaction.atomic():
            walk = walked(seed)
            acts, statuses = acts | walk.prove(), statuses | set(walk.statuses)
            assert Title.objects.count() == Case.objects.filter(stage="recognised").count()
            transaction.set_rollback(True)
        if acts >= REACHED:
            break

    assert statuses >= {200, 403, 409, 422}
    assert acts >= REACHED


def walked(seed: int) -> Walk:
    """A walk until every case is closed and some steps more, or as far as it comes in its time."""
    walk, until, more = Walk(seed), time.monotonic() + SECONDS, AFTERWARDS
    for _ in range(STEPS):
        walk.step()
        more -= len(walk.closed) == CASES
        if not more or time.monotonic() > until:
            break
    return walk
