"""The documents app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Materials handed in and official papers."""

    name = "makerspace.office.documents"
    label = "documents"
    verbose_name = "材料与公文"
    default_auto_field = "django.db.models.BigAutoField"
