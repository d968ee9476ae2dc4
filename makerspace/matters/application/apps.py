"""Registers the room with Django."""

from importlib import import_module

from django.apps import AppConfig


class ApplicationConfig(AppConfig):
    """申报."""

    name = "makerspace.matters.application"
    label = "application"
    verbose_name = "申报"

    def ready(self) -> None:
        """Hand in the room's acts once the models are there."""
        import_module("makerspace.matters.application.acts")
