"""Whatever goes wrong is answered in the one shape, and never with a server error."""

import json
from typing import Any

import pytest
from django.test import Client

from makerspace.doors.api import shapes
from makerspace.office.documents.storage import StorageUnavailable
from makerspace.regulation.terms import Role
from tests.doors.api.conftest import Program, of, pdf, program
from tests.doors.api.life import City
from tests.factories import make_dossier, make_person, submitted_case

pytestmark = [pytest.mark.django_db]
MB = 1024 * 1024


@pytest.mark.parametrize(
    "path", ["", "/", "/v1/nothing", "/v1/cases/", "/v2/cases", "/v1/cases/KM-2026-0001/x", "/v1/%E4%BD%A0"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_address_that_is_none_is_refused_in_our_shape(path: str, method: str) -> None:
    answer = Client().generic(method, f"/api{path}")

    if path in ("", "/") and answer.status_code == 301:
        answer = Client().generic(method, "/api/")
    shapes.Refused.model_validate(json.loads(answer.content))
    assert answer.status_code == 404
    assert json.loads(answer.content)["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/cases", {"GET", "POST"}), ("POST", "/registry", {"GET"}), ("PUT", "/notices", {"GET", "POST"}),
        ("GET", "/self-check", {"POST"}), ("PATCH", "/cases/KM-2026-0001/dossier", {"PUT"}), ("OPTIONS", "/heads", {"GET"}),
    ],
)  # fmt: skip
def test_a_wrong_method_says_which_are_right(stranger: Program, method: str, path: str, allowed: set[str]) -> None:
    answer = stranger.send(method, path)

    assert of(answer, 405)["code"] == "bad_request"
    assert set(answer["Allow"].split(", ")) == allowed


def test_an_unknown_method_is_refused(stranger: Program) -> None:
    assert of(stranger.send("BREW", "/heads"), 405)["code"] == "bad_request"


def test_head_answers_like_get_without_a_body(stranger: Program) -> None:
    got, head = stranger.get("/heads"), stranger.send("HEAD", "/heads")

    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(got.content)))


def test_nothing_the_api_answers_is_kept_by_a_browser(stranger: Program) -> None:
    city = City()

    assert {answer["Cache-Control"] for answer in (stranger.get("/heads"), city["bureau"].get("/cases"))} == {
        "no-store"
    }


# -- bodies ------------------------------------------------------------------------------------------------------------
BODIES: list[tuple[bytes, str, int]] = [
    (b"{", "application/json", 400),
    (b"\x00", "application/json", 400),
    (b'{"a": NaN}', "application/json", 400),
    (b'{"a": 1e999}', "application/json", 422),
    (b'{"a": ' + b"9" * 5000 + b"}", "application/json", 400),
    (b"[" * 50_000 + b"]" * 50_000, "application/json", 400),
    (b'{"a": ' * 30 + b"1" + b"}" * 30, "application/json", 400),
    ('{"a": "é"}'.encode("latin-1"), "application/json", 400),
    ('{"a": 1}'.encode("utf-16"), "application/json", 400),
    (b'"text"', "application/json", 422),
    (b"[]", "application/json", 422),
    (b"null", "application/json", 422),
    (b"a=1", "application/x-www-form-urlencoded", 415),
    (b"<a/>", "text/xml", 415),
    (b"{}", "application/json; charset=gbk", 415),
    (b'{"reason": "a\\u0000b"}', "application/json", 422),
    (b'{"reason": "\\ud800"}', "application/json", 422),
    (b'{"a\\u0000": 1}', "application/json", 422),
]


@pytest.mark.both
@pytest.mark.parametrize(("body", "content_type", "status"), BODIES)
@pytest.mark.parametrize(
    "call", ["/self-check", "/cases", "/cases/{id}/acts/withdraw", "/cases/{id}/dossier", "/notices"]
)
def test_a_body_that_can_t_be_read_is_refused(body: bytes, content_type: str, status: int, call: str) -> None:
    city = City()
    number = city.draft()
    method = "PUT" if "dossier" in call else "POST"

    answer = city["applicant"].send(method, call.format(id=number), body, content_type=content_type, If_Match='"1"')

    refusal = of(answer, answer.status_code)
    assert answer.status_code == status or (body == b"null" and answer.status_code in {422, 403})
    assert refusal["code"] in {"bad_request", "wrong_type", "invalid", "not_yours"}


@pytest.mark.parametrize("call", ["/self-check", "/cases", "/cases/{id}/acts/withdraw", "/notices"])
def test_a_body_of_more_than_three_megabytes_is_too_large(call: str) -> None:
    city = City()
    number = city.draft()
    body = json.dumps({"reason": "长" * 2 * MB}, ensure_ascii=False).encode()

    assert of(city["applicant"].send("POST", call.format(id=number), body), 413)["code"] == "too_large"


def test_a_form_field_of_megabytes_is_too_large() -> None:
    city = City()
    number = city.draft()

    refusal = of(city["applicant"].form(f"/cases/{number}/materials", {"file": pdf(), "kind": "x" * 4 * MB}), 413)

    assert refusal["code"] == "too_large"


def test_a_request_of_more_than_the_whole_limit_is_refused_unread(settings: Any) -> None:
    settings.BODY_MAX_BYTES = MB

    assert of(Program().send("POST", "/self-check", b" " * (MB + 1)), 413)["code"] == "too_large"


def test_too_many_fields_or_files_are_refused(settings: Any) -> None:
    city = City()
    number = city.draft()
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_NUMBER_FILES = 5, 2

    fields = {"kind": "evidence", "condition": ["7.1.area"] * 9, "file": pdf()}
    assert of(city["applicant"].form(f"/cases/{number}/materials", fields), 400)["code"] == "bad_request"
    files = {"kind": "evidence", "file": [pdf(), pdf(), pdf()]}
    assert of(city["applicant"].form(f"/cases/{number}/materials", files), 400)["code"] == "bad_request"


@pytest.mark.both
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/registry?q=%00", 400), ("/registry/%00", 400), ("/verify/%00", 400), ("/objections/%00", 400), ("/calls/%00", 400),
        ("/registry?q=%EF%BF%BD", 200), ("/registry?q=%ED%A0%80", 200), ("/verify/" + "x" * 3000, 200), ("/calls/" + "9" * 30, 404),
        ("/notices/9223372036854775808", 404), ("/heads?page=99999999999999999999", 422), ("/" + "x" * 5000, 414),
    ],
)  # fmt: skip
def test_a_wicked_address_is_no_server_error(path: str, status: int) -> None:
    answer = Program().get(path)

    assert answer.status_code == status
    if status >= 400:
        of(answer, status)


@pytest.mark.both
@pytest.mark.parametrize("key", ["x" * 201, "\u200b" * 5, "a\tb"])
def test_a_key_that_can_t_be_kept_is_refused(key: str) -> None:
    city = City()

    answer = city["applicant"].post("/cases", {"call": city.call.pk, "dossier": make_dossier()}, Idempotency_Key=key)

    assert list(of(answer, 422)["fields"]) == ["Idempotency-Key"]


@pytest.mark.both
def test_a_key_on_an_endless_address_is_no_server_error() -> None:
    calling = program(make_person(Role.BUREAU))

    assert of(calling.post(f"/cases/{'x' * 2000}/acts/submit", {}, Idempotency_Key="k"), 404)["code"] == "not_found"


@pytest.mark.both
@pytest.mark.parametrize("value", [10**30, -1, 0, "1; DROP TABLE", 1.5, True, None, [], {}])
def test_a_call_that_is_no_number_is_refused(value: object) -> None:
    city = City()

    answer = city["applicant"].post("/cases", {"call": value, "dossier": make_dossier()})

    assert answer.status_code in {404, 422}
    of(answer, answer.status_code)


def test_without_storage_an_upload_says_so_and_nothing_is_kept(monkeypatch: Any) -> None:
    city = City()
    number = city.draft()

    def away(*_: object, **__: object) -> None:
        raise StorageUnavailable("gone")

    monkeypatch.setattr("makerspace.matters.application.operations.files.keep", away)
    answer = city["applicant"].form(f"/cases/{number}/materials", {"file": pdf(), "kind": "operation_plan"})

    assert of(answer, 503)["text"].startswith("文件存储暂时不可用")
    assert answer["Retry-After"] == "60"


def test_every_act_refuses_unknown_keys_and_wrong_types_by_name() -> None:
    case = submitted_case()
    district = program(make_person(Role.DISTRICT))

    for row in of(district.get(f"/cases/{case.number}"))["acts"]:
        wrong = {name: {"nested": [1]} for name in row["schema"].get("properties", {})} | {"stage": "recognised"}
        refusal = of(district.post(f"/cases/{case.number}/acts/{row['act']}", wrong), 422)
        assert "stage" in refusal["fields"]
        assert len(refusal["fields"]) >= len(wrong)


def test_a_fault_of_our_own_is_told_in_our_shape_and_betrays_nothing(monkeypatch: Any) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("makerspace.doors.api.public.findings_json", broken)
    answer = Client(raise_request_exception=False).post("/api/v1/self-check", make_dossier(), "application/json")

    assert of(answer, 500)["code"] == "bad_request"  # type: ignore[arg-type]
    assert "secret detail" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_description_refuses_a_wrong_method_as_the_api_does(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, f"/api/v1{path}")

    assert of(answer, 405)["code"] == "bad_request"  # type: ignore[arg-type]
