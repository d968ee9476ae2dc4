"""The self-check: a few answers, or a file."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from makerspace.doors.portal import quick, showing
from makerspace.doors.portal.quick import ComprehensiveFacts, TechnicalFacts
from makerspace.regulation import in_force
from makerspace.regulation.terms import Findings
from tests.doors.portal.helpers import ON, page, words
from tests.factories import make_dossier

FULL: dict[str, Any] = {
    "kind": "enterprise", "in_kunming": True, "legal_person": True, "theme": True, "opened_on": date(2025, 3, 1),
    "lead": True, "staff": 3, "mentors": 2, "standardised": True, "hosted": False,
}  # fmt: skip
COMPREHENSIVE: dict[str, Any] = FULL | {
    "area_m2": Decimal(300), "public_m2": Decimal(30), "facilities": ["office_equipment", "meeting_room", "negotiation_room"],
    "tenants": 10, "lawful": True, "services": ["business_registration", "legal", "finance", "policy"],
    "quarters": ["0", "1", "2", "3"], "partners_long": 1,
}  # fmt: skip
TECHNICAL: dict[str, Any] = FULL | {
    "low_cost": True, "equipment": 4, "services": ["testing"], "workshop_m2": Decimal(800), "platform": "shared",
}  # fmt: skip


def checked(facts: quick.Facts, on: date = ON) -> Findings:
    regulation = in_force(on)
    return regulation.check(regulation.parse(quick.dossier_of(facts, on)), on)


def verdict(facts: dict[str, Any], finding: str) -> str:
    schema = ComprehensiveFacts if "tenants" in facts else TechnicalFacts
    return checked(schema(**facts)).of(finding).verdict.value


def test_answers_that_meet_every_number_leave_only_what_people_judge() -> None:
    comprehensive, technical = checked(ComprehensiveFacts(**COMPREHENSIVE)), checked(TechnicalFacts(**TECHNICAL))

    assert {f.id for f in comprehensive.findings if f.verdict != "met"} == {"5.2.theme", "5.4.team", "7.4.fund"}
    assert {f.id for f in technical.findings if f.verdict != "met"} == {
        "5.2.theme", "5.4.team", "6.1.conditions", "6.2.facilities", "6.3.platform",
    }  # fmt: skip
    for findings in (comprehensive, technical):
        assert findings.overall == "for_judgement"
        assert showing.overall_of(findings).title == "数值条件均符合，待评审"


@pytest.mark.parametrize(
    ("change", "finding", "expected"),
    [
        ({"in_kunming": False}, "5.1.registered", "not_met"), ({"in_kunming": None}, "5.1.registered", "missing"),
        ({"legal_person": False}, "5.1.legal_person", "not_met"), ({"kind": "other"}, "5.1.kind", "not_met"),
        ({"kind": "social_organisation"}, "5.1.kind", "for_judgement"), ({"theme": False}, "5.2.theme", "missing"),
        ({"opened_on": date(2025, 9, 16)}, "5.3.half_year", "met"),
        ({"opened_on": date(2025, 9, 17)}, "5.3.half_year", "not_met"),
        ({"staff": 0}, "5.4.team", "missing"), ({"lead": None}, "5.4.team", "missing"),
        ({"mentors": 1}, "5.5.mentors", "for_judgement"), ({"mentors": 0}, "5.5.mentors", "not_met"),
        ({"standardised": False}, "5.6.finance", "not_met"), ({"hosted": True, "separate": False}, "5.6.finance", "not_met"),
        ({"hosted": True, "separate": True}, "5.6.finance", "met"), ({"hosted": None}, "5.6.finance", "missing"),
        ({"area_m2": None}, "7.1.area", "missing"), ({"area_m2": Decimal("299.99")}, "7.1.area", "for_judgement"),
        ({"area_m2": Decimal(0)}, "7.1.area", "not_met"), ({"public_m2": Decimal("29.99")}, "7.1.public_share", "not_met"),
        ({"facilities": []}, "7.1.facilities", "not_met"), ({"facilities": ["meeting_room"]}, "7.1.facilities", "for_judgement"),
        ({"tenants": 9}, "7.2.count", "not_met"), ({"tenants": 0}, "7.2.count", "not_met"), ({"lawful": None}, "7.2.lawful", "missing"),
        ({"services": ["legal"]}, "7.3.services", "not_met"), ({"quarters": ["0", "2"]}, "7.3.events", "for_judgement"),
        ({"quarters": []}, "7.3.events", "not_met"), ({"partners_long": 0}, "7.4.partners", "not_met"),
        ({"partners_long": 0, "partners_short": 2}, "7.4.partners", "for_judgement"), ({"fund": True}, "7.4.fund", "met"),
    ],
)  # fmt: skip
def test_each_answer_gives_the_finding_that_the_rule_asks(change: dict[str, Any], finding: str, expected: str) -> None:
    assert verdict(COMPREHENSIVE | change, finding) == expected


@pytest.mark.parametrize(
    ("change", "finding", "expected"),
    [
        ({"low_cost": None}, "6.1.conditions", "missing"), ({"equipment": 0}, "6.1.conditions", "not_met"),
        ({"services": []}, "6.2.facilities", "not_met"), ({"workshop_m2": None}, "6.2.facilities", "missing"),
        ({"workshop_m2": Decimal(0)}, "6.2.facilities", "not_met"), ({"platform": "none"}, "6.3.platform", "not_met"),
        ({"platform": "alone"}, "6.3.platform", "not_met"),
    ],
)  # fmt: skip
def test_each_technical_answer_too(change: dict[str, Any], finding: str, expected: str) -> None:
    assert verdict(TECHNICAL | change, finding) == expected


@given(
    tenants=st.integers(0, 2000), mentors=st.integers(0, 40), on=st.dates(date(2017, 6, 6), date(2099, 1, 1)),
    quarters=st.lists(st.sampled_from("0123"), unique=True),
)  # fmt: skip
def test_numbers_count_as_they_were_typed_on_any_day(tenants: int, mentors: int, on: date, quarters: list[str]) -> None:
    answers = COMPREHENSIVE | {"tenants": tenants, "mentors": mentors, "quarters": quarters}

    found = checked(ComprehensiveFacts(**answers), on)

    assert found.of("7.2.count").facts == {"counted": tenants}
    assert found.of("5.5.mentors").facts == {"engaged": mentors}
    assert found.of("7.3.events").facts == {"by_quarter": [int(back in quarters) for back in "0123"]}


def test_what_was_only_filled_in_is_not_shown_as_declared() -> None:
    findings = checked(ComprehensiveFacts(**COMPREHENSIVE | {"in_kunming": False, "tenants": 0}))
    shown = {finding.id: quick.told(finding) for finding in findings.findings}

    assert shown["5.1.registered"].text == "单位不在昆明市注册。"
    assert showing.declared(shown["5.1.registered"].facts) == "在昆明市注册：否"
    assert shown["7.2.count"].excluded == ()
    assert shown["7.2.count"].gap is not None
    assert shown["7.2.count"].gap.short == 10
    platform = quick.told(checked(TechnicalFacts(**TECHNICAL | {"platform": "none"})).of("6.3.platform"))
    assert (platform.text, showing.declared(platform.facts)) == ("没有互联网线上平台。", "线上平台：没有；共享服务：否")


def test_every_fact_of_every_finding_has_words() -> None:
    regulation = in_force(ON)
    for category in ("comprehensive", "technical"):
        findings = regulation.check(regulation.parse(make_dossier(category, ON)), ON)
        told = {name for finding in findings.findings for name in finding.facts}
        assert told - {"due_on"} <= set(showing.FACTS)


@pytest.mark.parametrize(
    ("changes", "tone", "title"),
    [
        ({"mentors": 1}, "warn", "没有不符合的数值条件，其中1项须由评审人员判断"), ({"lawful": None}, "warn", "有1项没有填写，还不能下结论"),
        ({"tenants": 8, "legal_person": False}, "grave", "有2项不符合"), ({}, "ok", "数值条件均符合，待评审"),
    ],
)  # fmt: skip
def test_the_sentence_over_all_never_promises(changes: dict[str, Any], tone: str, title: str) -> None:
    said = showing.overall_of(checked(ComprehensiveFacts(**COMPREHENSIVE | changes)))

    assert (said.tone, said.title) == (tone, title)
    assert "全部符合" not in "".join(said)


# -- the pages ---------------------------------------------------------------------------------------------------------
pages = pytest.mark.django_db


def sent(**changes: Any) -> dict[str, Any]:
    """The answers as a browser sends them."""
    answers = COMPREHENSIVE | changes
    plain = {True: "true", False: "false"}
    return {
        name: plain.get(value, value)
        if isinstance(value, bool)
        else str(value)
        if not isinstance(value, list)
        else value
        for name, value in answers.items()
        if value is not None
    }


@pages
def test_the_answers_give_a_table_with_gaps_and_what_to_prepare() -> None:
    text = words(
        Client().post("/self-check/comprehensive/", sent(tenants=8, opened_on=date(2025, 12, 1))).content.decode()
    )

    for said in (
        "有2项不符合", "可计入的入驻小微企业和创业团队有8家，还差2家", "其他情况不变，2026年6月1日起符合", "准备：入驻企业和团队清单",
        "昆科发〔2017〕55号", "按2026年3月16日核对", "建设运营方案", "R-08须同时符合", "这次是怎样算的",
    ):  # fmt: skip
        assert said in text


@pages
def test_nothing_is_written_and_nothing_is_remembered() -> None:
    client = Client()

    with CaptureQueriesContext(connection) as asked:
        client.post("/self-check/comprehensive/", sent())

    assert [query["sql"] for query in asked if not query["sql"].startswith("SELECT")] == []
    assert not client.cookies


@pages
def test_another_day_is_another_result() -> None:
    answer = Client().post("/self-check/comprehensive/?on=2025-08-31", sent())

    assert "2025年9月1日起满半年，目前还差1天" in words(answer.content.decode())


@pages
@pytest.mark.parametrize("on", ["nonsense", "2010-01-01", "9999-99-99"])
def test_a_day_that_cannot_be_is_answered_for_today_and_said(on: str) -> None:
    assert "以下按今天的情况列出" in words(page("/self-check/", 200, on=on))
    assert Client().post(f"/self-check/comprehensive/?on={on}", sent()).status_code == 200


@pages
@pytest.mark.parametrize(
    "wrong",
    [
        {"tenants": "十家"}, {"tenants": "-1"}, {"tenants": "1e9"}, {"mentors": "9" * 5000}, {"area_m2": "nan"},
        {"area_m2": "1e400"}, {"opened_on": "昨天"}, {"kind": "hacker"}, {"quarters": ["7"]}, {"services": ["x"] * 500},
        {"legal_person": "maybe"}, {"tenants": "\x00"},
    ],
)  # fmt: skip
def test_wrong_answers_are_named_and_what_was_typed_stays(wrong: dict[str, Any]) -> None:
    answer = Client().post("/self-check/comprehensive/", sent() | wrong)

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "处需要更正" in html
    assert 'name="staff"' in html
    assert 'value="3"' in html


@pages
def test_an_unknown_category_is_not_there() -> None:
    page("/self-check/nonsense/", 404)


def upload(content: bytes, name: str = "dossier.json", query: str = "", client: Client | None = None) -> Any:
    return (client or Client()).post(f"/self-check/file/{query}", {"dossier": SimpleUploadedFile(name, content)})


@pages
def test_a_dossier_file_is_checked_row_by_row() -> None:
    dossier = make_dossier("comprehensive", ON)
    dossier["tenants"][0]["moved_in_on"] = "2030-01-01"

    text = words(upload(json.dumps(dossier).encode()).content.decode())

    assert "不计入的1项和口径" in text
    assert "才入驻" in text
    assert "这次是怎样算的" not in text


@pages
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "应为"), (b"{", "JSON"), (b"[]", "应为"), (b"null", "应为"), (b"\x00\x01", "JSON"), (b"\xff\xfe{}", "JSON"),
        (b'{"regulation": "kunkefa-2017-55"}', "category"), (b"[" * 100_000, "JSON"), (b'{"a":' * 50_000, "JSON"),
        (b'{"regulation":"kunkefa-2017-55","category":"technical","surprise":1}', "surprise"),
        (b'{"regulation":"kunkefa-2017-55","category":"technical","mentors":[{"engaged_from":"\\u0000"}]}', "mentors[0].engaged_from"),
        (b'{"regulation":"kunkefa-2017-55","category":"technical","operator":{"name":"<script>"},"fund":{"size_wan":-1}}', "fund.size_wan"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_dossier_is_told_what_is_wrong(content: bytes, said: str) -> None:
    answer = upload(content)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "<script>" not in answer.content.decode().partition("<main")[2]


@pages
def test_all_faults_are_told_at_once() -> None:
    dossier = make_dossier("comprehensive", ON)
    dossier["tenants"][3]["industry"] = "magic"
    dossier["premises"][0]["area_m2"] = "big"
    dossier["extra"] = 1

    html = upload(json.dumps(dossier).encode()).content.decode()

    assert [path for path in ("tenants[3].industry", "premises[0].area_m2", "extra") if path not in html] == []


@pages
def test_a_huge_file_is_refused_before_it_is_read() -> None:
    answer = upload(b" " * (3 * 1024 * 1024 + 1))

    assert answer.status_code == 422
    assert "文件过大：至多3MB" in answer.content.decode()


@pages
def test_no_file_at_all_is_told() -> None:
    assert "请先选择一个文件" in Client().post("/self-check/file/").content.decode()


@pages
def test_thirty_in_a_minute_and_then_a_kind_word() -> None:
    hasty = Client(REMOTE_ADDR="192.0.2.7")

    answers = [upload(b"{", client=hasty).status_code for _ in range(31)]

    assert answers == [422] * 30 + [429]
    assert upload(b"{", client=Client(REMOTE_ADDR="192.0.2.8")).status_code == 422
    assert hasty.get("/self-check/").status_code == 200
