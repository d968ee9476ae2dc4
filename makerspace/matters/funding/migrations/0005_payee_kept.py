"""Every account bears who held the title when it was named."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0004_payee")]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="holder",
            field=models.CharField(max_length=200, verbose_name="确认时的运营单位名称"),
        ),
        migrations.AlterField(
            model_name="account",
            name="unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organisation",
                verbose_name="确认单位",
            ),
        ),
    ]
