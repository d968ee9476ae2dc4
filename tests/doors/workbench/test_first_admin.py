"""The first administrator: once, from the server's shell, with a link that sets the password."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from makerspace.office.people.models import Person, Post
from makerspace.office.record.models import Entry

pytestmark = pytest.mark.django_db
PASSWORD = "Dianchi-lake-2026"


def test_the_first_administrator_sets_a_password_and_signs_in(client: Client) -> None:
    out = StringIO()

    call_command("first_admin", "chief", "chief@example.cn", "吴涛", stdout=out)
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", out.getvalue())
    assert found is not None
    form = client.get(found[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})

    assert Person.objects.get(username="chief").check_password(PASSWORD)
    assert list(Entry.objects.filter(stream="PEOPLE").values_list("act", flat=True)) == ["appoint_first"]


def test_there_is_one_first_administrator() -> None:
    call_command("first_admin", "chief", "chief@example.cn", "吴涛", stdout=StringIO())

    with pytest.raises(CommandError, match="已经有系统管理员"):
        call_command("first_admin", "second", "second@example.cn", "某", stdout=StringIO())

    assert Post.objects.count() == Person.objects.count() == 1
