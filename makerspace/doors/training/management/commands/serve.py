"""``manage.py serve``: prepares what is missing, then runs the web server and the clock side by side."""

import errno
import filecmp
import os
import secrets
import signal
import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import Storage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from makerspace.doors.training.personas import PASSWORD, PERSONAS
from makerspace.office.casework.models import Case
from makerspace.office.record import durability
from makerspace.web.commands import PlainCommand

PATIENCE = 20  # seconds that what was asked to end may still take; the web server gives each of its workers half of it
MANAGE = str(settings.BASE_DIR / "manage.py")


class Command(PlainCommand):
    """One command for one machine; ends cleanly on SIGINT and SIGTERM."""

    help = "Prepare the database and the static files, then serve on 127.0.0.1 (PORT, WORKERS)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"))
        parser.add_argument("--workers", type=int, default=os.environ.get("WORKERS", "2"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, announce, run."""
        if is_taken(options["host"], options["port"]):
            raise CommandError(
                f"端口 {options['port']} 已被占用，请先停止占用它的程序，或用 PORT= 另选端口。", returncode=2
            )
        environment = {**os.environ, "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key()}
        environment.setdefault("PUBLIC_BASE_URL", f"http://{options['host']}:{options['port']}")
        self.prepare(environment)
        self.stdout.write(announcement(options["host"], options["port"]))
        self.stdout.flush()
        sys.exit(run_beside_each_other(commands(options), environment))

    def prepare(self, environment: dict[str, str]) -> None:
        """Migrate, collect what changed, and fill the demo city into an empty demo database."""
        call_command("migrate", verbosity=0, interactive=False)
        broken = durability.faults(connection)
        if broken:
            raise CommandError("数据库不能保证已确认的办理不丢失，未启动：\n" + "\n".join(broken))
        call_command("createcachetable", verbosity=0)
        if static_is_stale():
            self.stdout.write("正在收集静态文件……")
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        if settings.DEMO and not Case.objects.exists():
            self.stdout.write("正在建立演示城市（首次运行需要一两分钟）……")
            self.stdout.flush()
            subprocess.run([sys.executable, MANAGE, "demo_city"], env=environment, check=True)  # noqa: S603  our own command


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there: the server would share the port with them, and visitors fall to either."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            return fault.errno == errno.EADDRINUSE
    return False


def secret_key() -> str:
    """The key of this installation, made once and readable by its owner only."""
    path: Path = settings.SECRET_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def static_is_stale() -> bool:
    """Whether a source of static files differs from what was collected. By content: a release that is unpacked keeps the
    times of its making, and these may lie before the last start."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        return True
    return any(_differs(path, storage) for finder in get_finders() for path, storage in finder.list([]))


def _differs(path: str, storage: Storage) -> bool:
    collected = settings.STATIC_ROOT / (getattr(storage, "prefix", None) or "") / path
    return not collected.exists() or not filecmp.cmp(storage.path(path), collected, shallow=False)


def commands(options: dict[str, Any]) -> list[list[str]]:
    """The web server, with threads that only receive so that stalled clients block nobody (C35), and the clock."""
    granian = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", options["host"],
        "--port", str(options["port"]), "--workers", str(options["workers"]), "--blocking-threads", "64",
        "--log-level", "error", "--no-ws", "--backlog", "512", "--http1-header-read-timeout", "10000",
        "--workers-kill-timeout", str(PATIENCE // 2), "makerspace.config.wsgi:application",
    ]  # fmt: skip
    return [granian, [sys.executable, MANAGE, "clock"]]


def announcement(host: str, port: str) -> str:
    """The address, and in demo mode who may sign in."""
    lines = ["", f"昆明市众创空间认定管理系统已启动：http://{host}:{port}/"]
    if settings.DEMO:
        lines += ["", f"演示账号（密码均为 {PASSWORD}，也可在登录页直接选择身份）："]
        lines += [f"  {persona.username:<20}{persona.title}" for persona in PERSONAS]
    return "\n".join([*lines, "", "按 Ctrl+C 停止。"])


def run_beside_each_other(lines: list[list[str]], environment: dict[str, str]) -> int:
    """Start all; when one ends or a signal comes, end the others. Returns the first exit code that is not 0.

    Each has a process group of its own: Ctrl+C reaches this process alone, which tells the others once and in order.
    """
    running = [subprocess.Popen(line, env=environment, cwd=settings.BASE_DIR, process_group=0) for line in lines]  # noqa: S603  ours

    def stop(number: int, frame: FrameType | None) -> None:
        for process in running:
            process.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    pid, status = os.wait()
    code = os.waitstatus_to_exitcode(status)
    for process in running:
        if process.pid != pid:
            end(process)
    return max(code, 0)


def end(process: subprocess.Popen[Any], patience: float = PATIENCE) -> None:
    """Ask it to end and wait; it is ended where it does not, so that none goes on unseen and holds the port."""
    process.terminate()
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
