"""The inbox as it reads today: what was to be done once and has moved on since says so."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from makerspace.office.casework import queries
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person

TO_DO = "待办："


class Told(NamedTuple):
    """A message, and where its case is now if that is no longer where the message says; else empty."""

    message: Message
    moved_to: str


def as_of_today(messages: Iterable[Message], person: Person, on: date) -> list[Told]:
    """Each message beside the present stage of its case; one query, and none without anything to do in it."""
    told = list(messages)
    numbers = {message.stream for message in told if message.subject.startswith(TO_DO)}
    cases = queries.visible_to(person, on).filter(number__in=numbers) if numbers else ()
    stages = {case.number: queries.stage_of(case).label for case in cases}
    return [Told(message, _moved(message, stages.get(message.stream, ""))) for message in told]


def _moved(message: Message, stage: str) -> str:
    due = message.subject.startswith(TO_DO) and stage and not message.subject.endswith(f"（{stage}）")
    return stage if due else ""
