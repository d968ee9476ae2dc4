"""From a published call to a title, and to the refusals on the way: articles 8 to 12 through HTTP."""

import json
from datetime import date, time, timedelta
from typing import Any

import pytest

from makerspace.office.documents.queries import current_paper
from tests.factories import DAY, make_dossier
from tests.office.documents import good
from tests.stories.walk import OBJECTOR, REQUIRED, Town, checked, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.both]


# -- (a) the main line -------------------------------------------------------------------------------------------------
def test_a_published_call_leads_to_a_title() -> None:
    town = Town()
    applicant = town[town.unit("applicant")]

    # The applicant reads the call, begins with a name only, fills in, is warned of another's save, and attaches files.
    call = applicant.get("/calls")["items"][0]
    begun = applicant.post(
        "/cases", {"call": call["id"], "dossier": {"category": "comprehensive", "makerspace": {"name": "滇池众创空间", "authority": "wuhua"}}}, 201
    )  # fmt: skip
    number = begun["id"]
    town.numbers.append(number)
    town.owners[number] = "applicant"
    assert (number, begun["stage"], begun["findings"]["overall"]) == ("KM-2026-0001", "draft", "not_met")

    path = f"/cases/{number}"
    tag = applicant.send("GET", path)["ETag"]
    whole = make_dossier(makerspace={"name": "滇池众创空间"})
    findings = applicant.put(f"{path}/dossier", whole, If_Match=tag)
    assert findings["overall"] == "for_judgement"
    assert [row["id"] for row in findings["findings"] if row["verdict"] == "not_met"] == ["7.4.fund"]  # only encouraged
    assert applicant.put(f"{path}/dossier", whole, 412, If_Match=tag)["code"] == "changed_meanwhile"

    lacking = town.take("applicant", number, "submit", 422, commitment=False)
    assert {"operation_plan", "annual_work_plan", "commitment", "evidence.5.5.mentors"} <= set(lacking["fields"])
    town.attach(number, "evidence", REQUIRED, pages="1-3")
    word = {"file": pdf(good.docx(), "方案.docx"), "kind": "operation_plan"}
    assert checked(applicant.form(f"{path}/materials", word), 201)["content_type"].endswith("wordprocessingml.document")
    town.attach(number, "annual_work_plan")
    submitted = town.take("applicant", number, "submit", commitment=True)
    assert (submitted["stage"], submitted["due_on"]) == ("district_review", "2026-04-14")

    # The district takes the paper copy by the code on its pages, visits, and the applicant countersigns.
    town.tick()
    printed = current_paper(number, "print_set")
    assert printed is not None
    paper = {"received_on": DAY.isoformat(), "copies": 2, "agrees": True}
    assert town.wrong("district", number, "register_paper", **paper, code="0000-0000-0000-0000") == {"code"}
    town.take("district", number, "register_paper", **paper, code=printed.code)
    town.wait(2)
    assert town.take("district", number, "recommend", 409, opinion="同意", rank=1)["article"] == "第十条"
    town.visit(number)
    town.take("applicant", number, "countersign_visit", agrees=True)
    town.take("applicant", number, "countersign_visit", 409, agrees=True)
    town.take("district", number, "recommend", opinion="主题明确，运行规范，择优推荐。", rank=1)

    # The bureau draws three experts; they declare, study, score, conclude; the leader approves.
    town.wait(1)
    panel = town.convene(number)
    assert len(panel) == 3
    assert town.why(panel[0], number, "score", 403, items=[]) == "请先申明有无利害关系。"
    town.declare(number, panel)
    town.wait(2)
    town.study(number)
    assert "3名专家尚未评分" in town.why(town.head(number), number, "conclude", 409, result="pass", text="同意")
    town.score(number, panel)
    town.conclude(number)
    town.wait(1)
    town.take("leader", number, "approve", meeting_on=town.today.isoformat())

    # Seven days of public notice, from the day after it is published to the last minute of the last.
    published = town.today
    notice = town.publish(number)
    assert (notice["first_day"], notice["last_day"]) == (str(published + timedelta(days=1)), "2026-03-30")
    assert [item["id"] for item in notice["items"]] == [number]
    town.tick()
    assert town.stranger.get(f"/notices/{notice['id']}")["digest"] == notice["digest"]
    town.wait_until(date(2026, 3, 30), time(23, 59, 59))
    assert town.tick()["notices"] == 0
    assert town.stage(number) == "public_notice"
    assert town.announce(number, status=409)["code"] == "wrong_stage"
    town.end_notice(notice)
    assert town.stage(number) == "announcement"
    assert town.tick()["notices"] == 0

    # The announcement gives the title; registry, certificate and papers answer to anybody.
    announced = town.announce(number)
    title = announced["titles"][0]
    town.tick()
    entry = town.stranger.get(f"/registry/{title['number']}")
    assert title == {
        "number": "KMZC-2026-001", "name": "滇池众创空间", "holder": title["holder"], "category": "comprehensive",
        "authority": "wuhua", "since": "2026-03-31", "state": "in_force", "ended_on": None,
    }  # fmt: skip
    assert (entry["announcement"], entry["announced_on"]) == ("昆科发〔2026〕12号", "2026-03-31")
    assert town.stranger.get("/registry")["items"] == [title]
    assert town.stranger.get("/registry?on=2026-03-30")["items"] == []
    papers = town.prove_papers()
    assert set(papers) == {
        "receipt", "print_set", "recommendation_letter", "expert_opinion", "public_notice", "announcement", "certificate",
    }  # fmt: skip
    shown = papers["certificate"]
    assert (shown["kind"], shown["number"], shown["state"]) == ("certificate", title["number"], "in_force")

    acts = [row["act"] for row in town.prove_chain(number)]
    assert acts == [
        "submit", "register_paper", "record_visit", "countersign_visit", "recommend", "convene", *["declare_interest"] * 3,
        "record_expert_visit", *["score"] * 3, "conclude", "approve", "publish_notice", "close_notice", "announce",
    ]  # fmt: skip
    assert town.case(number, "applicant")["acts"] == []
    town.prove()


# -- (b) correction and decline ----------------------------------------------------------------------------------------
def test_a_corrected_application_is_declined_with_reasons_and_remedies() -> None:
    town = Town()
    number = town.submitted()
    owner, path = town.owner(number), f"/cases/{number}"
    faults = [{"target": "makerspace", "text": "请写明服务主题"}, {"target": "5.5.mentors", "text": "请补充聘期"}]
    corrected = town.take("district", number, "request_correction", faults=faults)
    assert (corrected["stage"], corrected["due_on"]) == ("correction", "2026-03-30")

    # Only what the notice names may change.
    dossier = town.case(number, owner)["dossier"]
    tag = town[owner].send("GET", path)["ETag"]
    other = {**dossier, "tenants": dossier["tenants"][:11], "services": []}
    refusal = town[owner].put(f"{path}/dossier", other, 422, If_Match=tag)
    assert (set(refusal["fields"]), refusal["article"]) == ({"tenants", "services"}, "第十条")
    moved = {**dossier, "makerspace": {**dossier["makerspace"], "authority": "panlong"}}
    assert set(town[owner].put(f"{path}/dossier", moved, 422, If_Match=tag)["fields"]) == {"makerspace.authority"}
    assert set(town.attach(number, "evidence", ["5.4.team"], 422)["fields"]) == {"condition"}
    assert set(town.attach(number, "annual_work_plan", (), 422)["fields"]) == {"condition"}
    themed = {**dossier, "makerspace": {**dossier["makerspace"], "theme": "工业软件创业"}}
    town[owner].put(f"{path}/dossier", themed, If_Match=tag)
    town.attach(number, "evidence", ["5.5.mentors"])
    town.take("district", number, "record_visit", 409, visited_on=str(DAY), inspectors=[], items=[])
    resubmitted = town.take(owner, number, "resubmit", commitment=True)
    assert resubmitted["stage"] == "district_review"
    assert town.case(number, "district")["dossier"]["makerspace"]["theme"] == "工业软件创业"

    # A second correction that nobody answers: closed after its term, and what was handed in stands.
    due = town.take("district", number, "request_correction", faults=faults[:1], due_on="2026-03-20")["due_on"]
    latest = town.case(number, owner)
    tag = town[owner].send("GET", path)["ETag"]
    abandoned = {**latest["dossier"], "makerspace": {**latest["dossier"]["makerspace"], "theme": "没有提交的修改"}}
    town[owner].put(f"{path}/dossier", abandoned, If_Match=tag)
    town.wait_until(date.fromisoformat(due))
    assert "2026年3月20日" in town.why("district", number, "close_correction", 409)
    town.wait(1)
    town.take("district", number, "close_correction")
    assert town.case(number, owner)["dossier"] == latest["dossier"]

    # Declined: with reasons by condition, on paper, with the ways that are open.
    town.visit(number, differs={"7.2.count": "查验当日在驻7家"})
    town.take(owner, number, "countersign_visit", agrees=False, remark="两家当日外出参展。")
    assert town.wrong("district", number, "decline", reasons=[]) == {"reasons"}
    declined = town.take(
        "district", number, "decline", reasons=[{"condition": "7.2.count", "text": "在驻企业不足10家。"}]
    )
    assert (declined["stage"], declined["due_on"], declined["acts"]) == ("not_recommended", None, [])
    town.tick()
    notice = current_paper(number, "decline_notice")
    assert notice is not None
    assert [row["text"] for row in notice.data["reasons"]] == ["在驻企业不足10家。"]
    assert len(notice.data["remedies"]) >= 2
    assert town.prove_papers()["decline_notice"]["state"] == "valid"
    town.take(owner, number, "resubmit", 409, commitment=True)
    town.prove()


# -- (c) an objection upheld -------------------------------------------------------------------------------------------
def test_an_upheld_objection_stops_one_case_and_no_other() -> None:
    town = Town()
    accused, other = town.approved(1), town.approved(2)
    notice = town.publish(accused, other)
    town.wait(2)
    receipt = town.object(notice["id"], accused)
    town.end_notice(notice)

    assert (town.stage(accused), town.stage(other)) == ("objection_review", "announcement")
    refusal = town.announce(accused, other, status=409)
    assert set(refusal["fields"]) == {accused}
    assert town.stage(other) == "announcement"
    assert [row["number"] for row in town.announce(other)["titles"]] == ["KMZC-2026-001"]

    (objection,) = town.objections(accused)
    asked = {"objection": objection, "reason": "有明确事实"}
    assert "您办理过本件" in town.why("bureau", accused, "admit_objection", 403, **asked)
    town.take("leader", accused, "uphold_objection", 409, objections=[objection], reasons=[])
    town.take("discipline", accused, "admit_objection", **asked)
    found = {
        "objection": objection, "steps": "到现场核对。", "findings": "三家企业已搬离。", "reply_to_objector": "情况属实。",
        "reply_to_applicant": "有人反映入驻情况，经核查属实。",
    }  # fmt: skip
    naming = {**found, "reply_to_applicant": f"{OBJECTOR['name']}反映属实。"}
    assert town.wrong("discipline", accused, "investigate_objection", **naming) == {"reply_to_applicant"}
    town.take("discipline", accused, "investigate_objection", **found)
    reasons = [{"condition": "7.2.count", "text": "入驻企业不实。"}]
    upheld = town.take("leader", accused, "uphold_objection", objections=[objection], reasons=reasons)
    assert (upheld["stage"], upheld["acts"]) == ("not_recognised", [])

    town.tick()
    status = town.stranger.get(f"/objections/{receipt}")
    assert (status["state"], status["reply"], status["closed_on"]) == ("upheld", "情况属实。", town.today.isoformat())
    assert {"rejection_notice", "objection_receipt", "objection_reply"} <= set(town.prove_papers())
    assert [row["number"] for row in town.stranger.get("/registry")["items"]] == ["KMZC-2026-001"]
    assert town.announce(accused, status=409, serial=13)["code"] == "wrong_stage"
    for who in (*town.people,):
        assert not ({OBJECTOR["name"], OBJECTOR["contact"]} & words_seen(town, who, accused))
    town.prove()


def words_seen(town: Town, who: str, number: str) -> set[str]:
    """Which of the objector's words are in anything that the API shows this person of the case."""
    answers = [town[who].send("GET", f"/cases/{number}{part}").content.decode() for part in ("", "/record")]
    return {word for word in OBJECTOR.values() if any(word in answer for answer in answers)}


# -- (d) an objection dismissed, another not admitted ------------------------------------------------------------------
def test_a_dismissed_objection_ends_in_the_announcement() -> None:
    town = Town()
    number = town.approved()
    notice = town.publish(number)
    town.wait(1)
    first = town.object(notice["id"], number)
    second = town.object(notice["id"], number, name="无名氏甲", contact="13700001111", facts="我不喜欢这个名字。")
    serious, idle = town.objections(number)

    # Not admitting takes two people.
    proposal = {"objection": idle, "reason": "没有指明事实。"}
    town.take("handler", number, "not_admit_objection", **proposal)
    assert town.stranger.get(f"/objections/{second}")["state"] == "received"
    assert "另一人复核" in town.why("handler", number, "not_admit_objection", 403, objection=idle)
    town.take("discipline", number, "not_admit_objection", objection=idle)
    answered = town.stranger.get(f"/objections/{second}")
    assert (answered["state"], answered["reply"]) == ("not_admitted", "没有指明事实。")
    town.take("discipline", number, "admit_objection", 409, objection=idle, reason="再看")

    town.end_notice(notice)
    assert town.stage(number) == "objection_review"
    assert town.take("leader", number, "dismiss_objections", 409, reason="不成立")["article"] == "第十一条"
    town.take("handler", number, "admit_objection", objection=serious, reason="有明确事实")
    found = {
        "steps": "到现场核对。",
        "findings": "均在驻。",
        "reply_to_objector": "经核查在驻。",
        "reply_to_applicant": "已核查，属实在驻。",
    }
    town.take("discipline", number, "investigate_objection", 403, objection=serious, **found)
    town.take("handler", number, "investigate_objection", objection=serious, **found)
    assert town.wrong("leader", number, "uphold_objection", objections=[idle], reasons=[{"condition": "11", "text": "错"}]) == {"objections"}  # fmt: skip
    dismissed = town.take("leader", number, "dismiss_objections", reason="经核查，所述不实。")
    assert dismissed["stage"] == "announcement"
    assert town.announce(number)["titles"][0]["number"] == "KMZC-2026-001"

    town.tick()
    states = [town.stranger.get(f"/objections/{code}")["state"] for code in (first, second)]
    assert states == ["dismissed", "not_admitted"]
    assert {"objection_receipt", "objection_reply", "certificate"} <= set(town.prove_papers())
    town.prove()


# -- (e) the panel changes, the leader sends back, the notice is published anew ----------------------------------------
def test_a_panel_changes_a_case_comes_back_and_a_notice_is_published_anew() -> None:
    town = Town(experts=6)
    number = town.recommended()
    first, second, third = town.convene(number)

    # A conflict frees the seat at once; the next of the draw sits down.
    assert town.wrong(first, number, "declare_interest", conflict=True) == {"text"}
    answer = town.take(first, number, "declare_interest", conflict=True, text="本人三年前任其顾问。")
    assert (answer["dossier"], answer["materials"], answer["history"], answer["acts"]) == (None, [], [], [])
    drawn = set(town.panel(number)) - {second, third}
    assert (first in town.panel(number), len(drawn), len(town.panel(number))) == (False, 1, 3)

    # A silent one is replaced only after the term.
    silent = {"person": town.people[second].pk, "reason": "silent", "text": "电话、短信均无回复。"}
    town.declare(number, [third, *drawn])
    assert town.wrong("bureau", number, "replace_expert", **silent) == {"reason"}
    town.wait(5)
    town.take("bureau", number, "replace_expert", **silent)
    panel = town.panel(number)
    (late,) = set(panel) - {third, *drawn}
    assert second not in panel
    town.declare(number, [late])

    # Scored, concluded, sent back by the leader, scored anew by the same panel, approved.
    town.study(number)
    town.score(number, panel)
    town.conclude(number, "conditional")
    back = town.take("leader", number, "remit", to="expert_review", reason="请就场地面积再作说明。")
    assert back["stage"] == "expert_review"
    assert town.panel(number) == panel
    assert "3名专家尚未评分" in town.why(town.head(number), number, "conclude", 409, result="pass", text="同意")
    town.score(number, panel)
    town.conclude(number)
    town.take("leader", number, "approve", meeting_on=town.today.isoformat())

    # A wrong notice is replaced by bureau and leader together; the new one runs its own seven days.
    old = town.publish(number)
    town.wait(3)
    wrong = {"wrong": "名称有误", "corrections": [{"case": number, "field": "makerspace", "text": "滇池西岸众创空间"}]}
    town.take("bureau", number, "reissue_notice", **wrong)
    town.take("handler", number, "reissue_notice", 403, confirm=True)
    town.take("leader", number, "reissue_notice", confirm=True)
    replaced = town.stranger.get(f"/notices/{old['id']}")
    new = town.stranger.get(f"/notices/{replaced['replaced_by']}")
    assert (replaced["state"], replaced["digest"], new["state"]) == ("replaced", old["digest"], "published")
    week = [str(town.today + timedelta(days=day)) for day in (1, 7)]
    assert [new["first_day"], new["last_day"]] == week
    assert new["items"][0]["makerspace"] == "滇池西岸众创空间"
    late_word = town.stranger.post(f"/notices/{old['id']}/objections", {**OBJECTOR, "case": number}, 409)
    assert "已被新的公示代替" in late_word["text"]
    town.wait_until(date.fromisoformat(old["last_day"]) + timedelta(days=1))
    assert (town.tick()["notices"], town.stage(number)) == (0, "public_notice")
    town.end_notice(new)
    title = town.announce(number)["titles"][0]
    assert title["name"] == "滇池西岸众创空间"
    town.prove()


# -- (f) ways out, and what is sent twice ------------------------------------------------------------------------------
def test_a_withdrawn_case_is_over_and_drafts_lapse_with_their_call() -> None:
    town = Town()
    left, handed_in, taken_back = town.draft(), town.submitted(), town.submitted()
    owner = town.owner(taken_back)

    withdrawn = town.take(owner, taken_back, "withdraw", reason="场地拟搬迁，另行申报。")
    assert (withdrawn["stage"], withdrawn["acts"]) == ("withdrawn", [])
    town.take(owner, taken_back, "submit", 409, commitment=True)
    town.take("district", taken_back, "record_visit", 409, visited_on=str(DAY), inspectors=[], items=[])

    town.wait_until(town.call.closes_on, time(23, 59, 59))
    assert town.tick()["lapsed"] == 0
    town.wait_until(town.call.closes_on + timedelta(days=1), time(0, 0, 1))
    assert "截止" in town.why(town.owner(left), left, "submit", 409, commitment=True)
    assert (town.tick()["lapsed"], town.tick()["lapsed"]) == (1, 0)
    assert [town.stage(number) for number in (left, handed_in)] == ["lapsed", "district_review"]
    unit = town.unit("late")
    refusal = town[unit].post("/cases", {"call": town.call.pk, "dossier": make_dossier()}, 409)
    assert (refusal["code"], refusal["article"]) == ("wrong_stage", "第八条")
    town.prove()


def test_a_request_that_bears_the_same_key_counts_once() -> None:
    town = Town()
    number = town.submitted()
    owner = town.owner(number)
    body: dict[str, Any] = {"reason": "场地拟搬迁"}
    path = f"/cases/{number}/acts/withdraw"

    first = town[owner].send("POST", path, body, Idempotency_Key="k-1")
    again = town[owner].send("POST", path, body, Idempotency_Key="k-1")
    other = town[owner].send("POST", path, {"reason": "另一个理由"}, Idempotency_Key="k-1")

    assert checked(first, 200) == checked(again, 200)
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert checked(other, 422)["code"] == "invalid"
    assert checked(town[owner].send("POST", path, body, Idempotency_Key="k-2"), 409)["code"] == "wrong_stage"
    assert [row["act"] for row in town.prove_chain(number)] == ["submit", "withdraw"]
    draft = {"call": town.call.pk, "dossier": make_dossier()}
    drafts = [town[owner].post("/cases", draft, 201, Idempotency_Key="d")["id"] for _ in range(2)]
    assert drafts[0] == drafts[1]
    assert json.loads(town[owner].send("GET", "/cases").content)["count"] == 2
    town.prove()
