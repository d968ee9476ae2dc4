"""``import_text REGULATION_ID FILE``: loads the official text of a regulation, article by article."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from makerspace.doors.portal.texts import TextRefused, import_text
from makerspace.office.record import clock
from makerspace.regulation import by_id
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """Pages then show the official text beside our summaries."""

    help = "导入办法的正式条文（纯文本），逐条显示在要点旁边"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which regulation, from which file, by whom."""
        parser.add_argument("regulation", help="规则版本，如 kunkefa-2017-55")
        parser.add_argument("file", type=Path, help="条文文件（UTF-8或GB18030）")
        parser.add_argument("--by", default="", help="导入人；默认为当前系统用户")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, or one clear line."""
        try:
            regulation = by_id(options["regulation"])
            imported = import_text(
                regulation, options["file"].read_bytes(), by=options["by"] or getpass.getuser(), on=clock.today()
            )
        except KeyError:
            raise CommandError(f"没有名为 {options['regulation']} 的规则版本。") from None
        except OSError as error:
            raise CommandError(f"不能读取文件 {options['file']}：{error.strerror}") from None
        except TextRefused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"已导入{regulation.title}共{imported.articles}条，文件摘要 {imported.digest}")
