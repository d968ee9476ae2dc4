"""What only the public door keeps: the bureau's own text of a regulation, once it was imported."""

from django.db import models


class OfficialText(models.Model):
    """One article of a regulation as issued; the repository carries none, ``import_text`` brings it in."""

    regulation = models.CharField("规则版本", max_length=40)
    article = models.PositiveSmallIntegerField("条")
    text = models.TextField("条文")
    digest = models.CharField("来源文件摘要（SHA-256）", max_length=64)
    imported_at = models.DateTimeField("导入时间")
    imported_by = models.CharField("导入人", max_length=64)

    class Meta:
        verbose_name = "条文"
        ordering = ("regulation", "article")
        constraints = [models.UniqueConstraint("regulation", "article", name="official_text_once")]

    def __str__(self) -> str:
        return f"{self.regulation} 第{self.article}条"
