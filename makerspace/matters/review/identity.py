"""Who objected, encrypted at rest: AES-256-GCM under a key of its own, bound to the objection it belongs to."""

import hashlib
import hmac
import json
import os
import unicodedata
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12
ELEVEN = 11  # digits of a mobile number at home


class Identity(NamedTuple):
    """The objector's real name, or the unit's, and how to reach them."""

    name: str
    contact: str


class Unreadable(Exception):
    """The key is not the one under which the identity was sealed, or the row was changed."""


def seal(identity: Identity, objection_id: int) -> bytes:
    """The identity as it lies in the table."""
    nonce = os.urandom(NONCE)
    plain = json.dumps(identity._asdict(), ensure_ascii=False).encode()
    return nonce + AESGCM(_key(b"seal")).encrypt(nonce, plain, _bound_to(objection_id))


def unseal(sealed: bytes, objection_id: int) -> Identity:
    """The identity out of the table. Raises Unreadable."""
    try:
        plain = AESGCM(_key(b"seal")).decrypt(sealed[:NONCE], sealed[NONCE:], _bound_to(objection_id))
    except InvalidTag:
        raise Unreadable from None
    return Identity(**json.loads(plain))


def tells(text: str, identity: Identity) -> bool:
    """Whether a text names the objector or how to reach them, whatever stands between the letters."""
    letters = _letters(text)
    return any(_letters(part) in letters for part in (identity.name, _local(identity.contact)) if _letters(part))


def _letters(text: str) -> str:
    """Letters and digits alone, wide and narrow forms the same."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _local(contact: str) -> str:
    """A phone without the country's code: it may be named either way."""
    digits = _letters(contact)
    return digits.removeprefix("86") if digits.isdecimal() and len(digits) > ELEVEN else contact


def mark(contact: str) -> str:
    """A keyed digest of a contact: tells that two objections come from one, and nothing else."""
    return hmac.new(_key(b"mark"), "".join(contact.split()).casefold().encode(), hashlib.sha256).hexdigest()


def _bound_to(objection_id: int) -> bytes:
    return f"objection:{objection_id}".encode()


def _key(purpose: bytes) -> bytes:
    """From the setting IDENTITY_KEY, else from SECRET_KEY; one key for each purpose."""
    secret = (settings.IDENTITY_KEY or settings.SECRET_KEY).encode()
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"objector-identity/" + purpose).derive(secret)
