"""The rules: articles, numbers, readings, procedure."""

import re
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.doors.portal import procedure, queries
from makerspace.doors.portal.days import asked_day
from makerspace.doors.portal.models import OfficialText
from makerspace.office.casework.parameters import Standing, standing
from makerspace.regulation import VERSIONS, in_force
from makerspace.regulation.kunkefa_2017_55.articles import CHAPTERS
from makerspace.regulation.terms import Article, Reading, Regulation
from makerspace.web.policy import public

CODES = re.compile(r"（[a-z]+）")
VALUES = {
    "both": "同时符合",
    "either": "符合其一",
    "calendar": "自然日",
    "working": "工作日",
    "excluded": "不计入",
    "included": "计入",
}


class Number(NamedTuple):
    """A parameter as it stands on the day: its value, whence it is, and what comes into force when."""

    standing: Standing
    value: str

    @property
    def label(self) -> str:
        """What it is called, without the codes of a setting."""
        return CODES.sub("", self.standing.parameter.label)


class Clause(NamedTuple):
    """An article with all that hangs on it."""

    article: Article
    official: OfficialText | None
    numbers: list[Number]
    readings: list[Reading]


@public
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """All articles with their gists, numbers and readings, and the table of moves."""
    asked = asked_day(request, VERSIONS[0].in_force_from)
    regulation = in_force(asked.day)
    numbers = [_number(found) for found in standing(regulation, asked.day)]
    clauses = _clauses(regulation, numbers)
    chapters = [
        (n, name, [clause for clause in clauses if clause.article.chapter == n]) for n, name in CHAPTERS.items()
    ]
    context = {
        "regulation": regulation, "asked": asked, "chapters": chapters,
        "numbers": numbers,
        "procedures": procedure.tables(regulation),
        "imported": next((clause.official for clause in clauses if clause.official), None),
    }  # fmt: skip
    return render(request, "portal/rules.html", context)


@public
@require_safe
def article(request: HttpRequest, number: int) -> HttpResponse:
    """One article: gist, official text where imported, conditions, numbers, readings, moves."""
    asked = asked_day(request, VERSIONS[0].in_force_from)
    regulation = in_force(asked.day)
    numbers = [_number(found) for found in standing(regulation, asked.day)]
    clause = next((found for found in _clauses(regulation, numbers) if found.article.number == number), None)
    if clause is None:
        raise Http404
    context: dict[str, Any] = {
        "regulation": regulation, "asked": asked, "clause": clause,
        "conditions": [found for found in regulation.conditions if found.citation.article == number],
        "procedures": procedure.tables(regulation, number),
        "last": len(regulation.articles),
    }  # fmt: skip
    return render(request, "portal/article.html", context)


def _clauses(regulation: Regulation, numbers: list[Number]) -> list[Clause]:
    texts = queries.official_texts(regulation.id)
    return [
        Clause(
            article,
            texts.get(article.number),
            [found for found in numbers if found.standing.parameter.citation.article == article.number],
            [found for found in regulation.readings if found.citation.article == article.number],
        )
        for article in regulation.articles
    ]


def _number(found: Standing) -> Number:
    """The value as one reads it: money in yuan, settings in words."""
    if found.parameter.unit == "分":
        return Number(found, f"{found.value // 100:,}元")
    return Number(found, VALUES.get(str(found.value), found.said))
