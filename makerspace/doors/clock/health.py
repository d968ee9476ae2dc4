"""How the system is: alive, ready, and the figures that an operator watches."""

import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from datetime import time as midnight

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min

from makerspace.doors.clock.tick import LAST_TICK
from makerspace.office.casework.models import Case
from makerspace.office.documents import files, storage
from makerspace.office.documents.models import Paper, PaperState
from makerspace.office.notify.models import Delivery
from makerspace.office.record import clock
from makerspace.office.record.models import Entry, Head

log = logging.getLogger(__name__)

Sample = tuple[dict[str, str], float]


def readiness() -> dict[str, bool]:
    """Whether the database answers, files can be written, and every migration has been applied."""
    checks: dict[str, Callable[[], bool]] = {
        "database": _database_answers, "storage": _storage_is_writable, "migrations": _migrations_are_applied,
    }  # fmt: skip
    return {name: _holds(name, check) for name, check in checks.items()}


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        log.exception("not ready: %s", name)
        return False


def _database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone()[0] == 1)


def _storage_is_writable() -> bool:
    """Write, read and remove a file where files are kept."""
    return files.store().answers()


def _migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def metrics(now: datetime) -> str:
    """The figures as Prometheus text (format 0.0.4)."""
    return "".join(_lines(now))


def _lines(now: datetime) -> Iterator[str]:
    by_stage = Case.objects.values("kind", "stage").annotate(n=Count("id")).order_by("kind", "stage")
    yield from _metric(
        "makerspace_cases", "Cases by kind and stage.",
        (({"kind": row["kind"], "stage": row["stage"]}, row["n"]) for row in by_stage),
    )  # fmt: skip
    overdue = Case.objects.filter(closed_on=None, due_on__lt=clock.day_of(now)).count()
    yield from _metric("makerspace_cases_overdue", "Open cases past their due day.", [({}, overdue)])
    yield from _queues(now)
    yield from _record(now)
    yield from _machine()


def _queues(now: datetime) -> Iterator[str]:
    letters = Delivery.objects.filter(state=Delivery.State.QUEUED).aggregate(
        n=Count("id"), oldest=Min("message__created_at")
    )
    papers = Paper.objects.filter(state=PaperState.QUEUED).aggregate(n=Count("id"), oldest=Min("created_at"))
    waiting = [({"queue": "letters"}, letters), ({"queue": "papers"}, papers)]
    yield from _metric(
        "makerspace_queue_length", "What waits to be done.", ((name, found["n"]) for name, found in waiting)
    )
    yield from _metric(
        "makerspace_queue_age_seconds", "How long the oldest one has waited.",
        ((name, _age(found["oldest"], now)) for name, found in waiting),
    )  # fmt: skip
    failed = [
        ({"queue": "letters"}, Delivery.objects.filter(state=Delivery.State.FAILED).count()),
        ({"queue": "papers"}, Paper.objects.filter(state=PaperState.FAILED).count()),
    ]
    yield from _metric("makerspace_queue_failed", "What was given up and waits for a person.", failed)


def _record(now: datetime) -> Iterator[str]:
    """Heads are behind when a finished day with entries has none; then the age counts from that day's end."""
    latest = Head.objects.order_by("-day").first()
    entries = Entry.objects.order_by("at")
    if latest:
        entries = entries.filter(at__gte=_end_of(latest))
    first = entries.values_list("at", flat=True).first()
    end = datetime.combine(clock.day_of(first) + timedelta(days=1), midnight(), clock.KUNMING) if first else None
    yield from _metric(
        "makerspace_record_head_delay_seconds", "Time since the end of the first day without its head; 0 where none is due.",
        [({}, _age(end, now))],
    )  # fmt: skip
    if latest:
        yield from _metric(
            "makerspace_record_head_age_seconds", "Age of the latest head.", [({}, _age(latest.published_at, now))]
        )


def _end_of(head: Head) -> datetime:
    return datetime.combine(head.day + timedelta(days=1), midnight(), clock.KUNMING)


def _machine() -> Iterator[str]:
    last = cache.get(LAST_TICK)
    if last is not None:
        yield from _metric(
            "makerspace_clock_age_seconds", "Time since the clock last ticked.", [({}, max(0.0, time.time() - last))]
        )
    held = storage.folder()
    if held is None:  # an object store tells its room elsewhere
        return
    disk = shutil.disk_usage(held.root if held.root.exists() else held.root.parent)
    yield from _metric("makerspace_storage_free_bytes", "Free space where files are kept.", [({}, disk.free)])
    yield from _metric(
        "makerspace_storage_used_ratio", "Used share of that disk.", [({}, round(disk.used / disk.total, 4))]
    )


def _age(since: datetime | None, now: datetime) -> float:
    """Seconds since then; 0 for what lies ahead or nowhere."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _metric(name: str, help_text: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {help_text}\n# TYPE {name} gauge\n"
    for labels, value in samples:
        named = ",".join(f'{key}="{text}"' for key, text in labels.items())
        yield f"{name}{{{named}}} {value:.15g}\n" if named else f"{name} {value:.15g}\n"
