"""Cases of a kind of their own: their tabs and facts, and files handed in with an act."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from makerspace.office.casework import acts, attachments, kinds, queries, worklists
from makerspace.office.casework.acts import Input, files
from makerspace.office.casework.models import Attachment, Case
from makerspace.office.casework.operations import advance, open_case
from makerspace.office.people.models import Person
from makerspace.office.people.tokens import issue
from makerspace.regulation import by_id
from makerspace.regulation.terms import Move, Procedure, Role, Stage
from tests import factories
from tests.asking import browser, refusal_of

pytestmark = pytest.mark.django_db
TRIAL = Procedure(
    "trial", "试验事项", "TR",
    (Stage("asking", "待回复", Role.APPLICANT, (13,)), Stage("answered", "已回复", None, (13,), final=True)),
    (Move("reply", "回复", (13,), ("asking",), ("answered",), (Role.APPLICANT,)),),
)  # fmt: skip


class Reply(Input):
    """What a reply needs."""

    papers: list[str] = files("证明文件", "请上传原件的扫描件。")


@transaction.atomic
def reply(case: Case, *, papers: list[str], by: Person, on: date) -> Case:
    """Hand in the files with the reply."""
    after = advance(case, "reply", by=by, on=on, data={"papers": papers})
    attachments.hand_in(after, "reply", papers, by=by)
    return after


@pytest.fixture(autouse=True)
def trial(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A kind of case that exists for these tests only."""
    version = by_id("kunkefa-2017-55")
    monkeypatch.setitem(version.procedures, "trial", TRIAL)  # type: ignore[arg-type]
    monkeypatch.setitem(acts._ACTS, ("trial", "reply"), acts.Act("trial", "reply", reply, Reply))
    shown = kinds.TabOf("own", "答复要点", "web/_empty.html", lambda case, person, on: {"title": "要点在此"})
    monkeypatch.setitem(kinds._KINDS, "trial", kinds.Kind("trial", lambda case, person, on: {"sum": 7}, (shown,)))
    _forget()
    yield
    _forget()


def _forget() -> None:
    """What is read once from the tables is read anew."""
    for kept in (worklists.stage_labels, worklists.kind_labels, worklists.unfiled_stages, queries._stages_held_by):
        kept.cache_clear()


@pytest.fixture
def case() -> Case:
    """One that the office opened for a unit with one member."""
    return open_case(
        "trial", regulation="kunkefa-2017-55", organisation=factories.make_organisation(),
        authority=factories.authority(), on=factories.DAY, by=Role.CLOCK, subject="翠湖众创空间", filed=True,
    )  # fmt: skip


def upload(name: str = "证明.pdf") -> SimpleUploadedFile:
    """A small real PDF."""
    return SimpleUploadedFile(name, factories.make_pdf(), "application/pdf")


def test_the_office_sees_a_case_that_it_opened(case: Case) -> None:
    officer = browser(factories.make_person(Role.BUREAU))

    assert case.filed_on == factories.DAY
    assert "要点在此" in officer.get(f"/work/cases/{case.number}/").content.decode()
    assert case.number in officer.get("/work/cases/").content.decode()


def test_its_page_has_the_tabs_that_every_case_has(case: Case) -> None:
    page = browser(factories.member_of(case.organisation))

    for tab in ("own", "materials", "history", "papers"):
        answer = page.get(f"/work/cases/{case.number}/?tab={tab}")
        assert answer.status_code == 200
        assert answer.context["tab"] == tab
    assert "试验事项" in page.get("/work/cases/?kind=trial").content.decode()


def test_an_application_has_no_place_in_it(case: Case) -> None:
    member = browser(factories.member_of(case.organisation))

    assert member.get(f"/work/cases/{case.number}/dossier/").status_code == 404
    assert member.get(f"/work/cases/{case.number}/review/").status_code == 404


def test_the_api_gives_its_facts_and_files(case: Case) -> None:
    person = factories.member_of(case.organisation)
    kept = attachments.attach(case, upload(), "证明.pdf", by=person, on=factories.DAY)
    _, secret = issue(person, "试验")
    headers = {"authorization": f"Bearer {secret}"}

    told = browser(person).get(f"/api/v1/cases/{case.number}", headers=headers).json()

    assert told["facts"] == {"sum": 7}
    assert told["dossier"] is None
    assert [row["digest"] for row in told["materials"]] == [kept.blob_id]
    assert told["acts"][0]["act"] == "reply"


def test_files_go_in_with_the_act_on_its_page(case: Case) -> None:
    person = factories.member_of(case.organisation)
    page, address = browser(person), f"/work/cases/{case.number}/acts/reply/"
    form = page.get(address)
    hidden = dict(form.context["hidden"])

    assert 'enctype="multipart/form-data"' in form.content.decode()
    answer = page.post(address, {**hidden, "papers-new": [upload()]})

    assert answer.status_code == 302
    row = Attachment.objects.get()
    assert (row.act, row.name, row.by) == ("reply", "证明.pdf", person)
    page.get(answer["Location"])
    fetched = page.get(f"/work/cases/{case.number}/files/{row.pk}/")
    assert b"".join(fetched.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    fetched.close()


def test_without_a_file_the_form_asks_for_one(case: Case) -> None:
    page, address = browser(factories.member_of(case.organisation)), f"/work/cases/{case.number}/acts/reply/"

    answer = page.post(address, dict(page.get(address).context["hidden"]))

    assert answer.status_code == 422
    assert "证明文件" in answer.context["form"].errors["papers"]


def test_a_file_that_is_not_taken_is_named_and_the_others_stay(case: Case) -> None:
    page, address = browser(factories.member_of(case.organisation)), f"/work/cases/{case.number}/acts/reply/"
    wrong = SimpleUploadedFile("说明.exe", b"MZ", "application/pdf")

    answer = page.post(address, {**dict(page.get(address).context["hidden"]), "papers-new": [upload(), wrong]})

    assert answer.status_code == 422
    assert "说明.exe" in answer.context["form"].errors["papers"]
    assert Attachment.objects.get().act == ""
    assert [row.chosen for row in answer.context["form"].fields[0].choices] == [True]


def test_only_ones_own_files_of_this_case_are_handed_in(case: Case) -> None:
    person = factories.member_of(case.organisation)
    stranger = factories.make_person(organisation=case.organisation)
    kept = attachments.attach(case, upload(), "证明.pdf", by=stranger, on=factories.DAY)

    refusal = refusal_of(lambda: reply(case, papers=[kept.blob_id], by=person, on=factories.DAY))

    assert refusal.code == "invalid"
    assert "papers" in refusal.fields
    case.refresh_from_db()
    assert case.stage == "asking"


def test_who_may_take_no_act_hands_in_no_file(case: Case) -> None:
    officer = factories.make_person(Role.BUREAU)

    refusal = refusal_of(lambda: attachments.attach(case, upload(), "证明.pdf", by=officer, on=factories.DAY))

    assert refusal.code == "wrong_stage"
    assert Attachment.objects.count() == 0


def test_a_file_not_yet_handed_in_is_its_uploaders_own(case: Case) -> None:
    person, officer = factories.member_of(case.organisation), factories.make_person(Role.BUREAU)
    kept = attachments.attach(case, upload(), "证明.pdf", by=person, on=factories.DAY)

    assert browser(officer).get(f"/work/cases/{case.number}/files/{kept.pk}/").status_code == 404
    reply(case, papers=[kept.blob_id], by=person, on=factories.DAY)
    fetched = browser(officer).get(f"/work/cases/{case.number}/files/{kept.pk}/")
    fetched.close()
    assert fetched.status_code == 200
