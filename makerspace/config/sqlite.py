"""Puts the newer SQLite of pysqlite3 in the place of the standard module, before Django loads its backend."""

import sys
import warnings

import pysqlite3
from pysqlite3 import dbapi2

SAFE = (3, 51, 3)


def install() -> None:
    """Swap the module; warn loudly where the SQLite inside still has the WAL-reset fault (C40)."""
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2
    if pysqlite3.sqlite_version_info < SAFE:
        warnings.warn(
            f"SQLite {pysqlite3.sqlite_version} can lose data in WAL mode; 3.51.3 or newer is needed.", stacklevel=2
        )
