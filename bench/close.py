"""Sets the training clock past a notice and closes it, as the clock does; papers and letters are left to the worker."""

import os
import sys
from datetime import datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makerspace.config.settings")
django.setup()

from makerspace.matters.review.operations import close_notices  # noqa: E402
from makerspace.office.record import clock  # noqa: E402

if __name__ == "__main__":
    clock.set_forward(datetime.fromisoformat(sys.argv[1]))
    close_notices(clock.now())
