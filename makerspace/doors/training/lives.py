"""The life of one demo makerspace: each method takes one act, as the right person, on the day it is given."""

from datetime import date, timedelta
from pathlib import Path
from random import Random

from django.core.files.base import ContentFile

from makerspace.doors.training.cast import Space
from makerspace.doors.training.dossiers import dossier_for
from makerspace.doors.training.people import People
from makerspace.matters.application import operations as application
from makerspace.matters.application.models import Call
from makerspace.matters.review import operations as review
from makerspace.matters.review.criteria import criteria_of
from makerspace.matters.review.queries.conditions import declared_of
from makerspace.matters.review.queries.district import next_rank
from makerspace.matters.review.queries.panel import panel_of, sitting
from makerspace.office.casework.models import Case
from makerspace.office.documents.queries import current_paper
from makerspace.office.documents.rendering import compiler
from makerspace.office.people.models import Person
from makerspace.regulation import by_id
from makerspace.regulation.terms import Strength

PAPER = Path(__file__).parent / "evidence.typ"
REASONS = (
    "材料齐全，现场核对一致。",
    "基础较好，服务记录完整。",
    "条件具备，建议继续充实专业服务。",
    "团队稳定，成效明显。",
)


class Life:
    """One case from its draft on; methods are planned on a timeline and called in the order of time."""

    def __init__(self, people: People, call: Call, space: Space) -> None:
        self.people, self.call, self.space = people, call, space
        self.random = Random(space.name)  # noqa: S311  repeatable on purpose
        self.organisation = people.organisations[space.operator]
        self.applicant = people.applicants[space.operator]
        self.district = people.district(space.authority)
        self.case: Case
        self.number = ""

    def now(self) -> Case:
        """The case as it is."""
        return Case.objects.select_related("organisation", "authority").get(number=self.number)

    # -- the applicant -------------------------------------------------------------------------------------------------
    def draft(self, on: date) -> None:
        """A draft; one that is left half filled shows what the task list looks like then."""
        dossier = dossier_for(
            self.space, self.organisation.uscc, self.people.authorities[self.space.authority].division or "530102", on
        )
        if self.space.turn == "half":
            dossier |= {"mentors": [], "events": [], "technical": None}
        if self.space.turn == "short":
            dossier["tenants"] = dossier["tenants"][:8]
            dossier["premises"][0]["area_m2"] = 260.0
        self.number = application.start(self.call, self.organisation, by=self.applicant, on=on, dossier=dossier).number

    def attach(self, on: date) -> None:
        """The materials of article 9; a draft that is half filled has none."""
        if self.space.turn == "half":
            return
        version, case = by_id(self.call.regulation), self.now()
        required = [row.id for row in version.conditions_of(case.category) if row.strength is not Strength.ENCOURAGED]
        half = len(required) // 2
        for name, kind, conditions in (
            ("主体资格与运营证明.pdf", "evidence", required[:half]),
            ("场地、团队与服务证明.pdf", "evidence", required[half:]),
            ("建设运营方案.pdf", "operation_plan", []),
            ("年度工作计划.pdf", "annual_work_plan", []),
        ):
            if self.space.turn == "nearly" and kind == "annual_work_plan":
                continue
            sections = list(version.plan_sections) if kind == "operation_plan" else []
            application.attach(
                self.now(), ContentFile(small_pdf(name.removesuffix(".pdf"), self.space.name)), name, kind=kind, conditions=conditions,
                sections=sections, by=self.applicant, on=on,
            )  # fmt: skip

    def submit(self, on: date) -> None:
        """提交申报."""
        application.submit(self.now(), by=self.applicant, on=on, commitment=True, confirm_not_met=True)

    def resubmit(self, on: date) -> None:
        """提交补正."""
        application.resubmit(self.now(), by=self.applicant, on=on, commitment=True, confirm_not_met=True)

    def withdraw(self, on: date) -> None:
        """撤回申报."""
        review.withdraw(self.now(), by=self.applicant, on=on, reason="运营场地拟搬迁，待搬迁完成后重新申报。")

    # -- the district --------------------------------------------------------------------------------------------------
    def register_paper(self, on: date) -> None:
        """登记纸件."""
        printed = current_paper(self.number, "print_set")
        application.register_paper(
            self.now(),
            by=self.district,
            on=on,
            received_on=on,
            copies=2,
            agrees=True,
            code=printed.code if printed else "",
        )

    def correct(self, on: date) -> None:
        """出具补正通知."""
        review.request_correction(
            self.now(), by=self.district, on=on,
            faults=[
                {"target": "5.5.mentors", "text": "导师聘任协议中有两份未注明聘期，请补充。"},
                {"target": "5.4.team", "text": "请补充主要负责人的从业经历证明。"},
            ],
        )  # fmt: skip

    def visit(self, on: date) -> None:
        """登记实地查验."""
        items = [
            {"condition": row.id, "found": "现场核对与申报一致。", "agrees": True, "remark": ""}
            for row in declared_of(self.now())
        ]
        review.record_visit(
            self.now(), by=self.district, on=on, visited_on=on, inspectors=[self.district.name, "杨查验"], items=items
        )

    def countersign(self, on: date) -> None:
        """会签查验记录."""
        review.countersign_visit(self.now(), by=self.applicant, on=on, agrees=True)

    def decline(self, on: date) -> None:
        """不予推荐."""
        review.decline(
            self.now(), by=self.district, on=on,
            reasons=[{"condition": "7.2.count", "text": "查验当日实际在驻并符合领域要求的企业和团队为7家，不足10家。"}],
        )  # fmt: skip

    def recommend(self, on: date) -> None:
        """推荐上报, in the next free rank."""
        case = self.now()
        review.recommend(
            case, by=self.district, on=on, opinion=f"{self.space.name}主题明确、运行规范，材料属实，同意推荐。",
            rank=next_rank(case.authority, case.application.call),
        )  # fmt: skip

    # -- the panel -----------------------------------------------------------------------------------------------------
    def convene(self, on: date) -> None:
        """组织专家."""
        review.convene(self.now(), by=self.people.named("bureau1"), on=on, visit_on=on + timedelta(days=5))

    def declare(self, on: date) -> None:
        """申明利害关系, each member for themselves."""
        for expert in self.members():
            review.declare_interest(self.now(), by=expert, on=on, conflict=False)

    def members(self) -> list[Person]:
        """Who sits on the panel now."""
        panel = panel_of(self.now())
        assert panel is not None  # noqa: S101  planned after convene
        return [seat.person for seat in sitting(panel).select_related("person").order_by("position")]

    def head(self) -> Person:
        """Who leads the panel."""
        panel = panel_of(self.now())
        assert panel is not None  # noqa: S101  planned after convene
        return panel.head

    def study(self, on: date) -> None:
        """登记现场调研."""
        review.record_expert_visit(
            self.now(), by=self.head(), on=on, visited_on=on, present=[expert.name for expert in self.members()],
            findings="实地查看了办公区、会议洽谈区和服务记录，抽访入驻企业三家，情况与申报一致。",
        )  # fmt: skip

    def score(self, on: date, members: int = 99) -> None:
        """提交评分; only the first ``members`` where the panel is to be seen at work."""
        spare = 3 if self.space.turn != "rejected" else 9
        for expert in self.members()[:members]:
            items = [
                {
                    "criterion": row.id,
                    "points": max(0, row.points - self.random.randint(0, spare)),
                    "reason": self.random.choice(REASONS),
                }
                for row in criteria_of(self.now().category)
            ]
            review.score(self.now(), by=expert, on=on, items=items, comment="")

    def score_some(self, on: date) -> None:
        """One member has scored, the others have not yet."""
        self.score(on, members=1)

    def conclude(self, on: date) -> None:
        """形成专家组意见."""
        failed = self.space.turn == "rejected"
        text = (
            "厂房与中试设备不足以支撑专业化服务，建议暂不认定。"
            if failed
            else "条件符合办法要求，服务特色鲜明，建议予以认定。"
        )
        review.conclude(self.now(), by=self.head(), on=on, result="fail" if failed else "pass", text=text)

    # -- the leader ----------------------------------------------------------------------------------------------------
    def approve(self, on: date) -> None:
        """审定通过."""
        review.approve(self.now(), by=self.people.named("leader1"), on=on, meeting_on=on)

    def reject(self, on: date) -> None:
        """不予认定."""
        review.reject(
            self.now(), by=self.people.named("leader1"), on=on, meeting_on=on,
            reasons=[{"condition": "6.2.facilities", "text": "专家现场调研认为厂房与中试设备不足，暂不具备专业化服务条件。"}],
        )  # fmt: skip


def small_pdf(title: str, owner: str) -> bytes:
    """A page of stand-in evidence that says what it stands for, so that a preview shows something to read."""
    made = compiler().compile(input=PAPER.read_bytes(), format="pdf", sys_inputs={"title": title, "owner": owner})
    assert isinstance(made, bytes)  # noqa: S101  one document, one answer
    return made
