"""What lapses by itself: kept answers after a day, sessions after their end."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now

from makerspace.office.casework.models import Answer

ANSWERS_KEPT = timedelta(hours=24)


def forget_answers(now: datetime) -> int:
    """Forget what was answered to requests with a key more than 24 hours ago; the number forgotten."""
    return Answer.objects.filter(at__lt=now - ANSWERS_KEPT).delete()[0]


def end_sessions() -> int:
    """Remove sessions past their end; the number removed. They end by the database's time, whatever the training clock says."""
    return Session.objects.filter(expire_date__lt=Now()).delete()[0]
