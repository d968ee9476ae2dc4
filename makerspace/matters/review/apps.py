"""Registers the room with Django."""

import importlib

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """评审."""

    name = "makerspace.matters.review"
    label = "review"
    verbose_name = "评审"

    def ready(self) -> None:
        """Hand in the acts."""
        importlib.import_module("makerspace.matters.review.acts")
