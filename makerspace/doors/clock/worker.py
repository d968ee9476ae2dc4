"""The worker: hands that work beside each other, so that a slow mail server holds up no deadline."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.db import close_old_connections, connections

from makerspace.doors.clock import turn
from makerspace.doors.clock.tick import make_papers, send_letters, tick
from makerspace.office.documents import files
from makerspace.office.record import clock

log = logging.getLogger(__name__)
TICK_EVERY, PAPERS_EVERY, LETTERS_EVERY, SWEEP_EVERY = 20.0, 1.0, 2.0, 24 * 3600.0
LONGEST_GOODBYE = 1.5


def run() -> None:
    """Work until SIGTERM or SIGINT. What is unfinished then is leased or not yet committed, and is taken up again."""
    stop, told = threading.Event(), _told_by_signals()
    hands = [
        _hand("tick", tick_in_turn, TICK_EVERY, stop),
        _hand("papers", make_papers, PAPERS_EVERY, stop),
        _hand("letters", lambda: send_letters(clock.now()), LETTERS_EVERY, stop),
        _hand("sweep", files.sweep, SWEEP_EVERY, stop),
    ]
    while not told:
        time.sleep(0.2)
    stop.set()
    for hand in hands:
        hand.join(LONGEST_GOODBYE / len(hands))


def tick_in_turn() -> None:
    """Tick, unless another clock is at it."""
    with turn.taken(wait_seconds=0) as mine:
        if mine:
            tick(clock.now())


def _hand(name: str, work: Callable[[], object], every: float, stop: threading.Event) -> threading.Thread:
    hand = threading.Thread(target=_work, args=(name, work, every, stop), name=name, daemon=True)
    hand.start()
    return hand


def _work(name: str, work: Callable[[], object], every: float, stop: threading.Event) -> None:
    """Do the work again and again; a fault is logged, and the next round begins with a new connection."""
    while True:
        try:
            work()
        except Exception:
            log.exception("clock: %s failed", name)
            connections.close_all()
        close_old_connections()
        if stop.wait(every):
            break
    connections.close_all()


def _told_by_signals() -> list[int]:
    """The signals to stop that came so far. Nothing here takes a lock: a second signal may come while the first is heard, as
    with Ctrl+C, and would wait for itself."""
    told: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, hear)
    return told
