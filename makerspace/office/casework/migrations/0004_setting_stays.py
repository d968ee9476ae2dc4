"""Triggers: a setting's line is decided once; what was proposed is never reworded, and no line is ever removed."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "casework_settingline"
WORDED = ("regulation", "code", "value", "since", "reason", "proposed_by_id", "proposed_on")
REWORDED = " OR ".join(f"NEW.{column} <> OLD.{column}" for column in WORDED)
WHEN = {"UPDATE": f"WHEN (OLD.state <> 'proposed' OR {REWORDED})", "DELETE": ""}

SQLITE = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, 'what was set stays'); END;
"""
POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION setting_stays() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'what was set stays' USING ERRCODE = 'integrity_constraint_violation'; END;
$$ LANGUAGE plpgsql;
"""
POSTGRES = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION setting_stays();
"""
POSTGRES_TRUNCATE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION setting_stays();
"""


def sqlite() -> list[str]:
    """The statements for SQLite: a trigger for each event."""
    return [SQLITE.format(table=TABLE, event=event, when=when) for event, when in WHEN.items()]


def forbid(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in sqlite():
            schema_editor.execute(statement)
        return
    schema_editor.execute(POSTGRES_FUNCTION)
    for event, when in WHEN.items():
        schema_editor.execute(POSTGRES.format(table=TABLE, event=event, when=when))
    schema_editor.execute(POSTGRES_TRUNCATE.format(table=TABLE))


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_setting")]
    operations = [migrations.RunPython(forbid, migrations.RunPython.noop)]
