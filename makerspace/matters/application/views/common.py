"""What every page of this room begins with: who is there, and the case that they fill in or read."""

import secrets
from datetime import date

from django.http import HttpRequest

from makerspace.matters.application import queries
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.people.models import Person
from makerspace.web.forms.binding import version_of


def filled_in_by(person: Person, number: str, on: date) -> Case:
    """The case (404 if not visible), for someone who fills it in (403), with its application."""
    case = cases.fetch(person, number, on)
    if case.kind != queries.KIND:
        raise Refused(cases.NOT_THERE)
    if not queries.may_edit(person, case, on):
        raise refused("not_yours", "申报内容由申报单位填写；提交后，审核人员可以在办件页查看。", 9)
    return case


def open_to(person: Person, number: str, on: date) -> Case:
    """As ``filled_in_by``, and the case may still be changed (409)."""
    case = filled_in_by(person, number, on)
    if case.stage not in queries.EDITABLE:
        raise refused("wrong_stage", f"本件现处于“{cases.stage_of(case).label}”环节，申报内容已固定。", 9)
    return case


def seen_version(request: HttpRequest) -> int:
    """The version that the form was opened on; a value that is none never matches."""
    return version_of(request.POST.get("version", ""))


def new_token() -> str:
    """A token for one form that was not sent yet (C19)."""
    return secrets.token_urlsafe(24)
