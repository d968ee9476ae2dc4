"""Registers the room with Django."""

import importlib

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """扶持."""

    name = "makerspace.matters.support"
    label = "support"
    verbose_name = "扶持"

    def ready(self) -> None:
        """Hand in the letters' acts once all models are there."""
        importlib.import_module("makerspace.matters.support.letters")
