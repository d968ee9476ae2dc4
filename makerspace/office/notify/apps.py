"""Registers the room with Django."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """通知."""

    name = "makerspace.office.notify"
    label = "notify"
    verbose_name = "通知"
