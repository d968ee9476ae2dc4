"""What lasts of a makerspace while its name, operator and titles come and go."""

from django.db import models

from makerspace.office.people.models import Authority, Organisation


class Makerspace(models.Model):
    """A makerspace as such: the lineage that its registers, titles and its one grant belong to (articles 7, 13).

    ``name`` and ``organisation`` are those of today; a change that the bureau has granted moves them.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="makerspaces", verbose_name="运营单位账户"
    )
    name = models.CharField("众创空间名称", max_length=200)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="makerspaces", verbose_name="科技主管部门")
    created_on = models.DateField("建立日期")

    class Meta:
        verbose_name = "众创空间"
        constraints = [models.UniqueConstraint("organisation", "name", name="makerspace_named_once")]

    def __str__(self) -> str:
        return self.name
