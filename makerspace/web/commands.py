"""Commands for the command line: what is wrong with the arguments is said in one line of Chinese, with exit code 2."""

import argparse
import io
import re
import sys
from contextlib import redirect_stderr
from typing import Any

from django.core.management.base import BaseCommand, CommandError

SAID = (
    (r"the following arguments are required: (.+)", "缺少参数 {0}"),
    (r"unrecognized arguments: (.+)", "不认识的参数 {0}"),
    (r"argument (\S+): expected .+", "参数 {0} 后面没有给出值"),
    (r"argument ([^:]+): invalid choice: (.+?) \(choose from (.+)\)", "参数 {0} 的值 {1} 不在可选范围内（{2}）"),
    (r"argument ([^:]+): invalid \w+ value: (.+)", "参数 {0} 的值 {1} 不能识别"),
    (r"argument ([^:]+): not allowed with argument (.+)", "参数 {0} 不能与 {1} 同时使用"),
    (r"ambiguous option: (\S+) could match (.+)", "参数 {0} 不完整，可能是 {1}"),
)


class PlainCommand(BaseCommand):
    """A command whose arguments are checked before it runs."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Check the arguments, then run as Django does."""
        self._called_from_command_line = True
        heard = io.StringIO()
        try:
            with redirect_stderr(heard):
                self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
        except SystemExit as end:
            if not end.code:  # --help, --version
                raise
            sys.stderr.write(f"{_in_words(heard.getvalue())}。用法：manage.py {argv[1]} {self._usage()}\n")
            sys.exit(2)
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run; on the command line, what a command has to say of its end stands alone, without our class names."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not self._called_from_command_line:
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)

    def _usage(self) -> str:
        """The command's own arguments, in one line."""
        own = argparse.ArgumentParser(prog="", usage=None, add_help=False)
        self.add_arguments(own)  # type: ignore[arg-type]  # asks no more of it than argparse has
        return " ".join(own.format_usage().removeprefix("usage:").split())


def _in_words(heard: str) -> str:
    for pattern, words in SAID:
        if found := re.search(pattern, heard):
            return words.format(*found.groups())
    return "参数有误"
