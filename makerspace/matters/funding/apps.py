"""Registers the room with Django."""

import importlib

from django.apps import AppConfig


class FundingConfig(AppConfig):
    """引导资金."""

    name = "makerspace.matters.funding"
    label = "funding"
    verbose_name = "引导资金"

    def ready(self) -> None:
        """Hand in the acts once all models are there."""
        importlib.import_module("makerspace.matters.funding.acts")
