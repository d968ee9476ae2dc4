"""A pydantic model as an HTML form: the act's one description serves the API and the page."""

from makerspace.web.forms.schema import SchemaForm

__all__ = ["SchemaForm"]
