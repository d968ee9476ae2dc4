"""Reading a dossier: strict about shape, all faults at once, patient about gaps, and never a traceback."""

import json
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from makerspace.regulation.faults import Fault
from makerspace.regulation.kunkefa_2017_55 import codes, dossier
from makerspace.regulation.kunkefa_2017_55.dossier import (
    MOST_BYTES,
    DossierFaults,
    canonical,
    cautions,
    dossier_json,
    parse,
    uscc_is_sound,
)
from makerspace.regulation.terms import Caution
from tests.regulation.dossiers import MENTOR, PARTNER, PREMISES, SOUND, TENANT, given

DAY = date(2026, 3, 2)

EMPTY = {"regulation": "kunkefa-2017-55", "category": "comprehensive"}


def faults(thing: object) -> tuple[Fault, ...]:
    """What is wrong with it."""
    with pytest.raises(DossierFaults) as refused:
        parse(thing)
    return refused.value.faults


def test_a_sound_dossier_is_read_with_exact_areas_and_days() -> None:
    read = parse(given())

    assert read.premises[0].area_m2 == Decimal("420.0")
    assert read.premises[0].lease_from == date(2024, 1, 1)
    assert read.tenants[9].hightech_field == "101"
    assert read.technical.workshop_m2 == Decimal("800.25")


def test_text_bytes_and_objects_are_read_alike() -> None:
    text = json.dumps(SOUND, ensure_ascii=False)

    assert parse(text) == parse(text.encode()) == parse(SOUND) == parse("\ufeff" + text)
    assert parse(b"\xef\xbb\xbf" + text.encode()) == parse(SOUND)


def test_days_and_decimals_may_come_as_such() -> None:
    native = given("premises.0", {**PREMISES, "area_m2": Decimal("420.00"), "lease_from": date(2024, 1, 1)})

    assert parse(native) == parse(SOUND)


@pytest.mark.parametrize(
    "number",
    [
        "299.99999999999999999999",
        "300.00000000000000000001",
        "0.00000000000000000001",
        "33.333",
        "299.9999999999999999",
    ],
)
def test_an_area_with_more_than_two_decimals_is_never_rounded_to_one_that_fits(number: str) -> None:
    text = json.dumps(given("premises.0.area_m2", 421.5), ensure_ascii=False).replace("421.5", number)
    native = given("premises.0.area_m2", Decimal(number))

    for thing in (text, text.encode(), native):
        assert [fault.path for fault in faults(thing)] == ["premises[0].area_m2"]


def test_a_long_fraction_that_says_no_more_is_read_as_it_stands() -> None:
    text = json.dumps(given("premises.0.area_m2", 421.5), ensure_ascii=False).replace(
        "421.5", "421.50000000000000000000"
    )

    assert parse(text) == parse(text.encode()) == parse(given("premises.0.area_m2", 421.5))


@pytest.mark.parametrize(
    ("number", "reaches"), [("300.00000000000000000000", True), ("299.99999999999999999999", False)]
)
def test_a_number_next_to_a_limit_stays_on_the_side_on_which_it_was_written(number: str, reaches: bool) -> None:
    text = json.dumps(given("tenants.0.revenue_wan", 421.5), ensure_ascii=False).replace("421.5", number)

    assert ((parse(text).tenants[0].revenue_wan or 0) >= 300) is reaches


@pytest.mark.parametrize(
    "thing",
    [
        "[1.0000000000000000,",
        b"\xff 1.0000000000000000",
        "[" * 100_000 + "1.0000000000000000",
        '{"category": 1.0000000000000000e999}',
        "[1.0000000000000000, NaN]",
        "[1.0000000000000000e-99999999999999999999]",
        {"category": Decimal("NaN")},
        {"category": Decimal("sNaN")},
        {"category": Decimal("1E+999")},
    ],
    ids=lambda thing: repr(thing)[:30],
)
def test_a_long_fraction_in_what_is_no_dossier_makes_no_traceback(thing: object) -> None:
    assert faults(thing)


def test_all_that_is_not_given_is_null_or_empty() -> None:
    nulls = EMPTY | dict.fromkeys([key for key in SOUND if key not in EMPTY])

    assert parse(EMPTY) == parse(nulls)
    assert parse(EMPTY).tenants == ()
    assert parse(EMPTY).technical.platform.url is None


def test_every_row_and_block_may_be_empty() -> None:
    for path in ("staff", "mentors", "premises", "tenants", "events", "capital_partners"):
        assert len(getattr(parse(given(path, [{}])), path)) == 1
    for path in ("operator", "makerspace", "lead", "finance", "fund", "technical"):
        assert parse(given(path, {})) == parse(given(path, None))


def test_the_canonical_spelling_is_one_and_reads_back() -> None:
    shuffled = dict(reversed(SOUND.items()))

    assert canonical(parse(shuffled)) == canonical(parse(SOUND))
    assert parse(canonical(parse(SOUND))) == parse(SOUND)
    assert dossier_json(parse(SOUND))["premises"][0]["area_m2"] == 420.0
    assert " " not in canonical(parse(EMPTY))


def test_all_faults_are_reported_at_once_with_path_and_expectation() -> None:
    wrong = given("tenants.3.industry", "sotfware")
    wrong["colour"] = "red"
    wrong["operator"]["kind"] = "club"
    wrong["premises"][0]["area_m2"] = "420"
    wrong["mentors"][1]["engaged_from"] = "2026-02-30"
    wrong["technical"]["platform"]["link"] = 1

    found = {fault.path: fault for fault in faults(wrong)}

    assert set(found) == {
        "tenants[3].industry", "colour", "operator.kind", "premises[0].area_m2", "mentors[1].engaged_from",
        "technical.platform.link",
    }  # fmt: skip
    assert found["colour"] == Fault("colour", "“red”", "没有这个字段，请删去或核对字段名")
    assert found["tenants[3].industry"].found == "“sotfware”"
    assert found["tenants[3].industry"].expected.startswith("应为下列之一：agriculture、industry、")
    assert found["mentors[1].engaged_from"].expected == "应为1900年至2100年间的日期，格式如2024-05-01"


@pytest.mark.parametrize("key", ["category", "regulation"])
def test_category_and_regulation_must_be_given(key: str) -> None:
    absent = {name: value for name, value in EMPTY.items() if name != key}

    assert [(fault.path, fault.expected) for fault in faults(absent)] == [(key, "必须填写")]
    assert [fault.path for fault in faults(EMPTY | {key: None})] == [key]
    assert [fault.path for fault in faults(EMPTY | {key: ""})] == [key]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("premises.0.area_m2", -0.01),
        ("premises.0.area_m2", 100.001),
        ("premises.0.area_m2", True),
        ("premises.0.area_m2", "100"),
        ("premises.0.area_m2", float("nan")),
        ("premises.0.area_m2", float("inf")),
        ("premises.0.area_m2", 1e12),
        ("premises.0.area_m2", [1]),
        ("tenants.0.employees", -1),
        ("tenants.0.employees", 1.5),
        ("tenants.0.employees", True),
        ("tenants.0.employees", "12"),
        ("tenants.0.employees", 10**30),
        ("tenants.0.revenue_wan", float("nan")),
        ("tenants.0.revenue_wan", float("-inf")),
        ("tenants.0.revenue_wan", False),
        ("tenants.0.revenue_wan", 1e300),
        ("tenants.0.moved_in_on", "2026-3-16"),
        ("tenants.0.moved_in_on", "20260316"),
        ("tenants.0.moved_in_on", "2026-03-16T00:00:00"),
        ("tenants.0.moved_in_on", "1704067200"),
        ("tenants.0.moved_in_on", 1704067200),
        ("tenants.0.moved_in_on", "1899-12-31"),
        ("tenants.0.moved_in_on", "2101-01-01"),
        ("tenants.0.moved_in_on", "2024-W01-1"),
        ("tenants.0.moved_in_on", ""),
        ("tenants.0.hightech_field", "9"),
        ("tenants.0.hightech_field", "90"),
        ("tenants.0.hightech_field", "1011"),
        ("tenants.0.hightech_field", "99901"),
        ("tenants.0.hightech_field", "１０１"),
        ("tenants.0.hightech_field", 101),
        ("tenants.0.name", "x" * 201),
        ("tenants.0.name", "甲\u0000乙"),
        ("makerspace.theme", "长" * 5001),
        ("operator.registered_division", "五华区"),
        ("operator.registered_division", "53010"),
        ("operator.independent_legal_person", 1),
        ("operator.independent_legal_person", "true"),
        ("facilities", ["sauna"]),
        ("facilities", "meeting_room"),
        ("services", ["legal", None]),
        ("tenants", {"0": TENANT}),
        ("tenants", [None]),
        ("tenants", [{}] * 2001),
        ("operator", []),
        ("category", "both"),
        ("regulation", "kunkefa-2017-56"),
    ],
)
def test_what_is_not_of_the_right_kind_is_refused_at_its_place(path: str, value: object) -> None:
    found = faults(given(path, value))

    place = path.replace(".0.", "[0].")
    assert len(found) == 1
    assert found[0].path.startswith(place)
    assert found[0].expected


@pytest.mark.parametrize(
    "thing",
    [
        b"", b"   ", b"{", b"\xff\xfe{}", "[1, 2", "[" * 100_000, '{"a":' * 50_000, '"\\ud800"', "\ud800", "null", "[]",
        "3", "NaN", None, 3, float("nan"), [], object(), {1, 2}, {"category": "\ud800"}, {("a", "b"): 1},
        b"x" * (MOST_BYTES + 1), {"x": "y" * (MOST_BYTES + 1)}, {"regulation": {"a": [{}] * 9}},
    ],
    ids=lambda thing: repr(thing)[:20],
)  # fmt: skip
def test_hostile_input_gets_a_clear_refusal_and_never_a_traceback(thing: object) -> None:
    assert all(fault.expected and len(str(fault)) < 400 for fault in faults(thing))


def test_an_object_that_contains_itself_is_refused() -> None:
    loop: dict[str, Any] = dict(EMPTY)
    loop["operator"] = loop
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    assert faults(loop) == faults(deep) == (Fault("", "", "应为有效的JSON（UTF-8编码）"),)


@settings(max_examples=300, deadline=None)
@examples(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(SOUND)) | st.text(), inner),
        max_leaves=12,
    )
)
def test_any_value_anywhere_is_read_or_refused(value: object) -> None:
    for thing in (value, {**EMPTY, "tenants": [value]}, {**SOUND, "technical": value}):
        told = ["sound"]
        try:
            parse(thing)
        except DossierFaults as refused:
            told = [fault.expected for fault in refused.faults]
        assert all(told)


@settings(max_examples=200, deadline=None)
@examples(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with pytest.raises(DossierFaults):
        parse(raw)


@pytest.mark.parametrize("code", ["10", "101", "10111", "504", "80999"])
def test_hightech_fields_of_two_three_and_five_digits_are_known(code: str) -> None:
    assert parse(given("tenants.0.hightech_field", code)).tenants[0].hightech_field == code


def test_an_empty_code_is_none_given() -> None:
    assert parse(given("tenants.0.hightech_field", "")).tenants[0].hightech_field is None
    assert parse(given("premises.0.tenure", "")).premises[0].tenure is None


@pytest.mark.parametrize("division", ["530102", "530102001", "530102001001", ""])
def test_divisions_may_go_deeper_than_the_county(division: str) -> None:
    assert parse(given("operator.registered_division", division)).operator.registered_division == division


@pytest.mark.parametrize(
    ("code", "sound"),
    [
        ("91530102MA6K4WQX0C", True),
        ("91350100M000100Y43", True),
        ("91350100m000100y43", True),
        ("91350203M0001QAY9B", False),
        ("91350100M000100Y4", False),
        ("91350100I000100Y43", False),
    ],
)
def test_the_check_sign_of_a_credit_code(code: str, sound: bool) -> None:
    assert uscc_is_sound(code) is sound


def test_what_looks_wrong_is_pointed_out_and_stops_nobody() -> None:
    odd = given("operator.uscc", "91350203M0001QAY9B")
    odd["makerspace"]["website"] = "javascript:alert(1)"
    odd["technical"]["platform"]["url"] = "HTTPS://platform.example.cn"
    odd["tenants"] = [{**TENANT, "uscc": None, "agreement_to": "2024-04-30"}]
    odd["mentors"] = [MENTOR, {**MENTOR, "engaged_to": "2023-12-31"}]
    odd["premises"] = [{**PREMISES, "lease_to": "2023-01-01", "public_office_m2": 420.01}]
    odd["capital_partners"] = [PARTNER, {**PARTNER, "agreement_to": "2023-12-31"}]

    odd["makerspace"]["opened_on"] = "2099-01-01"

    found = cautions(parse(odd), DAY)

    assert found[0] == Caution("makerspace.opened_on", "所填日期晚于2026年3月2日，请核对。")
    assert found[1] == Caution(
        "operator.uscc",
        "“91350203M0001QAY9B”校验未通过，请核对；确认无误的可以继续，由科技主管部门核实。",
    )
    assert [caution.path for caution in found] == [
        "makerspace.opened_on", "operator.uscc", "makerspace.website", "mentors[1].engaged_to", "premises[0].lease_to",
        "premises[0].public_office_m2", "tenants[0].agreement_to", "capital_partners[1].agreement_to",
    ]  # fmt: skip


def test_nothing_is_pointed_out_where_nothing_is_wrong() -> None:
    fine = given("operator.uscc", "91350100M000100Y43")
    fine["tenants"] = [{**TENANT, "uscc": "91350100M000100Y43"}]

    assert cautions(parse(fine), DAY) == []
    assert cautions(parse(EMPTY), DAY) == []


@pytest.mark.parametrize(
    ("type_", "table"),
    [
        (dossier.Category, codes.CATEGORIES),
        (dossier.OperatorKind, codes.OPERATOR_KINDS),
        (dossier.Authority, codes.AUTHORITIES),
        (dossier.Tenure, codes.TENURES),
        (dossier.TenantKind, codes.TENANT_KINDS),
        (dossier.Industry, codes.INDUSTRIES),
        (dossier.EventKind, codes.EVENT_KINDS),
        (dossier.PartnerKind, codes.PARTNER_KINDS),
        (dossier.Facility, codes.FACILITIES),
        (dossier.Service, codes.SERVICES),
        (dossier.ProfessionalService, codes.PROFESSIONAL_SERVICES),
    ],
)
def test_every_code_has_a_chinese_name(type_: Any, table: dict[str, object]) -> None:
    options = get_args(type_)
    while options and not isinstance(options[0], str):
        options = get_args(options[0])

    assert list(options) == list(table)


def test_the_code_tables_are_whole() -> None:
    assert len(codes.AUTHORITIES) == 19
    assert len(codes.DIVISIONS) == 15
    assert codes.DIVISIONS["530129"] == "寻甸回族彝族自治县"
    assert sorted(code for code in codes.HIGHTECH_FIELDS if len(code) == 2) == [f"{n}0" for n in range(1, 9)]
    assert sum(len(code) == 3 for code in codes.HIGHTECH_FIELDS) == 52
    assert (codes.hightech_name("101"), codes.hightech_name("10111"), codes.hightech_name("80")) == (
        "软件", "软件", "先进制造与自动化",
    )  # fmt: skip


def test_the_json_schema_tells_clients_the_shape() -> None:
    schema = dossier.Dossier.model_json_schema()

    assert schema["required"] == ["regulation", "category"]
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Tenant"]["properties"]["moved_in_on"]["anyOf"][0] == {"type": "string", "format": "date"}
