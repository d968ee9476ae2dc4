"""The one clock. Instants come from the server; only in training may it be set forward."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

KUNMING = ZoneInfo("Asia/Shanghai")
SETTLED = timedelta(minutes=1)  # by then a transaction that was under way has ended
_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


class ClockRefused(Exception):
    """The clock may not be set so."""


def now() -> datetime:
    """The present instant, aware, in Kunming's time; the training clock's lead is added where one is set."""
    pretended = _pretended.get()
    if pretended is not None:
        return pretended
    return (datetime.now(UTC) + _lead()).astimezone(KUNMING)


def today() -> date:
    """The present day in Kunming."""
    return now().date()


def day_of(instant: datetime) -> date:
    """The day in Kunming on which ``instant`` falls."""
    return instant.astimezone(KUNMING).date()


def set_forward(instant: datetime) -> None:
    """Set the training clock to ``instant``; refused outside training, and backwards."""
    if not settings.TRAINING_CLOCK:
        raise ClockRefused("时钟只能在演练环境中拨快；正式环境只认服务器时间。")
    if instant < now():
        raise ClockRefused("时钟只能向前拨，不能倒退。")
    lead = instant - datetime.now(UTC)
    settings.CLOCK_FILE.parent.mkdir(parents=True, exist_ok=True)
    settings.CLOCK_FILE.write_text(f"{lead.total_seconds():.3f}", encoding="ascii")


@contextmanager
def pretending(instant: datetime) -> Iterator[None]:
    """Within the block it is ``instant``: how the demo city and the tests live through earlier days."""
    if not settings.TRAINING_CLOCK:
        raise ClockRefused("时钟只能在演练环境中改动。")
    token = _pretended.set(instant.astimezone(KUNMING))
    try:
        yield
    finally:
        _pretended.reset(token)


def reset() -> None:
    """Take the training clock's lead away."""
    settings.CLOCK_FILE.unlink(missing_ok=True)


def _lead() -> timedelta:
    if not settings.TRAINING_CLOCK:
        return timedelta()
    try:
        return timedelta(seconds=float(settings.CLOCK_FILE.read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()
