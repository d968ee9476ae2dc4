"""Registers the room with Django."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """工作台."""

    name = "makerspace.doors.workbench"
    label = "workbench"
    verbose_name = "工作台"
