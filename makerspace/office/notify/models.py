"""Messages: written in the act's transaction, read in the inbox, carried outside by the clock."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """What one person is told. ``key`` makes a warning that is given at most once."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="messages", verbose_name="收件人"
    )
    subject = models.CharField("标题", max_length=200)
    text = models.TextField("正文")
    link = models.CharField("链接", max_length=300, blank=True)
    stream = models.CharField("卷号", max_length=64, blank=True)
    key = models.CharField("去重键", max_length=120, unique=True, null=True, blank=True)
    created_at = models.DateTimeField("写成时刻")
    read_at = models.DateTimeField("阅读时刻", null=True, blank=True)

    class Meta:
        verbose_name = "消息"
        indexes = [
            models.Index(fields=["person", "-id"], name="message_inbox"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="message_unread"),
        ]

    def __str__(self) -> str:
        return self.subject


class Delivery(models.Model):
    """One message on its way outside, by e-mail or SMS."""

    class State(models.TextChoices):
        QUEUED = "queued", "待发"
        SENT = "sent", "已发"
        FAILED = "failed", "未能发出"

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries", verbose_name="消息")
    channel = models.CharField("渠道", max_length=8)
    address = models.CharField("地址", max_length=254)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次发送")
    sent_at = models.DateTimeField("发出时刻", null=True, blank=True)
    error = models.CharField("原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "投递"
        indexes = [models.Index(fields=["next_at"], condition=Q(state="queued"), name="delivery_due")]

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
