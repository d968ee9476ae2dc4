"""The floor: a bare Django application on the same database that reads and renders as many rows, and nothing else."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makerspace.config.settings")
django.setup()
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = "bench.floor"

from makerspace.office.casework.models import Case  # noqa: E402

PAGE = Engine().from_string(
    "<!doctype html><title>floor</title><table>{% for c in cases %}<tr><td>{{ c.number }}<td>{{ c.subject }}"
    "<td>{{ c.stage }}<td>{{ c.due_on }}<td>{{ c.organisation.name }}</tr>{% endfor %}</table>"
)


def rows(request: HttpRequest, count: int) -> HttpResponse:
    """As many cases as asked for, newest first."""
    cases = Case.objects.select_related("organisation").order_by("-id")[:count]
    return HttpResponse(PAGE.render(Context({"cases": cases})))


urlpatterns = [path("floor/<int:count>/", rows)]
application = WSGIHandler()
