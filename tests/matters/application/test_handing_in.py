"""Submitting, correcting, withdrawing, lapsing, paper: each act works and is recorded; wrong role, wrong stage, gaps."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from makerspace.matters.application import operations, queries
from makerspace.matters.application.models import Application, Correction, Material, PaperCopy, Submission
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance
from makerspace.office.casework.refusals import Refusal, Refused
from makerspace.office.documents.queries import current_paper, papers_of
from makerspace.office.people.models import Person
from makerspace.office.record.queries import entries_of, first_broken
from makerspace.regulation.terms import Duty, Role
from tests.factories import (
    DAY,
    draft_case,
    make_call,
    make_dossier,
    make_organisation,
    make_pdf,
    make_person,
    make_tenant,
    member_of,
    submitted_case,
    with_materials,
)

pytestmark = pytest.mark.django_db


def test_submitting_freezes_dossier_findings_and_materials_and_is_recorded() -> None:
    case = submitted_case()

    frozen = Submission.objects.get()
    entry = entries_of(case.number).get()
    assert (case.stage, case.filed_on, case.due_on is not None) == ("district_review", DAY, True)
    assert frozen.digest == queries.digest_of(frozen.dossier)
    assert frozen.findings["overall"] == "for_judgement"
    assert [row["kind"] for row in frozen.materials] == ["evidence", "operation_plan", "annual_work_plan"]
    assert json.loads(entry.data) == {
        "round": 1, "dossier": frozen.digest, "findings": queries.digest_of(frozen.findings), "overall": "for_judgement", "confirmed": [],
        "materials": [row["digest"] for row in frozen.materials],
    }  # fmt: skip
    assert (entry.act, entry.articles, entry.role) == ("submit", "8,9,10", "applicant")
    assert "13800000000" not in entry.data


def test_submitting_orders_a_receipt_and_a_print_set() -> None:
    case = submitted_case()

    receipt = current_paper(case.number, "receipt")
    printed = current_paper(case.number, "print_set")
    assert receipt is not None
    assert printed is not None
    assert receipt.data["next_step"].startswith("区县初审与查验：由五华区科技主管部门初审")
    assert receipt.data["next_by"] == f"{case.due_on.year}年{case.due_on.month}月{case.due_on.day}日"
    assert len(receipt.data["materials"]) == 3
    tenants = next(section for section in printed.data["sections"] if section["title"] == "入驻企业和团队（12项）")
    assert tenants["lines"][0][:4] == ["企业", "昆明软件第1公司", make_tenant(1)["uscc"], "软件和信息技术服务业"]
    assert printed.data["dossier_digest"] == Submission.objects.get().digest


def test_all_that_is_missing_is_refused_at_once_and_nothing_is_kept() -> None:
    case = draft_case()

    refusal = _refusal(lambda: _submit(case, commitment=False))

    assert refusal.code == "invalid"
    assert {"commitment", "operation_plan", "annual_work_plan", "evidence.7.2.count"} < set(refusal.fields)
    case.refresh_from_db()
    assert (case.stage, Submission.objects.count(), entries_of(case.number).count()) == ("draft", 0, 0)
    assert not papers_of(case.number).exists()


def test_a_condition_that_is_not_met_must_be_confirmed() -> None:
    case = with_materials(draft_case(dossier=make_dossier(tenants=[make_tenant(1)])))

    refusal = _refusal(lambda: _submit(case))
    case = _submit(case, confirm_not_met=True)

    assert set(refusal.fields) == {"confirm_not_met"}
    assert case.stage == "district_review"
    assert Submission.objects.get().confirmed == ["7.2.count"]


def test_after_the_last_day_nothing_is_taken_in() -> None:
    call = make_call(closes_on=DAY)
    case = with_materials(draft_case(call=call))
    late = DAY + timedelta(days=1)

    refusal = _refusal(lambda: operations.submit(case, by=member_of(case.organisation), on=late, commitment=True))
    case = _submit(case)

    assert (refusal.code, refusal.articles) == ("wrong_stage", (8,))
    assert "2026年3月16日截止" in refusal.text
    assert case.stage == "district_review"


@pytest.mark.parametrize(
    ("role", "code"), [(Role.DISTRICT, "not_yours"), (Role.BUREAU, "not_yours"), (None, "not_found")]
)
def test_others_cannot_submit(role: Role | None, code: str) -> None:
    case = with_materials(draft_case())

    refusal = _refusal(lambda: operations.submit(case, by=make_person(role), on=DAY, commitment=True))

    assert refusal.code == code
    assert code == "not_found" or refusal.articles == (8, 9, 10)


def test_submitting_twice_is_refused_with_what_happened() -> None:
    case = submitted_case()

    refusal = _refusal(lambda: _submit(case))

    assert refusal.code == "wrong_stage"
    assert "提交申报" in refusal.text
    assert Submission.objects.count() == 1


def test_resubmitting_makes_a_second_round_and_closes_the_correction() -> None:
    case = _in_correction(submitted_case(), "finance")
    dossier = {
        **case.application.dossier,
        "finance": {"standardised": True, "run_by_host": True, "separate_accounts": True},
    }
    operations.save_dossier(case, dossier, by=member_of(case.organisation), on=DAY, seen_version=1)

    case = operations.resubmit(case, by=member_of(case.organisation), on=DAY, commitment=True)

    first, second = Submission.objects.order_by("round")
    assert (case.stage, second.round) == ("district_review", 2)
    assert (first.dossier["finance"]["run_by_host"], second.dossier["finance"]["run_by_host"]) == (False, True)
    assert Correction.objects.get().closed_on == DAY
    assert current_paper(case.number, "print_set").data["version"].startswith("第2次提交")
    assert papers_of(case.number).filter(kind="print_set").exclude(replaced_by=None).count() == 1
    assert first_broken(case.number) is None


def test_resubmitting_without_a_correction_is_refused() -> None:
    case = submitted_case()
    act = lambda: operations.resubmit(case, by=member_of(case.organisation), on=DAY, commitment=True)  # noqa: E731

    assert _refusal(act).code == "wrong_stage"


def test_a_correction_that_ends_by_itself_falls_back_to_what_was_handed_in() -> None:
    case = _in_correction(submitted_case(), "finance", "5.6.finance", "annual_work_plan")
    before = case.application.dossier
    person = member_of(case.organisation)
    plan = Material.objects.get(kind="annual_work_plan")
    operations.save_dossier(case, {**before, "finance": None}, by=person, on=DAY, seen_version=1)
    operations.detach(case, plan, by=person, on=DAY)

    operations.end_correction(case, on=DAY)

    application = Application.objects.get()
    assert (application.dossier, application.version) == (before, 3)
    assert [row for row in queries.materials_of(case) if row.kind == "annual_work_plan"] == [plan]


def test_withdrawing_ends_the_case_with_its_reason() -> None:
    case = _in_correction(submitted_case(), "finance")

    case = operations.withdraw(case, by=member_of(case.organisation), on=DAY, reason="场地搬迁")

    assert (case.stage, case.closed_on) == ("withdrawn", DAY)
    assert json.loads(entries_of(case.number).last().data) == {"reason": "场地搬迁"}
    assert Correction.objects.get().closed_on == DAY


def test_a_district_cannot_withdraw_and_a_closed_case_cannot_be_withdrawn() -> None:
    case = submitted_case()
    officer = _refusal(lambda: operations.withdraw(case, by=make_person(Role.DISTRICT), on=DAY, reason="不妥"))
    operations.withdraw(case, by=member_of(case.organisation), on=DAY, reason="场地搬迁")

    again = _refusal(lambda: operations.withdraw(case, by=member_of(case.organisation), on=DAY, reason="场地搬迁"))

    assert (officer.code, again.code) == ("not_yours", "wrong_stage")


def test_drafts_lapse_when_their_call_has_closed_and_not_before() -> None:
    call = make_call(closes_on=DAY)
    draft, handed_in = draft_case(call=call), submitted_case(call=call)

    early = operations.lapse_due(DAY)
    late = operations.lapse_due(DAY + timedelta(days=1))

    draft.refresh_from_db()
    handed_in.refresh_from_db()
    assert (early, late, operations.lapse_due(DAY + timedelta(days=2))) == (0, 1, 0)
    assert (draft.stage, handed_in.stage) == ("lapsed", "district_review")
    assert entries_of(draft.number).get().role == "clock"


def test_whoever_withdraws_just_before_the_clock_stops_no_other_draft(monkeypatch: pytest.MonkeyPatch) -> None:
    call = make_call(closes_on=DAY)
    faster, other = draft_case(call=call), draft_case(call=call)
    tomorrow, lapse = DAY + timedelta(days=1), operations.lapse

    def after_the_applicant(case: Case, *, by: Role, on: date) -> Case:
        if case == faster:
            operations.withdraw(case, by=member_of(case.organisation), on=on, reason="不再申报")
        return lapse(case, by=by, on=on)

    monkeypatch.setattr(operations, "lapse", after_the_applicant)
    closed = operations.lapse_due(tomorrow)

    faster.refresh_from_db()
    other.refresh_from_db()
    assert (closed, faster.stage, other.stage) == (1, "withdrawn", "lapsed")


def test_only_the_clock_lets_a_draft_lapse_and_never_early() -> None:
    case = draft_case()

    person = _refusal(lambda: operations.lapse(case, by=member_of(case.organisation), on=DAY))
    early = _refusal(lambda: operations.lapse(case, by=Role.CLOCK, on=DAY))

    assert (person.code, early.code) == ("not_yours", "wrong_stage")


def test_the_counter_registers_a_paper_copy_against_the_print_set() -> None:
    case, officer = submitted_case(), make_person(Role.DISTRICT, duties=[Duty.COUNTER])
    code = current_paper(case.number, "print_set").code

    operations.register_paper(case, by=officer, on=DAY, received_on=DAY, copies=6, agrees=True, code=code.lower())

    copy = PaperCopy.objects.get()
    entry = entries_of(case.number).last()
    assert (copy.code, copy.copies, copy.received_by, copy.agrees) == (code, 6, officer, True)
    assert entry.articles == "8"
    assert json.loads(entry.data) == {
        "received_on": DAY.isoformat(), "copies": 6, "code": code, "agrees": True, "differences": "", "signed": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"agrees": True, "code": "0000-0000-0000-0000"}, "code"),
        ({"agrees": True, "code": "short"}, "code"),
        ({"agrees": False, "code": ""}, "differences"),
        ({"agrees": False, "differences": "缺第3页", "received_on": DAY + timedelta(days=1)}, "received_on"),
    ],
)
def test_a_paper_copy_that_differs_is_not_registered_as_the_same(told: dict[str, Any], field: str) -> None:
    case, officer = submitted_case(), make_person(Role.DISTRICT, duties=[Duty.COUNTER])

    refusal = _refusal(
        lambda: operations.register_paper(case, by=officer, on=DAY, **({"received_on": DAY, "copies": 1} | told))
    )

    assert set(refusal.fields) == {field}
    assert not PaperCopy.objects.exists()


def test_registering_paper_needs_the_counter_duty() -> None:
    case = submitted_case()
    told: dict[str, Any] = {"received_on": DAY, "copies": 1, "agrees": True}

    clerk = _refusal(lambda: operations.register_paper(case, by=make_person(Role.DISTRICT), on=DAY, **told))
    applicant = _refusal(lambda: operations.register_paper(case, by=member_of(case.organisation), on=DAY, **told))

    assert clerk.code == applicant.code == "not_yours"


def test_what_came_on_paper_is_handed_in_by_the_counter_once_it_is_signed() -> None:
    officer = make_person(Role.DISTRICT, duties=[Duty.COUNTER])
    case = operations.start(
        make_call(), make_organisation(), by=officer, on=DAY, dossier=make_dossier(), channel="counter"
    )
    with_materials(case, by=officer)

    unsigned = _refusal(lambda: operations.submit(case, by=officer, on=DAY, commitment=True))
    operations.register_paper(case, by=officer, on=DAY, received_on=DAY, copies=2, agrees=True, signed=True)
    handed_in = operations.submit(Case.objects.get(pk=case.pk), by=officer, on=DAY, commitment=True)

    assert set(unsigned.fields) == {"signature"}
    assert handed_in.stage == "district_review"
    assert entries_of(case.number).last().role == "district"
    assert current_paper(case.number, "receipt").data["channel"] == "窗口录入"


def _save(case: Case, officer: Person) -> None:
    application = Application.objects.get(case=case)
    dossier = {**application.dossier, "tenants": application.dossier["tenants"][:1]}
    operations.save_dossier(case, dossier, by=officer, on=DAY, seen_version=application.version)


def _attach(case: Case, officer: Person) -> None:
    operations.attach(case, ContentFile(make_pdf()), "补充.pdf", kind="other", by=officer, on=DAY)


def _tie(case: Case, officer: Person) -> None:
    material = case.materials.get(kind="evidence")
    operations.tie(case, material, conditions=material.conditions, pages="2", by=officer, on=DAY)


def _detach(case: Case, officer: Person) -> None:
    operations.detach(case, case.materials.get(kind="annual_work_plan"), by=officer, on=DAY)


@pytest.mark.parametrize("change", [_save, _attach, _tie, _detach])
def test_a_signature_is_for_what_was_signed_and_nothing_later(change: Callable[[Case, Person], None]) -> None:
    officer = make_person(Role.DISTRICT, duties=[Duty.COUNTER])
    case = operations.start(
        make_call(), make_organisation(), by=officer, on=DAY, dossier=make_dossier(), channel="counter"
    )
    with_materials(case, by=officer)
    operations.register_paper(case, by=officer, on=DAY, received_on=DAY, copies=2, agrees=True, signed=True)
    signed = json.loads(entries_of(case.number).last().data)["signed"]
    expected = {
        "dossier": queries.digest_of(Application.objects.get(case=case).dossier),
        "materials": [row.blob_id for row in queries.papers_of_applicant(case)],
    }

    change(case, officer)
    refusal = _refusal(
        lambda: operations.submit(
            Case.objects.get(pk=case.pk), by=officer, on=DAY, commitment=True, confirm_not_met=True
        )
    )

    assert signed == expected
    assert "signature" in refusal.fields


def test_saving_what_was_signed_unchanged_keeps_the_signature() -> None:
    officer = make_person(Role.DISTRICT, duties=[Duty.COUNTER])
    case = operations.start(
        make_call(), make_organisation(), by=officer, on=DAY, dossier=make_dossier(), channel="counter"
    )
    operations.register_paper(case, by=officer, on=DAY, received_on=DAY, copies=2, agrees=True, signed=True)
    application = Application.objects.get(case=case)

    operations.save_dossier(case, application.dossier, by=officer, on=DAY, seen_version=application.version)

    assert Application.objects.get(case=case).confirmed_by_signature


def test_a_unit_at_the_counter_is_found_however_its_code_is_typed() -> None:
    officer, unit = make_person(Role.DISTRICT, duties=[Duty.COUNTER]), make_organisation()
    typed = f" {unit.uscc[:8].lower()} {unit.uscc[8:]}-".replace("9", "９")

    found = operations.unit_at_counter(name="另一名称", uscc=typed, kind="enterprise", by=officer, on=DAY)

    assert found == unit


def test_the_counter_cannot_hand_in_for_an_online_applicant() -> None:
    case, officer = with_materials(draft_case()), make_person(Role.DISTRICT, duties=[Duty.COUNTER])
    move = cases.procedure_of(case).move("submit")

    assert cases.why_not(officer, move, case, on=DAY).code == "not_yours"


def test_findings_after_submission_are_those_of_the_day_of_submission() -> None:
    case = submitted_case()

    later = queries.findings_of(case, date(2035, 1, 1))

    assert later["on"] == DAY.isoformat()
    assert queries.current_dossier(case) == Submission.objects.get().dossier


def test_replay_finds_nothing_where_nothing_was_changed() -> None:
    case = submitted_case()
    submitted_case(category="technical")

    assert list(queries.replay()) == []
    assert list(queries.replay(case)) == []


def test_replay_names_a_tampered_finding_and_a_tampered_dossier() -> None:
    first, second, third = submitted_case(), submitted_case(), submitted_case()
    row = Submission.objects.get(case=first)
    row.findings["findings"][0]["verdict"] = "not_met"
    row.save()
    row = Submission.objects.get(case=second)
    row.findings["overall"] = "met"
    row.save()
    row = Submission.objects.get(case=third)
    row.dossier["lead"]["name"] = "换人"
    row.save()

    found = list(queries.replay())

    assert [(each.case, each.what) for each in found] == [
        (first.number, "条件对照与案卷所记摘要不符"),
        (first.number, "条件对照与重算结果不同：5.1.registered"),
        (second.number, "条件对照与案卷所记摘要不符"),
        (second.number, "条件对照与重算结果不同：总体结论"),
        (third.number, "申报内容与案卷所记摘要不符"),
    ]
    assert list(queries.replay(first)) == found[:2]


def test_replay_is_not_fooled_by_a_forgery_that_fits_itself() -> None:
    case = submitted_case()
    row = Submission.objects.get(case=case)
    row.dossier["premises"][0]["area_m2"] = 9000.0
    row.digest = queries.digest_of(row.dossier)
    row.findings = json.loads(json.dumps(queries.check(row.regulation, row.dossier, row.on)))
    row.materials[0]["digest"] = "0" * 64
    row.save()

    found = [each.what for each in queries.replay(case)]

    assert found == [f"{what}与案卷所记摘要不符" for what in ("申报内容", "条件对照", "材料清单")]


def test_replay_misses_a_submission_that_is_in_one_of_both_only() -> None:
    case = _in_correction(submitted_case(), "finance")
    operations.resubmit(case, by=member_of(case.organisation), on=DAY, commitment=True)
    Submission.objects.filter(case=case, round=2).update(round=3)

    found = [(each.round, each.what) for each in queries.replay()]

    assert found == [(3, "案卷中没有这次提交的记录"), (2, "案卷记有这次提交，提交稿不在")]


def test_replay_misses_the_only_submission_of_a_case() -> None:
    case, whole = submitted_case(), submitted_case()
    Submission.objects.filter(case=case).delete()

    gone = [(case.number, 1, "案卷记有这次提交，提交稿不在")]

    assert list(queries.replay()) == gone == list(queries.replay(case))
    assert not list(queries.replay(whole))


def _in_correction(case: Case, *targets: str) -> Case:
    case = advance(case, "request_correction", by=make_person(Role.DISTRICT), on=DAY)
    operations.open_correction(case, [{"target": target, "text": "请完善"} for target in targets], DAY, on=DAY)
    return case


def _submit(case: Case, *, commitment: bool = True, confirm_not_met: bool = False) -> Case:
    person = member_of(case.organisation)
    return operations.submit(case, by=person, on=DAY, commitment=commitment, confirm_not_met=confirm_not_met)


def _refusal(act: Any) -> Refusal:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.refusal
