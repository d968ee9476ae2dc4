"""Article 14 over HTTP: a makerspace's financing and listings entered, listed and struck out with a token."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client

from makerspace.matters.recognition.models import Title
from makerspace.matters.registers.models import Tenant
from makerspace.matters.support.models import Financing, Listing
from makerspace.office.people.models import Person
from makerspace.office.people.tokens import issue
from makerspace.office.record import clock
from tests import factories
from tests.matters.registers.keeping import TENANTS, enter
from tests.matters.support.helping import NOW, Scene, scene
from tests.matters.support.test_capital import INVESTOR, WAN, rival

pytestmark = pytest.mark.django_db
ROUND = {"day": "2026-02-10", "kind": "angel", "amount": str(300 * WAN), "own_amount": "0", "investor": INVESTOR}
LISTED = {"day": "2026-03-02", "board": "neeq", "code": "873001", "short_name": "甲软件"}


@pytest.fixture
def here() -> Iterator[Scene]:
    made = scene()
    with clock.pretending(NOW):
        yield made


@pytest.fixture
def tenant(here: Scene) -> Tenant:
    found: Tenant = enter(here.makerspace, TENANTS, by=here.asker)
    return found


def bearer(person: Person) -> dict[str, str]:
    """The header of a token of that person."""
    _, secret = issue(person, "测试")
    return {"Authorization": f"Bearer {secret}"}


def sheet(name: str = "协议.pdf", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, factories.make_pdf() if content is None else content)


def post(person: Person, path: str, fields: dict[str, Any], **headers: str) -> Any:
    """A form with its file."""
    return Client().post(f"/api/v1{path}", fields, headers={**bearer(person), **headers})


def test_a_round_is_entered_once_and_listed(here: Scene, tenant: Tenant) -> None:
    path, file = f"/makerspaces/{here.makerspace.pk}/financing", sheet()
    fields = {**ROUND, "tenant": tenant.pk, "evidence": file}

    first = post(here.asker, path, fields, **{"Idempotency-Key": "k" * 20})
    file.seek(0)
    again = post(here.asker, path, fields, **{"Idempotency-Key": "k" * 20})

    row = Financing.objects.get()
    expected = {
        "id": row.pk, "tenant": tenant.pk, "name": tenant.name, "day": "2026-02-10", "evidence": row.evidence_id,
        "struck_on": None, "reason": "", "kind": "angel", "amount": 300 * WAN, "own_amount": 0, "investor": INVESTOR,
    }  # fmt: skip
    assert (first.status_code, first.json(), again.json()) == (201, expected, expected)
    listed = Client().get(f"/api/v1{path}", headers=bearer(here.bureau)).json()
    assert listed == {"items": [expected], "count": 1, "page": 1, "pages": 1}


def test_a_listing_is_entered_and_struck_out(here: Scene, tenant: Tenant) -> None:
    path = f"/makerspaces/{here.makerspace.pk}/listings"
    made = post(here.asker, path, {**LISTED, "tenant": tenant.pk, "evidence": sheet()})
    assert made.status_code == 201

    strike = f"/api/v1{path}/{made.json()['id']}/strike"
    kind = "application/json"
    struck, again = (
        Client().post(strike, {"reason": "代码有误"}, content_type=kind, headers=bearer(here.asker)) for _ in range(2)
    )

    assert (struck.status_code, struck.json()["struck_on"], struck.json()["reason"]) == (200, "2026-03-16", "代码有误")
    assert (again.status_code, again.json()["article"]) == (409, "第十四条")


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"amount": "-5"}, {"amount"}),
        ({"amount": "1.5"}, {"amount"}),
        ({"own_amount": str(301 * WAN)}, {"own_amount"}),
        ({"day": "2026-03-17"}, {"day"}),
        ({"kind": "ipo"}, {"kind"}),
        ({"tenant": "987654"}, {"tenant"}),
        ({"more": "1"}, {"more"}),
        ({"evidence": ""}, {"evidence"}),
        ({"kind": ["a", "b"]}, {"kind"}),
    ],
)
def test_what_is_wrong_is_named(here: Scene, tenant: Tenant, wrong: dict[str, Any], fields: set[str]) -> None:
    given = {**ROUND, "tenant": tenant.pk, "evidence": sheet(), **wrong}

    answer = post(here.asker, f"/makerspaces/{here.makerspace.pk}/financing", given)

    assert (answer.status_code, set(answer.json()["fields"])) == (422, fields)
    assert not Financing.objects.exists()


def test_a_file_that_is_none_of_the_kinds_is_not_taken(here: Scene, tenant: Tenant) -> None:
    given = {**ROUND, "tenant": tenant.pk, "evidence": sheet("协议.exe", b"MZ")}

    answer = post(here.asker, f"/makerspaces/{here.makerspace.pk}/financing", given)

    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")


def test_another_unit_finds_nothing_and_an_officer_enters_nothing(here: Scene, tenant: Tenant) -> None:
    path = f"/makerspaces/{here.makerspace.pk}/financing"
    given = {**ROUND, "tenant": tenant.pk}
    post(here.asker, path, {**given, "evidence": sheet()})
    _, stranger = rival()

    answers = [
        Client().get(f"/api/v1{path}", headers=bearer(stranger)),
        post(stranger, path, {**given, "kind": "a", "evidence": sheet()}),
        post(here.bureau, path, {**given, "kind": "a", "evidence": sheet()}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 403]
    assert Financing.objects.count() == 1


def test_the_evidence_is_read_by_whom_the_row_is_read(here: Scene, tenant: Tenant) -> None:
    path, content = f"/makerspaces/{here.makerspace.pk}/financing", factories.make_pdf(pages=2)
    made = post(here.asker, path, {**ROUND, "tenant": tenant.pk, "evidence": sheet(content=content)}).json()
    address = f"/api/v1{path}/{made['id']}/evidence"

    own, stranger = (Client().get(address, headers=bearer(who)) for who in (here.bureau, rival()[1]))
    elsewhere = Client().get(
        address.replace(path, f"/makerspaces/{rival()[0].pk}/financing"), headers=bearer(here.bureau)
    )

    assert b"".join(own.streaming_content) == content  # type: ignore[attr-defined]
    assert "%E5%8D%8F%E8%AE%AE.pdf" in own["Content-Disposition"]
    assert (stranger.status_code, elsewhere.status_code) == (404, 404)
    assert Client().get(address).status_code == 401


def test_another_makerspaces_tenant_is_none_of_this_one(here: Scene, tenant: Tenant) -> None:
    place, keeper = rival()
    strange = enter(place, TENANTS, by=keeper)

    answer = post(
        here.asker, f"/makerspaces/{here.makerspace.pk}/listings", {**LISTED, "tenant": strange.pk, "evidence": sheet()}
    )

    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"tenant"})
    assert not Listing.objects.exists()


def test_anyone_reads_what_all_of_it_comes_to(here: Scene, tenant: Tenant) -> None:
    post(
        here.asker, f"/makerspaces/{here.makerspace.pk}/financing", {**ROUND, "tenant": tenant.pk, "evidence": sheet()}
    )

    told = Client().get("/api/v1/capital").json()

    none = {"crowdfunding": 0, "regional": 0, "neeq": 0, "bse": 0, "other": 0}
    year = {"year": 2026, "rounds": 1, "amount": None, "own_amount": 0, "loans": 0, "lent": 0, "listed": none}
    assert told == {"financed": 1, "listed": 0, "years": [year]}


def test_the_document_describes_the_form() -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]

    asked = paths["/api/v1/makerspaces/{id}/financing"]["post"]["requestBody"]["content"]["multipart/form-data"][
        "schema"
    ]

    assert asked["required"] == ["tenant", "day", "kind", "amount", "investor", "evidence"]
    assert asked["properties"]["kind"]["enum"] == ["seed", "angel", "a", "b", "later", "crowdfunding", "debt", "other"]


def test_without_a_title_nothing_is_looked_at_before_that_is_said(here: Scene, tenant: Tenant) -> None:
    Title.objects.update(state="revoked", ended_on=F("since"))

    answer = post(here.asker, f"/makerspaces/{here.makerspace.pk}/financing", {})

    told = answer.json()
    assert (answer.status_code, told["code"], told["article"]) == (409, "wrong_stage", "第十四条")
