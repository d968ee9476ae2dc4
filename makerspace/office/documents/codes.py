"""Check codes: 16 characters of Crockford's base 32 (80 bits), unguessable, easy to read out and to type."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A fresh code, such as 7K3M-9QXD-04TZ-BWHE."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def grouped(plain: str) -> str:
    """The code in groups of four."""
    return "-".join(plain[at : at + 4] for at in range(0, LENGTH, 4))


def normalise(typed: str) -> str | None:
    """The code that was meant (any case, O for 0, I or L for 1, dashes and spaces anywhere), or None."""
    plain = "".join(c for c in typed[:80].upper() if c.isascii() and c.isalnum()).translate(ALIKE)
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET):
        return None
    return grouped(plain)
