"""Registers the room with Django."""

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """名册."""

    name = "makerspace.matters.registers"
    label = "registers"
    verbose_name = "名册"
