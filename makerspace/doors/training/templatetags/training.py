"""The demo people for the sign-in page."""

from django import template

from makerspace.doors.training.personas import PASSWORD, PERSONAS, Persona, others

register = template.Library()


@register.simple_tag
def demo_personas() -> tuple[Persona, ...]:
    """The accounts to choose from."""
    return PERSONAS


@register.simple_tag
def demo_others() -> list[tuple[str, list[Persona]]]:
    """The other districts and experts, each group under its heading."""
    districts, experts = others()
    return [("其他区县（园区）科技主管部门", districts), ("专家库中的其他专家", experts)]


@register.simple_tag
def demo_password() -> str:
    """The password of every demo account, which everybody may know."""
    return PASSWORD
