"""Argon2 takes 100 MiB a hash: only so many at once in a process, whoever asks (C31)."""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2
_turn = threading.BoundedSemaphore(AT_ONCE)


class BoundedArgon2(Argon2PasswordHasher):
    """Argon2id as Django makes it; who comes third waits, so that a flood of sign-ins cannot take the memory."""

    def encode(self, password: str, salt: str) -> str:
        """A new hash."""
        with _turn:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password fits."""
        with _turn:
            return super().verify(password, encoded)
