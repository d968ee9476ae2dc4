"""Drafts: anything is saved at any time; nothing typed is lost; in a correction only what was named may change."""

from functools import partial
from typing import Any

import pytest

from makerspace.matters.application import operations, queries
from makerspace.matters.application.models import Application
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.queries import visible_to
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Duty, Role
from tests.factories import (
    DAY,
    LONG_AGO,
    authority,
    draft_case,
    make_call,
    make_dossier,
    make_organisation,
    make_person,
    member_of,
    submitted_case,
)

pytestmark = pytest.mark.django_db


def test_a_draft_begins_from_what_is_known_of_the_unit_and_the_call() -> None:
    organisation = make_organisation()
    given = {"makerspace": {"authority": "panlong"}}

    case = operations.start(
        make_call(categories=["technical"]), organisation, by=member_of(organisation), on=DAY, dossier=given
    )

    assert (case.stage, case.category, case.authority.code, case.filed_on) == ("draft", "technical", "panlong", None)
    assert case.application.dossier["operator"]["uscc"] == organisation.uscc
    assert case.number == f"KM-{DAY.year}-0001"


def test_nobody_starts_for_a_unit_not_their_own() -> None:
    assert (
        _refusal(lambda: operations.start(make_call(), make_organisation(), by=make_person(), on=DAY)).code
        == "not_yours"
    )


def test_a_draft_needs_an_open_call() -> None:
    organisation = make_organisation()
    call = make_call(closes_on=DAY)

    refusal = _refusal(lambda: operations.start(call, organisation, by=member_of(organisation), on=DAY.replace(day=17)))

    assert (refusal.code, refusal.articles) == ("wrong_stage", (8,))
    assert "2026年3月16日截止" in refusal.text


def test_a_draft_without_category_or_authority_says_which_is_missing() -> None:
    organisation = make_organisation(code="91110000MA00000001")
    person = member_of(organisation)

    category = _refusal(lambda: operations.start(make_call(), organisation, by=person, on=DAY))
    place = _refusal(
        lambda: operations.start(make_call(), organisation, by=person, on=DAY, dossier={"category": "technical"})
    )

    assert set(category.fields) == {"category"}
    assert set(place.fields) == {"makerspace.authority"}


def test_the_authority_falls_back_last_of_all_on_the_division_in_the_credit_code() -> None:
    organisation = make_organisation(code="91530103MA00000001")
    given = {"category": "technical"}

    case = operations.start(make_call(), organisation, by=member_of(organisation), on=DAY, dossier=given)

    assert case.authority.code == "panlong"


def test_the_authority_falls_back_on_the_place_of_registration_and_then_on_the_last_case() -> None:
    organisation = make_organisation()
    person, call = member_of(organisation), make_call()

    placed = operations.start(
        call,
        organisation,
        by=person,
        on=DAY,
        dossier={"category": "technical", "operator": {"registered_division": "530181"}},
    )
    again = operations.start(call, organisation, by=person, on=DAY, dossier={"category": "technical"})

    assert (placed.authority.code, again.authority.code) == ("anning", "anning")


def test_an_incomplete_dossier_is_saved_and_lists_follow_it() -> None:
    case = draft_case()
    given = {
        "regulation": case.regulation,
        "category": "technical",
        "makerspace": {"name": "翠湖众创空间", "authority": "panlong"},
    }

    saved = operations.save_dossier(case, given, by=member_of(case.organisation), on=DAY, seen_version=1)

    case.refresh_from_db()
    assert (saved.version, case.subject, case.category, case.authority.code) == (
        2,
        "翠湖众创空间",
        "technical",
        "panlong",
    )
    assert saved.dossier["tenants"] == []
    assert _finding(case, "5.4.team") == "missing"


def test_all_faults_are_told_at_once_with_their_paths() -> None:
    case = draft_case()
    given = make_dossier(strange=1, tenants=[{"employees": "十二"}, {"industry": "magic"}])

    refusal = _refusal(lambda: _save(case, given))

    assert refusal.code == "invalid"
    assert set(refusal.fields) == {"strange", "tenants[0].employees", "tenants[1].industry"}
    assert Application.objects.get().version == 1


def test_who_saved_meanwhile_is_told_and_nothing_is_overwritten() -> None:
    case = draft_case()
    _save(case, make_dossier(makerspace={"name": "先保存的"}))

    refusal = _refusal(lambda: _save(case, make_dossier(makerspace={"name": "后保存的"})))

    assert (refusal.code, refusal.status) == ("changed_meanwhile", 412)
    assert Application.objects.get().dossier["makerspace"]["name"] == "先保存的"


def test_a_section_is_saved_without_touching_the_others() -> None:
    case = draft_case()
    before = case.application.dossier

    saved = _section(case, "finance", {"finance": {"standardised": False}})

    assert saved.dossier["finance"] == {"standardised": False, "run_by_host": None, "separate_accounts": None}
    assert {k: v for k, v in saved.dossier.items() if k != "finance"} == {
        k: v for k, v in before.items() if k != "finance"
    }


def test_what_was_saved_in_another_section_stands_in_nobodys_way() -> None:
    case = draft_case()
    seen = case.application.digest_of(["finance"])
    _section(case, "makerspace", {"makerspace": {**case.application.dossier["makerspace"], "theme": "别处"}})

    saved = _section(case, "finance", {"finance": {"standardised": False}}, digest=seen)
    refusal = _refusal(lambda: _section(case, "finance", {"finance": {"standardised": True}}, digest=seen))

    assert (saved.version, saved.dossier["makerspace"]["theme"]) == (3, "别处")
    assert refusal.code == "changed_meanwhile"
    assert Application.objects.get().dossier["finance"]["standardised"] is False


def test_the_same_save_again_is_no_conflict() -> None:
    case = draft_case()

    _section(case, "finance", {"finance": {"standardised": False}})
    again = _section(case, "finance", {"finance": {"standardised": False}})

    assert again.dossier["finance"]["standardised"] is False


def test_a_section_takes_no_key_of_another() -> None:
    case = draft_case()

    assert set(_refusal(lambda: _section(case, "finance", {"tenants": []})).fields) == {"tenants"}
    assert _refusal(lambda: _section(case, "technical", {})).code == "not_found"


def test_text_that_cannot_be_read_is_kept_until_its_section_is_put_right() -> None:
    case = draft_case()
    person = member_of(case.organisation)
    operations.save_section(
        case, "makerspace", {}, by=person, on=DAY, seen_version=1, unread={"makerspace.opened_on": "去年春天"}
    )
    _section(case, "finance", {"finance": None}, seen=2)

    kept = Application.objects.get().unread
    told = [item for item in queries.missing_for_submission(Case.objects.get()) if item.code == "makerspace.opened_on"]
    _section(case, "makerspace", {"makerspace": make_dossier()["makerspace"]}, seen=3)

    assert kept == {"makerspace.opened_on": "去年春天"}
    assert [(item.section, "去年春天" in item.text) for item in told] == [("makerspace", True)]
    assert Application.objects.get().unread == {}


@pytest.mark.parametrize(
    ("role", "code"), [(Role.DISTRICT, "not_yours"), (Role.BUREAU, "not_yours"), (None, "not_found")]
)
def test_others_cannot_save(role: Role | None, code: str) -> None:
    case = draft_case()
    other = make_person(role)

    refusal = _refusal(lambda: operations.save_dossier(case, make_dossier(), by=other, on=DAY, seen_version=1))

    assert refusal.code == code


def test_what_was_handed_in_cannot_be_changed() -> None:
    case = submitted_case()

    refusal = _refusal(lambda: _save(case, make_dossier()))

    assert (refusal.code, refusal.articles) == ("wrong_stage", (9,))
    assert "区县初审与查验" in refusal.text


def test_a_category_that_the_call_does_not_take_is_refused() -> None:
    case = draft_case(call=make_call(categories=["comprehensive"]))

    assert set(_refusal(lambda: _save(case, make_dossier("technical"))).fields) == {"category"}


def test_a_correction_opens_only_the_named_sections() -> None:
    case = _in_correction("finance", "5.3.half_year")
    dossier = case.application.dossier

    refusal = _refusal(lambda: _save(case, {**dossier, "tenants": [], "finance": {"standardised": False}}))
    _save(
        case,
        {**dossier, "finance": {"standardised": False}, "makerspace": {**dossier["makerspace"], "theme": "新主题"}},
    )

    assert (refusal.articles, set(refusal.fields)) == ((10,), {"tenants"})
    assert "众创空间、财务管理" in refusal.text
    assert queries.opened(case).sections == {"makerspace", "finance"}
    assert queries.opened(case).conditions == {"5.6.finance", "5.3.half_year"}


def test_the_authority_stays_once_the_application_was_handed_in() -> None:
    case = _in_correction("makerspace")
    dossier = case.application.dossier

    refusal = _refusal(
        lambda: _save(case, {**dossier, "makerspace": {**dossier["makerspace"], "authority": "panlong"}})
    )
    category = _refusal(lambda: _save(case, {**dossier, "category": "technical"}))

    assert set(refusal.fields) == {"makerspace.authority"}
    assert set(category.fields) == {"category"}


def test_every_target_of_a_correction_is_known_by_its_name() -> None:
    targets = dict(queries.correction_targets(submitted_case()))

    assert targets["tenants"] == "申报内容：入驻企业与团队"
    assert "technical" not in targets
    assert targets["7.1.area"] == "条件：场地面积（第七条第一项）"
    assert targets["operation_plan"] == "材料：建设运营方案"


def test_the_counter_officer_types_in_what_came_on_paper() -> None:
    officer = make_person(Role.DISTRICT, duties=[Duty.COUNTER])
    unit = operations.unit_at_counter(name="翠湖公司", uscc="91530102ma6k4wqx0c", kind="enterprise", by=officer, on=DAY)
    case = operations.start(make_call(), unit, by=officer, on=DAY, dossier=make_dossier(), channel="counter")

    saved = operations.save_dossier(case, make_dossier(), by=officer, on=DAY, seen_version=1)

    assert saved.saved_by == officer
    assert "signature" in {item.code for item in queries.missing_for_submission(case)}
    assert operations.unit_at_counter(name="别名", uscc="91530102MA6K4WQX0C", kind="other", by=officer, on=DAY) == unit


def test_counter_entry_is_for_the_counter_of_that_district() -> None:
    unit, call = make_organisation(), make_call()
    clerk = make_person(Role.DISTRICT)
    elsewhere = make_person(Role.DISTRICT, "panlong", duties=[Duty.COUNTER])

    def begun(by: Person) -> Case:
        return operations.start(call, unit, by=by, on=DAY, dossier=make_dossier(), channel="counter")

    refusals = [_refusal(partial(begun, person)) for person in (clerk, elsewhere)]
    named = _refusal(lambda: operations.unit_at_counter(name="甲", uscc="1", kind="other", by=clerk, on=DAY))

    assert {(refusal.code, refusal.articles) for refusal in [*refusals, named]} == {("not_yours", (8,))}


def test_a_counter_s_duty_in_one_district_is_none_in_another() -> None:
    both = make_person(Role.DISTRICT, "panlong", duties=[Duty.COUNTER])
    both.posts.create(role=Role.DISTRICT, authority=authority("wuhua"), valid_from=LONG_AGO)
    here = make_person(Role.DISTRICT, "wuhua", duties=[Duty.COUNTER])
    unit, call = make_organisation(), make_call()

    refusal = _refusal(lambda: operations.start(call, unit, by=both, on=DAY, dossier=make_dossier(), channel="counter"))
    case = operations.start(call, unit, by=here, on=DAY, dossier=make_dossier(), channel="counter")

    assert (refusal.code, refusal.articles) == ("not_yours", (8,))
    assert [queries.types_in(person, case, DAY) for person in (both, here)] == [False, True]
    assert [list(queries.counter_drafts(person, DAY)) for person in (both, here)] == [[], [case]]
    assert [place.code for place in queries.counters_of(both, DAY)] == ["panlong"]


def test_a_counter_officer_does_not_touch_an_online_draft() -> None:
    case = draft_case()
    officer = make_person(Role.DISTRICT, duties=[Duty.COUNTER])

    refusal = _refusal(lambda: operations.save_dossier(case, make_dossier(), by=officer, on=DAY, seen_version=1))

    assert visible_to(officer, DAY).filter(pk=case.pk).exists()
    assert refusal.code == "not_yours"


def _finding(case: Case, id_: str) -> str:
    fresh = Case.objects.get(pk=case.pk)
    return next(str(row["verdict"]) for row in queries.findings_of(fresh, DAY)["findings"] if row["id"] == id_)


def _in_correction(*targets: str) -> Case:
    case = submitted_case()
    case = advance(case, "request_correction", by=make_person(Role.DISTRICT), on=DAY)
    operations.open_correction(case, [{"target": target, "text": "请完善"} for target in targets], DAY, on=DAY)
    return case


def _save(case: Case, dossier: dict[str, Any]) -> Application:
    return operations.save_dossier(case, dossier, by=member_of(case.organisation), on=DAY, seen_version=1)


def _section(case: Case, section: str, values: dict[str, Any], seen: int = 1, digest: str = "") -> Application:
    by = member_of(case.organisation)
    return operations.save_section(case, section, values, by=by, on=DAY, seen_version=seen, seen_digest=digest)


def _refusal(act: Any) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal
