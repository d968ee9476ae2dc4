"""What every page may say about the site; nothing here asks the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from makerspace.office.documents import uploads

ELDER_COOKIE = "elder"


def site(request: HttpRequest) -> dict[str, Any]:
    """The office's own data, whether this is the demonstration, and the larger display that the visitor chose."""
    return {
        "office": settings.SITE,  # allauth's views put a "site" of their own in the context
        "site": settings.SITE,
        "demo": settings.DEMO,
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
        "upload_max_mb": uploads.most_mb()[0],
        "upload_whole_mb": uploads.most_mb()[1],
    }
