"""Registers the room with Django."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """接口."""

    name = "makerspace.doors.api"
    label = "api"
    verbose_name = "接口"
