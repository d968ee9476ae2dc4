"""The OpenAPI document: valid, complete, the same as what answers; and its page to be read."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from makerspace.doors.api.api import api
from makerspace.office.casework import acts
from makerspace.regulation import VERSIONS
from makerspace.regulation.terms import Role
from tests.doors.api.conftest import Program, of

pytestmark = pytest.mark.django_db
CONTRACT = {
    ("post", "/self-check"), ("get", "/registry"), ("get", "/registry/{number}"), ("get", "/verify/{code}"),
    ("get", "/notices"), ("get", "/notices/{id}"), ("get", "/heads"), ("get", "/calls"), ("get", "/calls/{id}"),
    ("post", "/notices/{id}/objections"), ("get", "/objections/{receipt}"), ("post", "/notices"), ("post", "/announcements"),
    ("get", "/cases"), ("get", "/cases/{id}"), ("post", "/cases"), ("put", "/cases/{id}/dossier"),
    ("post", "/cases/{id}/materials"), ("post", "/cases/{id}/acts/{act}"), ("get", "/cases/{id}/record"),
}  # fmt: skip
TOKEN = {
    "titles", "priority", "cases", "announcements", "makerspaces", "bookings", "sessions", "openness", "payment-batches", "budgets",
}  # fmt: skip
POSTED = {
    ("post", path)
    for path in (
        "/notices", "/offers/{id}/bookings", "/mentors/{id}/sessions", "/facilities", "/facilities/{id}/offers", "/mentors",
    )
}  # fmt: skip


@pytest.fixture
def document() -> dict[str, Any]:
    return dict(of(Program().get("/openapi.json")))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path.removeprefix("/api/v1"), operation


def test_the_document_is_openapi_3_1_and_names_every_call_of_the_contract(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {(method, path) for method, path, _ in operations(document)} >= CONTRACT


def test_every_reference_leads_somewhere_and_every_id_is_given_once(document: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        found: Any = document
        for part in reference.split("/"):
            found = found[part]
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(ids) == len(set(ids))


def test_every_call_says_how_it_may_be_refused(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        answers = set(operation["responses"])
        assert {"200", "201"} & answers, path
        needs_token = path.split("/")[1] in TOKEN or (method, path) in POSTED
        assert ("401" in answers) == needs_token == ("security" in operation), path
        if method in {"post", "put"}:
            assert {"400", "413", "415", "422"} <= answers, path
        if needs_token and method == "post":
            assert any(row["name"] == "Idempotency-Key" for row in operation["parameters"]), path
        assert all((operation["summary"], operation["description"])), path


def test_every_path_parameter_is_declared(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        declared = {row["name"] for row in operation["parameters"] if row["in"] == "path"}
        assert declared == set(re.findall(r"{(\w+)}", path))


def test_every_address_of_the_api_is_in_the_document(document: dict[str, Any]) -> None:
    resolver = next(row for row in get_resolver().url_patterns if str(row.pattern) == "api/")
    inner = next(row for row in resolver.url_patterns if getattr(row, "namespace", "") == "api-1")
    served = {"/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(row.pattern)) for row in inner.url_patterns if row.name}

    own = {"/openapi.json", "/docs", "/"}
    assert served - own == {path for _, path, _ in operations(document)}


def test_every_act_that_a_person_may_take_has_its_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    people = set(Role) - {Role.CLOCK, Role.PUBLIC}

    for version in VERSIONS:
        for kind, table in version.procedures.items():
            for move in table.moves:
                if people & set(move.by):
                    assert acts.find(kind, move.act), move.act
                    assert schemas[f"{kind}.{move.act}"]["additionalProperties"] is False


def test_the_description_is_a_page_to_be_read_without_scripts(client: Client) -> None:
    page = client.get("/api/v1/docs")
    text = page.content.decode()

    assert page.status_code == 200
    assert text.count("<h1") == 1
    assert "资格自测" in text
    assert "/api/v1/cases/{id}/acts/{act}" in text
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    for reference in re.findall(r'href="#([^"]+)"', text):
        assert f'id="{reference}"' in text


def test_the_api_s_own_address_leads_to_its_description(client: Client) -> None:
    assert client.get("/api/v1/")["Location"] == "/api/v1/docs"


def test_the_document_is_made_once() -> None:
    assert api.document is api.document


def test_an_objection_is_sent_in_one_shape_and_answered_in_another(document: dict[str, Any]) -> None:
    post = document["paths"]["/api/v1/notices/{id}/objections"]["post"]
    sent = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    answered = post["responses"]["201"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    schemas = document["components"]["schemas"]

    assert {"name", "contact", "facts"} <= set(schemas[sent]["properties"])
    assert {"receipt", "state"} <= set(schemas[answered]["properties"])


def test_answers_are_described_by_the_names_that_they_have(document: dict[str, Any]) -> None:
    described = document["components"]["schemas"]["ActNow"]
    assert set(described["properties"]) == {"act", "article", "schema"} == set(described["required"])


def test_no_english_title_is_made_up(document: dict[str, Any]) -> None:
    def titles(node: Any) -> Iterator[str]:
        for key, part in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
            if key == "title" and isinstance(part, str):
                yield part
            yield from titles(part)

    found = [title for part in ("components", "paths") for title in titles(document[part])]
    assert found
    assert not [title for title in found if title.isascii()]
