"""``make bench``: fills N cases, starts the production server, measures, prints a table and writes var/bench.json.

N = 100, 1,000 and 10,000 on SQLite and on PostgreSQL (written through to the disk), with one client and with eight, and
in the same run a floor: a bare Django view on the same database that reads and renders as many rows.
``python -m bench --quick`` does SQLite with 100 and 1,000 only.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from pikepdf import Pdf

from bench import life
from bench.load import Client, Figures, measure
from bench.servers import ROOT, manage, module, serving

SIZES, LIVES = (100, 1_000, 10_000), 1_000
GOALS = {"portal home": 8, "registry": 20, "worklist": 20, "case page": 25, "search": 25, "an act": 40}
EACH, ACTS = 150, 60
HEAD = f"{'database':<9}{'N':>7} {'page':<14}{'clients':>8}{'p50':>8}{'p95':>8}{'rps':>8}{'queries':>8}{'bytes':>8}{'floor':>7}{'ratio':>7}  goal"  # fmt: skip


def pages(world: dict[str, Any]) -> dict[str, tuple[str, str, int]]:
    """What is measured: name → (path, session, rows that the floor reads)."""
    officer, case = world["sessions"]["bureau1"], world["case"]
    return {
        "portal home": ("/", "", 10),
        "registry": ("/registry/", "", 50),
        "worklist": ("/work/cases/", officer, 50),
        "to-do": ("/work/", officer, 20),
        "case page": (f"/work/cases/{case}/", officer, 10),
        "search": (f"/work/cases/?q={quote('滇池')}", officer, 50),
        "registry search": (f"/registry/?q={quote('翠湖')}", "", 50),
    }


@contextmanager
def database(kind: str, count: int, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a fresh database of that kind."""
    common = {
        "DEMO": "0", "TRAINING_CLOCK": "1", "SECRET_KEY": "bench-" + "x" * 50, "CLOCK_FILE": str(folder / "clock"),
        "STORAGE_URL": f"file://{folder}/files",
    }  # fmt: skip
    url = f"sqlite:///{folder}/bench.sqlite3" if kind == "sqlite" else _new_database(f"bench{count}")
    yield common | {"DATABASE_URL": url}


def _new_database(name: str) -> str:
    """A database of its own on the server of DATABASE_URL."""
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    return f"{url.rpartition('/')[0]}/{name}"


def getter(port: int, path: str, session: str) -> Callable[[], int]:
    """A call that reads one page on a connection of its own."""
    client = Client(port, {"Cookie": f"sessionid={session}"} if session else {})
    return lambda: len(client.send("GET", path)[1])


def rows_of(
    kind: str, count: int, port: int, floor_port: int, world: dict[str, Any], queries: dict[str, int]
) -> list[dict[str, Any]]:
    """Every page with one client and with eight, beside its floor."""
    found = []
    for name, (path, session, rows) in pages(world).items():
        for clients in (1, 8):
            figures = measure([getter(port, path, session) for _ in range(clients)], EACH)
            floor = measure([getter(floor_port, f"/floor/{rows}/", "") for _ in range(clients)], EACH)
            found.append(row(kind, count, name, clients, figures, floor, queries[path]))
    found.append(row(kind, count, "an act", 1, acts(port, world), None, 0))
    return found


def acts(port: int, world: dict[str, Any]) -> Figures:
    """A paper copy registered at the bureau's counter, again and again: lock, move, seal, messages, commit."""
    headers = {"Authorization": f"Bearer {world['tokens']['bureau1']}", "Content-Type": "application/json"}
    client, path = Client(port, headers), f"/api/v1/cases/{world['case']}/acts/register_paper"
    body = json.dumps({"received_on": world["day"], "copies": 1, "agrees": True}).encode()
    return measure([lambda: len(client.send("POST", path, body)[1])], ACTS)


def row(
    kind: str, count: int, name: str, clients: int, figures: Figures, floor: Figures | None, queries: int
) -> dict[str, Any]:
    """One line of the table, printed as it comes."""
    ratio = round(figures.p50 / floor.p50, 1) if floor else None
    line = {
        "database": kind, "n": count, "page": name, "clients": clients, "p50_ms": figures.p50, "p95_ms": figures.p95,
        "rps": figures.rps, "queries": queries, "bytes": figures.bytes, "floor_p50_ms": floor.p50 if floor else None, "ratio": ratio,
    }  # fmt: skip
    goal = GOALS.get(name) if clients == 1 and count == SIZES[-1] else None
    verdict = "" if goal is None else f"  < {goal} ms: {'reached' if figures.p50 < goal else 'MISSED'}"
    print(f"{kind:<9}{count:>7} {name:<14}{clients:>8}{figures.p50:>8}{figures.p95:>8}{figures.rps:>8}{queries:>8}{figures.bytes:>8}{line['floor_p50_ms'] or '':>7}{ratio or '':>7}{verdict}", flush=True)  # fmt: skip
    return line


def one(kind: str, count: int, lives: int) -> dict[str, Any]:
    """One database of one size: fill, serve, measure; at the largest size also the whole lives."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, database(kind, count, Path(name)) as environment:
        manage("migrate", "-v0", environment=environment)
        manage("createcachetable", environment=environment)
        world = json.loads(module("bench.fill", str(count), environment=environment))
        wanted = {path: session for path, session, _ in pages(world).values()}
        queries = json.loads(module("bench.queries", json.dumps(wanted), environment=environment))
        with serving("makerspace.config.wsgi:application", environment) as port:
            with serving("bench.floor:application", environment, workers=2) as floor_port:
                answer: dict[str, Any] = {"rows": rows_of(kind, count, port, floor_port, world, queries)}
            if lives:
                answer["life"] = {"database": kind, "n": count} | life.run(port, world, small_pdf(), environment, lives)
                print(answer["life"], flush=True)
        return answer


def small_pdf() -> bytes:
    """One page of evidence."""
    pdf, out = Pdf.new(), BytesIO()
    pdf.add_blank_page(page_size=(595, 842))
    pdf.save(out)
    return out.getvalue()


def growth(rows: list[dict[str, Any]]) -> list[str]:
    """Pages that take more than a fifth longer at the largest size than at the smallest."""
    found = []
    for kind in {line["database"] for line in rows}:
        for name in {line["page"] for line in rows}:
            mine = {
                line["n"]: line["p50_ms"]
                for line in rows
                if (line["database"], line["page"], line["clients"]) == (kind, name, 1)
            }
            if mine and mine[max(mine)] > 1.2 * mine[min(mine)]:
                found.append(f"{kind} {name}: {mine[min(mine)]} ms → {mine[max(mine)]} ms")
    return sorted(found)


def main(words: list[str]) -> int:
    """All of it, or with ``--quick`` a part; PostgreSQL runs in a process beside its own server."""
    quick = "--quick" in words
    if "--inside" in words:
        result = run("postgres", quick)
        Path(words[words.index("--inside") + 1]).write_text(json.dumps(result), encoding="utf-8")
        return 0
    manage("collectstatic", "--noinput", "-v0", environment={})
    print(HEAD)
    result = run("sqlite", quick)
    if not quick:
        result = joined(result, beside_postgres())
    grown = growth(result["rows"])
    print("grown by more than a fifth:", "; ".join(grown) or "none")
    target = ROOT / "var" / "bench.json"
    target.write_text(json.dumps(result | {"grown": grown}, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"written to {target.relative_to(ROOT)}")
    return 0


def run(kind: str, quick: bool) -> dict[str, Any]:
    """All sizes on one kind of database."""
    sizes = SIZES[:2] if quick else SIZES
    parts = [one(kind, size, (200 if quick else LIVES) if size == sizes[-1] else 0) for size in sizes]
    return {
        "rows": [line for part in parts for line in part["rows"]],
        "lives": [part["life"] for part in parts if "life" in part],
    }


def beside_postgres() -> dict[str, Any]:
    """The same on PostgreSQL, each size in a cluster of its own so that every one begins empty."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        target = Path(name) / "out.json"
        command = [
            sys.executable,
            "scripts/postgres.py",
            "--durable",
            sys.executable,
            "-m",
            "bench",
            "--inside",
            str(target),
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return found


def joined(one_part: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two databases' results as one."""
    return {key: one_part[key] + other[key] for key in one_part}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
