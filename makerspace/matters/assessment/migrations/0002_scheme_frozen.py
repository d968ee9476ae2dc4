"""Triggers: a published scheme is never changed or removed, and what happened to a scheme stays as it was written."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SCHEME, CHANGE = "assessment_scheme", "assessment_schemechange"

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


def freeze(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers."""
    if schema_editor.connection.vendor == "sqlite":
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(SQLITE.format(table=SCHEME, event=event, when="WHEN OLD.state = 'published'"))
            schema_editor.execute(SQLITE.format(table=CHANGE, event=event, when=""))
        return
    schema_editor.execute(POSTGRES_FUNCTION)
    schema_editor.execute(POSTGRES.format(table=SCHEME, when="WHEN (OLD.state = 'published')"))
    schema_editor.execute(POSTGRES.format(table=CHANGE, when=""))


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_initial")]
    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
