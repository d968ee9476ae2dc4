"""A title over HTTP: renamed, its old sheet replaced, no second grant, then given up."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Grant
from makerspace.matters.recognition.models import Certificate, Title
from makerspace.office.casework.models import Case
from tests.factories import make_pdf
from tests.stories.test_grant import titled
from tests.stories.walk import Town, checked, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def begun(town: Town, owner: str, number: str) -> str:
    """The number of a change begun for that title."""
    made = town[owner].post(f"/titles/{number}/changes", {}, 201)
    town.owners[made["id"]] = owner
    assert (made["kind"], made["stage"]) == ("change", "draft")
    return str(made["id"])


def as_it_stands(town: Town, number: str, owner: str) -> dict[str, Any]:
    """The body of file_change with nothing changed."""
    title = Title.objects.select_related("organisation", "case").get(number=number)
    sites = title.case.submissions.latest("round").dossier["premises"]
    return {
        "happened_on": town.today.isoformat(), "name": title.name, "holder": title.holder, "uscc": title.organisation.uscc,
        "sites": [site | {"authority": title.authority.code} for site in sites], "reason": "品牌升级",
        "papers": [proof(town, owner, next(key for key in town.owners if key.startswith("CH-") and town.owners[key] == owner))],
    }  # fmt: skip


def proof(town: Town, who: str, number: str) -> str:
    fields = {"file": pdf(make_pdf(), "证明.pdf"), "kind": "attachment"}
    return str(checked(town[who].form(f"/cases/{number}/materials", fields), 201)["digest"])


def written_again(row: Any, **changes: object) -> Any:
    """The same row once more, written past every rule but the database's."""
    row = type(row).objects.get(pk=row.pk)
    row.pk, row._state.adding = None, True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def refuses_a_second(number: str, on: date) -> None:
    """A grant for the new name, though it had a title of its own: none is opened, and the database keeps none (article 13)."""
    first = Case.objects.get(number=number)
    title = first.grant.title

    with transaction.atomic():
        anew = written_again(title, number="KMZC-2026-099", case=written_again(title.case, number="KM-2026-0099"))
        second = written_again(first, number="GR-2026-0099")
        assert funding.open_grants(on) == []
        with pytest.raises(IntegrityError, match="makerspace"), transaction.atomic():
            written_again(first.grant, case=second, title=anew)
        transaction.set_rollback(True)

    assert (Grant.objects.count(), Case.objects.filter(kind="grant").count()) == (1, 1)


def test_a_title_is_renamed_has_no_second_grant_and_is_given_up() -> None:
    town = Town()
    grant = titled(town)
    owner = town.owner(grant)
    number = Title.objects.get().number
    old = Certificate.objects.get().code
    town.stranger.post(f"/titles/{number}/changes", {}, 401)
    town["bureau"].post(f"/titles/{number}/changes", {}, 404)

    change = begun(town, owner, number)
    town[owner].post(f"/titles/{number}/changes", {}, 409)
    given = as_it_stands(town, number, owner)
    assert town.wrong(owner, change, "file_change", **given) == {"reason"}
    assert town.wrong(owner, change, "file_change", **given | {"uscc": "12"}) == {"uscc"}
    moved = [given["sites"][0] | {"authority": "panlong"}]
    assert town.wrong(owner, change, "file_change", **given | {"sites": moved}) == {"sites.0.authority"}
    town.take(owner, change, "file_change", **given | {"name": "春城智创众创空间"})
    assert town.case(change, owner)["facts"]["kinds"] == ["name"]
    town.take("district", change, "give_opinion", supports=True, opinion="属实")
    town.take("leader", change, "grant_change", opinion="同意")

    entry = town.stranger.get(f"/registry/{number}")
    assert entry["name"] == "春城智创众创空间"
    assert len(entry["names"]) in {1, 2}  # a name that was borne for no day is put right
    assert entry["sites"]
    new = town.stranger.get(f"/verify/{old}")["replaced_by"]
    assert new != old
    assert town.stranger.get(f"/verify/{new}")["replaced_by"] is None
    assert town.case(grant, owner)["makerspace"] == "春城智创众创空间"
    assert town.tick()["grants"] == 0
    with town.present():
        assert funding.open_grants(town.today) == []
        refuses_a_second(grant, town.today)

    leaving = begun(town, owner, number)
    assert town.wrong(owner, leaving, "relinquish", reason="停办", sure=False) == {"sure"}
    town.take(owner, leaving, "relinquish", reason="停办", sure=True)
    town.take("bureau", leaving, "confirm_relinquish", note="引导资金另行处理")
    assert town.stranger.get(f"/verify/{new}")["state"] == "relinquished"
    ending = town.stranger.get(f"/registry/{number}")["ended_by"]
    assert town.stranger.get(f"/verify/{ending}")["genuine"]
    with town.present():
        assert ending in Client().get(f"/registry/{number}/").content.decode()
    before = (town.today - timedelta(days=1)).isoformat()
    if date.fromisoformat(entry["since"]) <= date.fromisoformat(before):
        then = town.stranger.get(f"/registry/{number}?on={before}")
        assert (then["state"], then["ended_by"]) == ("in_force", None)
    town[owner].post(f"/titles/{number}/changes", {}, 409)
    for command in ("verify_record", "replay"):
        call_command(command, stdout=io.StringIO())
