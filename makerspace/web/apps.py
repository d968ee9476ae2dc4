"""门面: the visual language, forms and refusals that every page shares."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Comes before allauth among the installed apps, so that sign-in looks like the rest."""

    name = "makerspace.web"
    verbose_name = "门面"
