"""Fills an empty database with N cases for measuring: rows as the acts would have left them, written in bulk.

A case has its organisation, dossier, frozen submission with findings, materials, and a chain of sealed entries; a third
are recognised and have a title. Called as ``python -m bench.fill N`` in the environment of the database to be filled;
prints as JSON what the clients need: sessions, tokens, a case number, a word to search for.
"""

import json
import os
import sys
from datetime import timedelta
from random import Random
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makerspace.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from makerspace.doors.training.cast import ANNOUNCED  # noqa: E402
from makerspace.doors.training.dossiers import code_for, dossier_for  # noqa: E402
from makerspace.doors.training.people import People  # noqa: E402
from makerspace.matters.application.models import Application, Call, Submission  # noqa: E402
from makerspace.matters.application.queries import check, digest_of  # noqa: E402
from makerspace.matters.recognition.models import Announcement, Title, TitleName, TitleSite  # noqa: E402
from makerspace.matters.recognition.operations.titles import search_text, sites_of  # noqa: E402
from makerspace.matters.registers.models import Makerspace  # noqa: E402
from makerspace.office.casework.models import Case, Counter  # noqa: E402
from makerspace.office.casework.parameters import setting  # noqa: E402
from makerspace.office.documents.models import Paper  # noqa: E402
from makerspace.office.people.models import Expert, Organisation, Person  # noqa: E402
from makerspace.office.people.tokens import issue  # noqa: E402
from makerspace.office.record import clock, seals  # noqa: E402
from makerspace.office.record.models import Entry  # noqa: E402
from makerspace.regulation import by_id  # noqa: E402

REGULATION = "kunkefa-2017-55"
STAGES = (
    "recognised",
    "district_review",
    "city_review",
    "recognised",
    "decision",
    "draft",
    "public_notice",
    "recognised",
    "correction",
)
PATH = (
    "submit",
    "record_visit",
    "recommend",
    "convene",
    "conclude",
    "approve",
    "publish_notice",
    "close_notice",
    "announce",
)
REACHED = {
    "draft": 0,
    "district_review": 1,
    "correction": 1,
    "city_review": 3,
    "decision": 5,
    "public_notice": 7,
    "recognised": 9,
}
WORDS = ("滇池", "翠湖", "五华", "云岭", "金碧", "盘江", "高新", "呈贡", "西山", "官渡", "安宁", "石林")
CHUNK = 500


class Filler:
    """Writes the rows of one database."""

    def __init__(self, count: int) -> None:
        self.count, self.today = count, clock.today()
        self.random = Random(count)
        self.people = People().make()
        self.officer = self.people.named("bureau1")
        self.call = self._call()
        samples = ANNOUNCED[:6]
        self.dossiers = [
            dossier_for(space, code_for(self.random), "530102", self.today) for space in samples
        ]  # fmt: skip
        self.findings = [check(REGULATION, dossier, self.today) for dossier in self.dossiers]
        self.authorities = list(self.people.authorities.values())

    def _call(self) -> Call:
        return Call.objects.create(
            title="关于组织申报昆明市众创空间的通知", year=self.today.year, categories=["comprehensive", "technical"],
            opens_on=self.today - timedelta(days=60), closes_on=self.today + timedelta(days=30), text="请按要求申报。",
            contacts=[{"name": "周敏", "phone": "0871-63100001"}], regulation=REGULATION, state="published",
            published_on=self.today - timedelta(days=60), prepared_by=self.officer,
        )  # fmt: skip

    def fill(self) -> None:
        """All cases, in chunks; the numbering goes on behind them."""
        announcement = self._announcement()
        for start in range(0, self.count, CHUNK):
            self._chunk(range(start + 1, min(start + CHUNK, self.count) + 1), announcement)
        Counter.objects.update_or_create(name=f"KM-{self.today.year}-", defaults={"value": self.count})
        Counter.objects.update_or_create(name=f"KMZC-{self.today.year}-", defaults={"value": self.count})

    def _announcement(self) -> Announcement:
        paper = Paper.objects.create(
            code="0000-0000-0000-0000", kind="announcement", number="昆科发〔2026〕1号", subject="ANN-1", title="公布",
            data={}, due_at=clock.now(), created_at=clock.now(), issued_on=self.today, visibility="case",
        )  # fmt: skip
        return Announcement.objects.create(
            document_number="昆科发〔2026〕1号", on=self.today, at=clock.now(), regulation=REGULATION, text="", digest="",
            by=self.people.named("leader1"), paper=paper,
        )  # fmt: skip

    @transaction.atomic
    def _chunk(self, numbers: range, announcement: Announcement) -> None:
        organisations = Organisation.objects.bulk_create(
            Organisation(name=self._unit(number), uscc=f"9153{number:014d}") for number in numbers
        )
        cases = Case.objects.bulk_create(
            self._case(number, organisation) for number, organisation in zip(numbers, organisations, strict=True)
        )
        Application.objects.bulk_create(
            Application(
                case=case, call=self.call, dossier=self.dossiers[case.pk % len(self.dossiers)], saved_at=clock.now(),
                saved_by=self.officer,
            )
            for case in cases
        )  # fmt: skip
        Submission.objects.bulk_create(self._submission(case) for case in cases if case.filed_on)
        Entry.objects.bulk_create(entry for case in cases for entry in self._entries(case))
        self._titles([case for case in cases if case.stage == "recognised"], announcement)

    def _unit(self, number: int) -> str:
        return f"昆明{WORDS[number % 12]}{WORDS[number // 12 % 12]}创业服务{number}有限公司"

    def _case(self, number: int, organisation: Organisation) -> Case:
        stage = STAGES[number % len(STAGES)]
        procedure = by_id(REGULATION).procedures["recognition"]
        final, filed = procedure.stage(stage).final, stage != "draft"
        subject = f"{WORDS[number * 7 % 12]}{WORDS[number * 5 // 12 % 12]}众创空间{number}"
        since = self.today - timedelta(days=number % 50)
        case_number = f"KM-{self.today.year}-{number:04d}"
        return Case(
            number=case_number, kind="recognition", regulation=REGULATION, stage=stage, stage_since=since,
            due_on=None if final else since + timedelta(days=30), version=REACHED[stage], organisation=organisation,
            authority=self.authorities[number % len(self.authorities)], subject=subject,
            category=("comprehensive", "technical")[number % 2], opened_on=since, filed_on=since if filed else None,
            closed_on=since if final else None, search=f"{case_number} {subject} {organisation.name}".lower(),
        )  # fmt: skip

    def _submission(self, case: Case) -> Submission:
        which = case.pk % len(self.dossiers)
        return Submission(
            case=case, round=1, regulation=REGULATION, dossier=self.dossiers[which], digest=digest_of(self.dossiers[which]),
            findings=json.loads(json.dumps(self.findings[which])), materials=[], on=self.today, at=clock.now(), by=self.officer,
        )  # fmt: skip

    def _entries(self, case: Case) -> list[Entry]:
        made: list[Entry] = []
        for seq, act in enumerate(PATH[: REACHED[case.stage]], start=1):
            entry = Entry(
                stream=case.number, seq=seq, act=act, role="bureau", person=self.officer, on=self.today, at=clock.now(),
                articles="11", regulation=REGULATION, before="", after="", data="{}", algorithm=settings.SEAL_ALGORITHM,
                prev=made[-1].seal if made else "",
            )  # fmt: skip
            entry.seal = seals.seal_of(entry)
            made.append(entry)
        return made

    def _titles(self, cases: list[Case], announcement: Announcement) -> None:
        """The titles with their makerspaces, first names and premises, as the announcement gives them."""
        spaces = Makerspace.objects.bulk_create(
            Makerspace(organisation=case.organisation, name=case.subject, authority=case.authority, created_on=self.today)
            for case in cases
        )  # fmt: skip
        titles = Title.objects.bulk_create(
            self._title(case, space, announcement) for case, space in zip(cases, spaces, strict=True)
        )
        TitleName.objects.bulk_create(
            TitleName(title=title, name=title.name, holder=title.holder, since=title.since) for title in titles
        )
        TitleSite.objects.bulk_create(
            site
            for title in titles
            for site in sites_of(title, self.dossiers[title.case_id % len(self.dossiers)]["premises"], title.since)
        )

    def _title(self, case: Case, space: Makerspace, announcement: Announcement) -> Title:
        number, name, holder = f"KMZC-{self.today.year}-{case.pk:03d}", case.subject, case.organisation.name
        return Title(
            number=number, case=case, organisation=case.organisation, makerspace=space, announcement=announcement, name=name,
            holder=holder, category=case.category, authority=case.authority, since=self.today - timedelta(days=1),
            search=search_text(number, name, holder),
        )  # fmt: skip


def session_of(person: Person) -> str:
    """A session as signing in would have made it."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def clients_of(people: People) -> dict[str, Any]:
    """What the measuring clients need."""
    officers = people.officers
    with transaction.atomic():
        tokens = {name: issue(person, "bench", decide=True)[1] for name, person in officers.items()}
        tokens["applicant"] = issue(next(iter(people.applicants.values())), "bench")[1]
    member = next(iter(people.applicants.values()))
    return {
        "tokens": tokens,
        "sessions": {"bureau1": session_of(officers["bureau1"]), "district": session_of(officers["district_wuhua"])},
        "organisation": member.memberships.get().organisation_id,
        "call": Call.objects.get().pk,
        "panel": _panel(),
    }


def _panel() -> list[str]:
    """Leave just as many active experts as a panel has, so that a client knows who will be drawn."""
    size = setting(REGULATION, "PANEL_SIZE", clock.today())
    kept = [expert.pk for expert in Expert.objects.filter(active=True).order_by("-pk")[:size]]
    Expert.objects.exclude(pk__in=kept).update(active=False)
    return list(Expert.objects.filter(pk__in=kept).values_list("person__username", flat=True))


def main(count: int) -> None:
    """Fill and say what is there."""
    filler = Filler(count)
    filler.fill()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # whole columns sampled, SQLite would plan a statement anew for each value
            cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")
    case = Case.objects.filter(stage="decision").order_by("-pk").first() or Case.objects.order_by("-pk").first()
    answer = clients_of(filler.people) | {"case": case.number if case else "", "day": clock.today().isoformat()}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(int(sys.argv[1]))
