"""Wrong input to every call and every act: the expected refusal, in the one shape, and nothing changed. On both databases."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from makerspace.regulation import by_id
from makerspace.regulation.terms import Move, Role
from tests.factories import DAY, REGULATION, make_call, make_dossier, make_pdf
from tests.office.documents import good
from tests.stories.siege import BODIES, attacked, everything, refusal
from tests.stories.walk import OBJECTOR, REQUIRED, Town, sheet

pytestmark = [pytest.mark.django_db, pytest.mark.both]
OFTEN = {"self_check": (1000, 60), "verify": (1000, 60), "objections": (1000, 60)}
TABLE = by_id(REGULATION).procedures["recognition"]
AROUND = ("applicant1", "another", "district", "panlong", "bureau", "leader", "discipline", "auditor", "expert1", "expert2", "expert3", "expert4")  # fmt: skip
BY_NOBODY = {move.act for move in TABLE.moves if set(move.by) <= {Role.CLOCK, Role.PUBLIC}}


@pytest.fixture(autouse=True)
def as_often_as_one_likes(settings: Settings) -> None:
    """How often a stranger may ask is another test's subject."""
    settings.API_RATES = OFTEN


# -- bodies that are no JSON, or none that can be kept ------------------------------------------------------------------


def test_a_body_that_is_none_is_refused_by_every_call_and_changes_nothing() -> None:
    town = Town()
    notice = town.publish(town.approved())["id"]
    draft = town.draft()
    owner = town.owner(draft)
    calls = (
        (owner, "POST", f"/cases/{draft}/acts/withdraw"), (owner, "POST", "/cases"), (owner, "PUT", f"/cases/{draft}/dossier"),
        ("bureau", "POST", "/notices"), ("leader", "POST", "/announcements"), ("leader", "POST", "/payment-batches"),
        ("", "POST", f"/notices/{notice}/objections"),
        ("", "POST", "/self-check"),
    )  # fmt: skip
    before = everything()

    got = {
        (path, name): refusal(town[who].send(method, path, body, If_Match='"1"'))[0]
        for who, method, path in calls
        for name, (body, _) in BODIES.items()
    }

    assert got == {(path, name): status for _, _, path in calls for name, (_, status) in BODIES.items()}
    for who, method, path in calls:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gb18030"):
            assert refusal(town[who].send(method, path, b"a=1", kind=kind, If_Match='"1"'))[0] == 415, (path, kind)
    assert everything() == before


# -- fields of each call -----------------------------------------------------------------------------------------------
def rows_of_calls(town: Town, number: str, draft: str, closed: int) -> Iterator[tuple[Any, ...]]:
    """Who, method, path, body, status, refused fields; further headers last."""
    owner, other, call = town.owner(draft), town.unit("another"), town.call.pk
    dossier, today = make_dossier(), DAY.isoformat()
    wrong = make_dossier(strange=1)
    wrong["tenants"][3]["industry"], wrong["tenants"][0]["employees"] = "mining", -1
    wrong["mentors"][0]["engaged_from"], wrong["premises"][0]["area_m2"] = "2026-02-30", 10**400
    paths = [
        "mentors[0].engaged_from", "premises[0].area_m2", "strange", "tenants[0].employees", "tenants[3].industry",
    ]  # fmt: skip

    for given, status, fields in (
        ({}, 422, ["call"]),
        ({"call": call, "dossier": dossier, "stage": "recognised"}, 422, ["stage"]),
        ({"call": "1", "dossier": dossier}, 422, ["call"]),
        ({"call": True}, 422, ["call"]),
        ({"call": 1.5}, 422, ["call"]),
        ({"call": 10**30}, 422, ["call"]),
        ({"call": -1}, 422, ["call"]),
        ({"call": [call]}, 422, ["call"]),
        ({"call": call, "dossier": []}, 422, ["dossier"]),
        ({"call": call, "dossier": None}, 422, ["dossier"]),
        ({"call": 2_000_000_000, "dossier": dossier}, 404, ["call"]),
        ({"call": closed, "dossier": dossier}, 409, []),
        ({"call": call, "dossier": wrong}, 422, [f"dossier.{path}" for path in paths]),
        ({"call": call, "dossier": {**dossier, "category": "both"}}, 422, ["dossier.category"]),
        ({"call": call, "dossier": {**dossier, "regulation": "none"}}, 422, ["dossier.regulation"]),
    ):
        yield owner, "POST", "/cases", given, status, fields
    for who in ("district", "bureau", "leader", "auditor", "expert1"):
        yield who, "POST", "/cases", {"call": call, "dossier": dossier}, 403, []
    yield "", "POST", "/cases", {"call": call, "dossier": dossier}, 401, []

    path = f"/cases/{draft}/dossier"
    for tag, status in (("", 428), ('"0"', 412), ('"99"', 412), ("x", 412), ('W/"1"', 412), ('"1', 200), ("９", 412)):
        if status != 200:
            yield owner, "PUT", path, dossier, status, [], {"If_Match": tag} if tag else {}
    fresh = {"If_Match": '"1"'}
    yield owner, "PUT", path, wrong, 422, paths, fresh
    yield owner, "PUT", path, {**dossier, "operator": 5}, 422, ["operator"], fresh
    yield owner, "PUT", path, {**dossier, "tenants": {"a": 1}}, 422, ["tenants"], fresh
    yield owner, "PUT", path, {**dossier, "lead": {"name": "x" * 100_000}}, 422, ["lead.name"], fresh
    yield other, "PUT", path, dossier, 404, [], fresh
    yield "panlong", "PUT", path, dossier, 404, [], fresh
    yield "district", "PUT", path, dossier, 403, [], fresh
    yield "bureau", "PUT", path, dossier, 403, [], fresh
    yield town.owner(number), "PUT", f"/cases/{number}/dossier", dossier, 409, [], {"If_Match": "*"}

    batch = {"cases": [number], "publish_on": today}
    for given, status, fields in (
        ({}, 422, ["cases", "publish_on"]),
        ({**batch, "strange": 1}, 422, ["strange"]),
        ({**batch, "cases": []}, 422, ["cases"]),
        ({**batch, "cases": number}, 422, ["cases"]),
        ({**batch, "cases": [5]}, 422, ["cases[0]"]),
        ({**batch, "cases": ["' OR 1=1"]}, 422, ["cases[0]"]),
        ({**batch, "cases": [number] * 501}, 422, ["cases"]),
        ({**batch, "cases": [number, "KM-2026-9999"]}, 404, ["KM-2026-9999"]),
        ({**batch, "publish_on": "2026-02-30"}, 422, ["publish_on"]),
        ({**batch, "publish_on": 5}, 422, ["publish_on"]),
        ({**batch, "publish_on": "99999-01-01"}, 422, ["publish_on"]),
    ):
        yield "bureau", "POST", "/notices", given, status, fields
    yield "bureau", "POST", "/notices", batch, 409, [number]  # not approved yet
    yield "leader", "POST", "/notices", batch, 403, [number]
    yield owner, "POST", "/notices", batch, 404, [number]
    yield "", "POST", "/notices", batch, 401, []

    paper = {"cases": [number], "document_number": "昆科发〔2026〕12号"}
    for given, status, fields in (
        ({}, 422, ["cases", "document_number"]),
        ({**paper, "on": today}, 422, ["on"]),
        ({**paper, "document_number": ""}, 422, ["document_number"]),
        ({**paper, "document_number": 12}, 422, ["document_number"]),
        ({**paper, "document_number": "x" * 41}, 422, ["document_number"]),
    ):
        yield "leader", "POST", "/announcements", given, status, fields
    yield "leader", "POST", "/announcements", paper, 409, []
    yield "bureau", "POST", "/announcements", paper, 403, []
    yield "", "POST", "/announcements", paper, 401, []

    for query, field in (
        ("page=0", "page"), ("page=-1", "page"), ("page=x", "page"), ("page=1e3", "page"), ("page=", "page"),
        (f"page={'9' * 40}", "page"), ("stage=nowhere", "stage"), ("kind=grants", "kind"), ("q=1", "q"), ("order=id", "order"),
    ):  # fmt: skip
        yield "bureau", "GET", f"/cases?{query}", None, 422, [field]
    yield "bureau", "GET", f"/cases/{number}/record?page=0", None, 422, ["page"]
    yield "bureau", "GET", f"/cases/{number}/record?act=submit", None, 422, ["act"]
    for query in ("page=0", "since=2026-01-01", "page=%EF%BC%91x"):
        for listing in ("/registry", "/notices", "/calls", "/heads"):
            yield "", "GET", f"{listing}?{query}", None, 422, [query.partition("=")[0]]
    for query in ("on=2026-02-30", "on=yesterday", "status=gone", "authority=paris", "category=both", f"q={'x' * 201}"):
        yield "", "GET", f"/registry?{query}", None, 422, [query.partition("=")[0]]
    for given in ("KM-2026-9999", "KM-2026-0001'", "x" * 300, "１", "..%2F..%2Fetc"):
        for part in ("", "/record"):
            yield "bureau", "GET", f"/cases/{given}{part}", None, 404, []
    for path in ("/cases/%00", "/cases/%00/record", "/cases?stage=%00", "/registry?q=%00", "/verify/%00"):
        yield "bureau", "GET", path, None, 400, []
    yield owner, "GET", f"/cases/{number}", None, 404, []
    yield "", "GET", f"/cases/{number}", None, 401, []


def test_wrong_fields_are_refused_by_name_in_every_call_and_change_nothing() -> None:
    town = Town()
    number, draft = town.submitted(), town.draft()
    with town.present():
        closed = make_call(by=town.people["bureau"], closes_on=DAY - timedelta(days=1), title="已经截止的通知").pk
    rows = list(rows_of_calls(town, number, draft, closed))
    before = everything()

    wrong = []
    for who, method, path, body, status, fields, *headers in rows:
        got = refusal(town[who].send(method, path, body, **(headers[0] if headers else {})))
        if got != (status, sorted(fields)):
            wrong.append((who, method, path, str(body)[:200], got, (status, sorted(fields))))

    assert not wrong, "\n".join(map(str, wrong))
    assert everything() == before


# -- files -------------------------------------------------------------------------------------------------------------
def rows_of_files() -> Iterator[tuple[str, str, bytes, dict[str, Any], int, list[str]]]:
    """Name of the row, name of the file, its content, the other fields, status, refused fields."""
    sound, evidence = make_pdf(3), {"kind": "evidence", "condition": REQUIRED[:1]}
    yield "a picture called PDF", "证明.pdf", good.png(), evidence, 415, ["file"]
    yield "a page called PDF", "证明.pdf", b"<html><script>alert(1)</script>", evidence, 415, ["file"]
    yield "a program called Word", "方案.docx", b"MZ" + b"\x00" * 400, evidence, 422, ["file"]
    yield "a PDF called picture", "照片.png", sound, evidence, 415, ["file"]
    yield "a sheet called Word", "方案.docx", good.xlsx(), evidence, 415, ["file"]
    yield "a plain archive", "方案.docx", good.zipped({"a.txt": "x"}), evidence, 422, ["file"]
    yield "a program", "证明.exe", b"MZ", evidence, 415, ["file"]
    yield "no type at all", "证明", sound, evidence, 415, ["file"]
    yield "a cut PDF", "证明.pdf", sound[: len(sound) // 2], evidence, 422, ["file"]
    yield "nothing in it", "证明.pdf", b"", evidence, 422, ["file"]
    yield "21 MB", "证明.pdf", sound + b"\x00" * (21 * 1024 * 1024), evidence, 413, ["file"]
    yield "an unknown kind", "证明.pdf", sound, {"kind": "photo"}, 422, ["kind"]
    yield "a kind of the district's", "证明.pdf", sound, {"kind": "site_photo"}, 422, ["kind"]
    yield "no kind", "证明.pdf", sound, {}, 422, ["kind"]
    yield "evidence of nothing", "证明.pdf", sound, {"kind": "evidence"}, 422, ["condition"]
    yield "an unknown condition", "证明.pdf", sound, {"kind": "evidence", "condition": ["9.9.none"]}, 422, ["condition"]
    yield "pages that are none", "证明.pdf", sound, {**evidence, "pages": "第三页"}, 422, ["pages"]
    yield "pages beyond the last", "证明.pdf", sound, {**evidence, "pages": "3-9"}, 422, ["pages"]
    yield "page 0", "证明.pdf", sound, {**evidence, "pages": "0"}, 422, ["pages"]
    yield "a NUL in a field", "证明.pdf", sound, {**evidence, "pages": "1\x00"}, 422, ["pages"]
    yield "pages twice", "证明.pdf", sound, {**evidence, "pages": ["1", "2"]}, 422, ["pages"]
    yield "an unknown field", "证明.pdf", sound, {**evidence, "case": "KM-2026-0002"}, 422, ["case"]
    yield "an unknown paper of the call", "证明.pdf", sound, {"kind": "other", "code": "m9"}, 422, ["code"]
    yield "10 MB in a field", "证明.pdf", sound, {**evidence, "pages": "1" * 10_000_000}, 413, []


def test_a_wrong_file_is_refused_and_not_kept() -> None:
    town = Town()
    draft, number = town.draft(), town.submitted()
    owner, path = town.owner(draft), f"/cases/{draft}/materials"
    before = everything()

    def sent(who: str, where: str, name: str, content: bytes, fields: dict[str, Any]) -> tuple[int, list[str]]:
        return refusal(town[who].form(where, {**fields, "file": SimpleUploadedFile(name, content, "application/pdf")}))

    rows = list(rows_of_files())
    got = {row: sent(owner, path, name, content, fields) for row, name, content, fields, _, _ in rows}
    assert got == {row: (status, fields) for row, _, _, _, status, fields in rows}

    sound, other = ("证明.pdf", make_pdf(), {"kind": "annual_work_plan"}), f"/cases/{number}/materials"
    assert sent("district", path, *sound) == (403, [])
    assert sent("bureau", path, *sound) == (403, [])
    assert sent("panlong", path, *sound) == (404, [])
    assert sent(owner, other, *sound) == (404, [])
    assert sent(town.owner(number), other, *sound) == (409, [])
    assert sent("", path, *sound) == (401, [])
    twice = [SimpleUploadedFile("甲.pdf", make_pdf()), SimpleUploadedFile("乙.pdf", make_pdf())]
    assert refusal(town[owner].form(path, {"kind": "annual_work_plan", "file": twice})) == (422, ["file"])
    assert refusal(town[owner].form(path, {"kind": "annual_work_plan"})) == (422, ["file"])
    assert refusal(town[owner].send("POST", path, {"kind": "other"}))[0] == 415
    torn = b"--x\r\nContent-Disposition: form-data; name"
    assert refusal(town[owner].send("POST", path, torn, kind="multipart/form-data; boundary=x"))[0] in {400, 422}
    assert everything() == before


# -- objections --------------------------------------------------------------------------------------------------------
def test_a_wrong_objection_is_refused_by_field_and_changes_nothing() -> None:
    town = Town()
    number = town.approved()
    path = f"/notices/{town.publish(number)['id']}/objections"
    whole = {**OBJECTOR, "case": number}
    rows: tuple[tuple[dict[str, Any], int, list[str]], ...] = (
        ({}, 422, ["contact", "facts", "name"]),
        ({**whole, "state": "upheld"}, 422, ["state"]),
        ({**whole, "name": "匿"}, 422, ["name"]),
        ({**whole, "name": ["郑"]}, 422, ["name"]),
        ({**whole, "contact": "随便"}, 422, ["contact"]),
        ({**whole, "contact": "x" * 101}, 422, ["contact"]),
        ({**whole, "facts": "  "}, 422, ["facts"]),
        ({**whole, "facts": "长" * 5001}, 422, ["facts"]),
        ({**whole, "facts": "退\x08格"}, 422, ["facts"]),
        ({**whole, "is_unit": "maybe"}, 422, ["is_unit"]),
        ({**whole, "case": "KM-2026-9999"}, 404, ["case"]),
    )
    before = everything()

    got = [refusal(town.stranger.send("POST", path, body)) for body, _, _ in rows]

    assert got == [(status, fields) for _, status, fields in rows]
    assert refusal(town.stranger.send("POST", "/notices/999/objections", whole)) == (404, [])
    evidence = {**whole, "evidence": SimpleUploadedFile("照片.pdf", good.png())}
    assert refusal(town.stranger.form(path, evidence)) == (415, ["evidence"])
    empty = {**whole, "evidence": SimpleUploadedFile("证据.pdf", b"")}
    assert refusal(town.stranger.form(path, empty)) == (422, ["evidence"])
    assert everything() == before


# -- every act, at every stage, by everybody ---------------------------------------------------------------------------
def besieged(town: Town, number: str, done: set[str]) -> None:
    """At this stage: wrong fields in each act that may be taken, the right refusal of each that may not; no change."""
    before, stage, faults = everything(), town.stage(number), []
    seen = f"stage {stage}" in done
    for who in AROUND:
        acts = acts_of(town, who, number)
        for act in acts or []:
            if act["act"] not in done:
                faults += attacked(town, who, number, act)
                done.add(act["act"])
        taken = {act["act"] for act in acts or []}
        for move in [] if seen else moves_to_try(town, who, stage):
            if move.act not in taken:
                status, _ = refusal(town[who].send("POST", f"/cases/{number}/acts/{move.act}", {}))
                if status not in expected(town, who, move, stage, visible=acts is not None):
                    faults.append((who, move.act, stage, status))
    for act in ("nothing", "..", "SUBMIT", "x" * 200, "公示"):
        status, _ = refusal(town["bureau"].send("POST", f"/cases/{number}/acts/{act}", {}))
        faults += [] if status == 404 else [(act, status)]
    done.add(f"stage {stage}")
    assert not faults, "\n".join(map(str, faults))
    assert everything() == before


def acts_of(town: Town, who: str, number: str) -> list[dict[str, Any]] | None:
    """What one may do now; None where one may not see the case."""
    answer = town[who].send("GET", f"/cases/{number}")
    return list(answer.json()["acts"]) if answer.status_code == 200 else None


def moves_to_try(town: Town, who: str, stage: str) -> list[Move]:
    """Every move of this stage, and those of the other stages that would be one's own."""
    mine = held(town, who)
    return [move for move in TABLE.moves if stage in move.sources or mine & set(move.by)]


def held(town: Town, who: str) -> set[Role]:
    """The roles that one holds."""
    with town.present():
        return set(town.people[who].capacity(town.today).roles)


def expected(town: Town, who: str, move: Move, stage: str, *, visible: bool) -> set[int]:
    """The refusals that the contract's order allows: not to be seen, not this role's, not in this stage."""
    if not visible:
        return {404}
    if not held(town, who) & set(move.by) or (move.duty and who != "district"):
        return {403}
    return {409} if stage not in move.sources else {403, 409}


def test_every_act_refuses_what_is_wrong_at_every_stage_from_everybody() -> None:
    town, done = Town(experts=4), set[str]()
    number = town.draft()
    owner = town.owner(number)
    town.unit("another")
    besieged(town, number, done)

    town.with_papers(number)
    town.take(owner, number, "submit", commitment=True)
    besieged(town, number, done)
    town.take("district", number, "request_correction", faults=[{"target": "makerspace", "text": "请写明服务主题"}])
    besieged(town, number, done)
    town.take(owner, number, "resubmit", commitment=True)
    town.visit(number)
    besieged(town, number, done)
    town.take("district", number, "recommend", opinion="择优推荐", rank=1)
    besieged(town, number, done)
    panel = town.convene(number)
    besieged(town, number, done)
    town.declare(number, panel)
    town.study(number)
    besieged(town, number, done)
    town.score(number, panel)
    besieged(town, number, done)
    town.conclude(number)
    besieged(town, number, done)
    town.take("leader", number, "approve", meeting_on=town.today.isoformat())
    besieged(town, number, done)
    notice = town.publish(number)
    town.object(notice["id"], number)
    besieged(town, number, done)
    (objection,) = town.objections(number)
    town.take("discipline", number, "admit_objection", objection=objection, reason="有明确事实")
    besieged(town, number, done)
    texts = dict.fromkeys(("steps", "findings", "reply_to_objector", "reply_to_applicant"), "已核查")
    town.take("discipline", number, "investigate_objection", objection=objection, **texts)
    town.end_notice(notice)
    besieged(town, number, done)
    town.take("leader", number, "dismiss_objections", reason="经核查不实")
    besieged(town, number, done)
    town.announce(number)
    besieged(town, number, done)

    assert {move.act for move in TABLE.moves} - BY_NOBODY - done == {"close_correction"}  # it takes no field, only time
    town.prove()


# -- values that are well formed, and still wrong ----------------------------------------------------------------------
def test_well_formed_values_that_the_law_does_not_allow_are_refused_by_field() -> None:
    town = Town()
    number, today = town.submitted(), DAY.isoformat()
    late, early = str(DAY + timedelta(days=1)), "2026-01-01"
    fault = {"target": "makerspace", "text": "请写明"}
    agreed = [{"condition": "5.2.theme", "found": "见到", "agrees": True}]

    wrong = town.wrong
    assert wrong("district", number, "request_correction", faults=[{**fault, "target": "nowhere"}, {**fault, "text": " "}]) == {"faults[0].target", "faults[1].text"}  # fmt: skip
    assert wrong("district", number, "request_correction", faults=[fault], due_on=today) == {"due_on"}
    visit = {"visited_on": today, "inspectors": ["马超", "何静"], "items": agreed}
    assert wrong("district", number, "record_visit", **{**visit, "visited_on": late}) == {"visited_on"}
    assert wrong("district", number, "record_visit", **{**visit, "inspectors": ["马超", " 马超 "]}) == {"inspectors"}
    assert wrong("district", number, "record_visit", **visit) == {"items"}
    assert wrong("district", number, "decline", reasons=[{"condition": "6.1.conditions", "text": "缺"}], no_visit_why="材料已足") == {"reasons[0].condition"}  # fmt: skip
    assert wrong("district", number, "register_paper", received_on=late, copies=1, agrees=False) == {"received_on", "differences"}  # fmt: skip
    town.visit(number)
    town.take("district", number, "recommend", opinion="择优推荐", rank=1)

    assert wrong("bureau", number, "convene", visit_on=early) == {"visit_on"}
    assert wrong("bureau", number, "convene", visit_on=late, size=4) == {"size"}
    assert wrong("bureau", number, "convene", visit_on=late, size=9) == {"size"}
    panel = town.convene(number)
    town.declare(number, panel)
    head = town.head(number)
    assert wrong("bureau", number, "replace_expert", person=town.people["bureau"].pk, reason="hindered", text="病") == {"person"}  # fmt: skip
    assert wrong("bureau", number, "replace_expert", person=None) == {"person"}
    assert wrong(head, number, "record_expert_visit", visited_on=late, present=["组长"], findings="好") == {
        "visited_on"
    }
    many = [{**row, "points": 100} for row in sheet()]
    assert wrong(head, number, "score", items=many) == {f"items[{at}].points" for at in range(len(many))}
    assert wrong(head, number, "score", items=[*sheet(), sheet()[0]]) == {f"items[{len(sheet())}].criterion"}
    assert wrong(head, number, "score", items=sheet()[1:]) == {"items"}
    town.study(number)
    town.score(number, panel)
    town.conclude(number, "fail")

    assert wrong("leader", number, "approve", meeting_on=early, reason="另有考虑") == {"meeting_on"}
    assert wrong("leader", number, "approve", meeting_on=late, reason="另有考虑") == {"meeting_on"}
    assert wrong("leader", number, "approve", meeting_on=today) == {"reason"}
    town.prove()
