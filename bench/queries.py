"""Counts the database queries of each measured page, in process; prints JSON {path: queries}."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makerspace.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402


def main(pages: dict[str, str]) -> dict[str, int]:
    """``pages`` maps a path to a session key, or to an empty text for a visitor."""
    settings.ALLOWED_HOSTS = ["*"]
    counts = {}
    for path, session in pages.items():
        client = Client()
        if session:
            client.cookies[settings.SESSION_COOKIE_NAME] = session
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(path)
        counts[path] = len(caught)
    return counts


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))))
