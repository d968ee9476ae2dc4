"""What is taken and what is refused."""

import os
import re
import signal
import timeit
from collections.abc import Callable
from statistics import median

import pytest
from django.core.files.base import ContentFile

from makerspace.office.documents import jail, uploads
from tests.office.documents import good, hostile

GOOD: list[tuple[str, Callable[[], bytes], str, int | None]] = [
    ("方案.pdf", good.pdf, "pdf", 1),
    ("三页.PDF", lambda: good.pdf(3), "pdf", 3),
    ("blank-before.pdf", lambda: b"\n\n" + good.pdf(), "pdf", 1),
    ("blank-after.pdf", lambda: good.pdf() + b"\r\n\0\0", "pdf", 1),
    ("方案.docx", good.docx, "docx", None),
    ("清单.xlsx", good.xlsx, "xlsx", None),
    ("版式.ofd", good.ofd, "ofd", None),
    ("照片.png", good.png, "png", 1),
    ("照片.jpeg", good.jpg, "jpg", 1),
    ("渐进.jpg", lambda: good.jpg(progressive=True), "jpg", 1),
    ("手机.jpg", lambda: good.jpg() + good.jpg(), "jpg", 1),
]


def refusal(name: str, content: bytes) -> uploads.UploadRefused:
    """How a file is refused; it is a failure if it is taken."""
    with pytest.raises(uploads.UploadRefused) as caught:
        uploads.check(ContentFile(content), name)
    return caught.value


@pytest.mark.parametrize(("name", "make", "extension", "pages"), GOOD)
def test_a_good_file_of_each_kind_is_taken(
    name: str, make: Callable[[], bytes], extension: str, pages: int | None
) -> None:
    content = make()
    file = ContentFile(content)

    checked = uploads.check(file, name)

    assert checked == uploads.Checked(uploads.CONTENT_TYPES[extension], extension, len(content), pages)
    assert file.read() == content


@pytest.mark.parametrize("maker", hostile.MAKERS, ids=lambda maker: maker.__name__)
def test_every_hostile_file_is_refused_with_its_reason(maker: Callable[[], object]) -> None:
    wrong = []
    for name, content, word in maker():  # type: ignore[attr-defined]
        try:
            uploads.check(ContentFile(content), name)
            wrong.append((name, "taken"))
        except uploads.UploadRefused as error:
            if not re.search(word, error.text):
                wrong.append((name, error.text))

    assert wrong == []


def test_there_are_more_than_a_hundred_hostile_files() -> None:
    names = [name for name, _, _ in hostile.all_cases()]

    assert len(names) == len(set(names)) > 100


def test_refusals_carry_the_codes_of_the_api() -> None:
    assert refusal("a.exe", b"x").code == "wrong_type"
    assert refusal("a.pdf", b"hello").code == "wrong_type"
    assert refusal("a.pdf", b"").code == "invalid"
    assert refusal("a.pdf", b"x" * (uploads.max_bytes() + 1)).code == "too_large"


def test_exactly_the_largest_size_is_not_refused_for_its_size() -> None:
    assert refusal("a.pdf", b"x" * uploads.max_bytes()).code == "wrong_type"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("方案.pdf", "方案.pdf"),
        ("../../etc/方案.pdf", "方案.pdf"),
        ("C:\\桌面\\方案.pdf", "方案.pdf"),
        ("方\0案\r\n.pdf", "方案.pdf"),
        ("gpj\u202efdp.方案.pdf", "gpjfdp.方案.pdf"),
        ("e\u0301.pdf", "é.pdf"),
        ("..", "未命名"),
        (".pdf", "pdf"),
        ("  .  ", "未命名"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("", "未命名"),
    ],
)
def test_a_name_is_cleaned(name: str, clean: str) -> None:
    assert uploads.clean_name(name) == clean


def test_a_name_that_is_all_suffix_stays_short() -> None:
    assert len(uploads.clean_name("a." + "b" * 500)) == 120


def test_a_warm_checker_is_quick() -> None:
    content = good.pdf()
    uploads.check(ContentFile(content), "a.pdf")

    taken = timeit.repeat(lambda: uploads.check(ContentFile(content), "a.pdf"), number=1, repeat=20)

    assert median(taken) < 0.1


def test_a_checker_that_died_is_replaced() -> None:
    uploads.check(ContentFile(good.pdf()), "a.pdf")
    assert jail.checker.process is not None
    dead = jail.checker.process.pid
    os.kill(dead, signal.SIGKILL)
    jail.checker.process.wait()

    checked = uploads.check(ContentFile(good.pdf()), "a.pdf")

    assert checked.pages == 1
    assert jail.checker.process.pid != dead


def test_each_file_is_judged_by_a_process_that_may_not_write_nor_grow() -> None:
    header, _ = jail.ask({"do": "draw", "extension": "pdf", "page": 1, "width": 60_000}, [good.pdf()])

    assert "refused" in header


def test_an_unknown_task_is_a_refusal_and_no_crash() -> None:
    header, _ = jail.ask({"do": "check", "extension": "sh"}, [b"x"])

    assert header["refused"]["code"] == "invalid"
