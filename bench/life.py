"""A whole life from draft to title through HTTP, by eight clients at once; papers are made by the worker, outside."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from bench.load import Client
from bench.servers import module
from makerspace.doors.training.cast import ANNOUNCED
from makerspace.doors.training.dossiers import dossier_for
from makerspace.matters.review.criteria import criteria_of
from makerspace.regulation import by_id
from makerspace.regulation.terms import Strength

REGULATION = by_id("kunkefa-2017-55")
BATCH = 50
SPACE = ANNOUNCED[0]
DISTRICTS = (
    "wuhua", "panlong", "guandu", "xishan", "dongchuan", "chenggong", "jinning", "anning", "fumin", "yiliang",
)  # fmt: skip


class Lives:
    """Takes cases from draft to title with the tokens of the filled database."""

    def __init__(self, port: int, world: dict[str, Any], pdf: bytes) -> None:
        self.port, self.pdf, self.day = port, pdf, date.fromisoformat(world["day"])
        self.tokens, self.call, self.panel = world["tokens"], world["call"], world["panel"]
        self.lock = threading.Lock()
        self.ranks = dict.fromkeys(DISTRICTS, 0)
        self.local = threading.local()

    def client(self) -> Client:
        """The connection of this thread: a new one for each life."""
        if not hasattr(self.local, "client"):
            self.local.client = Client(self.port)
        found: Client = self.local.client
        return found

    def send(
        self, who: str, method: str, path: str, body: object = None, expect: int = 200, **more: str
    ) -> tuple[bytes, str | None]:
        """One JSON request as ``who``: what came back, to be read where somebody wants to know, and its ETag."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Content-Type": "application/json", **more}
        content = json.dumps(body).encode() if body is not None else b""
        answer, data = self.client().send(method, f"/api/v1{path}", content, headers, expect)
        return data, answer.getheader("ETag")

    def act(self, who: str, number: str, act: str, **fields: object) -> bytes:
        """One act, and the case after it."""
        return self.send(who, "POST", f"/cases/{number}/acts/{act}", fields)[0]

    def upload(self, number: str, kind: str, conditions: list[str]) -> None:
        """One file as multipart."""
        boundary = uuid4().hex
        parts = [("kind", kind), *(("condition", condition) for condition in conditions)]
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts
        )
        head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{kind}.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        body = head.encode() + self.pdf + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Authorization": f"Bearer {self.tokens['applicant']}", "Content-Type": f"multipart/form-data; boundary={boundary}",
        }  # fmt: skip
        self.client().send("POST", f"/api/v1/cases/{number}/materials", body, headers, expect=201)

    def to_approval(self, index: int) -> str:
        """Draft, dossier, three files, submission, visit, recommendation, panel, scores, conclusion, approval."""
        self.local.__dict__.pop("client", None)  # eight kept open from the start may all land on one of the workers
        district = DISTRICTS[index % len(DISTRICTS)]
        space = SPACE._replace(name=f"长跑众创空间{index}-{uuid4().hex[:6]}", authority=district)
        dossier = dossier_for(space, "91530102MA6K4WQX0C", "530102", self.day)
        case, etag = self.send("applicant", "POST", "/cases", {"call": self.call, "dossier": dossier}, expect=201)
        number = json.loads(case)["id"]
        self.send("applicant", "PUT", f"/cases/{number}/dossier", dossier, **{"If-Match": etag or "*"})
        rows = REGULATION.conditions_of("comprehensive")
        self.upload(number, "evidence", [row.id for row in rows if row.strength is Strength.REQUIRED])
        self.upload(number, "operation_plan", [])
        self.upload(number, "annual_work_plan", [])
        self.act("applicant", number, "submit", commitment=True, confirm_not_met=True)
        officer = f"district_{district}"
        items = [{"condition": row.id, "found": "与申报一致", "agrees": True} for row in rows]
        self.act(
            officer, number, "record_visit", visited_on=self.day.isoformat(), inspectors=["马超", "何静"], items=items
        )
        with self.lock:
            self.ranks[district] += 1
            rank = self.ranks[district]
        self.act(officer, number, "recommend", opinion="材料属实，同意推荐。", rank=rank)
        self._panel(number)
        self.act("leader1", number, "approve", meeting_on=self.day.isoformat())
        return str(number)

    def _panel(self, number: str) -> None:
        later = (self.day + timedelta(days=3)).isoformat()
        self.act("bureau1", number, "convene", visit_on=later)
        head = ""
        for name in self.panel:
            after = self.act(name, number, "declare_interest", conflict=False)
            if any(row["act"] == "record_expert_visit" for row in json.loads(after)["acts"]):
                head = name
        self.act(
            head, number, "record_expert_visit", visited_on=self.day.isoformat(), present=["专家组"], findings="属实"
        )
        sheet = [{"criterion": row.id, "points": row.points, "reason": "较好"} for row in criteria_of("comprehensive")]
        for name in self.panel:
            self.act(name, number, "score", items=sheet)
        self.act(head, number, "conclude", result="pass", text="同意认定")


def batches(numbers: list[str]) -> Iterator[list[str]]:
    """Fifty at a time."""
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


def run(
    port: int, world: dict[str, Any], pdf: bytes, environment: dict[str, str], cases: int, clients: int = 8
) -> dict[str, float]:
    """``cases`` whole lives; answers seconds and cases a second. The clock is set forward once, past the notice."""
    lives = Lives(port, world, pdf)
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        numbers = list(pool.map(lives.to_approval, range(cases)))
        list(pool.map(lambda batch: lives.send("bureau2", "POST", "/notices", {"cases": batch, "publish_on": lives.day.isoformat()}, expect=201), batches(numbers)))  # fmt: skip
    until_notice = time.perf_counter() - began
    later = datetime.combine(lives.day + timedelta(days=12), datetime.min.time()).isoformat() + "+08:00"
    began = time.perf_counter()
    module("bench.close", later, environment=environment)
    ticked = time.perf_counter() - began
    began = time.perf_counter()
    for at, batch in enumerate(batches(numbers)):
        year = (lives.day + timedelta(days=12)).year
        lives.send(
            "leader2",
            "POST",
            "/announcements",
            {"cases": batch, "document_number": f"昆科发〔{year}〕{900 + at}号"},
            expect=201,
        )
    announced = time.perf_counter() - began
    seconds = until_notice + announced
    return {
        "cases": cases, "clients": clients, "seconds": round(seconds, 1), "close_seconds": round(ticked, 1),
        "cases_a_second": round(cases / (seconds + ticked), 2),
    }  # fmt: skip
