#!/usr/bin/env python
"""Django's command line."""

import gc
import io
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    # What we print is UTF-8 by contract, whatever the shell's locale says.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    # A fifth of each start went into looking for rubbish among what is only being loaded.
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makerspace.config.settings")
    execute_from_command_line(sys.argv)
