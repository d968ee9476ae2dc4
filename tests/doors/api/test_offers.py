"""The schema of an act says what may be chosen on this very case."""

import pytest

from makerspace.doors.api.offers import offered
from tests.doors.api.conftest import of
from tests.doors.api.life import City

SCHEMA = {
    "$defs": {"Row": {"properties": {"condition": {"type": "string"}, "text": {"type": "string"}}}},
    "properties": {
        "rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}},
        "person": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
}


def test_choices_reach_into_rows_and_leave_the_schema_as_it_was() -> None:
    found = offered(
        SCHEMA, {"rows.condition": [("", "请选择"), ("5.2.theme", "服务主题")], "person": [(7, "甲")], "none": []}
    )

    assert found["$defs"]["Row"]["properties"]["condition"]["x-choices"] == [
        {"value": "5.2.theme", "label": "服务主题"}
    ]
    assert found["properties"]["person"]["x-choices"] == [{"value": 7, "label": "甲"}]
    assert "x-choices" not in SCHEMA["properties"]["person"]


@pytest.mark.django_db
def test_the_bureau_learns_whom_it_may_replace_from_the_case() -> None:
    city = City()
    number = city.under_review()

    acts = {row["act"]: row["schema"] for row in of(city["bureau"].get(f"/cases/{number}"))["acts"]}

    members = {person.pk for name, person in city.people.items() if name.startswith("expert")}
    offers = acts["replace_expert"]["properties"]["person"]["x-choices"]
    assert len({offer["value"] for offer in offers} & members) == 3


def test_a_choice_of_yes_or_no_is_offered_as_json_knows_it() -> None:
    found = offered(
        {"properties": {"agrees": {"type": "boolean"}}}, {"agrees": [("true", "一致"), ("false", "不一致")]}
    )

    assert found["properties"]["agrees"]["x-choices"] == [
        {"value": True, "label": "一致"},
        {"value": False, "label": "不一致"},
    ]
