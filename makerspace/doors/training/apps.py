"""Registers the room with Django."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """演练."""

    name = "makerspace.doors.training"
    label = "training"
    verbose_name = "演练"
