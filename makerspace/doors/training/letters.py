"""The demo city's letters of priority: one issued and used, one issued for the year to come, one asked for."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from makerspace.matters.recognition.models import Title
from makerspace.matters.support.operations import letters as operations
from makerspace.office.casework.models import Case

if TYPE_CHECKING:
    from makerspace.doors.training.city import City

USED, ISSUED, ASKED = "滇云创客咖啡众创空间", "翠湖智造众创空间", "呈贡大学城青创汇"
PROGRAMMES = "市级重点实验室\n市级科技企业孵化器"


class Letters:
    """Plans three letters upon titles that were given before; the one that is used is of last year's title."""

    def __init__(self, city: "City") -> None:
        self.people, self.timeline, self.today, self.given = city.people, city.timeline, city.today, city.given

    def plan(self) -> None:
        """Over the last months; a use is of the letter's own year."""
        plan = self.timeline.plan
        asked = max(190, (self.today - date(self.given.year + 1, 11, 20)).days)  # within the year in which it is used
        plan(asked, 9, self._request(USED))
        plan(asked - 4, 10, self._issue(USED))
        plan(48, 9, self._request(ISSUED))
        plan(44, 15, self._issue(ISSUED))
        plan(2, 15, self._request(ASKED))
        day = min(self.today - timedelta(days=20), date(self.given.year + 1, 12, 20))
        self.timeline.plan_on(day, 15, self._use(USED, f"{day.year}年度市级重点实验室"))

    def _title(self, name: str) -> Title:
        return Title.objects.select_related("organisation", "authority").get(names__name=name)

    def _case(self, name: str) -> Case:
        return Case.objects.select_related("organisation", "authority").get(letter__title=self._title(name))

    def _request(self, name: str) -> Callable[[date], Any]:
        def step(on: date) -> Case:
            title = self._title(name)
            owner = self.people.applicants[title.organisation.name]
            case = operations.open_letter(title, by=owner, on=on)
            return operations.request_letter(case, by=owner, on=on, programmes=PROGRAMMES)

        return step

    def _issue(self, name: str) -> Callable[[date], Any]:
        return lambda on: operations.issue_letter(self._case(name), by=self.people.named("bureau2"), on=on)

    def _use(self, name: str, programme: str) -> Callable[[date], Any]:
        return lambda on: operations.record_use(
            self._case(name), by=self.people.named("agency1"), on=on, programme=programme, office="市科技局社会发展科技处",
            used_on=on, tie="综合评审得分86.50分，与另1家申报单位并列第5名，余1个立项名额，其他条件相同。",
        )  # fmt: skip
