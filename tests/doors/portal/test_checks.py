"""Certificates and papers by their codes."""

import pytest
from django.test import Client

from makerspace.matters.recognition.models import Certificate, Title
from makerspace.matters.recognition.operations import issue_certificate
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import make_due
from tests.doors.portal.helpers import ON, page, words
from tests.matters.recognition.helpers import announced

pytestmark = pytest.mark.django_db
UNKNOWN = "0000-0000-0000-0000"


def certificate() -> Certificate:
    announced(1)
    return Certificate.objects.get()


def test_a_genuine_certificate_is_said_to_be_so_at_once() -> None:
    text = words(page(f"/verify/{certificate().code}/"))

    assert "证书真实，称号有效" in text
    assert "KMZC-2026-001" in text
    assert "昆明翠湖1号科技有限公司" in text


@pytest.mark.parametrize("dress", [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("0", "o")])
def test_a_code_may_be_typed_in_many_ways(dress: object) -> None:
    code = certificate().code

    answer = Client().get("/verify/", {"code": dress(code)})  # type: ignore[operator]

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/verify/{code}/")


def test_a_certificate_of_a_revoked_title_says_that_it_holds_no_more() -> None:
    code = certificate().code
    Title.objects.update(state="revoked", ended_on=ON)

    assert "证书真实，但称号已取消" in words(page(f"/verify/{code}/"))


def test_a_replaced_certificate_points_to_the_new_one() -> None:
    old = certificate()
    new = issue_certificate(Title.objects.get(), on=ON)

    text = words(page(f"/verify/{old.code}/"))

    assert "已被新的证书代替" in text
    assert new.code in text


def test_an_unknown_code_is_not_genuine() -> None:
    certificate()

    text = words(page(f"/verify/{UNKNOWN}/"))

    assert "没有这个校验码" in text
    assert "证书真实" not in text


@pytest.mark.parametrize("typed", ["短", "x" * 4000, "<script>", "U" * 16])
def test_what_is_no_code_is_told_so(typed: str) -> None:
    html = page("/verify/", 422, code=typed)

    assert "校验码应为16位" in html
    assert "<script>" not in html.partition("<main")[2]


def test_asking_too_often_is_answered_kindly_and_locks_nobody_else_out() -> None:
    code = certificate().code
    hasty = [Client(REMOTE_ADDR="192.0.2.1").get(f"/verify/{code}/").status_code for _ in range(31)]

    slow = Client(REMOTE_ADDR="192.0.2.1").get(f"/verify/{code}/")

    assert hasty == [200] * 30 + [429]
    assert (slow.status_code, slow.headers["Retry-After"]) == (429, "60")
    assert Client(REMOTE_ADDR="192.0.2.2").get(f"/verify/{code}/").status_code == 200


def test_a_public_paper_is_a_file_that_no_browser_runs() -> None:
    announced(1)
    paper = Paper.objects.get(kind="announcement")
    make_due(5)

    answer = Client().get(f"/papers/{paper.code}/")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"".join(answer).startswith(b"%PDF-")  # type: ignore[arg-type]


def test_a_paper_of_a_case_is_as_if_it_were_not_there() -> None:
    code = certificate().code
    make_due(5)

    hidden, none = Client().get(f"/papers/{code}/"), Client().get(f"/papers/{UNKNOWN}/")

    assert (hidden.status_code, none.status_code) == (404, 404)
    assert hidden.content.replace(code.encode(), UNKNOWN.encode()) == none.content


def test_a_public_paper_in_the_making_says_so() -> None:
    announced(1)

    assert "正在生成" in page(f"/papers/{Paper.objects.get(kind='announcement').code}/", 404)
