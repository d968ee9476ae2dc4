"""Registers the room with Django."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """时钟."""

    name = "makerspace.doors.clock"
    label = "clock"
    verbose_name = "时钟"
