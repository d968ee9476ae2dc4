"""A mobile number, however people type it."""

import re

MOBILE = re.compile(r"1[0-9]{10}")
BETWEEN = re.compile(r"[\s-]")
NARROW = str.maketrans("０１２３４５６７８９＋－", "0123456789+-")
WRONG = "应为11位数字，如13800001234"
LONGEST = 24  # as typed: with the country's code, blanks and hyphens


def mobile(text: str) -> str:
    """Eleven digits; full width, blanks, hyphens and +86 are taken too. Raises ``ValueError`` with what was expected."""
    number = BETWEEN.sub("", text.translate(NARROW)).removeprefix("+86")
    if not MOBILE.fullmatch(number):
        raise ValueError(WRONG)
    return number
