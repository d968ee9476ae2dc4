"""C43: nothing that everybody may read holds an identity number, a mobile, a bank card or a personal address."""

import io
from typing import Any

import pikepdf
import pytest

from makerspace.matters.application.models import Call
from makerspace.matters.application.operations import publish_call
from makerspace.matters.recognition.models import Announcement
from makerspace.matters.recognition.operations import announce, preview
from makerspace.office.casework.refusals import Refused
from makerspace.office.documents import gate, operations, rendering
from makerspace.office.documents.models import Paper, PaperState
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests.factories import DAY, make_call, make_pdf, make_person
from tests.matters.recognition.helpers import NUMBER, ON, leader, waiting_case

pytestmark = pytest.mark.django_db
IDENTITY, MOBILE, EMAIL = "11010519491231002X", "13987654321", "li.hua@example.cn"


def draft(**fields: Any) -> tuple[Call, Person]:
    officer = make_person(Role.BUREAU)
    call = make_call(published=False, by=officer)
    Call.objects.filter(pk=call.pk).update(**fields)
    return Call.objects.get(pk=call.pk), officer


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"title": f"通知（{MOBILE}）"}, {"title"}),
        ({"text": f"有问题请找李华，身份证{IDENTITY}。"}, {"text"}),
        ({"text": f"材料寄 {EMAIL}"}, {"text"}),
        ({"materials": [{"code": "other", "label": f"发到{MOBILE}", "required": False}]}, {"materials"}),
    ],
)
def test_a_call_that_tells_of_a_person_is_not_published(fields: dict[str, Any], where: set[str]) -> None:
    call, officer = draft(**fields)

    with pytest.raises(Refused) as refused:
        publish_call(call, by=officer, on=DAY)

    assert set(refused.value.refusal.fields) == where
    assert Call.objects.get(pk=call.pk).state == Call.State.DRAFT
    assert not Entry.objects.filter(act="publish_call").exists()
    assert all(secret not in str(refused.value.refusal) for secret in (IDENTITY, MOBILE, EMAIL))


def test_a_calls_own_contacts_may_be_printed() -> None:
    call, officer = draft(text=f"咨询：王敏 {MOBILE}", contacts=[{"name": "王敏", "phone": MOBILE}])

    assert publish_call(call, by=officer, on=DAY).state == Call.State.PUBLISHED


def test_an_announcement_that_tells_of_a_person_is_neither_shown_nor_made() -> None:
    case, chief = waiting_case(name=f"滇池众创空间{MOBILE}"), leader()

    for act in (preview, announce):
        with pytest.raises(Refused, match="个人信息"):
            act([case], document_number=NUMBER, by=chief, on=ON)

    assert not Announcement.objects.exists()


def order(visibility: str, name: str = "滇池众创空间") -> Paper:
    content = {"office": "昆明市科学技术局", "items": [{"makerspace": name}]}
    return operations.order_paper("announcement", NUMBER, NUMBER, content, ON, visibility)


def test_a_public_paper_cannot_be_ordered_with_personal_data_and_one_of_a_case_can() -> None:
    with pytest.raises(gate.PersonalData):
        order("public", f"滇池众创空间（{MOBILE}）")

    assert order("case", f"滇池众创空间（{MOBILE}）").state == PaperState.QUEUED
    assert Paper.objects.count() == 1


def described(**info: str) -> bytes:
    with pikepdf.open(io.BytesIO(make_pdf())) as pdf:
        for name, value in info.items():
            pdf.docinfo[f"/{name}"] = value
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def with_xmp(text: str) -> bytes:
    with pikepdf.open(io.BytesIO(make_pdf())) as pdf:
        with pdf.open_metadata() as meta:
            meta["dc:description"] = text
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("content", [described(Author=f"李华 {MOBILE}"), described(Keywords=EMAIL), with_xmp(IDENTITY)])
def test_what_a_public_file_says_of_itself_is_read_before_it_is_kept(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = order("public")
    monkeypatch.setattr(rendering, "render", lambda _paper: content)

    assert operations.make_due() == 0

    paper.refresh_from_db()
    assert (paper.blob_id, paper.state) == (None, PaperState.QUEUED)


def test_our_own_public_papers_pass() -> None:
    paper = order("public")

    assert operations.make_due() == 1

    paper.refresh_from_db()
    assert paper.state == PaperState.MADE
