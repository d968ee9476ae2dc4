"""What must hold for every dossier: gaps that are true, days that are first, no input that breaks the law."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from makerspace.regulation.answers import findings_json, findings_of
from makerspace.regulation.kunkefa_2017_55.ch2_conditions import RULES, check
from makerspace.regulation.kunkefa_2017_55.codes import EVENT_KINDS, INDUSTRIES
from makerspace.regulation.kunkefa_2017_55.dossier import Dossier, canonical, parse
from makerspace.regulation.kunkefa_2017_55.parameters import law_on
from makerspace.regulation.terms import Strength, Verdict
from tests.regulation.dossiers import MENTOR, ON, OWNED, TENANT, finding, given

MET = Verdict.MET
# Days crowd around the day of reference and around month ends, where mistakes live.
DAYS = st.one_of(
    st.dates(date(2022, 1, 1), date(2028, 12, 31)),
    st.integers(-800, 800).map(lambda offset: ON + timedelta(days=offset)),
    st.sampled_from([date(2024, 2, 29), date(2025, 2, 28), date(2025, 8, 31), date(2025, 11, 30), date(2026, 3, 16)]),
).map(date.isoformat)
MAYBE_DAY = st.none() | DAYS
AREAS = st.none() | st.integers(0, 60000).map(lambda cents: cents / 100)


def rows(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Up to fifteen rows of these facts."""
    return st.lists(st.fixed_dictionaries({}, optional=keys), max_size=15)


DOSSIERS = st.fixed_dictionaries(
    {"regulation": st.just("kunkefa-2017-55"), "category": st.sampled_from(["comprehensive", "technical"])},
    optional={
        "makerspace": st.none() | st.fixed_dictionaries({"opened_on": MAYBE_DAY}),
        "mentors": rows(engaged_from=MAYBE_DAY, engaged_to=MAYBE_DAY),
        "finance": st.fixed_dictionaries(
            dict.fromkeys(["standardised", "run_by_host", "separate_accounts"], st.none() | st.booleans())
        ),
        "premises": rows(
            tenure=st.sampled_from(["owned", "leased"]),
            commercial=st.sampled_from([False, False, False, True, None]),
            area_m2=AREAS,
            public_office_m2=AREAS,
            lease_from=MAYBE_DAY,
            lease_to=MAYBE_DAY | st.just("2031-01-01"),
        ),
        "tenants": st.lists(
            st.fixed_dictionaries(
                {
                    "kind": st.sampled_from(["team", "enterprise", "team", None]),
                    "hightech_field": st.sampled_from(["101", "10111", "20", None]),
                    "kunming_188": st.sampled_from(["电子信息", "生物医药", ""]),
                    "moved_in_on": MAYBE_DAY,
                },
                optional={
                    "uscc": st.sampled_from(["A", "B", "C", "D", None]),
                    "name": st.sampled_from(["甲", "乙", "丙", "丁", None]),
                    "industry": st.sampled_from([*INDUSTRIES, None]),
                    "employees": st.none() | st.integers(0, 3000),
                    "revenue_wan": st.none() | st.floats(0, 300000),
                    "assets_wan": st.none() | st.floats(0, 300000),
                    "agreement_to": MAYBE_DAY,
                },
            ),
            max_size=30,
        ),
        "events": rows(on=MAYBE_DAY, kind=st.sampled_from([*EVENT_KINDS, None])),
        "capital_partners": rows(agreement_from=MAYBE_DAY, agreement_to=MAYBE_DAY),
        "technical": st.none() | st.fixed_dictionaries({}, optional={"workshop_m2": AREAS}),
    },
).map(parse)

DATED = {
    "5.3.half_year": 4, "5.5.mentors": 6, "7.1.area": 8, "7.1.public_share": 9, "7.2.count": 11, "7.3.events": 14,
    "7.4.partners": 15,
}  # fmt: skip


def first_met_day(code: str, dossier: Dossier, on: date) -> date | None:
    """Day by day, as anyone would check it: the numbers being those of ``on``."""
    rule = RULES[dossier.category][DATED[code]]
    days = (on + timedelta(days=ahead) for ahead in range(1, 367))
    return next((day for day in days if rule(dossier, day, law_on(on)).verdict is MET), None)


def test_the_places_of_the_dated_rules_are_right() -> None:
    found = check(parse(given()), ON).findings

    assert {one.id: place for place, one in enumerate(found) if one.id in DATED} == DATED


@settings(max_examples=150, deadline=None)
@examples(DOSSIERS)
def test_satisfied_on_is_the_first_day_on_which_it_is_met(dossier: Dossier) -> None:
    for one in check(dossier, ON).findings:
        due = one.satisfied_on
        if one.verdict is MET or one.id not in DATED:
            assert due is None
        elif due is not None:
            rule = RULES[dossier.category][DATED[one.id]]
            assert ON < due <= ON + timedelta(days=366)
            assert rule(dossier, due, law_on(ON)).verdict is MET
            assert rule(dossier, due - timedelta(days=1), law_on(ON)).verdict is not MET


def crowd(strategy: st.SearchStrategy[Any], path: str) -> st.SearchStrategy[Dossier]:
    """Sound dossiers but for one list."""
    return strategy.map(lambda value: parse(given(path, value)))


def day_from(offset: int) -> str:
    """So many days after the day of reference."""
    return (ON + timedelta(days=offset)).isoformat()


NEAR = st.integers(-500, 420).map(day_from)
# Dossiers that are often one step short, for each finding that waiting may satisfy.
NEARLY = {
    "5.5.mentors": crowd(rows(engaged_from=NEAR, engaged_to=NEAR), "mentors"),
    "7.1.area": crowd(
        st.lists(
            st.tuples(NEAR, st.integers(3, 4), st.integers(8000, 30000)).map(
                lambda lease: {
                    **OWNED, "tenure": "leased", "lease_from": lease[0], "area_m2": lease[2] / 100,
                    "lease_to": f"{int(lease[0][:4]) + lease[1]}-12-31",
                }
            ),
            max_size=5,
        ),
        "premises",
    ),
    "7.1.public_share": crowd(
        st.lists(
            st.tuples(st.integers(-20, 420), st.booleans(), st.integers(1, 9), st.sampled_from([0, 0, 9, 30])).map(
                lambda lease: {
                    **OWNED, "tenure": "leased", "lease_from": day_from(lease[0] - 1200 * lease[1]),
                    "lease_to": day_from(lease[0] + 1200 - 1200 * lease[1]),
                    "area_m2": lease[2] * 100, "public_office_m2": lease[2] * lease[3],
                }
            ),
            min_size=1, max_size=6,
        ),
        "premises",
    ),
    "7.2.count": crowd(
        st.lists(
            st.tuples(NEAR, st.none() | NEAR, st.integers(0, 20)).map(
                lambda stay: {**TENANT, "uscc": f"C{stay[2]}", "moved_in_on": stay[0], "agreement_to": stay[1]}
            ),
            min_size=10, max_size=30,
        ),
        "tenants",
    ),
    "7.3.events": crowd(
        st.lists(
            st.sampled_from(["2025-05-31", "2025-08-31", "2025-11-30", "2026-02-28"]) | NEAR, min_size=3, max_size=8
        ).map(lambda days: [{"on": day} for day in days]),
        "events",
    ),
    "7.4.partners": crowd(rows(agreement_from=NEAR, agreement_to=NEAR), "capital_partners"),
}  # fmt: skip


@pytest.mark.parametrize("code", NEARLY)
def test_satisfied_on_is_what_a_walk_day_by_day_finds(code: str) -> None:
    waited = []

    @settings(max_examples=80, deadline=None, database=None, derandomize=True)
    @examples(NEARLY[code])
    def compare(dossier: Dossier) -> None:
        one = check(dossier, ON).of(code)
        if one.verdict is not MET:
            assert one.satisfied_on == first_met_day(code, dossier, ON)
            waited.append(one.satisfied_on)

    compare()

    # The walk must have met both kinds, or it proves nothing.
    assert any(waited)
    assert not all(waited)


def more_area(short: float) -> tuple[str, object]:
    return "premises", [{**OWNED, "area_m2": 260.33}, {**OWNED, "area_m2": short, "public_office_m2": short}]


def more_public(short: float) -> tuple[str, object]:
    return "premises", [{**OWNED, "area_m2": 777.77, "public_office_m2": float(Decimal("12.34") + Decimal(str(short)))}]


def more_tenants(short: float) -> tuple[str, object]:
    return "tenants", [{**TENANT, "uscc": f"C{row}"} for row in range(4 + int(short))]


def more_mentors(short: float) -> tuple[str, object]:
    return "mentors", [MENTOR] * (1 + int(short))


@pytest.mark.parametrize(
    ("code", "change", "nothing", "least"),
    [
        ("7.1.area", more_area, 0.0, 0.01),
        ("7.1.public_share", more_public, 0.0, 0.01),
        ("7.2.count", more_tenants, 0, 1),
        ("5.5.mentors", more_mentors, 0, 1),
    ],
)
def test_the_gap_is_just_enough(
    code: str, change: Callable[[float], tuple[str, object]], nothing: float, least: float
) -> None:
    before = finding(code, given(*change(nothing)))
    assert before.gap is not None

    enough = finding(code, given(*change(before.gap.short)))
    too_little = finding(code, given(*change(round(before.gap.short - least, 2))))

    assert before.verdict is not MET
    assert enough.verdict is MET
    assert enough.gap is not None
    assert enough.gap.short == 0
    assert too_little.verdict is not MET


@settings(max_examples=200, deadline=None)
@examples(st.integers(1, 100_000), st.integers(0, 100_000))
def test_the_gap_of_the_public_share_is_just_enough_for_any_area(area: int, public: int) -> None:
    def share(cents: int) -> Any:
        return finding(
            "7.1.public_share",
            given("premises", [{**OWNED, "area_m2": area / 100, "public_office_m2": cents / 100}]),
        )

    gap = share(public).gap
    short = round(gap.short * 100)

    assert share(public + short).verdict is MET
    if short:
        assert share(public + short - 1).verdict is Verdict.NOT_MET


@settings(max_examples=100, deadline=None)
@examples(DOSSIERS, st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_every_dossier_is_answered_completely_on_every_day(dossier: Dossier, on: date) -> None:
    found = check(dossier, on)

    assert len(found.findings) == {"comprehensive": 17, "technical": 11}[dossier.category]
    for one in found.findings:
        assert one.text.endswith("。")
        assert all(row.what and row.why for row in one.excluded)
        assert one.strength is not Strength.ENCOURAGED or one.verdict in (MET, Verdict.NOT_MET)
    # 5.2, 5.4 and article 6 are people's to judge: facts alone never suffice.
    assert found.overall is not MET


@settings(max_examples=100, deadline=None)
@examples(DOSSIERS)
def test_dossier_and_findings_survive_json(dossier: Dossier) -> None:
    found = check(dossier, ON)

    assert parse(canonical(dossier)) == dossier
    assert findings_of(findings_json(found)) == found
