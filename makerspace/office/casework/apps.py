"""Registers the room with Django."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """办件."""

    name = "makerspace.office.casework"
    label = "casework"
    verbose_name = "办件"
