"""A program that calls the API: with a token, without one, on the day of the factories."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from makerspace.doors.api import shapes
from makerspace.office.people.models import Person
from makerspace.office.people.tokens import issue
from makerspace.office.record import clock
from tests.factories import DAY, make_pdf

NOON = datetime.combine(DAY, time(12), clock.KUNMING)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon on the day of the factories."""
    with clock.pretending(NOON):
        yield


@dataclass
class Program:
    """What calls; ``token`` empty is a stranger."""

    token: str = ""

    def get(self, path: str, **headers: str) -> HttpResponse:
        """GET."""
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        """POST of JSON."""
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        """PUT of JSON."""
        return self.send("PUT", path, body, **headers)

    def send(
        self, method: str, path: str, body: object = None, *, content_type: str = "application/json", **headers: str
    ) -> HttpResponse:
        """Any request; bytes go as they are."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client().generic(method, f"/api/v1{path}", content, content_type, headers=named)  # type: ignore[return-value]

    def form(self, path: str, fields: dict[str, Any], **headers: str) -> HttpResponse:
        """POST of a multipart form."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client().post(f"/api/v1{path}", fields, headers=named)  # type: ignore[return-value]

    def _client(self) -> Client:
        return Client(headers={"Authorization": f"Bearer {self.token}"} if self.token else {})


@pytest.fixture
def stranger() -> Program:
    """Without a token."""
    return Program()


def program(person: Person, *, decide: bool = True) -> Program:
    """With a token of that person."""
    return Program(issue(person, "test", decide=decide)[1])


def of(answer: HttpResponse, status: int = 200) -> Any:
    """The answer's JSON, once its status is the expected one; a refusal must have the shape of the contract."""
    body = json.loads(answer.content)
    assert answer.status_code == status, body
    if status >= 400:
        shapes.Refused.model_validate(body)
    return body


def pdf(name: str = "证明.pdf") -> SimpleUploadedFile:
    """A sound file to upload."""
    return SimpleUploadedFile(name, make_pdf(3), "application/pdf")
