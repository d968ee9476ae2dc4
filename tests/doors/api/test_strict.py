"""What comes as JSON is taken for what it is: no text for a number, no number for a tick, no instant for a day."""

from datetime import date
from typing import Any

import pytest

from makerspace.office.casework import acts
from makerspace.office.casework.acts import Day, Input
from makerspace.web.forms import SchemaForm
from tests.doors.api.conftest import Program, of
from tests.doors.api.life import City


class Sheet(Input):
    """One field of each type."""

    on: Day
    points: int = 0
    agrees: bool = False
    text: str = ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("act", "field", "given", "expected"),
    [
        ("register_paper", "copies", "1", "应为整数"), ("register_paper", "copies", True, "应为整数"), ("register_paper", "copies", 1.0, "应为整数"),
        ("register_paper", "code", 1, "应为文字"),
        ("record_visit", "visited_on", "2026-03-16T00:00:00", "应为1900年至2100年间的日期，格式如2024-05-01"),
        ("record_visit", "visited_on", "0", "应为1900年至2100年间的日期，格式如2024-05-01"),
        ("record_visit", "visited_on", 20260316, "应为1900年至2100年间的日期，格式如2024-05-01"),
        ("record_visit", "visited_on", "9999-12-31", "应为1900年至2100年间的日期，格式如2024-05-01"),
        ("record_visit", "photos[0]", "x", "应为文件的摘要（SHA-256，64位小写十六进制字符）"),
        ("register_paper", "agrees", "yes", "应为是（true）或否（false）"), ("register_paper", "agrees", 1, "应为是（true）或否（false）"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_by_name(act: str, field: str, given: object, expected: str) -> None:
    city = City()
    number = city.submitted()
    fields: dict[str, dict[str, Any]] = {
        "record_visit": {"visited_on": "2026-03-16", "inspectors": ["马超", "何静"], "items": []},
        "register_paper": {"received_on": "2026-03-16", "copies": 1, "agrees": True},
    }

    sent = {field.removesuffix("[0]"): [given] if field.endswith("[0]") else given}

    refusal = of(city["district"].post(f"/cases/{number}/acts/{act}", {**fields[act], **sent}), 422)

    assert refusal["fields"] == {field: expected}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/registry", "/registry/KMZC-2026-001", "/self-check"])
@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01", "2026-11-24T00:00:00", "0", "20261124", ""])
def test_a_day_of_reference_is_a_day_that_can_be_counted_from(stranger: Program, path: str, on: str) -> None:
    method = "POST" if path == "/self-check" else "GET"

    refusal = of(stranger.send(method, f"{path}?on={on}", {"category": "comprehensive"}), 422)

    assert refusal["fields"] == {"on": "应为1900年至2100年间的日期，格式如2024-05-01"}


def test_every_act_takes_its_days_strictly() -> None:
    found = {act.schema: act.schema.model_config.get("strict") for act in acts.all_acts()}
    loose = [
        f"{schema.__name__}.{name}"
        for schema in found
        for name, field in schema.model_fields.items()
        if field.annotation is date and not field.metadata
    ]

    assert set(found.values()) == {True}
    assert loose == []


@pytest.mark.parametrize("ticked", ["true", "false"])
def test_a_page_has_only_texts_and_is_understood_all_the_same(ticked: str) -> None:
    options = {"agrees": [("true", "一致"), ("false", "不一致")], "points": [("5", "五分")]}

    form = SchemaForm(Sheet, {"on": "2026年3月16日", "points": "5", "agrees": ticked}, options=options)

    assert form.errors == {}
    assert form.cleaned == Sheet(on=date(2026, 3, 16), points=5, agrees=ticked == "true")
