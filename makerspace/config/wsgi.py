"""The WSGI application: granian serves it, gunicorn could. It does not start on what cannot be trusted."""

import gc
import os
import sys

import pypinyin  # noqa: F401  its dictionaries are long in loading: now, and not within an act
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.urls import reverse

from makerspace.config.patience import Patience
from makerspace.office.record import durability


def _trusted() -> None:
    """Refuse a secret that everybody knows (C8) and a database that loses what it acknowledged (C39, C40)."""
    if settings.SECRET_KEY == settings.NO_SECRET:
        raise ImproperlyConfigured("SECRET_KEY 未设置，不能启动。")
    try:
        faults = durability.faults(connection)
    except OperationalError:  # away for the moment: /readyz says so, and it may come back
        return
    finally:
        connection.close()
    if faults:
        raise ImproperlyConfigured("数据库不能保证已确认的办理不丢失，不能启动：" + "；".join(faults))


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makerspace.config.settings")
sys.setswitchinterval(0.0005)  # whoever holds the write lock comes back from the database sooner than after 5 ms
application = Patience(get_wsgi_application(), most=settings.BODY_MAX_BYTES)
_trusted()
reverse("portal_home")  # loads every page now, and not within somebody's first request
gc.collect()
gc.freeze()  # what was loaded stays: no collection looks through it again
