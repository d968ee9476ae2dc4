"""What lapses by itself: kept answers after a day, sessions after their end."""

import importlib
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from makerspace.office.casework.models import Answer

ANSWERS_KEPT = timedelta(hours=24)


def forget_answers(now: datetime) -> int:
    """Forget what was answered to requests with a key more than 24 hours ago; the number forgotten."""
    return Answer.objects.filter(at__lt=now - ANSWERS_KEPT).delete()[0]


def end_sessions() -> int:
    """Remove sessions past their end; the number removed. They end by real time, whatever the training clock says."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).count()
    if ended:
        importlib.import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return ended
