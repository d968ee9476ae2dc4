"""The demo people for the sign-in page."""

from django import template

from makerspace.doors.training.personas import PASSWORD, PERSONAS, Persona

register = template.Library()


@register.simple_tag
def demo_personas() -> list[Persona]:
    """The accounts to choose from."""
    return [persona for persona in PERSONAS if persona.shown]


@register.simple_tag
def demo_password() -> str:
    """The password of every demo account, which everybody may know."""
    return PASSWORD
