"""Who held the title when an account was named; and payments that were returned unpaid."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Q


def keep_holders(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """As the first change granted from that day on found it, else as the title stands.

    Where both fall on one day the account counts as the former holder's: at worst it is named once more.
    """
    units, changes = apps.get_model("people", "Organisation").objects, apps.get_model("recognition", "Change").objects
    for account in apps.get_model("funding", "Account").objects.select_related("grant__title__organisation"):
        title = account.grant.title
        granted = changes.filter(title=title, granted=True, decided_on__gte=account.on).order_by("decided_on", "pk")
        before = next((row.before for row in granted if row.before), None)
        account.holder = before["holder"] if before else title.holder
        account.unit = (units.filter(uscc=before["uscc"]).first() if before else None) or title.organisation
        account.save(update_fields=["holder", "unit"])


class Migration(migrations.Migration):
    """The columns and their content; that they are filled is promised in the next, for PostgreSQL does not do both at once."""

    dependencies = [
        ("funding", "0003_repayment"),
        ("people", "0002_authorities"),
        ("recognition", "0006_title_ended_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="holder",
            field=models.CharField(max_length=200, null=True, verbose_name="确认时的运营单位名称"),
        ),
        migrations.AddField(
            model_name="account",
            name="unit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.organisation",
                verbose_name="确认单位",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="returned_on",
            field=models.DateField(help_text="没有拨付而退回的，原因在收款账户中", null=True, verbose_name="退回日期"),
        ),
        migrations.AlterField(
            model_name="payment",
            name="state",
            field=models.CharField(
                choices=[
                    ("approved", "待拨付"),
                    ("paid", "已拨付"),
                    ("bounced", "已退汇"),
                    ("stopped", "不予拨付"),
                    ("returned", "已退回，未拨付"),
                ],
                default="approved",
                max_length=10,
                verbose_name="状态",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=(Q(returned_on=None) & ~Q(state="returned"))
                | Q(state="returned", returned_on__isnull=False, paid_on=None, voucher=""),
                name="payment_returned_was_never_paid",
            ),
        ),
        migrations.RunPython(keep_holders, migrations.RunPython.noop),
    ]
