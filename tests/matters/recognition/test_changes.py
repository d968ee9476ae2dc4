"""A change in what a title rests on: what may be filed, what the conditions say of it, and what comes of it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client

from makerspace.matters.application.models import Submission
from makerspace.matters.application.queries import check, digest_of
from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Grant
from makerspace.matters.recognition import changes, operations, queries
from makerspace.matters.recognition.forms import SiteRow
from makerspace.matters.recognition.models import Certificate, Change, Rectification, Title, TitleSite
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents.models import Paper
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.factories import adopt_setting, make_dossier, make_organisation, make_pdf, make_person, member_of
from tests.matters.recognition.helpers import ON, announced, waiting_case

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LATER = ON + timedelta(days=30)
SITE: dict[str, Any] = {
    "address": "昆明市五华区翠湖路1号", "authority": "wuhua", "tenure": "leased", "commercial": False,
    "area_m2": 480, "public_office_m2": 90, "lease_from": "2024-01-01", "lease_to": "2028-12-31",
}  # fmt: skip


def titled() -> Title:
    """A title out of a full application."""
    case = waiting_case()
    dossier = make_dossier(on=ON)
    dossier["operator"] |= {"name": case.organisation.name, "uscc": case.organisation.uscc}
    dossier["makerspace"]["name"] = case.subject
    dossier["premises"] = [{key: value for key, value in SITE.items() if key != "authority"}]
    findings = check(case.regulation, dossier, ON)
    Submission.objects.create(
        case=case, round=1, regulation=case.regulation, dossier=dossier, digest=digest_of(dossier), findings=findings, materials=[],
        on=ON, at=clock.now(), by=member_of(case.organisation),
    )  # fmt: skip
    operations.announce([case], document_number="昆科发〔2026〕12号", by=make_person(Role.LEADER), on=ON)
    return Title.objects.select_related("organisation", "authority").get()


def begun(title: Title) -> tuple[Case, Person]:
    owner = member_of(title.organisation)
    return operations.open_change(title, by=owner, on=LATER), owner


def told(title: Title, **given: Any) -> dict[str, Any]:
    """The form as it begins, with what has changed."""
    sites = [SiteRow.of(row) for row in given.pop("sites", [SITE])]
    plain = {
        "happened_on": LATER, "name": title.name, "holder": title.holder, "uscc": title.organisation.uscc, "sites": sites,
        "reason": "业务发展",
    }  # fmt: skip
    return plain | given


def proof(case: Case, by: Person) -> list[str]:
    return [attachments.attach(case, ContentFile(make_pdf()), "证明.pdf", by=by, on=LATER).blob_id]


def filed(title: Title, **given: Any) -> tuple[Case, Person]:
    case, owner = begun(title)
    return operations.file_change(case, by=owner, on=LATER, **told(title, **given), papers=proof(case, owner)), owner


def to_decision(title: Title, **given: Any) -> Case:
    case, _ = filed(title, **given)
    district = make_person(Role.DISTRICT, "wuhua")
    return operations.give_opinion(case, by=district, on=LATER, supports=True, opinion="情况属实", visited_on=LATER)


def granted(title: Title, **given: Any) -> Case:
    return operations.grant_change(to_decision(title, **given), by=make_person(Role.LEADER), on=LATER, opinion="同意")


def another_grant(case: Case) -> None:
    """A second grant for the same makerspace, written past every rule but the database's."""
    first, again = Grant.objects.get(case=case), Case.objects.get(pk=case.pk)
    again.pk, again.number = None, "GR-2026-0099"
    again._state.adding = True
    again.save(force_insert=True)
    first.pk, first.case = None, again
    first._state.adding = True
    first.save(force_insert=True)


def refused(code: str, says: str, act: Callable[..., object], *args: Any, **given: Any) -> dict[str, str]:
    with pytest.raises(Refused) as caught, transaction.atomic():
        act(*args, **given)
    refusal = caught.value.refusal
    assert (refusal.code, says in refusal.text) == (code, True), refusal.text
    return dict(refusal.fields)


def test_a_title_begins_with_the_premises_of_its_application() -> None:
    title = titled()

    assert [(row.address, row.area_m2, row.since) for row in title.sites.all()] == [(SITE["address"], Decimal(480), ON)]
    assert changes.standing(title)["sites"][0]["area_m2"] == 480


def test_a_rename_moves_the_registry_the_certificate_and_the_open_cases() -> None:
    title = titled()
    (grant,) = funding.open_grants(ON)
    old = queries.certificate_of(title)
    assert old is not None
    case = to_decision(title, name="翠湖智创众创空间")
    assert queries.title_by_number(title.number, LATER).shown_name == title.name  # type: ignore[union-attr]

    operations.grant_change(case, by=make_person(Role.LEADER), on=LATER, opinion="同意")

    title.refresh_from_db()
    assert title.name == "翠湖智创众创空间"
    assert [(row.name, row.until) for row in queries.names_of(title, LATER)] == [
        ("翠湖智创众创空间", None), ("翠湖1号众创空间", LATER - timedelta(days=1)),
    ]  # fmt: skip
    assert [row.name for row in queries.names_of(title, ON)] == ["翠湖1号众创空间"]
    before = Client().get(f"/registry/{title.number}/?on={ON.isoformat()}").content.decode()
    assert ("翠湖1号" in before, "翠湖智创" in before) == (True, False)
    told = Client().get(f"/api/v1/registry/{title.number}?on={ON.isoformat()}").json()["names"]
    assert [(row["name"], row["until"]) for row in told] == [("翠湖1号众创空间", None)]
    assert queries.title_by_number(title.number, ON).shown_name == "翠湖1号众创空间"  # type: ignore[union-attr]
    for words in ("翠湖智创", "chzc", "翠湖1号"):
        assert queries.registry(LATER, q=words).count() == 1, words
    new = queries.certificate_of(title)
    assert new is not None
    assert new.pk != old.pk
    assert new.paper.data["makerspace"] == "翠湖智创众创空间"
    said = queries.verify(old.code)
    assert (said.genuine, said.replaced_by, said.name) == (True, new.code, "翠湖1号众创空间")
    assert queries.verify(new.code).replaced_by == ""
    grant.refresh_from_db()
    assert (grant.subject, grant.organisation_id) == ("翠湖智创众创空间", title.organisation_id)
    assert Entry.objects.filter(stream=grant.number, act="handed_on").count() == 1
    title.makerspace.refresh_from_db()
    assert title.makerspace.name == "翠湖智创众创空间"
    assert Paper.objects.get(kind="change_decision").subject == case.number
    assert Change.objects.get().granted
    assert list(changes.replay_changes()) == []


def test_another_operator_takes_the_title_and_what_is_under_way() -> None:
    title = titled()
    (grant,) = funding.open_grants(ON)
    former = title.organisation
    new = make_organisation("昆明滇池孵化有限公司")
    heir = member_of(new)
    answers = {
        "independent_legal_person": True,
        "registered_division": "530102",
        "standardised": True,
        "run_by_host": False,
    }
    case = granted(title, holder=new.name, uscc=new.uscc, **answers)

    title.refresh_from_db()
    grant.refresh_from_db()
    assert (title.organisation, title.holder, grant.organisation) == (new, new.name, new)
    assert title.makerspace.organisation_id != former.pk or Title.objects.get().makerspace.organisation == new
    assert Message.objects.filter(person=heir, subject__contains="变更到贵单位").exists()
    assert Case.objects.get(pk=case.pk).organisation == former  # who applied reads the answer
    owner = member_of(former)
    assert queries.own_titles(owner, LATER).count() == 0
    assert queries.own_titles(heir, LATER).get().pk == title.pk
    assert funding.open_grants(LATER) == []  # once in a makerspace's life, whoever runs it
    with pytest.raises(IntegrityError), transaction.atomic():
        another_grant(grant)


def test_moving_keeps_the_history_of_premises() -> None:
    title = titled()
    there = SITE | {"address": "昆明市五华区学府路9号", "area_m2": 520}
    granted(title, sites=[there])

    assert [(row.address, row.until) for row in queries.sites_of(title, LATER)] == [
        ("昆明市五华区学府路9号", None), (SITE["address"], LATER - timedelta(days=1)),
    ]  # fmt: skip
    assert Certificate.objects.count() == 1  # nothing that is printed on it has changed
    assert changes.standing(title)["sites"][0]["address"] == "昆明市五华区学府路9号"
    assert TitleSite.objects.get(until=None).area_m2 == 520


def test_a_condition_lost_is_said_before_it_is_filed() -> None:
    title = titled()
    case, owner = begun(title)
    small = told(title, sites=[SITE | {"area_m2": 200, "public_office_m2": 30}])
    papers = proof(case, owner)

    fields = refused("invalid", "不再符合", operations.file_change, case, by=owner, on=LATER, **small, papers=papers)
    assert set(fields) == {"confirm_not_met"}
    operations.file_change(case, by=owner, on=LATER, **small, papers=papers, confirm_not_met=True)

    change = Change.objects.get()
    assert change.kinds == ["area"]
    assert changes.lost(change.former_findings, change.findings) == ["7.1.area"]
    assert Case.objects.get(pk=case.pk).stage == "district_opinion"


def test_the_bureau_sets_from_which_share_of_the_area_on_a_change_is_applied_for_and_how_many_sites_there_may_be() -> (
    None
):
    title = titled()
    case, owner = begun(title)
    adopt_setting("CHANGE_AREA", 4, LATER)
    adopt_setting("CHANGE_SITES", 1, LATER)
    papers = proof(case, owner)
    two = told(title, sites=[SITE | {"address": f"五华区{n}号"} for n in range(2)])

    fields = refused("invalid", "", operations.file_change, case, by=owner, on=LATER, **two, papers=papers)
    larger = told(title, sites=[SITE | {"area_m2": 500}])  # 4.2 in a hundred
    operations.file_change(case, by=owner, on=LATER, **larger, papers=papers)

    assert fields["sites"] == "变更后的场地不能超过1处，现填了2处"
    assert Change.objects.get().kinds == ["area"]


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({}, {"reason"}),
        ({"sites": [SITE | {"area_m2": 500}]}, {"reason"}),  # within twenty in a hundred
        ({"sites": [SITE | {"address": f"五华区{n}号"} for n in range(4)]}, {"sites"}),
        ({"sites": [SITE | {"authority": "panlong", "address": "盘龙区1号"}]}, {"sites.0.authority"}),
        ({"sites": [SITE | {"area_m2": 900, "public_office_m2": 901}]}, {"sites.0.public_office_m2"}),
        ({"sites": [SITE, SITE]}, {"sites.0.address", "sites.1.address"}),
        ({"name": "新名", "happened_on": LATER + timedelta(days=1)}, {"happened_on"}),
        ({"name": "新名", "happened_on": ON - timedelta(days=1)}, {"happened_on"}),
        ({"holder": "别的公司", "uscc": "91530102MA6KTEST0X"}, {"uscc"}),
        ({"name": "新名", "closing_on": LATER}, {"closing_on"}),
        ({"closing_on": ON - timedelta(days=400)}, {"closing_on"}),
    ],
)
def test_what_cannot_stand_is_named_field_by_field(given: dict[str, Any], fields: set[str]) -> None:
    title = titled()
    case, owner = begun(title)
    papers = proof(case, owner)

    found = refused(
        "invalid", "", operations.file_change, case, by=owner, on=LATER, **told(title, **given), papers=papers
    )

    assert set(found) == fields
    assert Case.objects.get(pk=case.pk).stage == "draft"
    assert Change.objects.get().filed_on is None


def test_an_operator_is_known_by_its_code_and_its_registered_name() -> None:
    title = titled()
    other = make_organisation("昆明滇池孵化有限公司")
    case, owner = begun(title)
    given = told(title, holder="滇池孵化", uscc=other.uscc)

    fields = refused(
        "invalid", "不一致", operations.file_change, case, by=owner, on=LATER, **given, papers=proof(case, owner)
    )

    assert set(fields) == {"holder"}


def test_one_change_at_a_time_and_only_by_the_holder() -> None:
    title = titled()
    stranger = member_of(make_organisation())
    refused("not_yours", "持有称号的运营单位", operations.open_change, title, by=stranger, on=LATER)
    case, owner = begun(title)

    refused("wrong_stage", case.number, operations.open_change, title, by=owner, on=LATER)
    operations.withdraw_change(case, by=owner, on=LATER, reason="不改了")
    assert operations.open_change(title, by=owner, on=LATER).stage == "draft"


def test_sent_back_it_begins_with_what_was_handed_in() -> None:
    title = titled()
    case, owner = filed(title, name="新名众创空间")
    case = operations.return_change(case, by=make_person(Role.DISTRICT, "wuhua"), on=LATER, reason="补登记通知")
    assert changes.unsettled(title).count() == 1  # still to be settled, though it lies with the unit

    case = operations.file_change(
        case, by=owner, on=LATER, **told(title, name="新名二号众创空间"), papers=proof(case, owner)
    )

    assert Change.objects.get().after["name"] == "新名二号众创空间"
    assert list(changes.replay_changes(case)) == []


def test_a_refusal_changes_nothing_and_names_the_remedies() -> None:
    title = titled()
    case = to_decision(title, name="新名众创空间")
    operations.refuse_change(case, by=make_person(Role.LEADER), on=LATER, reason="名称易与他人混淆")

    title.refresh_from_db()
    assert title.name == "翠湖1号众创空间"
    paper = Paper.objects.get(kind="change_refusal")
    assert "行政复议" in paper.data["remedies"][0]
    assert Certificate.objects.count() == 1


def test_closing_ends_the_title() -> None:
    title = titled()
    granted(title, closing_on=LATER)

    title.refresh_from_db()
    assert (title.state, title.ended_on) == ("relinquished", LATER)


def test_a_title_is_given_up_once_the_bureau_has_confirmed() -> None:
    title = titled()
    certificate = queries.certificate_of(title)
    case, owner = begun(title)
    refused("invalid", "不能恢复", operations.relinquish, case, by=owner, on=LATER, reason="停办", sure=False)
    case = operations.relinquish(case, by=owner, on=LATER, reason="停办", sure=True)
    assert Title.objects.get().ended_on is None

    operations.confirm_relinquish(case, by=make_person(Role.BUREAU), on=LATER, note="")

    title.refresh_from_db()
    assert (title.state, title.ended_on) == ("relinquished", LATER)
    assert certificate is not None
    assert queries.verify(certificate.code).state == ("relinquished" if clock.today() >= LATER else "in_force")
    assert queries.registry(LATER, status="relinquished").count() == 1
    assert queries.registry(LATER - timedelta(days=1), status="in_force").count() == 1
    assert Paper.objects.filter(kind="relinquishment", subject=case.number).count() == 1
    refused("wrong_stage", "终止", operations.open_change, title, by=owner, on=LATER)


def test_nobody_leaves_while_a_title_is_being_put_right() -> None:
    title = titled()
    case, owner = begun(title)
    Rectification.objects.create(title=title, case=title.case, since=ON)

    refused("wrong_stage", "整改", operations.relinquish, case, by=owner, on=LATER, reason="停办", sure=True)


def test_replay_finds_a_change_that_was_altered() -> None:
    title = titled()
    case, _ = filed(title, name="新名众创空间")
    Change.objects.update(dossier={**Change.objects.get().dossier, "facilities": []})

    assert any(case.number in line for line in changes.replay_changes())


def test_announced_titles_without_an_application_have_no_premises() -> None:
    announced(1)
    assert TitleSite.objects.count() == 0
    assert date(2026, 3, 16) == ON
