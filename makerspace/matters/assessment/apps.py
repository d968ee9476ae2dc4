"""Registers the room with Django."""

import importlib

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    """考核."""

    name = "makerspace.matters.assessment"
    label = "assessment"
    verbose_name = "考核"

    def ready(self) -> None:
        """Hand in the acts once all models are there."""
        importlib.import_module("makerspace.matters.assessment.acts")
