"""Priority over HTTP: a letter is asked for, issued, checked by a stranger, breaks ties, and ends with the title."""

import io
from datetime import date

import pytest
from django.core.management import call_command

from makerspace.matters.recognition.models import Title
from makerspace.matters.support.models import Letter
from makerspace.regulation.terms import Role
from tests.factories import make_person
from tests.stories.test_change import begun as begun_change
from tests.stories.test_grant import titled
from tests.stories.walk import Town

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def begun(town: Town, owner: str, number: str) -> str:
    """The number of a request begun for that title."""
    made = town[owner].post(f"/titles/{number}/letters", {}, 201)
    town.owners[made["id"]] = owner
    assert (made["kind"], made["stage"]) == ("priority", "draft")
    return str(made["id"])


def test_a_letter_is_issued_used_twice_and_void_on_the_day_the_title_ends() -> None:
    town = Town()
    owner = town.owner(titled(town))
    agency = town.join("agency", make_person(Role.AGENCY))
    held = Title.objects.select_related("organisation").get()
    year, uscc = held.since.year + 1, held.organisation.uscc
    ask = f"/priority?uscc={uscc}&year={year}"
    assert (agency.get(ask)["holds"], agency.get(ask)["letter"]) == (True, None)
    town.stranger.post(f"/titles/{held.number}/letters", {}, 401)
    town["bureau"].post(f"/titles/{held.number}/letters", {}, 404)

    first = begun(town, owner, held.number)
    town[owner].post(f"/titles/{held.number}/letters", {}, 409)
    assert town.wrong(owner, first, "request_letter") == {"programmes"}
    town.take(owner, first, "request_letter", programmes="市级工程技术研究中心")
    town.why("leader", first, "issue_letter", 403)
    assert town.wrong("bureau", first, "refuse_letter", reason="") == {"reason"}
    town.take("bureau", first, "refuse_letter", reason="所列项目不属市级科技项目")
    assert town.case(first, owner)["facts"]["reason"] == "所列项目不属市级科技项目"
    letter = begun(town, owner, held.number)
    town.take(owner, letter, "request_letter", programmes="市级重点实验室")
    agency.get(f"/cases/{letter}", 404)
    town.take("bureau", letter, "issue_letter")

    told = agency.get(ask)["letter"]
    code = told["code"]
    assert told == {"case": letter, "code": code, "issued_on": town.today.isoformat(), "state": "not_yet", "uses": 0}
    assert town.stranger.get(f"/verify/{code}") == {
        "genuine": True, "kind": "priority_letter", "number": letter, "holder": held.holder, "state": "not_yet",
        "since": held.since.isoformat(), "replaced_by": None, "year": year,
    }  # fmt: skip
    use = {
        "programme": f"{year}年度市级重点实验室",
        "office": "社会发展处",
        "used_on": town.today.isoformat(),
        "tie": "得分并列",
    }
    town.why("agency", letter, "record_use", 409, **use)

    town.wait_until(date(year, 5, 10))
    town.join("agency", make_person(Role.AGENCY))  # a token lasts no year
    for name in (owner, "bureau"):
        town.join(name, town.people[name])
    use |= {"used_on": town.today.isoformat()}
    assert town.stranger.get(f"/verify/{code}")["state"] == "usable"
    assert town.acts("agency", letter) == ["record_use"]
    town.why("bureau", letter, "record_use", 403, **use)
    assert town.wrong("agency", letter, "record_use") == {"programme", "office", "used_on", "tie"}
    town.take("agency", letter, "record_use", **use)
    assert town.wrong("agency", letter, "record_use", **use | {"programme": f" {use['programme']} "}) == {"programme"}
    town.take("agency", letter, "record_use", **use | {"programme": f"{year}年度市级科技企业孵化器"})
    facts = town.case(letter, owner)["facts"]
    assert [row["programme"] for row in facts["uses"]] == [use["programme"], f"{year}年度市级科技企业孵化器"]
    assert (facts["state"], facts["code"], town["agency"].get(ask)["letter"]["uses"]) == ("usable", code, 2)

    leaving = begun_change(town, owner, held.number)
    town.take(owner, leaving, "relinquish", reason="停办", sure=True)
    town.take("bureau", leaving, "confirm_relinquish", note="")
    assert town.stranger.get(f"/verify/{code}")["state"] == "void"
    assert (town["agency"].get(ask)["holds"], town["agency"].get(ask)["letter"]["state"]) == (False, "void")
    assert town.wrong(
        "agency", letter, "record_use", **use | {"programme": "另一个项目", "used_on": town.today.isoformat()}
    ) == {"used_on"}
    assert Letter.objects.filter(live=True).count() == 1
    for command in ("verify_record", "replay"):
        call_command(command, stdout=io.StringIO())
