"""Wrong arguments are answered in one line of Chinese, with exit code 2."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from makerspace.web.commands import PlainCommand

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted(name for name, app in get_commands().items() if isinstance(app, str) and app.startswith("makerspace."))


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_ours_checks_its_arguments(name: str) -> None:
    assert isinstance(load_command_class(get_commands()[name], name), PlainCommand)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["count_days"], "缺少参数 start, n。用法：manage.py count_days [--unit"),
        (["count_days", "2026-01-01", "3", "--unit", "weeks"], "参数 --unit 的值 'weeks' 不在可选范围内"),
        (["count_days", "2026-01-01", "3", "--unit"], "参数 --unit 后面没有给出值"),
        (["verify_record", "--loud"], "不认识的参数 --loud。用法：manage.py verify_record [CASE]"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(words: list[str], said: str) -> None:
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
