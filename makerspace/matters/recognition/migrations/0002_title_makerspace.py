"""Every title belongs to a makerspace; those given before get one each."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def enter(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Enter a makerspace for each title, the same one for titles of the same unit and name."""
    makerspaces = apps.get_model("registers", "Makerspace").objects
    for title in apps.get_model("recognition", "Title").objects.order_by("since", "pk"):
        title.makerspace, _ = makerspaces.get_or_create(
            organisation_id=title.organisation_id,
            name=title.name,
            defaults={"authority_id": title.authority_id, "created_on": title.since},
        )
        title.save(update_fields=["makerspace"])


class Migration(migrations.Migration):
    """The column, its content, then the promise that it is filled."""

    dependencies = [("recognition", "0001_initial"), ("registers", "0001_initial")]

    operations = [
        migrations.AddField(
            "title",
            "makerspace",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="titles",
                to="registers.makerspace",
                verbose_name="众创空间",
            ),
        ),
        migrations.RunPython(enter, migrations.RunPython.noop),
        migrations.AlterField(
            "title",
            "makerspace",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="titles",
                to="registers.makerspace",
                verbose_name="众创空间",
            ),
        ),
    ]
