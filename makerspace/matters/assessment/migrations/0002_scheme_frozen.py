"""Triggers: a published scheme is never changed or removed, and what happened to a scheme stays as it was written."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# What of a table stays: a scheme once it is published, each of the changes at once.
WHEN = {"assessment_scheme": "WHEN (OLD.state = 'published')", "assessment_schemechange": ""}

SQLITE = """
CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} {when}
BEGIN SELECT RAISE(ABORT, 'what was published stays'); END;
"""
POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION assessment_stays() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'what was published stays' USING ERRCODE = 'integrity_constraint_violation'; END;
$$ LANGUAGE plpgsql;
"""
POSTGRES = """
CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW {when} EXECUTE FUNCTION assessment_stays();
"""


def sqlite() -> list[str]:
    """The statements for SQLite: a trigger for each event."""
    events = ("UPDATE", "DELETE")
    return [SQLITE.format(table=table, event=event, when=when) for table, when in WHEN.items() for event in events]


def freeze(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in sqlite():
            schema_editor.execute(statement)
        return
    schema_editor.execute(POSTGRES_FUNCTION)
    for table, when in WHEN.items():
        schema_editor.execute(POSTGRES.format(table=table, when=when))


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_initial")]
    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
