from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_documents(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Titles that ended before this was kept: by the letter of their change, or the decision of their assessment."""
    title_model, change = apps.get_model("recognition", "Title"), apps.get_model("recognition", "Change")
    proceeding, paper = apps.get_model("assessment", "Proceeding"), apps.get_model("documents", "Paper")
    for title in title_model.objects.filter(ended_by=None).exclude(ended_on=None):
        if title.state == "revoked":
            said = proceeding.objects.filter(assessment__title=title, act="revoke").last()
            found = paper.objects.filter(code=said.paper_code).first() if said else None
        else:
            last = change.objects.filter(title=title, granted=True, decided_on=title.ended_on).last()
            found = last.paper if last else None
        if found:
            title_model.objects.filter(pk=title.pk).update(ended_by=found)


class Migration(migrations.Migration):
    dependencies = [
        ("assessment", "0004_life"),
        ("documents", "0001_initial"),
        ("recognition", "0006_title_ended_by"),
    ]

    operations = [migrations.RunPython(name_documents, migrations.RunPython.noop)]
