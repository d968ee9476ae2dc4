"""selfcheck: what the regulation says about a dossier, without an account and without the database."""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from makerspace.office.record.clock import today
from makerspace.regulation import VERSIONS, by_id, in_force
from makerspace.regulation.answers import answer, answer_line
from makerspace.regulation.counting import CountingError, day_of
from makerspace.regulation.faults import Faults
from makerspace.regulation.terms import Regulation
from makerspace.web.commands import PlainCommand

UNREADABLE: dict[type[OSError], str] = {
    FileNotFoundError: "没有这个文件",
    NotADirectoryError: "没有这个文件",
    IsADirectoryError: "这是文件夹，不是文件",
    PermissionError: "没有读取权限",
}


class Command(PlainCommand):
    """Prints the findings as JSON; exit 2 with one line on standard error for what is no dossier."""

    help = "按办法核对一份申报材料（JSON），结果以JSON输出；--lines 从标准输入逐行核对。"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dossier", nargs="?", help="申报材料文件")
        parser.add_argument("--on", help="基准日，格式 2024-05-01，默认今天")
        parser.add_argument("--regulation", help="办法编号，默认基准日施行的办法")
        parser.add_argument("--lines", action="store_true", help="从标准输入每行读一份，每行输出一个结果")

    def handle(self, *args: object, **options: Any) -> None:
        on = self.day(options["on"])
        regulation = self.regulation(options["regulation"], on)
        if options["lines"] == bool(options["dossier"]):
            self.refuse("请给出一个申报材料文件，或用 --lines 从标准输入逐行读取。")
        if options["lines"]:
            self.answer_lines(regulation, sys.stdin.buffer, on)
        else:
            self.answer_file(regulation, Path(options["dossier"]), on)

    def answer_file(self, regulation: Regulation, path: Path, on: date) -> None:
        """One file, one answer."""
        try:
            self.stdout.write(answer(regulation, path.read_bytes(), on))
        except OSError as error:
            self.refuse(f"{path}：无法读取（{UNREADABLE.get(type(error), '读取出错')}）")
        except Faults as refused:
            self.refuse(f"{path}：{refused}")

    def answer_lines(self, regulation: Regulation, lines: Iterable[bytes], on: date) -> None:
        """One answer a line, in the same order; a bad line is answered too and the rest go on."""
        try:
            for line in lines:
                self.stdout.write(answer_line(regulation, line, on))
        except BrokenPipeError:
            # Whoever reads has seen enough (| head); what is still buffered has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def day(self, text: str | None) -> date:
        """The day of reference: the one asked for, or today."""
        try:
            return day_of(text) if text is not None else today()
        except CountingError as error:
            self.refuse(f"--on：{error}")

    def regulation(self, code: str | None, on: date) -> Regulation:
        """The version asked for, or the one in force; before the first, the first."""
        try:
            return by_id(code) if code is not None else in_force(max(on, VERSIONS[0].in_force_from))
        except KeyError:
            known = "、".join(version.id for version in VERSIONS)
            self.refuse(f"--regulation：没有编号为“{code}”的办法，现有：{known}。")

    def refuse(self, line: str) -> NoReturn:
        """One clear line, and out."""
        self.stderr.write("".join(char if char.isprintable() else "�" for char in line))
        sys.exit(2)
