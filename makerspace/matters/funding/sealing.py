"""Account numbers, encrypted at rest: AES-256-GCM under keys of their own, bound to the grant they belong to."""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE, SHOWN = 12, 4


class Unreadable(Exception):
    """None of the keys is the one under which the number was sealed, or the row was changed."""


def seal(number: str, grant: str) -> bytes:
    """The number as it lies in the table, under the first key; ``grant`` is the number of its case."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key(_secrets()[0], b"seal")).encrypt(nonce, number.encode(), _bound_to(grant))


def unseal(sealed: bytes, grant: str) -> str:
    """The number out of the table, under whichever key it was sealed. Raises Unreadable."""
    for secret in _secrets():
        try:
            return AESGCM(_key(secret, b"seal")).decrypt(sealed[:NONCE], sealed[NONCE:], _bound_to(grant)).decode()
        except InvalidTag:
            continue
    raise Unreadable


def mark(number: str) -> str:
    """A keyed digest: tells that two grants name one account, and nothing else."""
    return hmac.new(_key(_secrets()[0], b"mark"), number.encode(), hashlib.sha256).hexdigest()


def masked(tail: str) -> str:
    """As every page shows it: the last four digits alone."""
    return f"**** **** {tail}"


def _bound_to(grant: str) -> bytes:
    return f"grant-account:{grant}".encode()


def _secrets() -> Sequence[str]:
    """The setting ACCOUNT_KEYS, newest first; SECRET_KEY where there is none."""
    return settings.ACCOUNT_KEYS or [settings.SECRET_KEY]


def _key(secret: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"grant-account/" + purpose).derive(secret.encode())
