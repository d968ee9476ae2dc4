"""The version as a whole: its tables agree with each other, and it keeps to itself."""

import ast
import dataclasses
import sys
from datetime import date
from pathlib import Path

import pytest

import makerspace.regulation
from makerspace.regulation import VERSIONS, by_id, in_force
from makerspace.regulation.answers import answer, answer_line
from makerspace.regulation.kunkefa_2017_55 import REGULATION
from makerspace.regulation.kunkefa_2017_55.materials import KINDS, missing
from makerspace.regulation.kunkefa_2017_55.parameters import CHAPTER_2, Law, law_on, law_with, with_lines
from makerspace.regulation.terms import Citation, Dated, Stage, Strength
from tests.regulation.dossiers import ON, SOUND, finding, given

ROOM = Path(makerspace.regulation.__file__).parent
MODULES = sorted(ROOM.rglob("*.py"))


def test_the_version_of_a_day() -> None:
    assert in_force(date(2017, 6, 6)) is in_force(ON) is by_id("kunkefa-2017-55") is REGULATION
    assert VERSIONS == (REGULATION,)
    with pytest.raises(LookupError, match="2017-06-05还没有施行的办法"):
        in_force(date(2017, 6, 5))
    with pytest.raises(KeyError):
        by_id("kunkegui-2019-4")


def test_the_regulation_is_named_in_full() -> None:
    assert (REGULATION.title, REGULATION.document_number, REGULATION.issuer, REGULATION.in_force_from) == (
        "昆明市众创空间认定管理办法", "昆科发〔2017〕55号", "昆明市科学技术局", date(2017, 6, 6),
    )  # fmt: skip


def test_there_is_a_gist_of_each_of_the_nineteen_articles() -> None:
    assert [article.number for article in REGULATION.articles] == list(range(1, 20))
    assert [article.chapter for article in REGULATION.articles] == [1] * 4 + [2] * 3 + [3] * 5 + [4] * 6 + [5]
    assert REGULATION.article(13).title == "引导资金"


@pytest.mark.parametrize(
    ("code", "value", "source", "citation"),
    [
        ("AREA", 300, "law", Citation(7, 1)),
        ("PUBLIC_SHARE", 10, "law", Citation(7, 1)),
        ("LEASE_YEARS", 3, "law", Citation(7, 1)),
        ("TENANTS", 10, "law", Citation(7, 2)),
        ("AGE_MONTHS", 6, "law", Citation(5, 3)),
        ("NOTICE_DAYS", 7, "law", Citation(11)),
        ("GRANT", 10_000_000, "law", Citation(13)),
        ("MENTORS", 2, "setting", Citation(5, 5)),
        ("EVENT_QUARTERS", 4, "setting", Citation(7, 3)),
        ("PARTNER_YEARS", 1, "setting", Citation(7, 4)),
        ("TENANT_FIELDS", "both", "setting", Citation(7, 2)),
        ("NOTICE_UNIT", "calendar", "setting", Citation(11)),
        ("NOTICE_FIRST_DAY", "excluded", "setting", Citation(11)),
        ("TERM_DISTRICT_REVIEW", 20, "setting", Citation(10)),
        ("TERM_CORRECTION", 10, "setting", Citation(10)),
        ("TERM_CITY_REVIEW", 10, "setting", Citation(11)),
        ("TERM_EXPERT_REVIEW", 30, "setting", Citation(11)),
        ("TERM_DECISION", 15, "setting", Citation(11)),
        ("TERM_APPROVED", 10, "setting", Citation(11)),
        ("TERM_OBJECTION_REVIEW", 20, "setting", Citation(11)),
        ("TERM_ANNOUNCEMENT", 10, "setting", Citation(12)),
        ("PANEL_SIZE", 3, "setting", Citation(11)),
        ("EXPERT_DECLARE_TERM", 3, "setting", Citation(11)),
    ],
)
def test_each_number_has_its_value_source_and_article(
    code: str, value: object, source: str, citation: Citation
) -> None:
    parameter = REGULATION.parameter(code)

    assert (parameter.on(ON), parameter.source, parameter.citation) == (value, source, citation)


def test_a_number_holds_from_its_day_on() -> None:
    later = with_lines(REGULATION.parameter("AREA"), [Dated(date(2027, 1, 1), 500), Dated(date(2026, 1, 1), 400)])

    days = (date(2010, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [later.on(day) for day in days] == [300, 300, 400, 400, 500]


def test_the_numbers_of_chapter_two_are_taken_together() -> None:
    assert law_on(ON) == Law(6, 2, 300, 10, 3, 10, "both", 4, 1)
    assert law_with(ON, {"AREA": (Dated(ON, 200),)}) == law_on(ON)._replace(area=200)
    assert [parameter.id.lower() for parameter in CHAPTER_2] == list(Law._fields)


def test_every_term_of_a_stage_is_a_parameter() -> None:
    stages: list[Stage] = [stage for table in REGULATION.procedures.values() for stage in table.stages]

    assert {stage.term for stage in stages if stage.term} <= {
        parameter.id for parameter in REGULATION.parameters if parameter.id.startswith("TERM_")
    }


def test_readings_are_numbered_and_those_of_findings_exist() -> None:
    numbers = [reading.id for reading in REGULATION.readings]

    assert numbers == [f"R-{number:02}" for number in range(1, 17) if number not in (4, 6)]
    assert REGULATION.reading("R-08").citation == Citation(7, 2)
    for condition in REGULATION.conditions:
        assert set(finding(condition.id, given()).readings) <= set(numbers)


def test_sections_hold_every_condition_and_every_key_once() -> None:
    conditions = [code for section in REGULATION.sections for code in section.conditions]
    keys = [key for section in REGULATION.sections for key in section.keys]

    assert conditions == [condition.id for condition in REGULATION.conditions]
    assert sorted(keys) == sorted(set(SOUND) - {"regulation", "category"})
    for section in REGULATION.sections:
        assert {REGULATION.condition(code).categories for code in section.conditions} == {section.categories}


def test_a_category_sees_its_own_sections_and_conditions() -> None:
    assert [section.code for section in REGULATION.sections_of("technical")] == [
        "operator", "makerspace", "team", "finance", "technical",
    ]  # fmt: skip
    assert [section.code for section in REGULATION.sections_of("comprehensive")] == [
        "operator", "makerspace", "team", "finance", "premises", "tenants", "services", "capital",
    ]  # fmt: skip
    assert len(REGULATION.conditions_of("comprehensive")) == 17


@pytest.mark.parametrize("category", ["comprehensive", "technical"])
def test_every_required_condition_asks_for_evidence(category: str) -> None:
    evidence = [material.condition for material in REGULATION.materials_of(category) if material.kind == "evidence"]

    assert evidence == [
        condition.id for condition in REGULATION.conditions_of(category) if condition.strength is Strength.REQUIRED
    ]
    assert {material.kind for material in REGULATION.materials_of(category)} == set(KINDS) - {"other"}


def test_all_that_is_missing_is_said_at_once() -> None:
    first = missing("technical", [], [])
    evidenced = [material.condition for material in first if material.condition]

    assert [material.kind for material in first] == ["evidence"] * 11 + ["operation_plan", "annual_work_plan"]
    assert [material.kind for material in missing("technical", ["operation_plan"], evidenced[1:])] == [
        "evidence", "annual_work_plan",
    ]  # fmt: skip
    assert missing("technical", ["operation_plan", "annual_work_plan", "evidence"], evidenced) == ()


def test_the_operation_plan_has_its_six_sections() -> None:
    assert len(REGULATION.plan_sections) == 6
    plan = next(material for material in REGULATION.materials if material.kind == "operation_plan")
    assert all(section in plan.hint for section in REGULATION.plan_sections)


@pytest.mark.parametrize("look", [REGULATION.parameter, REGULATION.reading, REGULATION.condition, REGULATION.procedure])
def test_what_does_not_exist_is_a_key_error(look: object) -> None:
    with pytest.raises(KeyError):
        look("no-such-thing")  # type: ignore[operator]


def test_what_does_not_exist_in_a_procedure_or_in_findings_is_a_key_error() -> None:
    recognition = REGULATION.procedure("recognition")

    assert recognition.first.code == "draft"
    assert recognition.stage("draft").label == "填报中"
    assert recognition.move("submit").articles == (8, 9, 10)
    assert (recognition.has("submit"), recognition.has("bribe")) == (True, False)
    with pytest.raises(KeyError):
        recognition.move("bribe")
    with pytest.raises(KeyError):
        REGULATION.check(REGULATION.parse(SOUND), ON).of("6.1.conditions")


def test_every_move_of_the_procedure_goes_between_stages_that_exist() -> None:
    recognition = REGULATION.procedure("recognition")
    stages = {stage.code for stage in recognition.stages}

    assert all({*move.sources, *move.targets} <= stages for move in recognition.moves)
    assert all(REGULATION.article(number) for move in recognition.moves for number in move.articles)


def test_a_line_is_answered_whatever_it_holds() -> None:
    assert answer_line(REGULATION, '{"category": "comprehensive"}', ON) == (
        '{"error": "regulation：必须填写", "faults": [{"path": "regulation", "found": "", "expected": "必须填写"}]}'
    )
    assert answer(REGULATION, '{"regulation": "kunkefa-2017-55", "category": "technical"}', ON).startswith(
        '{"regulation": "kunkefa-2017-55", "category": "technical", "on": "2026-03-16", "overall": "not_met", '
        '"findings": [{"id": "5.1.registered", "article": 5, "item": 1, "strength": "required", "verdict": "missing", '
    )


def test_the_version_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        REGULATION.title = "x"  # type: ignore[misc]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(ROOM).as_posix())
def test_the_law_knows_neither_framework_nor_clock_nor_file(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

    roots = {name.split(".")[0] for name in imported}
    assert roots <= set(sys.stdlib_module_names) | {"pydantic", "pydantic_core", "makerspace"}
    assert all(name.startswith("makerspace.regulation") for name in imported if name.startswith("makerspace"))
    assert not {"now", "today", "read_text", "read_bytes"} & called
    assert not {"open", "print", "input"} & names
    assert not {"os", "pathlib", "time", "random", "sqlite3", "socket"} & roots
