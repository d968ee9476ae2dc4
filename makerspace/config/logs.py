"""What the log may say: of an address that is itself a secret only its beginning, whichever part of the house logs it."""

import logging
import re

# A secret opens what is behind it to whoever reads it: calendars, invitations, links of tenants, objections, new passwords.
SECRET = re.compile(
    r"((?:/|%2F)(?:calendar|mentoring|invitations|objections(?:(?:/|%2F)confirm)?|(?:reset/)?key|confirm-email)"
    r"(?:/|%2F)[\w-]{4})[\w:-]{4,}",
    re.IGNORECASE,
)


class Masked(logging.Formatter):
    """Lines in which no secret address stands in full."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, with what an exception says."""
        return SECRET.sub(r"\1…", super().format(record))
