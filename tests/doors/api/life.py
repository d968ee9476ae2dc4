"""A case taken along through the API, by the people whose acts they are."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from makerspace.matters.application.models import Call
from makerspace.matters.review.criteria import CRITERIA
from makerspace.office.people.models import Organisation, Person
from makerspace.regulation import by_id
from makerspace.regulation.terms import Duty, Role, Strength
from tests.doors.api.conftest import Program, of, pdf, program
from tests.factories import DAY, make_call, make_dossier, make_expert, make_organisation, make_person


@dataclass
class City:
    """Everybody who acts on a case, each with a program."""

    call: Call = field(default_factory=make_call)
    unit: Organisation = field(default_factory=make_organisation)
    people: dict[str, Person] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = {
            "applicant": make_person(organisation=self.unit),
            "district": make_person(Role.DISTRICT, duties=[Duty.COUNTER]),
            "bureau": make_person(Role.BUREAU),
            "leader": make_person(Role.LEADER),
            "discipline": make_person(Role.DISCIPLINE),
            "auditor": make_person(Role.AUDITOR),
            **{f"expert{number}": make_expert(f"第{number}大学") for number in range(1, 6)},
        }
        self.programs = {name: program(person) for name, person in self.people.items()}

    def __getitem__(self, name: str) -> Program:
        return self.programs[name]

    def take(self, who: str, number: str, act: str, status: int = 200, **fields: Any) -> Any:
        """One act by one of them."""
        return of(self[who].post(f"/cases/{number}/acts/{act}", fields), status)

    def draft(self, **blocks: Any) -> str:
        """A draft with a whole dossier."""
        body = {"call": self.call.pk, "dossier": make_dossier(**blocks)}
        return str(of(self["applicant"].post("/cases", body), 201)["id"])

    def with_files(self, number: str) -> None:
        """Every paper of article 9."""
        rows = by_id("kunkefa-2017-55").conditions_of("comprehensive")
        required = [row.id for row in rows if row.strength is Strength.REQUIRED]
        for kind, conditions in (("evidence", required), ("operation_plan", []), ("annual_work_plan", [])):
            fields = {"file": pdf(f"{kind}.pdf"), "kind": kind, "condition": conditions}
            of(self["applicant"].form(f"/cases/{number}/materials", fields), 201)

    def submitted(self) -> str:
        """Handed in."""
        number = self.draft()
        self.with_files(number)
        self.take("applicant", number, "submit", commitment=True)
        return number

    def recommended(self) -> str:
        """Visited and sent on to the bureau."""
        number = self.submitted()
        rows = by_id("kunkefa-2017-55").conditions_of("comprehensive")
        items = [{"condition": row.id, "found": "与申报一致", "agrees": True} for row in rows]
        self.take(
            "district", number, "record_visit", visited_on=DAY.isoformat(), inspectors=["马超", "何静"], items=items
        )
        self.take("district", number, "recommend", opinion="符合条件，同意推荐", rank=1)
        return number

    def under_review(self) -> str:
        """Before its panel."""
        number = self.recommended()
        self.take("bureau", number, "convene", visit_on=(DAY + timedelta(days=3)).isoformat())
        return number

    def panel(self, number: str) -> list[str]:
        """Who sits on the panel, the head first."""
        names = [name for name in self.people if name.startswith("expert")]
        seated = [name for name in names if self[name].get(f"/cases/{number}").status_code == 200]
        for name in seated:
            self.take(name, number, "declare_interest", conflict=False)
        return sorted(seated, key=lambda name: "record_expert_visit" not in self.acts(name, number))

    def acts(self, who: str, number: str) -> list[str]:
        """What they may do now."""
        return [row["act"] for row in of(self[who].get(f"/cases/{number}"))["acts"]]

    def concluded(self) -> str:
        """Scored and concluded by its panel."""
        number = self.under_review()
        panel = self.panel(number)
        head = panel[0]
        self.take(
            head,
            number,
            "record_expert_visit",
            visited_on=DAY.isoformat(),
            present=["组长", "组员"],
            findings="运营正常",
        )
        for name in panel:
            items = [{"criterion": row.id, "points": row.points, "reason": "较好"} for row in CRITERIA["comprehensive"]]
            self.take(name, number, "score", items=items)
        self.take(head, number, "conclude", result="pass", text="同意认定")
        return number

    def approved(self) -> str:
        """Approved by the leader."""
        number = self.concluded()
        self.take("leader", number, "approve", meeting_on=DAY.isoformat())
        return number

    def noticed(self) -> tuple[str, int]:
        """In its public notice; the case and the notice."""
        number = self.approved()
        notice = of(self["bureau"].post("/notices", {"cases": [number], "publish_on": DAY.isoformat()}), 201)
        return number, notice["id"]
