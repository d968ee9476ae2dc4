"""Registers the room with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """人员与机构."""

    name = "makerspace.office.people"
    label = "people"
    verbose_name = "人员与机构"
