"""What a letter of priority shows of itself: on its tab, and as the API's facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from makerspace.matters.support.queries.letters import letter_of, standing
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import SEES_ALL
from makerspace.office.people.models import Person

OTHERS = "由登记的单位保存"


def tab(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """The letter with its uses, for whoever may read the case."""
    letter, whole = letter_of(case), reads_whole(case, person, on)
    uses = [(use, use.tie if whole or use.by_id == person.pk else OTHERS) for use in letter.uses.all()]
    return {"letter": letter, "standing": standing(letter, on), "uses": uses, "whole": whole}


def reads_whole(case: Case, person: Person, on: date) -> bool:
    """Whether the person reads plans and ties too: an agency knows of others' uses that they were, not between whom."""
    capacity = person.capacity(on)
    own = case.organisation_id in capacity.organisations or case.authority_id in capacity.authorities
    return own or bool(capacity.roles & SEES_ALL)


def facts(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """The API's facts of a letter."""
    letter, whole = letter_of(case), reads_whole(case, person, on)
    found = standing(letter, on)
    return {
        "title": letter.title.number, "year": letter.year, "programmes": letter.programmes if whole else None,
        "requested_on": letter.requested_on, "issued_on": letter.issued_on, "uscc": letter.uscc or None,
        "code": letter.paper.code if letter.paper and letter.issued_on else None,
        "state": found.state.value if found else None, "refused_on": letter.refused_on, "reason": letter.reason,
        "uses": [
            {
                "programme": use.programme, "office": use.office, "on": use.on,
                "tie": use.tie if whole or use.by_id == person.pk else None,
            }
            for use in letter.uses.all()
        ],
    }  # fmt: skip
