"""A process that takes acts and says each one once the database has acknowledged it; meant to be killed."""

import sys
from datetime import date

import django
from django.db import transaction

django.setup()

from makerspace.office.record.operations import append  # noqa: E402  only after the setup
from makerspace.regulation.terms import Role  # noqa: E402

number = int(sys.argv[1])
while True:
    number += 1
    with transaction.atomic():
        append("KM-2026-0001", "record_visit", by=None, role=Role.CLOCK, on=date(2026, 3, 16), data={"n": number})
        append("KM-2026-0002", "recommend", by=None, role=Role.CLOCK, on=date(2026, 3, 16), data={"n": number})
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()
