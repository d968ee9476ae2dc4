"""One small city for the permission matrix: every role, a case in every stage, and secrets that could leak.

Everything comes about through the rooms' own operations. Who stands how to what is written down here as plain tables
(``HOLDS``, ``CASES``), so that the matrix can predict from them without asking the code that it examines.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.crypto import get_random_string

from makerspace.matters.application import operations as application
from makerspace.matters.application.models import Application, Call, Material
from makerspace.matters.assessment.models import Scheme
from makerspace.matters.assessment.operations import scheme as assessing
from makerspace.matters.assessment.operations.figures import take_figures
from makerspace.matters.funding.models import Batch, Ceiling
from makerspace.matters.recognition import operations as recognition
from makerspace.matters.recognition.models import Title
from makerspace.matters.registers import operations as registers
from makerspace.matters.registers.models import Makerspace
from makerspace.matters.registers.queries import REGISTERS
from makerspace.matters.review import operations as review
from makerspace.matters.review.models import Objection, PublicNotice
from makerspace.office.casework.models import Attachment, Case, SettingLine
from makerspace.office.documents import files
from makerspace.office.documents import operations as documents
from makerspace.office.documents.models import Paper
from makerspace.office.documents.queries import current_paper
from makerspace.office.notify.models import Message
from makerspace.office.notify.operations import tell
from makerspace.office.people import operations as people
from makerspace.office.people.models import ApiToken, Expert, Invitation, Membership, Organisation, Person, Post
from makerspace.office.people.tokens import issue
from makerspace.office.record import clock
from makerspace.office.record.operations import publish_heads
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.terms import Duty, Role
from tests import factories
from tests.asking import METHODS, browser
from tests.house import city_assessment, city_funding, city_letters, city_settings, world_support
from tests.matters.registers import keeping
from tests.matters.review import walking

DAY = factories.DAY
EARLY = DAY - timedelta(days=20)
NOW = datetime(DAY.year, DAY.month, DAY.day, 11, tzinfo=clock.KUNMING)

# -- who there is ------------------------------------------------------------------------------------------------------
SIGNED_OUT = ("anonymous", "disabled")
HOLDS: dict[str, frozenset[str]] = {
    "applicant_own": frozenset({"applicant"}),
    "applicant_editor": frozenset({"applicant"}),
    "applicant_other": frozenset({"applicant"}),
    "district_own": frozenset({"district"}),
    "district_other": frozenset({"district"}),
    "district_counter": frozenset({"district"}),
    "bureau": frozenset({"bureau"}),
    "bureau_other": frozenset({"bureau"}),
    "leader": frozenset({"leader"}),
    "leader_handled": frozenset({"district", "leader"}),
    "expert_cleared": frozenset({"expert"}),
    "expert_seated": frozenset({"expert"}),
    "expert_stub": frozenset({"expert"}),
    "expert_past": frozenset({"expert"}),
    "expert_other": frozenset({"expert"}),
    "discipline": frozenset({"discipline"}),
    "auditor": frozenset({"auditor"}),
    "agency": frozenset({"agency"}),
    "provider": frozenset({"provider"}),
    "mentor": frozenset({"mentor"}),
    "helper_other": frozenset({"provider", "mentor"}),
    "system_admin": frozenset({"system_admin"}),
    "security_admin": frozenset({"security_admin"}),
    "audit_admin": frozenset({"audit_admin"}),
}
ROLES = (*SIGNED_OUT, *HOLDS)
SIGNED_IN = tuple(HOLDS)


def holding(*roles: str) -> frozenset[str]:
    """The people of the matrix who hold one of these roles."""
    return frozenset(name for name, held in HOLDS.items() if held & set(roles))


# -- what there is -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Standing:
    """What is true of a case here: whose it is, where it stands, who sits on its panel."""

    stage: str
    organisation: str = "own"
    place: str = "wuhua"
    filed: bool = True
    panel: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()


PAST = frozenset({"expert_past"})
NOW_SITTING = frozenset({"expert_cleared", "expert_seated", "expert_stub"})
DECLARED = frozenset({"expert_cleared", "expert_seated"})
CASES: dict[str, Standing] = {
    "draft": Standing("draft", filed=False),
    "counter_draft": Standing("draft", organisation="paper", filed=False),
    "district_review": Standing("district_review"),
    "visited": Standing("district_review"),
    "correction": Standing("correction"),
    "city_review": Standing("city_review"),
    "expert_review": Standing("expert_review", panel=NOW_SITTING, cleared=DECLARED),
    "decision": Standing("decision", panel=PAST, cleared=PAST),  # once decided, the panel is dissolved
    "approved": Standing("approved"),
    "public_notice": Standing("public_notice"),
    "objection_review": Standing("objection_review"),
    "announcement": Standing("announcement"),
    "recognised": Standing("recognised"),
    "foreign": Standing("district_review", organisation="other", place="panlong"),
    "overdue": Standing("correction"),
    "scored": Standing("expert_review", panel=NOW_SITTING, cleared=NOW_SITTING),
    "admitted": Standing("public_notice"),
    "not_recommended": Standing("not_recommended"),
    "not_recognised": Standing("not_recognised"),
    "withdrawn": Standing("withdrawn", filed=False),
    "lapsed": Standing("lapsed", filed=False),
}
FOR_ACTS = frozenset({
    "overdue", "scored", "admitted", "not_recommended", "not_recognised", "withdrawn", "lapsed",
})  # fmt: skip
"""Where an act that waits for something opens at last, and where none opens again; pages are much like the others'."""
MEMBERS = {"own": {"applicant_own", "applicant_editor"}, "other": {"applicant_other"}, "paper": set()}
OFFICERS = {"wuhua": {"district_own", "district_counter", "leader_handled"}, "panlong": {"district_other"}}
SEES_ALL = holding("bureau", "leader", "auditor", "discipline")


def sees(role: str, case: str) -> bool:
    """Whether that person may know of that case (design.md: who sees what)."""
    facts = CASES[case]
    own = MEMBERS[facts.organisation] | OFFICERS[facts.place] | facts.panel | SEES_ALL
    return role in own


def reads(role: str, case: str) -> bool:
    """Whether that person may read what is in that case: a draft only its applicant, an expert only once cleared."""
    facts = CASES[case]
    if role in MEMBERS[facts.organisation]:
        return True
    return facts.filed and sees(role, case) and (role not in facts.panel or role in facts.cleared)


def fills_in(role: str, case: str) -> bool:
    """Whether that person fills in that application: its members, or the counter officer who types in paper."""
    typed = CASES[case].organisation == "paper" and role == "district_counter"
    return role in MEMBERS[CASES[case].organisation] or typed


# -- secrets -----------------------------------------------------------------------------------------------------------
ACCOUNT_NUMBER = city_funding.ACCOUNT_NUMBER
PHONE, EMAIL = "13912345678", "lianxiren-mimi@example.cn"
FILED_TEXT, DRAFT_TEXT = "已提交档案里的账号6222020200112233445", "草稿里还没有提交的一句话"
OBJECTOR, OBJECTOR_CONTACT = "钱异议人", "13987654321"
OBJECTION_FACTS = "异议事实：两家企业早已搬离"
RUNNING_REASON, PAST_REASON = "进行中评分的理由", "已结束评分的理由"
MESSAGE, PERSON_PHONE = "只写给申报单位负责人的话", "13711112222"
VISIT_REMARK, FOREIGN_NAME = "现场查验所见的差异", "盘龙区另一家众创空间"
INVITED = "beiyaoqing@example.cn"
REGISTERED = "只在登记册里的入驻团队"
SEATED = {"expert_cleared": "詹阅卷", "expert_stub": "詹未申明", "expert_seated": "詹在席"}
SEATED_BEFORE = {"expert_past": "焦评审", "past_second": "焦第二", "past_third": "焦第三"}


@dataclass
class World:
    """What was built; ``key`` finds the object a matrix row speaks of."""

    people: dict[str, Person] = field(default_factory=dict)
    units: dict[str, Organisation] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    notices: dict[str, PublicNotice] = field(default_factory=dict)
    objections: dict[str, Objection] = field(default_factory=dict)
    materials: dict[str, Material] = field(default_factory=dict)
    papers: dict[str, Paper] = field(default_factory=dict)
    assessments: dict[str, Case] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    titles: dict[str, Title] = field(default_factory=dict)
    schemes: dict[str, Scheme] = field(default_factory=dict)
    makerspaces: dict[str, Makerspace] = field(default_factory=dict)
    lines: dict[tuple[str, str], Any] = field(default_factory=dict)
    grants: dict[str, Case] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    ceilings: dict[str, Ceiling] = field(default_factory=dict)
    settings: dict[str, SettingLine] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    tokens: dict[str, ApiToken] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    support: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def number(self, case: str) -> str:
        """The number of a case."""
        return self.cases[case].number


def build() -> World:
    """The whole city, as of ``NOW``."""
    world = World()
    with clock.pretending(NOW - timedelta(days=21)):
        _people(world)
        _calls(world)
    _past_cases(world)
    _running_cases(world)
    world_support.build(world, NOW)
    with clock.pretending(NOW - timedelta(days=1)):
        publish_heads(NOW)
    with clock.pretending(NOW):
        _letters_and_keys(world)
        _papers(world)
        _registers(world)
        world_support.raised(world, DAY)
        world_support.mentored(world, NOW)
        _attachments(world)
        city_funding.build(world)
        city_letters.build(world)
        _schemes(world)
        city_assessment.build(world)
        city_settings.build(world)
        for role in ("disabled", *HOLDS):
            world.sessions[role] = _session(world.people[role])
    world.people["disabled"].is_active = False
    world.people["disabled"].save(update_fields=["is_active"])
    for key, case in world.cases.items():
        world.cases[key] = walking.fresh(case)
        assert world.cases[key].stage == CASES[key].stage, (key, world.cases[key].stage)
    return world


# -- people ------------------------------------------------------------------------------------------------------------
def _people(world: World) -> None:
    units = {key: factories.make_organisation(name) for key, name in _UNITS.items()}
    world.units = units
    at = world.people
    at["applicant_own"] = _person("applicant_own", organisation=units["own"], phone=PERSON_PHONE)
    at["applicant_editor"] = _person("applicant_editor", organisation=units["own"], owner=False)
    at["applicant_other"] = _person("applicant_other", organisation=units["other"])
    at["disabled"] = _person("disabled", organisation=units["own"])
    at["district_own"] = _person("district_own", Role.DISTRICT, "wuhua")
    at["district_other"] = _person("district_other", Role.DISTRICT, "panlong")
    at["district_counter"] = _person("district_counter", Role.DISTRICT, "wuhua", duties=[Duty.COUNTER])
    at["leader_handled"] = _person("leader_handled", Role.LEADER)
    wuhua = factories.authority("wuhua")
    Post.objects.create(person=at["leader_handled"], role="district", authority=wuhua, valid_from=factories.LONG_AGO)
    for name, role in _PLAIN.items():
        at[name] = _person(name, role)
    for name in (*SEATED_BEFORE, *SEATED, "expert_other"):
        at[name] = _expert(name)
    world_support.helpers(world, _person)


_UNITS = {"own": "昆明甲方创业服务有限公司", "other": "昆明乙方创业服务有限公司", "paper": "昆明纸件创业服务有限公司"}
_PLAIN = {
    "bureau": Role.BUREAU, "bureau_other": Role.BUREAU, "desk": Role.BUREAU, "leader": Role.LEADER,
    "discipline": Role.DISCIPLINE, "auditor": Role.AUDITOR, "agency": Role.AGENCY, "system_admin": Role.SYSTEM_ADMIN,
    "security_admin": Role.SECURITY_ADMIN, "audit_admin": Role.AUDIT_ADMIN,
}  # fmt: skip


def _person(name: str, role: Role | None = None, place: str | None = None, *, phone: str = "", **more: Any) -> Person:
    person = factories.make_person(role, place, username=name, name=f"姓名{name}", **more)
    if phone:
        person.phone = phone
        person.save(update_fields=["phone"])
    return person


def _expert(name: str) -> Person:
    """In the pool only while a panel is drawn from it, so that the draw has no choice."""
    person = _person(name, Role.EXPERT)
    person.name = {**SEATED, **SEATED_BEFORE}.get(name, "姓名expert_other")
    person.save(update_fields=["name"])
    Expert.objects.create(person=person, employer=f"{name}研究院", fields=["10"], active=False)
    return person


def _pool(names: Iterable[str]) -> None:
    """Only these may be drawn now."""
    Expert.objects.update(active=False)
    Expert.objects.filter(person__username__in=list(names)).update(active=True)


def _staff(world: World) -> walking.Staff:
    at = world.people
    return walking.Staff(
        district=at["leader_handled"], bureau=at["bureau"], second=at["bureau_other"], handler=at["desk"],
        leader=at["leader"], discipline=at["discipline"], auditor=at["auditor"],
    )  # fmt: skip


# -- schemes ----------------------------------------------------------------------------------------------------------
def _schemes(world: World) -> None:
    """One published, one handed in, one being written; the three are of three years."""
    at, on = world.people, DAY
    for year, key in ((2023, "published"), (2024, "submitted"), (2025, "draft")):
        row = assessing.draft_scheme(by=at["bureau"], on=on, sketch=default_scheme(year))
        if key != "draft":
            row = assessing.submit_scheme(row, by=at["bureau"], on=on, seen=1)
        if key == "published":
            row = assessing.publish_scheme(row, by=at["leader"], on=on, read=row.digest)
        world.schemes[key] = row
    take_figures(on.year, by=at["bureau"], on=on)


# -- calls and cases ---------------------------------------------------------------------------------------------------
def _calls(world: World) -> None:
    at: dict[str, Any] = {
        "by": world.people["bureau"],
        "opens_on": DAY - timedelta(days=60),
        "closes_on": DAY + timedelta(days=90),
    }
    world.calls["published"] = factories.make_call(title="已发布的申报通知", **at)
    world.calls["draft"] = factories.make_call(title="尚未发布的申报通知", published=False, **at)


def _case(world: World, key: str, on: date, *, submitted: bool = True, call: Call | None = None) -> Case:
    facts = CASES[key]
    dossier = factories.make_dossier(
        on=on,
        operator={"contact_phone": PHONE, "contact_email": EMAIL},
        makerspace={"authority": facts.place, "name": FOREIGN_NAME if key == "foreign" else f"众创空间{key}"},
        lead={"background": FILED_TEXT if submitted else DRAFT_TEXT},
    )
    make = factories.submitted_case if submitted else factories.draft_case
    call = call or world.calls["published"]
    made = make(call=call, organisation=world.units[facts.organisation], dossier=dossier, on=on)
    world.cases[key] = made
    return made


def _past_cases(world: World) -> None:
    """Cases whose panel has concluded: five stages after it, two of them after a notice that is over."""
    staff = _staff(world)
    _pool(SEATED_BEFORE)
    with clock.pretending(NOW - timedelta(days=20)):
        over = ("objection_review", "announcement", "recognised")
        for rank, key in enumerate(over, start=1):
            world.cases[key] = _approved(world, key, staff, EARLY, rank)
        world.notices["closed"] = walking.published(staff, [world.cases[key] for key in over], EARLY)
        _object(world, "objection_review", EARLY)
        _corrected(world, "overdue", staff, EARLY)
        closed = factories.make_call(closes_on=DAY - timedelta(days=10), opens_on=EARLY, by=world.people["bureau"])
        lapsing = _case(world, "lapsed", EARLY, submitted=False, call=closed)
    with clock.pretending(NOW - timedelta(days=15)):
        row = world.objections["objection_review"]
        walking.investigated(world.cases["objection_review"], staff, row, EARLY + timedelta(days=5))
    with clock.pretending(NOW - timedelta(days=6)):
        review.close_notices(clock.now())
        done = walking.fresh(world.cases["recognised"])
        made = recognition.announce([done], document_number="昆科发〔2026〕12号", by=staff.leader, on=clock.today())
        world.titles["recognised"] = Title.objects.get(announcement=made)
        application.lapse(lapsing, by=Role.CLOCK, on=clock.today())
    with clock.pretending(NOW - timedelta(days=2)):
        _last_two_days(world, staff, clock.today())


def _last_two_days(world: World, staff: walking.Staff, day: date) -> None:
    """Before the leader, approved, in notice; and one that the leader rejected."""
    _concluded(world, "decision", staff, day, 4)
    for rank, key in enumerate(("approved", "public_notice", "admitted"), start=5):
        world.cases[key] = _approved(world, key, staff, day, rank)
    running = [world.cases[key] for key in ("public_notice", "admitted")]
    world.notices["running"] = walking.published(staff, running, day)
    world.notices["draft"] = review.prepare_notice([world.cases["approved"]], by=staff.bureau, on=day)
    _object(world, "public_notice", day)
    row = walking.objection(walking.fresh(world.cases["admitted"]), day)
    review.admit_objection(world.cases["admitted"], by=staff.handler, on=day, objection=row.pk, reason="有明确事实")
    rejected = _concluded(world, "not_recognised", staff, day, 10)
    reasons = [{"condition": "11", "text": "专家组意见不成立。"}]
    review.reject(rejected, by=staff.leader, on=day, meeting_on=day, reasons=reasons)


def _concluded(world: World, key: str, staff: walking.Staff, on: date, rank: int) -> Case:
    case = walking.convene(walking.recommend(_case(world, key, on), staff, on, rank), staff, on)
    case = walking.study(walking.declare_all(case, on), on)
    for person in walking.members(case):
        case = review.score(case, by=person, on=on, items=walking.sheet(case, reason=PAST_REASON))
    world.cases[key] = review.conclude(case, by=walking.head_of(case), on=on, result="pass", text="同意认定。")
    return world.cases[key]


def _approved(world: World, key: str, staff: walking.Staff, on: date, rank: int) -> Case:
    return review.approve(_concluded(world, key, staff, on, rank), by=staff.leader, on=on, meeting_on=on)


def _object(world: World, key: str, on: date) -> None:
    told: dict[str, Any] = {"name": OBJECTOR, "contact": OBJECTOR_CONTACT, "facts": OBJECTION_FACTS}
    if key == "public_notice":
        told["evidence"] = [(ContentFile(factories.make_pdf()), "证据.pdf")]
    world.objections[key] = walking.objection(walking.fresh(world.cases[key]), on, **told)


def _running_cases(world: World) -> None:
    """Cases on their way to the panel, on the day before."""
    staff = _staff(world)
    with clock.pretending(NOW - timedelta(days=1)):
        day = clock.today()
        factories.with_materials(_case(world, "draft", day, submitted=False), on=day)
        for key in ("district_review", "foreign"):
            _case(world, key, day)
        _visited(world, "visited", staff, day)
        _corrected(world, "correction", staff, day)
        world.cases["city_review"] = walking.recommend(_case(world, "city_review", day), staff, day, 8)
        _panel(world, staff, day)
        _typed_in(world, day)
        _ended(world, staff, day)


def _corrected(world: World, key: str, staff: walking.Staff, on: date) -> None:
    faults = [{"target": "operator", "text": "请补充注册地址"}]
    world.cases[key] = review.request_correction(_case(world, key, on), by=staff.district, on=on, faults=faults)


def _ended(world: World, staff: walking.Staff, on: date) -> None:
    """Cases that ended on the day before."""
    applicant = world.people["applicant_own"]
    application.withdraw(_case(world, "withdrawn", on, submitted=False), by=applicant, on=on, reason="暂不申报")
    _visited(world, "not_recommended", staff, on)
    reasons = [{"condition": "7.1.area", "text": "场地不足。"}]
    review.decline(world.cases["not_recommended"], by=staff.district, on=on, reasons=reasons)


def _visited(world: World, key: str, staff: walking.Staff, on: date) -> None:
    case = _case(world, key, on)
    items = walking.visit_items(case, c7__1__area=VISIT_REMARK)
    world.cases[key] = review.record_visit(
        case, by=staff.district, on=on, visited_on=on, inspectors=["查验甲", "查验乙"], items=items
    )


def _panel(world: World, staff: walking.Staff, on: date) -> None:
    """Three seats: the head has declared and scored, the second has declared, the third has not."""
    _pool(SEATED)
    case = walking.recommend(_case(world, "expert_review", on), staff, on, 9)
    cleared = Person.objects.get(username="expert_cleared")
    case = walking.convene(case, staff, on, head=cleared.expert.pk)
    case = review.declare_interest(case, by=cleared, on=on, conflict=False)
    case = review.declare_interest(case, by=Person.objects.get(username="expert_seated"), on=on, conflict=False)
    case = review.score(case, by=cleared, on=on, items=walking.sheet(case, reason=RUNNING_REASON))
    assert walking.head_of(case) == cleared
    world.cases["expert_review"] = case
    scored = walking.convene(
        walking.recommend(_case(world, "scored", on), staff, on, 11), staff, on, head=cleared.expert.pk
    )
    world.cases["scored"] = walking.score_all(walking.study(walking.declare_all(scored, on), on), on)
    _pool(("expert_other",))


def _typed_in(world: World, on: date) -> None:
    """An application that came on paper only."""
    officer = world.people["district_counter"]
    dossier = factories.make_dossier(on=on, lead={"background": DRAFT_TEXT})
    world.cases["counter_draft"] = application.start(
        world.calls["published"], world.units["paper"], by=officer, on=on, dossier=dossier,
        channel=Application.Channel.COUNTER,
    )  # fmt: skip


# -- what belongs to people and cases ----------------------------------------------------------------------------------
def _letters_and_keys(world: World) -> None:
    own, system = world.people["applicant_own"], world.people["system_admin"]
    tell([own], "一封信", MESSAGE, link="/work/")
    world.messages["own"] = Message.objects.filter(person=own, text=MESSAGE).get()
    for role in HOLDS:
        token, world.bearers[role] = issue(world.people[role], "令牌", decide=True)
        world.tokens[role] = token
    _, world.bearers["disabled"] = issue(world.people["disabled"], "令牌", decide=True)
    _, world.bearers["leader_without_decide"] = issue(world.people["leader"], "不能决定的令牌")
    for key, more in {"member": {"organisation": world.units["own"]}, "officer": {}}.items():
        world.invitations[key], world.secrets[key] = _invitation(world, own if more else system, **more)
    for key in ("draft", "district_review", "correction", "foreign"):
        world.materials[key] = Material.objects.filter(case=world.cases[key]).order_by("id")[0]


def _invitation(world: World, by: Person, organisation: Organisation | None = None) -> tuple[Invitation, str]:
    to: dict[str, Any] = {"email": INVITED, "name": "受邀人", "by": by, "now": clock.now()}
    if organisation is not None:
        return people.invite_member(organisation, role=Membership.Role.EDITOR, **to)
    return people.invite_officer(role=Role.BUREAU, **to)


def _registers(world: World) -> None:
    """The registers of two makerspaces: of the one with a title, and of a rival's; a line in each book."""
    panlong = factories.authority("panlong")
    world.makerspaces["own"] = world.titles["recognised"].makerspace
    world.makerspaces["other"] = registers.makerspace_of(
        world.units["other"], FOREIGN_NAME, authority=panlong, on=EARLY
    )
    for key in ("draft", "correction"):  # what is applied for has registers before it has a title
        case = world.cases[key]
        registers.makerspace_of(case.organisation, case.subject, authority=case.authority, on=EARLY)
    for key, place in world.makerspaces.items():
        by = world.people[f"applicant_{key}"]
        for book in REGISTERS.values():
            more = {book.name: REGISTERED} if key == "own" and book.code in {"tenants", "results"} else {}
            line = registers.add(place, book, keeping.values(book, **more), by=by, on=DAY)
            world.lines[key, book.code] = line


def _papers(world: World) -> None:
    """Three papers with a file: of a case, public, and for the holder of a receipt."""
    of_case = current_paper(world.number("district_review"), "receipt")
    of_notice = Paper.objects.get(code=PublicNotice.objects.get(pk=world.notices["running"].pk).paper_code)
    of_receipt = Paper.objects.get(code=world.objections["public_notice"].paper_code)
    for key, paper in {"case": of_case, "public": of_notice, "receipt": of_receipt}.items():
        assert paper is not None
        documents.finish(paper, files.keep(ContentFile(factories.make_pdf()), "paper.pdf"))
        world.papers[key] = Paper.objects.get(pk=paper.pk)


def _attachments(world: World) -> None:
    """A file handed in with an act, and one that was only uploaded."""
    for key, act in {"decision": "record_visit", "visited": ""}.items():
        blob = files.keep(ContentFile(factories.make_pdf(pages=2 if act else 3)), "paper.pdf")
        world.attachments[key] = Attachment.objects.create(
            case=world.cases[key], blob=blob, name="paper.pdf", by=world.people["district_own"], at=NOW, act=act
        )


def _session(person: Person) -> str:
    """The key of a session that has just proven who it is, however long the machine takes for all that is asked."""
    session, later = browser(person, fresh=True).session, time.time() + 3000
    session["started"] = session["seen"] = later  # no request has to write down that it was seen
    session[METHODS] = [{**method, "at": later} for method in session[METHODS]]
    session.save()
    return str(session.session_key)


@contextmanager
def undone() -> Iterator[None]:
    """What is written within the block is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def other_number(number: str) -> str:
    """A number of the same length that nobody has."""
    return number[:-4] + "9" + get_random_string(3, "0123456789")
