"""selfcheck and count_days, as a shell sees them: answers on one side, one clear line and exit 2 on the other."""

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.regulation.dossiers import SOUND, given


def run(*args: str) -> str:
    """The command's standard output."""
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def refused(*args: str) -> str:
    """The one line that a refusal leaves on standard error."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command(*args, stdout=out, stderr=err, no_color=True)
    assert (left.value.code, out.getvalue(), err.getvalue().count("\n")) == (2, "", 1)
    return err.getvalue().rstrip("\n")


@pytest.fixture
def dossier(tmp_path: Path) -> Path:
    """A sound dossier as a file."""
    path = tmp_path / "dossier.json"
    path.write_text(json.dumps(SOUND, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_dossier_is_answered_with_findings_in_the_shape_of_the_contract(dossier: Path) -> None:
    answer = json.loads(run("selfcheck", str(dossier), "--on", "2026-03-16"))

    assert list(answer) == ["regulation", "category", "on", "overall", "findings"]
    assert (answer["on"], answer["overall"], len(answer["findings"])) == ("2026-03-16", "for_judgement", 17)
    area = next(one for one in answer["findings"] if one["id"] == "7.1.area")
    assert area == {
        "id": "7.1.area",
        "article": 7,
        "item": 1,
        "strength": "in_principle",
        "verdict": "met",
        "text": "可计入的场地面积为420平方米。",
        "facts": {"counted_m2": 420.0},
        "excluded": [],
        "gap": {"need": 300, "have": 420.0, "short": 0.0, "unit": "m2"},
        "satisfied_on": None,
        "readings": ["R-07"],
    }


def test_without_a_day_today_is_meant(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makerspace.doors.portal.management.commands.selfcheck.today", lambda: date(2026, 2, 3))

    assert json.loads(run("selfcheck", str(dossier)))["on"] == "2026-02-03"


def test_a_version_may_be_named_and_a_day_before_the_first_is_answered_by_the_first(dossier: Path) -> None:
    named = json.loads(run("selfcheck", str(dossier), "--on", "2016-01-01", "--regulation", "kunkefa-2017-55"))

    assert named == json.loads(run("selfcheck", str(dossier), "--on", "2016-01-01"))
    assert (named["regulation"], named["on"]) == ("kunkefa-2017-55", "2016-01-01")


def test_a_verdict_of_any_kind_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "poor.json"
    path.write_text(json.dumps(given("tenants", [])), encoding="utf-8")

    assert json.loads(run("selfcheck", str(path), "--on", "2026-03-16"))["overall"] == "missing"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "应为有效的JSON（UTF-8编码）"),
        (b"\xb2\xe2\xca\xd4", "应为有效的JSON（UTF-8编码）"),
        (b"[]", "应为一组字段（收到0项的列表）"),
        (b'{"regulation": "kunkefa-2017-55"}', "category：必须填写"),
        (
            b'{"regulation": "kunkefa-2017-55", "category": "technical", "a\\nb": 1, "staff": 3}',
            "staff：应为列表（收到3）；a�b：没有这个字段，请删去或核对字段名（收到1）",
        ),
    ],
)
def test_a_file_that_is_no_dossier_is_refused_in_one_line(tmp_path: Path, content: bytes, line: str) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)

    assert refused("selfcheck", str(path)) == f"{path}：{line}"


def test_a_file_that_is_not_there_is_refused_in_one_line(tmp_path: Path) -> None:
    assert refused("selfcheck", str(tmp_path / "none.json")).endswith("none.json：无法读取（没有这个文件）")
    assert refused("selfcheck", str(tmp_path / "a\nb.json")).endswith("a�b.json：无法读取（没有这个文件）")
    assert refused("selfcheck", str(tmp_path)).endswith("：无法读取（这是文件夹，不是文件）")
    assert refused("selfcheck", str(tmp_path / ("x" * 300))).endswith("：无法读取（读取出错）")


@pytest.mark.parametrize(
    ("args", "line"),
    [
        ([], "请给出一个申报材料文件，或用 --lines 从标准输入逐行读取。"),
        (["x.json", "--lines"], "请给出一个申报材料文件，或用 --lines 从标准输入逐行读取。"),
        (["x.json", "--on", "tomorrow"], "--on：“tomorrow”不是日期：应为1900年至2100年间的日期，格式如2024-05-01。"),
        (["x.json", "--on", ""], "--on：“”不是日期：应为1900年至2100年间的日期，格式如2024-05-01。"),
        (["x.json", "--regulation", "y"], "--regulation：没有编号为“y”的办法，现有：kunkefa-2017-55。"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(args: list[str], line: str) -> None:
    assert refused("selfcheck", *args) == line


def test_each_line_is_answered_and_a_bad_one_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    good = json.dumps(SOUND, ensure_ascii=False).encode()
    stdin = io.TextIOWrapper(io.BytesIO(b"\n".join([good, b"oops", b"", good])))
    monkeypatch.setattr("sys.stdin", stdin)

    answers = [json.loads(line) for line in run("selfcheck", "--lines", "--on", "2026-03-16").splitlines()]

    assert [next(iter(one)) for one in answers] == ["regulation", "error", "error", "regulation"]
    assert answers[0] == answers[3]
    assert answers[1]["error"] == "应为有效的JSON（UTF-8编码）"


def test_a_reader_who_has_seen_enough_may_leave(tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.write_text((json.dumps(SOUND) + "\n") * 200, encoding="utf-8")
    command = [sys.executable, "manage.py", "selfcheck", "--lines", "--on", "2026-03-16"]

    with (
        lines.open("rb") as stdin,
        subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process,
    ):
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()

        assert (process.stderr.read(), process.wait(timeout=120)) == (b"", 0)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["2026-03-30", "7"], {"first_day": "2026-03-31", "last_day": "2026-04-07", "provisional": False}),
        (["2026-04-27", "10", "--unit", "working"], {"first_day": "2026-04-28", "last_day": "2026-05-13"}),
        (["2026-03-10", "7", "--first-day", "included"], {"first_day": "2026-03-10", "last_day": "2026-03-16"}),
        (["2027-09-24", "7"], {"last_day": "2027-10-01", "provisional": True}),
    ],
)
def test_days_are_counted_as_json_with_every_step(args: list[str], expected: dict[str, Any]) -> None:
    answer = json.loads(run("count_days", *args))

    assert expected.items() <= answer.items()
    assert all(step.endswith("。") for step in answer["steps"])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["2026-02-30", "7"], "“2026-02-30”不是日期"),
        (["2026-03-30", "0"], "天数应为不小于1的整数。"),
        (["2026-03-30", "x"], "“x”不是天数"),
        (["2026-03-30", "９"], "“９”不是天数"),
        (["2026-03-30", "9" * 5000], "不是天数"),
        (["2026-03-30", "999999"], "只能计算1900年至2100年之间的期限。"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_one_line(args: list[str], words: str) -> None:
    assert words in refused("count_days", *args)
