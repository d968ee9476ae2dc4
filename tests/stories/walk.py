"""A town whose people all work through programs: the HTTP API with tokens, and a clock that the story sets forward."""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.test.client import ClientHandler

from makerspace.matters.review.criteria import CRITERIA
from makerspace.office.documents.models import Paper, PaperState
from makerspace.office.people.models import Organisation, Person
from makerspace.office.people.tokens import issue
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation import by_id
from makerspace.regulation.terms import Duty, Role, Strength
from tests.factories import (
    DAY,
    REGULATION,
    make_call,
    make_dossier,
    make_expert,
    make_organisation,
    make_pdf,
    make_person,
)

SHAPE = {"code", "text", "article", "fields"}
CONDITIONS = by_id(REGULATION).conditions_of("comprehensive")
REQUIRED = [row.id for row in CONDITIONS if row.strength is Strength.REQUIRED]
OBJECTOR = {"name": "郑观察", "contact": "13911112222", "facts": "入驻企业名单中有两家早已搬离。"}


class Program:
    """What one person's program sends and gets back; without a token it is a stranger's."""

    def __init__(self, town: "Town", token: str = "") -> None:
        self.town, self.token = town, token

    def send(
        self, method: str, path: str, body: object = None, *, kind: str = "application/json", **headers: str
    ) -> Any:
        """Any request; bytes go as they are, everything else as JSON."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        with self.town.present():
            return self._client().generic(method, _address(path), content, kind, headers=_named(headers))

    def get(self, path: str, status: int = 200) -> Any:
        """The JSON that a GET answers with."""
        return checked(self.send("GET", path), status)

    def post(self, path: str, body: object = None, status: int = 200, **headers: str) -> Any:
        """The JSON that a POST of JSON answers with."""
        return checked(self.send("POST", path, body, **headers), status)

    def put(self, path: str, body: object, status: int = 200, **headers: str) -> Any:
        """The JSON that a PUT of JSON answers with."""
        return checked(self.send("PUT", path, body, **headers), status)

    def form(self, path: str, fields: dict[str, Any], **headers: str) -> Any:
        """POST of a multipart form; the whole answer."""
        with self.town.present():
            return self._client().post(_address(path), fields, headers=_named(headers))

    def _client(self) -> Client:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        client = Client(headers=bearer, raise_request_exception=False)
        client.handler = self.town.server
        return client


def _address(path: str) -> str:
    return f"/api/v1{path}"


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def checked(answer: Any, status: int) -> Any:
    """The answer's JSON once it is the one expected; a refusal has the contract's shape."""
    body = json.loads(answer.content)
    assert answer.status_code == status, body
    if status >= 400:
        assert set(body) == SHAPE
    return body


class Town:
    """One published call, its officers and experts; units come with their drafts."""

    def __init__(self, *, experts: int = 5, at: datetime | None = None) -> None:
        self.server = ClientHandler(enforce_csrf_checks=False)  # one for all: it reads the static files when it starts
        self.now = at or datetime.combine(DAY, time(9), clock.KUNMING)
        self.numbers: list[str] = []
        self.people: dict[str, Person] = {}
        self.programs: dict[str, Program] = {"": Program(self)}
        self.owners: dict[str, str] = {}
        with self.present():
            self._settle(experts)
            self.call = make_call(by=self.people["bureau"])

    def _settle(self, experts: int) -> None:
        self.join("district", make_person(Role.DISTRICT, duties=[Duty.COUNTER]))
        self.join("panlong", make_person(Role.DISTRICT, "panlong"))
        self.join("bureau", make_person(Role.BUREAU))
        self.join("handler", make_person(Role.BUREAU))
        self.join("leader", make_person(Role.LEADER))
        self.join("discipline", make_person(Role.DISCIPLINE))
        self.join("auditor", make_person(Role.AUDITOR))
        for number in range(1, experts + 1):
            self.join(f"expert{number}", make_expert(f"云南研究院第{number}所"))

    def join(self, name: str, person: Person) -> Program:
        """Give a person a program of that name."""
        self.people[name] = person
        self.programs[name] = Program(self, issue(person, "story", decide=True)[1])
        return self.programs[name]

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    @property
    def stranger(self) -> Program:
        """Anybody."""
        return self.programs[""]

    # -- time ----------------------------------------------------------------------------------------------------------
    def present(self) -> AbstractContextManager[None]:
        """Within the block it is now in this town."""
        return clock.pretending(self.now)

    @property
    def today(self) -> date:
        """The day it is."""
        return self.now.date()

    def wait_until(self, day: date, at: time = time(9)) -> None:
        """Let time pass; it never goes back."""
        later = datetime.combine(day, at, clock.KUNMING)
        assert later >= self.now
        self.now = later

    def wait(self, days: int) -> None:
        """Let some days pass."""
        self.now += timedelta(days=days)

    def tick(self) -> dict[str, int]:
        """Run the clock once, as its command does; no step may fail."""
        said = io.StringIO()
        with self.present():
            call_command("tick", "--at", self.now.isoformat(), stdout=said)
        counts: dict[str, int] = json.loads(said.getvalue())
        assert None not in counts.values(), counts
        return counts

    # -- acts ----------------------------------------------------------------------------------------------------------
    def take(self, who: str, number: str, act: str, status: int = 200, **fields: Any) -> Any:
        """One act by one of them; a refused one leaves no trace in the record."""
        before = Entry.objects.count()
        body = self[who].post(f"/cases/{number}/acts/{act}", fields, status)
        assert (Entry.objects.count() > before) == (status == 200)
        return body

    def why(self, who: str, number: str, act: str, status: int, **fields: Any) -> str:
        """What a refused one is told."""
        return str(self.take(who, number, act, status, **fields)["text"])

    def wrong(self, who: str, number: str, act: str, **fields: Any) -> set[str]:
        """Which fields are refused."""
        return set(self.take(who, number, act, 422, **fields)["fields"])

    def case(self, number: str, who: str = "bureau") -> Any:
        """The case as one of them sees it."""
        return self[who].get(f"/cases/{number}")

    def stage(self, number: str) -> str:
        """Where the case stands."""
        return str(self.case(number)["stage"])

    def acts(self, who: str, number: str) -> list[str]:
        """What one of them may do now."""
        return [row["act"] for row in self.case(number, who)["acts"]]

    def owner(self, number: str) -> str:
        """Whose application it is."""
        return self.owners[number]

    # -- a life, step by step ------------------------------------------------------------------------------------------
    def unit(self, name: str = "", organisation: Organisation | None = None) -> str:
        """A unit with one member, who gets a program."""
        name = name or f"applicant{len(self.owners) + 1}"
        if name not in self.people:
            self.join(name, make_person(organisation=organisation or make_organisation()))
        return name

    def draft(self, who: str = "", **blocks: Any) -> str:
        """A draft with a whole dossier, begun for a unit."""
        who = self.unit(who)
        made = self[who].post("/cases", {"call": self.call.pk, "dossier": make_dossier(on=self.today, **blocks)}, 201)
        self.numbers.append(made["id"])
        self.owners[made["id"]] = who
        return str(made["id"])

    def attach(self, number: str, kind: str, conditions: Iterable[str] = (), status: int = 201, **more: Any) -> Any:
        """One PDF of three pages; its digest is the one that anybody can work out."""
        content = make_pdf(3)
        fields = {"file": pdf(content, f"{kind}.pdf"), "kind": kind, "condition": list(conditions), **more}
        body = checked(self[self.owner(number)].form(f"/cases/{number}/materials", fields), status)
        assert status != 201 or body["digest"] == hashlib.sha256(content).hexdigest()
        return body

    def with_papers(self, number: str) -> str:
        """Every paper that article 9 asks for."""
        self.attach(number, "evidence", REQUIRED, pages="1-3")
        self.attach(number, "operation_plan")
        self.attach(number, "annual_work_plan")
        return number

    def submitted(self, who: str = "", **blocks: Any) -> str:
        """Handed in."""
        number = self.with_papers(self.draft(who, **blocks))
        self.take(self.owner(number), number, "submit", commitment=True)
        return number

    def visit(self, number: str, differs: Mapping[str, str] | None = None) -> None:
        """The district's visit; ``differs`` says of conditions what was found otherwise."""
        remarks = differs or {}
        items = [
            {
                "condition": row.id,
                "found": "现场核对",
                "agrees": row.id not in remarks,
                "remark": remarks.get(row.id, ""),
            }
            for row in CONDITIONS
        ]
        told = {"visited_on": self.today.isoformat(), "inspectors": ["马超", "何静"], "items": items}
        self.take("district", number, "record_visit", **told)

    def recommended(self, rank: int = 1) -> str:
        """Visited and sent on to the bureau."""
        number = self.submitted()
        self.visit(number)
        self.take("district", number, "recommend", opinion="符合条件，择优推荐。", rank=rank)
        return number

    def convene(self, number: str) -> list[str]:
        """A panel of three; their names in this town."""
        self.take("bureau", number, "convene", visit_on=(self.today + timedelta(days=2)).isoformat())
        return self.panel(number)

    def panel(self, number: str) -> list[str]:
        """Who among the experts sees the case: those who sit on its panel."""
        experts = [name for name in self.people if name.startswith("expert")]
        return [name for name in experts if self[name].send("GET", f"/cases/{number}").status_code == 200]

    def declare(self, number: str, names: Iterable[str]) -> None:
        """These have no interest in the applicant."""
        for name in names:
            self.take(name, number, "declare_interest", conflict=False)

    def head(self, number: str) -> str:
        """Who leads the panel: only the head may record its visit."""
        return next(name for name in self.panel(number) if "record_expert_visit" in self.acts(name, number))

    def study(self, number: str) -> None:
        """The panel on the spot."""
        told = {
            "visited_on": self.today.isoformat(),
            "present": ["组长", "组员"],
            "findings": "运营正常，服务记录完整。",
        }
        self.take(self.head(number), number, "record_expert_visit", **told)

    def score(self, number: str, names: Iterable[str]) -> None:
        """Everybody's sheet, with reasons."""
        for name in names:
            self.take(name, number, "score", items=sheet())

    def conclude(self, number: str, result: str = "pass") -> None:
        """The panel's opinion."""
        self.take(self.head(number), number, "conclude", result=result, text="条件符合，建议予以认定。")

    def concluded(self, rank: int = 1) -> str:
        """Before the leader."""
        number = self.recommended(rank)
        panel = self.convene(number)
        self.declare(number, panel)
        self.study(number)
        self.score(number, panel)
        self.conclude(number)
        return number

    def approved(self, rank: int = 1) -> str:
        """Approved at a meeting."""
        number = self.concluded(rank)
        self.take("leader", number, "approve", meeting_on=self.today.isoformat())
        return number

    def publish(self, *numbers: str) -> Any:
        """One public notice over these cases."""
        return self["bureau"].post("/notices", {"cases": list(numbers), "publish_on": self.today.isoformat()}, 201)

    def announce(self, *numbers: str, status: int = 201, serial: int = 12) -> Any:
        """One announcement over these cases."""
        body = {"cases": list(numbers), "document_number": f"昆科发〔{self.today.year}〕{serial}号"}
        return self["leader"].post("/announcements", body, status)

    def object(self, notice: int, number: str, **told: Any) -> str:
        """Somebody objects; the receipt code."""
        body = {**OBJECTOR, "case": number, **told}
        return str(self.stranger.post(f"/notices/{notice}/objections", body, 201)["receipt"])

    def objections(self, number: str, who: str = "discipline") -> list[int]:
        """The objections to a case, as its record names them to those who handle them."""
        rows = self[who].get(f"/cases/{number}/record")["items"]
        return [json.loads(row["content"]["data"])["objection"] for row in rows if row["act"] == "object"]

    def end_notice(self, notice: Any) -> None:
        """The first second after the notice's last minute; the clock runs."""
        self.wait_until(date.fromisoformat(notice["last_day"]) + timedelta(days=1), time(0, 0, 1))
        self.tick()

    # -- proof ---------------------------------------------------------------------------------------------------------
    def prove(self) -> None:
        """Every seal and head holds, every past finding comes out again, every case's chain can be worked out anew."""
        with self.present():
            said = io.StringIO()
            call_command("verify_record", stdout=said)
            call_command("replay", stdout=said, stderr=said)
        lines = said.getvalue().splitlines()
        assert (len(lines), lines[0].startswith("案卷完好：记录 "), lines[-1]) == (2, True, "重算一致。"), lines
        for number in self.numbers:
            self.prove_chain(number)

    def prove_chain(self, number: str) -> list[dict[str, Any]]:
        """Work out each seal from what the API shows of the record, by the definition and not by the house's code."""
        entries: list[dict[str, Any]] = self["auditor"].get(f"/cases/{number}/record")["items"]
        before = ""
        for place, entry in enumerate(entries, start=1):
            text = json.dumps(entry["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
            sm3 = hashes.Hash(hashes.SM3())
            sm3.update(text.encode())
            assert (entry["seal"], entry["prev"], entry["seq"]) == (sm3.finalize().hex(), before, place)
            before = entry["seal"]
        return entries

    def prove_papers(self) -> dict[str, Any]:
        """Every paper there is was made, and is genuine to anybody who types its code; the last answer of each kind."""
        answers = {}
        for paper in Paper.objects.order_by("pk"):
            assert paper.state == PaperState.MADE, paper.kind
            answers[paper.kind] = self.stranger.get(f"/verify/{paper.code}")
            assert answers[paper.kind]["genuine"] is True
        return answers


def sheet() -> list[dict[str, Any]]:
    """A score sheet."""
    return [
        {"criterion": row.id, "points": max(1, row.points - 1), "reason": "现场所见与材料一致"}
        for row in CRITERIA["comprehensive"]
    ]


def pdf(content: bytes | None = None, name: str = "证明.pdf") -> SimpleUploadedFile:
    """A file to upload."""
    return SimpleUploadedFile(name, make_pdf(3) if content is None else content, "application/pdf")
