"""The same makerspace twice under one call: who is told of it. The measures are silent, so it keeps nobody from anything."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from makerspace.matters.application.models import Application
from makerspace.matters.application.queries import dossier_for
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import visible_to
from makerspace.office.people.models import Person


def twins_of(case: Case, person: Person, on: date) -> list[str]:
    """The numbers of the unit's other open cases under the same call, as far as this person sees them, that name the
    same makerspace at the same site; of drafts only the unit's own people are told. One query."""
    call = Application.objects.filter(case=case).values("call")
    others = (
        visible_to(person, on)
        .filter(organisation=case.organisation_id, application__call__in=call, closed_on=None)
        .exclude(pk=case.pk)
        .order_by("id")
    )
    if case.organisation_id not in person.capacity(on).organisations:
        others = others.exclude(filed_on=None)
    own = _place(dossier_for(person, case, on).get("makerspace"))
    rows = (
        Application.objects.filter(case__in=others).order_by("case").values_list("case__number", "dossier__makerspace")
    )
    return [number for number, makerspace in rows if _same(own, _place(makerspace))]


def _place(makerspace: Mapping[str, Any] | None) -> tuple[str, str, str]:
    """Name, authority and address, without the spaces that people type into them."""
    name, authority, address = (
        "".join(str((makerspace or {}).get(key) or "").split()) for key in ("name", "authority", "address")
    )
    return name, authority, address


def _same(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Named alike, at one authority, and at one address unless one of them is not filled in yet."""
    both_addresses = {one[2], other[2]} - {""}
    return bool(one[0]) and one[:2] == other[:2] and len(both_addresses) < 2
