"""The demo city's changes: a rename granted, a move that waits for the leader, one with the district, a title given up."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from makerspace.doors.training.lives import small_pdf
from makerspace.matters.recognition import changes, operations
from makerspace.matters.recognition.forms import SiteRow
from makerspace.matters.recognition.models import Title
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person

if TYPE_CHECKING:
    from makerspace.doors.training.city import City

RENAMED, MOVING, ASKED, GIVEN_UP = "西山云谷众创空间", "盘龙江畔众创空间", "滇池湾区众创空间", "金马碧鸡创业工场"
NEW_NAME = "西山云谷数字众创空间"


class Changes:
    """Plans four changes after the year's assessment was opened."""

    def __init__(self, city: "City") -> None:
        self.people, self.timeline = city.people, city.timeline

    def plan(self) -> None:
        """Over the last two months."""
        plan = self.timeline.plan
        plan(60, 9, self._file(RENAMED, lambda facts: {"name": NEW_NAME}, "品牌升级，经股东会决议变更名称。"))
        plan(52, 10, self._weigh(RENAMED, "名称变更有股东会决议，运营单位和场地没有变化。"))
        plan(45, 10, self._grant(RENAMED))
        plan(16, 9, self._file(MOVING, self._moved, "原租约到期，迁至同一辖区的新场地。"))
        plan(6, 15, self._weigh(MOVING, "已查看新场地，面积和公共区域与租赁合同一致。"))
        plan(3, 9, self._file(ASKED, lambda facts: {"name": "滇池湾区数字文创空间"}, "业务聚焦数字文创，申请更名。"))
        plan(2, 11, self._give_up(GIVEN_UP, "公司调整业务方向，不再运营众创空间。"))

    @staticmethod
    def _moved(facts: dict[str, Any]) -> dict[str, Any]:
        first, *rest = facts["sites"]
        return {"sites": [first | {"address": "昆明市盘龙区北京路延长线18号创意园3栋"}, *rest]}

    def _title(self, name: str) -> Title:
        return Title.objects.select_related("organisation", "authority", "makerspace", "case").get(names__name=name)

    def _case(self, name: str) -> Case:
        return Case.objects.select_related("organisation", "authority").get(
            change__live=True, change__title=self._title(name)
        )

    def _begun(self, name: str, on: date) -> tuple[Title, Case, Person]:
        title = self._title(name)
        owner = self.people.applicants[title.organisation.name]
        return title, operations.open_change(title, by=owner, on=on), owner

    def _file(
        self, name: str, change: Callable[[dict[str, Any]], dict[str, Any]], reason: str
    ) -> Callable[[date], Any]:
        def step(on: date) -> Case:
            title, case, owner = self._begun(name, on)
            facts = changes.standing(title)
            told = {key: facts[key] for key in ("name", "holder", "uscc", "sites")} | change(facts)
            where, known = {"authority": title.authority.code}, set(SiteRow.model_fields)
            rows = [{key: value for key, value in site.items() if key in known} | where for site in told.pop("sites")]
            paper = ContentFile(small_pdf("变更证明", title.name))
            digest = attachments.attach(case, paper, "变更证明.pdf", by=owner, on=on).blob_id
            return operations.file_change(
                case, by=owner, on=on, happened_on=on, sites=[SiteRow.of(row) for row in rows], reason=reason,
                papers=[digest], confirm_not_met=True, **told,
            )  # fmt: skip

        return step

    def _weigh(self, name: str, opinion: str) -> Callable[[date], Any]:
        def step(on: date) -> Case:
            case = self._case(name)
            by = self.people.district(case.authority.code)
            return operations.give_opinion(case, by=by, on=on, supports=True, opinion=opinion, visited_on=on)

        return step

    def _grant(self, name: str) -> Callable[[date], Any]:
        leader = self.people.named("leader1")
        return lambda on: operations.grant_change(
            self._case(name), by=leader, on=on, opinion="材料齐全，同意变更名称。"
        )

    def _give_up(self, name: str, reason: str) -> Callable[[date], Any]:
        def step(on: date) -> Case:
            _, case, owner = self._begun(name, on)
            return operations.relinquish(case, by=owner, on=on, reason=reason, sure=True)

        return step
