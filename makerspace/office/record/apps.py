"""Registers the room with Django."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """案卷."""

    name = "makerspace.office.record"
    label = "record"
    verbose_name = "案卷"
