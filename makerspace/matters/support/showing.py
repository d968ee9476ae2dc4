"""What a letter of priority shows of itself: on its tab, and as the API's facts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from makerspace.matters.support.queries.letters import letter_of, standing
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person


def tab(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """The letter with its uses, for whoever may read the case."""
    letter = letter_of(case)
    return {"letter": letter, "standing": standing(letter, on), "uses": list(letter.uses.all())}


def facts(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    """The API's facts of a letter."""
    letter = letter_of(case)
    found = standing(letter, on)
    return {
        "title": letter.title.number, "year": letter.year, "programmes": letter.programmes,
        "requested_on": letter.requested_on, "issued_on": letter.issued_on, "uscc": letter.uscc or None,
        "code": letter.paper.code if letter.paper and letter.issued_on else None,
        "state": found.state.value if found else None, "refused_on": letter.refused_on, "reason": letter.reason,
        "uses": [
            {"programme": use.programme, "office": use.office, "on": use.on, "tie": use.tie} for use in letter.uses.all()
        ],
    }  # fmt: skip
