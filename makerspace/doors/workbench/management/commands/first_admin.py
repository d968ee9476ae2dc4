"""``manage.py first_admin``: the one account that nobody can invite."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse

from makerspace.doors.workbench import administration
from makerspace.office.people.models import Person, Post
from makerspace.regulation.terms import Role
from makerspace.web.commands import PlainCommand


class Command(PlainCommand):
    """Works once: all others are invited by the system administrator."""

    help = "Open the first system administrator's account and print the link that sets its password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who it is."""
        parser.add_argument("username")
        parser.add_argument("email")
        parser.add_argument("name")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Open, appoint, record, print."""
        if Post.objects.filter(role=Role.SYSTEM_ADMIN.value).exists():
            raise CommandError("已经有系统管理员；其他人员由系统管理员在“人员与账号”中邀请。")
        if Person.objects.filter(username__iexact=options["username"]).exists():
            raise CommandError(f"用户名 {options['username']} 已被使用。")
        person = Person.objects.create_user(options["username"], options["email"], None, name=options["name"])
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        administration.appoint_first(person)
        key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
        path = reverse("account_reset_password_from_key", kwargs=key)
        minutes = settings.PASSWORD_RESET_TIMEOUT // 60
        self.stdout.write(f"请在{minutes}分钟内打开下面的链接设置密码：\n{settings.PUBLIC_BASE_URL}{path}")
