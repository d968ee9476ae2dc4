"""People, units, calls, dossiers, files and cases for tests: plain functions over real operations.

``DAY`` is the day on which most tests take place; the call is open on it, and the dossier's facts fit it.
"""

import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from pikepdf import Dictionary, Name, Pdf

from makerspace.matters.application import operations
from makerspace.matters.application.models import Call
from makerspace.office.casework import settings
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Authority, Expert, Membership, Organisation, Person, Post
from makerspace.regulation import by_id
from makerspace.regulation.terms import Duty, Role, Strength

DAY = date(2026, 3, 16)
REGULATION = "kunkefa-2017-55"
COMPREHENSIVE, TECHNICAL = "comprehensive", "technical"
LONG_AGO = date(2017, 6, 6)
_serial = itertools.count(1)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def uscc(serial: int | None = None) -> str:
    """A credit code with the right check sign; another one each time unless ``serial`` is given."""
    body = f"91530102MA{(next(_serial) if serial is None else serial):07d}"
    total = sum(_USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + _USCC[-total % 31]


# -- people ------------------------------------------------------------------------------------------------------------
def authority(code: str = "wuhua") -> Authority:
    """One of the 19; they are there from the migration."""
    return Authority.objects.get(code=code)


def make_person(
    role: Role | None = None,
    place: Authority | str | None = None,
    *,
    duties: Iterable[Duty] = (),
    organisation: Organisation | None = None,
    owner: bool = True,
    name: str = "",
    username: str = "",
) -> Person:
    """A person with one post (``place`` for a district's), or a member of ``organisation``, or neither."""
    number = next(_serial)
    username = username or f"p{number}"
    person = Person.objects.create(username=username, email=f"{username}@example.cn", name=name or f"张{number}")
    if role is not None and role is not Role.APPLICANT:
        where = authority(place) if isinstance(place, str) else place
        if role is Role.DISTRICT and where is None:
            where = authority()
        Post.objects.create(
            person=person, role=role.value, authority=where, duties=[duty.value for duty in duties], valid_from=LONG_AGO
        )
    if organisation is not None:
        kind = Membership.Role.OWNER if owner else Membership.Role.EDITOR
        Membership.objects.create(person=person, organisation=organisation, role=kind, since=LONG_AGO)
    return person


def make_organisation(name: str = "", *, code: str = "") -> Organisation:
    """A unit."""
    number = next(_serial)
    return Organisation.objects.create(name=name or f"昆明第{number}创业服务有限公司", uscc=code or uscc())


def member_of(organisation: Organisation) -> Person:
    """Its first member; one is made where it has none."""
    membership = Membership.objects.filter(organisation=organisation).select_related("person").order_by("id").first()
    return membership.person if membership else make_person(organisation=organisation)


def make_expert(employer: str = "云南大学", *, employer_uscc: str = "", fields: Iterable[str] = ("10",)) -> Person:
    """A person with the expert's post and a place in the pool."""
    person = make_person(Role.EXPERT)
    Expert.objects.create(person=person, employer=employer, employer_uscc=employer_uscc, fields=list(fields))
    return person


def set_due(case: Case, due_on: date) -> None:
    """As if the case had come to its stage with that last day."""
    Case.objects.filter(pk=case.pk).update(due_on=due_on)
    case.due_on = due_on


def adopt_setting(code: str, value: int, since: date) -> None:
    """The bureau's own number from ``since`` on, decided on the day before."""
    on = since - timedelta(days=1)
    line = settings.propose_setting(
        REGULATION, code, value=value, since=since, reason="压缩办理时间", by=make_person(Role.BUREAU), on=on
    )
    settings.adopt_setting(line, by=make_person(Role.LEADER), on=on)


# -- calls -------------------------------------------------------------------------------------------------------------
def make_call(
    *,
    published: bool = True,
    opens_on: date = DAY - timedelta(days=15),
    closes_on: date = DAY + timedelta(days=30),
    categories: Iterable[str] = (COMPREHENSIVE, TECHNICAL),
    materials: Iterable[dict[str, Any]] = (),
    by: Person | None = None,
    title: str = "关于组织申报2026年昆明市众创空间的通知",
) -> Call:
    """A call, published on the day on which it opens unless asked otherwise."""
    officer = by or make_person(Role.BUREAU)
    call = operations.draft_call(
        by=officer, on=opens_on, title=title, year=opens_on.year, categories=list(categories), opens_on=opens_on,
        closes_on=closes_on, text="请符合条件的单位在规定时间内申报。", materials=list(materials),
        contacts=[{"name": "王敏", "phone": "0871-63100001"}], regulation=REGULATION,
    )  # fmt: skip
    return operations.publish_call(call, by=officer, on=opens_on) if published else call


# -- dossiers and files ------------------------------------------------------------------------------------------------
def make_dossier(category: str = COMPREHENSIVE, on: date = DAY, **blocks: Any) -> dict[str, Any]:
    """A whole dossier that meets every numeric condition on ``on``; ``blocks`` replace top-level keys.

    A block given as a dict is laid over the usual one: ``make_dossier(makerspace={"name": "滇池众创空间"})``.
    """
    number = next(_serial)
    dossier = {
        "regulation": REGULATION,
        "category": category,
        "operator": {
            "name": f"昆明第{number}创业服务有限公司", "uscc": uscc(), "kind": "enterprise",
            "independent_legal_person": True, "registered_division": "530102", "registered_address": "五华区学府路1号",
            "established_on": _ago(on, 2000), "legal_representative": "李华", "contact_name": "赵敏",
            "contact_phone": "13800000000", "contact_email": "kj@example.cn",
        },
        "makerspace": {
            "name": f"滇池第{number}众创空间", "authority": "wuhua", "address": "五华区学府路1号", "opened_on": _ago(on, 900),
            "theme": "面向软件和信息服务的创业孵化", "website": "https://example.cn",
        },
        "lead": {"name": "李华", "background": "从事创业孵化工作十二年"},
        "staff": [
            {"name": "陈静", "duty": "运营", "education": "本科", "full_time": True},
            {"name": "杨帆", "duty": "财务", "education": "本科", "full_time": True},
        ],
        "mentors": [_mentor("周平", on), _mentor("吴丽", on), _mentor("郑强", on)],
        "finance": {"standardised": True, "run_by_host": False, "separate_accounts": None},
        "premises": [], "facilities": [], "tenants": [], "lawful_operation_declared": None, "services": [], "events": [],
        "capital_partners": [], "fund": {"exists": False, "size_wan": None},
        "technical": {
            "low_cost_open_office": None, "equipment": [], "professional_services": [], "workshop_m2": None,
            "platform": {"url": None, "shared_resources": None},
        },
    }  # fmt: skip
    dossier |= _comprehensive(on) if category == COMPREHENSIVE else _technical()
    for key, value in blocks.items():
        dossier[key] = {**dossier[key], **value} if isinstance(value, dict) else value
    return dossier


def _ago(on: date, days: int) -> str:
    return (on - timedelta(days=days)).isoformat()


def _mentor(name: str, on: date) -> dict[str, Any]:
    return {
        "name": name, "employer": "昆明创投", "speciality": "投资", "engaged_from": _ago(on, 700), "engaged_to": None
    }  # fmt: skip


def make_tenant(number: int = 1, on: date = DAY, **fields: Any) -> dict[str, Any]:
    """A resident small enterprise that counts under article 7(2)."""
    tenant = {
        "kind": "enterprise", "name": f"昆明软件第{number}公司", "uscc": uscc(500_000 + number), "industry": "software",
        "employees": 12, "revenue_wan": 300, "assets_wan": 150, "moved_in_on": _ago(on, 400), "agreement_to": None,
        "hightech_field": "101", "kunming_188": "新一代信息技术",
    }  # fmt: skip
    return tenant | fields


def _comprehensive(on: date) -> dict[str, Any]:
    events = [
        {"kind": "roadshow", "on": _ago(on, days), "title": f"项目路演第{place}期", "participants": 40}
        for place, days in enumerate((20, 110, 200, 290), start=1)
    ]
    return {
        "premises": [
            {
                "address": "五华区学府路1号", "tenure": "leased", "commercial": False, "area_m2": 420.0,
                "public_office_m2": 60.0, "lease_from": _ago(on, 600), "lease_to": _ago(on, -700),
            }
        ],
        "facilities": ["office_equipment", "meeting_room", "negotiation_room"],
        "tenants": [make_tenant(number, on) for number in range(1, 13)],
        "lawful_operation_declared": True,
        "services": ["business_registration", "legal", "finance", "policy"],
        "events": events,
        "capital_partners": [
            {"kind": "angel", "name": "云南天使基金", "agreement_from": _ago(on, 500), "agreement_to": None}
        ],
    }  # fmt: skip


def _technical() -> dict[str, Any]:
    return {
        "technical": {
            "low_cost_open_office": True, "equipment": [{"name": "三维打印机", "purpose": "模型加工", "value_wan": 30}],
            "professional_services": ["r_and_d", "testing"], "workshop_m2": 800,
            "platform": {"url": "https://example.cn/platform", "shared_resources": True},
        }
    }  # fmt: skip


def make_pdf(pages: int = 1) -> bytes:
    """A small sound PDF, another one each time."""
    pdf = Pdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(200, 200))
    pdf.docinfo["/Title"] = f"test {next(_serial)}"
    pdf.Root.Lang = "zh-CN"
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True, Direction=Name.L2R)
    return _bytes_of(pdf)


def _bytes_of(pdf: Pdf) -> bytes:
    target = ContentFile(b"")
    pdf.save(target.file)
    content: bytes = target.file.getvalue()
    return content


# -- cases -------------------------------------------------------------------------------------------------------------
def draft_case(
    *,
    category: str = COMPREHENSIVE,
    call: Call | None = None,
    organisation: Organisation | None = None,
    dossier: dict[str, Any] | None = None,
    place: str = "wuhua",
    on: date = DAY,
) -> Case:
    """A draft with a whole dossier and no materials yet."""
    organisation = organisation or make_organisation()
    operator = {"name": organisation.name, "uscc": organisation.uscc}
    given = dossier or make_dossier(category, on, operator=operator, makerspace={"authority": place})
    return operations.start(call or make_call(), organisation, by=member_of(organisation), on=on, dossier=given)


def with_materials(case: Case, *, by: Person | None = None, on: date = DAY) -> Case:
    """The same case with every paper of article 9: one file proves all conditions, two are the plans."""
    person = by or member_of(case.organisation)
    conditions = [
        row.id for row in by_id(case.regulation).conditions_of(case.category) if row.strength is Strength.REQUIRED
    ]
    _attach(case, person, on, kind="evidence", conditions=conditions)
    _attach(case, person, on, kind="operation_plan")
    _attach(case, person, on, kind="annual_work_plan")
    return case


def _attach(case: Case, person: Person, on: date, *, kind: str, conditions: Iterable[str] = ()) -> None:
    content = ContentFile(make_pdf(3))
    operations.attach(case, content, f"{kind}.pdf", kind=kind, conditions=conditions, by=person, on=on)


def submitted_case(
    *,
    category: str = COMPREHENSIVE,
    call: Call | None = None,
    organisation: Organisation | None = None,
    dossier: dict[str, Any] | None = None,
    place: str = "wuhua",
    on: date = DAY,
) -> Case:
    """A case that was handed in on ``on`` and waits for its district's first review."""
    draft = draft_case(category=category, call=call, organisation=organisation, dossier=dossier, place=place, on=on)
    person = member_of(draft.organisation)
    return operations.submit(with_materials(draft, by=person, on=on), by=person, on=on, commitment=True)
