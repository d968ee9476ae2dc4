"""The rules: articles, numbers, readings, procedure."""

import re
from datetime import date
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from makerspace.doors.portal import procedure, queries
from makerspace.doors.portal.days import asked_day
from makerspace.doors.portal.models import OfficialText
from makerspace.regulation import VERSIONS, in_force
from makerspace.regulation.kunkefa_2017_55.articles import CHAPTERS
from makerspace.regulation.terms import Article, Parameter, Reading, Regulation
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
    """A parameter with its value on the day."""

    parameter: Parameter
    value: str
    since: date

    @property
    def label(self) -> str:
        """What it is called, without the codes of a setting."""
        return CODES.sub("", self.parameter.label)


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
    clauses = _clauses(regulation, asked.day)
    chapters = [
        (n, name, [clause for clause in clauses if clause.article.chapter == n]) for n, name in CHAPTERS.items()
    ]
    context = {
        "regulation": regulation, "asked": asked, "chapters": chapters,
        "numbers": [_number(parameter, asked.day) for parameter in regulation.parameters],
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
    clause = next((found for found in _clauses(regulation, asked.day) if found.article.number == number), None)
    if clause is None:
        raise Http404
    context: dict[str, Any] = {
        "regulation": regulation, "asked": asked, "clause": clause,
        "conditions": [found for found in regulation.conditions if found.citation.article == number],
        "procedures": procedure.tables(regulation, number),
        "last": len(regulation.articles),
    }  # fmt: skip
    return render(request, "portal/article.html", context)


def _clauses(regulation: Regulation, on: date) -> list[Clause]:
    texts = queries.official_texts(regulation.id)
    return [
        Clause(
            article,
            texts.get(article.number),
            [_number(found, on) for found in regulation.parameters if found.citation.article == article.number],
            [found for found in regulation.readings if found.citation.article == article.number],
        )
        for article in regulation.articles
    ]


def _number(parameter: Parameter, on: date) -> Number:
    """The value as one reads it: money in yuan, settings in words."""
    value, unit = parameter.on(on), parameter.unit
    begun = [line.since for line in parameter.lines if line.since <= on] or [parameter.lines[0].since]
    if unit == "分":
        return Number(parameter, f"{value // 100:,}元", max(begun))
    return Number(parameter, f"{VALUES.get(str(value), value)}{unit}", max(begun))
