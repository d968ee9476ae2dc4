"""The demo city under article 18: a year that all passed; then most passed, one put right, one to be revoked and asking for a hearing."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from makerspace.doors.training.lives import small_pdf
from makerspace.matters.assessment.operations import checking, opening, outcome, reporting, revocation
from makerspace.matters.assessment.queries import assessments as queries
from makerspace.matters.assessment.queries.checking import alike
from makerspace.matters.assessment.queries.scheme import published
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS

if TYPE_CHECKING:
    from makerspace.doors.training.city import City

GOOD = ("滇云创客咖啡众创空间", "翠湖智造众创空间", "盘龙江畔众创空间", "西山云谷众创空间", "呈贡大学城青创汇")
TO_DECIDE, TO_SCORE, TO_CHECK = "高新生物医药众创空间", "经开先进制造众创空间", "青创汇二期众创空间"
RECTIFIED, HEARD = "安宁绿能众创空间", "晋宁花卉科技众创空间"
DEFERRED = "金马碧鸡创业工场"  # and 滇池湾区众创空间 has not reported yet
WEAK = (RECTIFIED, HEARD)
OLDER = ("滇云创客咖啡众创空间", "盘龙江畔众创空间", *WEAK)  # held their titles the year before
LATE = {TO_SCORE: 12, TO_CHECK: 6}  # filed after their term, so that the others were scored without them
YEAR: Mapping[str, int] = {
    "area_total": 1000, "area_public": 300, "seats": 100, "seats_used": 78, "staff": 12, "staff_full_time": 10,
    "staff_college": 2, "staff_bachelor": 6, "staff_master": 3, "staff_doctor": 1, "mentors": 12,
    "mentors_full_time": 2, "mentors_part_time": 10, "partners": 5, "partners_capital": 2, "teams_served": 20,
    "teams_new": 3, "teams_resident": 15, "team_members": 60, "firms_served": 20, "firms_new": 2, "firms_resident": 15,
    "jobs": 90, "satisfaction": 88, "facility_uses": 10, "events": 16, "events_hosted": 16, "event_people": 900,
    "trainings": 10, "mentor_sessions": 34, "financed": 3, "financed_amount": 1800, "financed_ever_amount": 5000,
    "fund": 5000, "new_firms": 5, "graduated": 3, "ip": 22, "ip_patents": 3, "hightech": 1, "tech_smes": 2,
    "tenant_revenue": 50000, "income": 2600, "income_service": 1200, "income_rent": 1000, "income_subsidy": 400,
    "cost": 2300, "cost_site": 900, "cost_admin": 300, "cost_staff": 1100, "profit": 300, "tax": 60,
}  # fmt: skip
LITTLE = {
    "area_total": 600,
    "area_public": 90,
    "seats": 40,
    "seats_used": 12,
    "staff": 4,
    "staff_bachelor": 3,
    "jobs": 10,
}
MEETING = "局长办公会"


def _less(place: int) -> dict[str, int]:
    """No two makerspaces have the same year."""
    return {
        "jobs": 90 - 6 * place, "seats_used": 88 - 3 * place, "financed_amount": 2400 - 250 * place, "partners": 7 - place // 2,
        "ip": 30 - 3 * place, "new_firms": max(1, 6 - place), "mentor_sessions": 60 - 6 * place,
        "tenant_revenue": 50000 - 4000 * place,
    }  # fmt: skip


def _looked_at(case: Case) -> list[dict[str, str]]:
    """Every figure, and what the district held it against."""
    filed = queries.latest(queries.of_case(case))
    same = alike(filed.values, filed.registered) if filed else []
    return [
        {
            "field": row.code,
            "found": "registers" if row.code in same else "papers" if row.group == "running" else "site",
        }
        for row in FIELDS
        if not row.officers
    ]


class Years:
    """Plans two assessment years, each upon the titles that were given before its scheme was published."""

    def __init__(self, city: "City") -> None:
        self.people, self.timeline = city.people, city.timeline

    def plan_before(self) -> None:
        """The year before: all reported, were scored and passed."""
        plan = self.timeline.plan
        plan(248, 9, self._open)
        for place, name in enumerate(OLDER):
            plan(244 - place, 10, self._file(name, place + 2, weak=()))
            plan(236, 14, self._verify(name))
            plan(184, 9, self._of(name, self._score))
            plan(183, 9, self._of(name, self._pass))

    def plan(self) -> None:
        """From the opening to the hearing that was asked for, over four months; scoring begins once the term to report is over."""
        plan, bureau, leader = self.timeline.plan, self._officer("bureau1"), self._officer("leader1")
        plan(120, 9, self._open)  # thirty working days before the first score, whatever holidays lie between
        plan(
            95,
            10,
            self._of(
                DEFERRED, lambda case, on: opening.defer(case, by=leader, on=on, reason="场地因道路施工停用至年底。")
            ),
        )
        for place, name in enumerate((*GOOD, TO_DECIDE, TO_SCORE, TO_CHECK, *WEAK)):
            plan(LATE.get(name, 92 - place), 10, self._file(name, place))
        for name in (*GOOD, TO_DECIDE, TO_SCORE, *WEAK):
            plan(80 if name != TO_SCORE else 8, 14, self._verify(name))
        for name in (*GOOD, TO_DECIDE, *WEAK):
            plan(56 if name != TO_DECIDE else 7, 10, self._of(name, self._score))
        for name in GOOD:
            plan(54, 11, self._of(name, self._pass))
        for name in WEAK:
            plan(53, 11, self._of(name, self._fail))
            plan(45, 10, self._of(name, self._rectify))
        plan(
            40,
            10,
            self._of(RECTIFIED, lambda case, on: self._inspect(case, on, outcome.reinspect_pass, "两项任务均已完成。")),
        )
        plan(
            40,
            15,
            self._of(
                HEARD, lambda case, on: self._inspect(case, on, outcome.reinspect_fail, "导师仍未到位，常驻团队不足。")
            ),
        )
        plan(4, 10, self._of(HEARD, lambda case, on: revocation.serve_intent(
            case, by=bureau, on=on, served_on=on, facts="年度考核不合格，限期整改后经现场复查，两项整改任务均未完成。",
            reasons="整改后仍不合格，符合第十八条取消称号的情形。",
        )))  # fmt: skip
        plan(3, 10, self._of(HEARD, self._defend))
        plan(2, 10, self._of(HEARD, lambda case, on: revocation.request_hearing(
            case, by=self._owner(case), on=on, reason="请求当面说明新签约团队的入驻安排。",
        )))  # fmt: skip

    def _officer(self, name: str) -> Person:
        return self.people.named(name)

    def _owner(self, case: Case) -> Person:
        return self.people.applicants[case.organisation.name]

    def _of(self, name: str, act: Callable[[Case, date], Any]) -> Callable[[date], Any]:
        def step(on: date) -> Any:  # noqa: ANN401
            rows = Case.objects.select_related("organisation", "authority")
            return act(rows.filter(assessment__title__names__name=name).order_by("-assessment__year")[0], on)

        return step

    def _open(self, on: date) -> None:
        scheme = published().first()
        if scheme is not None:
            opening.open_year(scheme.year, queries.due(scheme.year, on), by=self._officer("bureau1"), on=on)

    def _file(self, name: str, place: int, *, weak: Collection[str] = WEAK) -> Callable[[date], Any]:
        figures = {**YEAR, **_less(place)} if name not in weak else LITTLE

        def act(case: Case, on: date) -> Case:
            held = queries.of_case(case)
            whole = {row.code: Decimal(figures.get(row.code, 0)) for row in FIELDS if not row.officers}
            doubts = queries.read(held, whole, queries.beside(held)).doubts
            told = {doubt.key: "以财务和台账年末核对后的数据为准。" for doubt in doubts if not doubt.must}
            mine = self._owner(case)
            proofs = {"running": [self._paper(case, "年度财务报表", mine, on)]}
            reporting.save_report(case, dict(whole), told, by=mine, on=on, seen=held.report.version, papers=proofs)
            return reporting.file_report(case, by=mine, on=on, commitment=True)

        return self._of(name, act)

    def _verify(self, name: str) -> Callable[[date], Any]:
        return self._of(name, lambda case, on: checking.verify_report(
            case, by=self.people.district(case.authority.code), on=on, false_data=False, stopped=False,
            opinion="已核对入驻协议、社保名单、活动记录和财务报表，数据属实。", lines=_looked_at(case),
        ))  # fmt: skip

    def _score(self, case: Case, on: date) -> Case:
        mark = {"indicator": "special", "points": Decimal(1), "reason": "有可推广的服务做法"}
        return outcome.score_report(case, by=self._officer("bureau1"), on=on, marks=[mark])

    def _pass(self, case: Case, on: date) -> Case:
        leader = self._officer("leader1")
        return outcome.pass_assessment(case, by=leader, on=on, meeting=MEETING, meeting_on=on)

    def _fail(self, case: Case, on: date) -> Case:
        return outcome.fail_assessment(
            case, by=self._officer("leader1"), on=on, meeting=MEETING, meeting_on=on,
            reason="入驻、融资和孵化成果得分偏低，总分未达到合格要求。", tasks=["常驻团队和企业增至10家以上", "签约创业导师5名以上并开展辅导"],
            last_day=on + timedelta(days=30),
        )  # fmt: skip

    def _rectify(self, case: Case, on: date) -> Case:
        mine = self._owner(case)
        return outcome.file_rectification(
            case, by=mine, on=on, summary="新引入团队6个、企业3家；新聘导师5名，已开展辅导。",
            papers=[self._paper(case, "整改情况证明", mine, on)],
        )  # fmt: skip

    def _inspect(self, case: Case, on: date, act: Callable[..., Case], findings: str) -> Case:
        by = self._officer("bureau1")
        return act(case, by=by, on=on, visited_on=on, inspectors=[str(by), "赵立"], findings=findings)

    def _defend(self, case: Case, on: date) -> Case:
        mine = self._owner(case)
        return revocation.state_defence(
            case, by=mine, on=on, statement="两名导师已在签约流程中，3个团队将于下月入驻，请予考虑。",
            papers=[self._paper(case, "入驻意向书", mine, on)],
        )  # fmt: skip

    def _paper(self, case: Case, name: str, by: Person, on: date) -> str:
        content = ContentFile(small_pdf(name, case.subject))
        return attachments.attach(case, content, f"{name}.pdf", by=by, on=on).blob_id
