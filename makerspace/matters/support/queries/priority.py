"""Article 17: whether a unit goes first among equals when it applies for a year's municipal programmes.

Nothing is kept: it follows from the titles themselves, so it ends on the day on which a title ends. A title under
rectification is still held, so it still counts.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from makerspace.matters.recognition.models import Title
from makerspace.office.people.operations import normal_uscc
from makerspace.regulation.counting import chinese

FIRST, LAST = 2018, 2100  # the first titles under the measures are of 2017


@dataclass(frozen=True)
class Priority:
    """The answer for one unit and one year, as of a day of that year (its last or, before it begins, today)."""

    uscc: str
    year: int
    as_of: date
    titles: tuple[Title, ...]

    @property
    def held(self) -> list[Title]:
        """The titles that give it: announced the year before (R-14) and not ended."""
        return [title for title in self.titles if title.ended_on is None or title.ended_on > self.as_of]

    @property
    def holds(self) -> bool:
        """Whether there is one."""
        return bool(self.held)

    @property
    def why(self) -> str:
        """The answer in a sentence."""
        if not self.titles:
            return f"该单位没有在{self.year - 1}年公布认定的昆明市众创空间；优先支持只用于公布认定的下一年度。"
        if self.holds:
            return f"“{self.held[0].name}”于{chinese(self.held[0].since)}公布认定，申报{self.year}年度市级科技项目时，同等条件下予以优先。"
        ended = self.titles[0]
        until = chinese(ended.ended_on) if ended.ended_on else ""
        return f"“{ended.name}”的称号已于{until}终止，优先支持随之失效。"

    def contract(self) -> dict[str, Any]:
        """The answer of ``/priority``."""
        rows = [
            {"number": row.number, "name": row.name, "since": row.since, "ended_on": row.ended_on}
            for row in self.titles
        ]
        return {
            "uscc": self.uscc, "year": self.year, "holds": self.holds, "as_of": self.as_of, "text": self.why, "article": 17,
            "readings": ["R-14"], "titles": rows,
        }  # fmt: skip


def priority(uscc: str, year: int, today: date) -> Priority:
    """Whether the unit of that credit code has it for the programmes of that year; one query."""
    code = normal_uscc(uscc)
    titles = Title.objects.filter(organisation__uscc=code, since__year=year - 1).order_by("since", "number")
    return Priority(code, year, min(today, date(year, 12, 31)), tuple(titles))
