"""Registers the room with Django."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """扶持."""

    name = "makerspace.matters.support"
    label = "support"
    verbose_name = "扶持"
