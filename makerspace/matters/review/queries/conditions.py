"""The conditions a case is held to, as reviews name them: titles, articles, and what was declared."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from makerspace.matters.application.queries import latest_submission
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import cited
from makerspace.regulation import by_id
from makerspace.regulation.terms import Citation

ITEMS = "零一二三四五六七八九十"
MERIT = ("10", "择优推荐", Citation(10))
ON_SITE = ("11", "专家现场调研与实地审核", Citation(11))


class Row(NamedTuple):
    """One condition: its id, its gist, the article it stands in."""

    id: str
    title: str
    article: str


def basis(citation: Citation) -> str:
    """第七条第一项."""
    item = f"第{ITEMS[citation.item]}项" if citation.item else ""
    return f"{cited((citation.article,))}{item}"


def conditions_of(case: Case) -> list[Row]:
    """The conditions of the case's category, in the order of the articles."""
    return [Row(row.id, row.title, basis(row.citation)) for row in by_id(case.regulation).conditions_of(case.category)]


def grounds_of(case: Case, *others: tuple[str, str, Citation]) -> list[Row]:
    """On what a refusal may rest: each condition, and what ``others`` names besides."""
    return [*conditions_of(case), *(Row(id_, title, basis(citation)) for id_, title, citation in others)]


def as_points(rows: Iterable[Row], reasons: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Reasons as papers and tables keep them: with the condition's gist and its article."""
    known = {row.id: row for row in rows}
    return [
        {
            "condition": reason["condition"],
            "about": known[reason["condition"]].title,
            "article": known[reason["condition"]].article,
            "text": reason["text"],
        }
        for reason in reasons
    ]


class Declared(NamedTuple):
    """A condition with what the applicant declared, as the findings of the day of submission put it."""

    id: str
    title: str
    article: str
    declared: str
    verdict: str


def declared_of(case: Case) -> list[Declared]:
    """What was declared, condition by condition, out of the submission that stands."""
    submission = latest_submission(case)
    findings: list[dict[str, Any]] = submission.findings["findings"] if submission else []
    by_condition = {row["id"]: row for row in findings}
    return [Declared(row.id, row.title, row.article, *_words(by_condition.get(row.id))) for row in conditions_of(case)]


def _words(finding: Mapping[str, Any] | None) -> tuple[str, str]:
    return (finding["text"], finding["verdict"]) if finding else ("未填写", "missing")
