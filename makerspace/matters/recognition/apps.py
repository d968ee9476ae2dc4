"""Registers the room with Django."""

import importlib

from django.apps import AppConfig


class RecognitionConfig(AppConfig):
    """认定."""

    name = "makerspace.matters.recognition"
    label = "recognition"
    verbose_name = "认定"

    def ready(self) -> None:
        """Hand in the acts once all models are there."""
        importlib.import_module("makerspace.matters.recognition.acts")
