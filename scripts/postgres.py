"""Runs a command beside a PostgreSQL of its own: made in a temporary folder, on a socket, gone afterwards.

With ``--durable`` first, it writes through to the disk as a production server does; else it is as fast as it can be.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote


def binaries() -> Path | None:
    """The folder of the newest server that Debian's packages have put here."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def main(command: list[str]) -> int:
    """Start, run, stop; the command's exit code is ours."""
    where = binaries()
    if where is None:
        sys.stderr.write("没有 PostgreSQL，未在其上运行。请由管理员执行：apt-get install postgresql\n")
        return 1
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    account = pwd.getpwnam("postgres") if os.getuid() == 0 else None
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def as_postgres(*words: str) -> None:
        user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd=folder, **user)

    durable = command[:1] == ["--durable"]
    command = command[durable:]
    fast = "" if durable else "-c fsync=off -c full_page_writes=off -c max_wal_size=4GB -c checkpoint_timeout=1h"
    data, options = folder / "data", f"-k {folder} -c listen_addresses='' -c max_connections=60 {fast}"
    try:
        as_postgres(str(where / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "-N")
        as_postgres(str(where / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        url = f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    finally:
        as_postgres(str(where / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
