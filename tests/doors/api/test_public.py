"""What anybody may call."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from makerspace.doors.api import access, shapes
from makerspace.office.record.models import Head
from makerspace.office.record.operations import publish_heads
from tests.doors.api.conftest import NOON, Program, of
from tests.factories import DAY, make_call, make_dossier, submitted_case

pytestmark = pytest.mark.django_db


# -- self-check --------------------------------------------------------------------------------------------------------
def test_self_check_answers_with_the_findings_of_the_day(stranger: Program) -> None:
    findings = of(stranger.post("/self-check?on=2026-03-16", make_dossier()))

    shapes.Findings.model_validate(findings)
    assert (findings["regulation"], findings["category"], findings["on"]) == (
        "kunkefa-2017-55",
        "comprehensive",
        "2026-03-16",
    )
    assert findings["overall"] == "for_judgement"
    assert [row["article"] for row in findings["findings"]] == sorted(row["article"] for row in findings["findings"])


def test_self_check_takes_today_where_no_day_is_asked_for(stranger: Program) -> None:
    assert of(stranger.post("/self-check", make_dossier()))["on"] == DAY.isoformat()


def test_self_check_names_every_fault_at_once(stranger: Program) -> None:
    dossier = make_dossier(unknown=1)
    dossier["tenants"][3]["industry"] = "mining"
    dossier["mentors"][0]["engaged_from"] = "2026-02-30"

    refusal = of(stranger.post("/self-check", dossier), 422)

    assert refusal["code"] == "invalid"
    assert set(refusal["fields"]) == {"unknown", "tenants[3].industry", "mentors[0].engaged_from"}


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"nonsense", b'{"a": NaN}', b"[" * 100_000])
def test_self_check_refuses_what_is_no_json(stranger: Program, body: bytes) -> None:
    answer = stranger.send("POST", "/self-check", body)

    assert answer.status_code in {400, 422}
    assert of(answer, answer.status_code)["code"] in {"bad_request", "invalid"}


def test_self_check_keeps_nothing_and_needs_three_queries_at_most_for_its_rate(
    stranger: Program, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        of(stranger.post("/self-check", make_dossier()))


def test_self_check_is_refused_before_the_regulation_was_in_force(stranger: Program) -> None:
    refusal = of(stranger.post("/self-check?on=2016-01-01", {"category": "technical"}), 422)

    assert set(refusal["fields"]) == {"on"}


def test_self_check_is_slowed_down_for_one_address_only(stranger: Program, monkeypatch: Any) -> None:
    monkeypatch.setitem(access.RATES, "self_check", (2, 60))
    for _ in range(2):
        of(stranger.post("/self-check", make_dossier()))

    answer = stranger.post("/self-check", make_dossier())

    assert of(answer, 429)["code"] == "slow_down"
    assert 1 <= int(answer["Retry-After"]) <= 61
    other = stranger._client().post(
        "/api/v1/self-check", json.dumps(make_dossier()), "application/json", REMOTE_ADDR="203.0.113.9"
    )
    assert other.status_code == 200


def test_addresses_of_one_ipv6_network_count_as_one(rf: Any) -> None:
    cache.clear()

    addresses = {access.address_of(rf.get("/", REMOTE_ADDR=f"2001:db8:0:1::{host}")) for host in ("1", "ffff")}

    assert addresses == {"2001:db8:0:1::/64"}


def test_an_address_in_a_header_counts_only_behind_our_own_proxy(rf: Any, settings: Any) -> None:
    forged = rf.get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="198.51.100.1, 198.51.100.2")

    assert access.address_of(forged) == "203.0.113.9"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert access.address_of(forged) == "198.51.100.2"


# -- calls, heads ------------------------------------------------------------------------------------------------------
def test_calls_stand_open_ones_first_and_drafts_are_nobody_s(stranger: Program) -> None:
    closed = make_call(opens_on=DAY - timedelta(days=90), closes_on=DAY - timedelta(days=1), title="旧通知")
    running = make_call(title="新通知")
    draft = make_call(published=False, title="草稿")

    listed = of(stranger.get("/calls"))

    shapes.Calls.model_validate(listed)
    assert [row["id"] for row in listed["items"]] == [running.pk, closed.pk]
    assert [row["open"] for row in listed["items"]] == [True, False]
    assert (listed["count"], listed["page"], listed["pages"]) == (2, 1, 1)
    assert of(stranger.get(f"/calls/{draft.pk}"), 404)["code"] == "not_found"


def test_a_call_shows_what_is_asked_for_and_whom_to_ask(stranger: Program) -> None:
    call = make_call(materials=[{"code": "lease", "title": "租赁合同", "required": True}])

    shown = of(stranger.get(f"/calls/{call.pk}"))

    shapes.CallDetail.model_validate(shown)
    assert shown["materials"] == [{"code": "lease", "title": "租赁合同", "required": True}]
    assert shown["contacts"] == [{"name": "王敏", "phone": "0871-63100001"}]
    assert shown["days_left"] == 30


@pytest.mark.parametrize("key", ["0", "-1", "x", "9" * 40, "1.0", "１", "99999999999", "%20"])
def test_a_call_that_is_none_is_not_found(stranger: Program, key: str) -> None:
    assert of(stranger.get(f"/calls/{key}"), 404)["code"] == "not_found"


def test_heads_are_listed_latest_first(stranger: Program) -> None:
    submitted_case(on=DAY - timedelta(days=1))
    publish_heads(NOON + timedelta(days=2))

    listed = of(stranger.get("/heads"))

    shapes.Heads.model_validate(listed)
    head = Head.objects.order_by("-day")[0]
    assert listed["items"][0] == {
        "day": head.day.isoformat(),
        "entries": head.entries,
        "algorithm": "sm3",
        "head": head.head,
    }


@pytest.mark.parametrize("path", ["/heads", "/calls", "/notices", "/registry"])
@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page=1e3", "unknown=1", "page="])
def test_a_wrong_filter_is_refused_by_name(stranger: Program, path: str, query: str) -> None:
    refusal = of(stranger.get(f"{path}?{query}"), 422)

    assert list(refusal["fields"]) == [query.split("=")[0]]


@pytest.mark.parametrize("path", ["/heads", "/calls", "/notices", "/registry"])
def test_a_page_beyond_the_last_is_empty(stranger: Program, path: str) -> None:
    listed = of(stranger.get(f"{path}?page=99999"))

    assert (listed["items"], listed["count"], listed["page"], listed["pages"]) == ([], 0, 99999, 1)


# -- registry, verification --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=gone", "status"), ("authority=paris", "authority"), ("category=both", "category"), ("on=2026-02-30", "on"),
        (f"q={'x' * 201}", "q"),
    ],
)  # fmt: skip
def test_an_unknown_code_in_the_registry_s_filters_is_refused(stranger: Program, query: str, field: str) -> None:
    assert list(of(stranger.get(f"/registry?{query}"), 422)["fields"]) == [field]


@pytest.mark.parametrize("number", ["KMZC-2026-999", "x", "%27", "KMZC-2026-" + "9" * 400])
def test_a_title_that_is_none_is_not_found(stranger: Program, number: str) -> None:
    assert of(stranger.get(f"/registry/{number}"), 404)["code"] == "not_found"


@pytest.mark.parametrize("code", ["0000-0000-0000-0000", "x", "' OR 1=1", "9" * 500])
def test_a_code_that_is_none_is_not_genuine(stranger: Program, code: str) -> None:
    verdict = of(stranger.get(f"/verify/{code}"))

    shapes.Verified.model_validate(verdict)
    assert verdict == dict.fromkeys(("kind", "number", "holder", "state", "since", "replaced_by", "year")) | {
        "genuine": False
    }


def test_verification_is_slowed_down(stranger: Program, monkeypatch: Any) -> None:
    monkeypatch.setitem(access.RATES, "verify", (1, 60))
    of(stranger.get("/verify/0000-0000-0000-0000"))

    assert of(stranger.get("/verify/0000-0000-0000-0000"), 429)["code"] == "slow_down"
