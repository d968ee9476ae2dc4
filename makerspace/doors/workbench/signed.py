"""How a form that was sent is answered."""

from typing import Any

from makerspace.web.forms import SchemaForm


def status_of(form: SchemaForm[Any]) -> int:
    """422 for a form that was sent and is wrong; adding a row is no fault."""
    return 422 if form.is_bound and not form.is_valid() and not form.editing_rows else 200
