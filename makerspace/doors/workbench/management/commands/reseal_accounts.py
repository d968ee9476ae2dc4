"""``manage.py reseal_accounts``: after a new key was put first, every bank account is sealed under it."""

from typing import Any

from makerspace.matters.funding.operations import reseal_accounts
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """Seal every account anew."""

    help = "用 ACCOUNT_KEYS 中的第一个密钥重新加密全部收款账号。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in one transaction and say how many."""
        self.stdout.write(f"已重新加密{reseal_accounts()}个收款账号。")
