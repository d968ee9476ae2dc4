"""Reading forms as a browser would."""

import re

from django.http import HttpResponse

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def hidden_fields(response: HttpResponse) -> dict[str, str]:
    """The hidden fields of the page's form, its own machinery included."""
    return {name: value for name, value in HIDDEN.findall(response.content.decode()) if name != "csrfmiddlewaretoken"}
