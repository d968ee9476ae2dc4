"""Whether what the database acknowledges survives a power cut (C39, C40); a server that cannot promise it is not started."""

from django.db.backends.base.base import BaseDatabaseWrapper

SAFE_SQLITE = (3, 51, 3)
FULL = 2


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What stands against relying on this database, in words for whoever runs it; empty where nothing does."""
    return _sqlite(connection) if connection.vendor == "sqlite" else _postgres(connection)


def _sqlite(connection: BaseDatabaseWrapper) -> list[str]:
    found = []
    version = _one(connection, "SELECT sqlite_version()")
    if tuple(int(part) for part in version.split(".")) < SAFE_SQLITE:
        found.append(f"SQLite {version} 的 WAL 模式有已知的数据丢失缺陷，需要 3.51.3 或更高版本。")
    if _one(connection, "PRAGMA journal_mode") != "wal":
        found.append("SQLite 未启用 WAL。")
    if int(_one(connection, "PRAGMA synchronous")) < FULL:
        found.append("SQLite 的 synchronous 应为 FULL，否则断电会丢失已确认的办理。")
    if int(_one(connection, "PRAGMA foreign_keys")) != 1:
        found.append("SQLite 未启用外键约束。")
    return found


def _postgres(connection: BaseDatabaseWrapper) -> list[str]:
    return [
        f"PostgreSQL 的 {name} 应为 on，否则断电会丢失已确认的办理。"
        for name in ("synchronous_commit", "fsync", "full_page_writes")
        if _one(connection, f"SHOW {name}") != "on"
    ]


def _one(connection: BaseDatabaseWrapper, sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return str(row[0])
