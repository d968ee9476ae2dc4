"""Reading calls and applications: what stands, what is missing, what may be changed by whom."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from makerspace.matters.application import shape
from makerspace.matters.application.models import Application, Call, Correction, Material, PaperCopy, Submission
from makerspace.office.casework.memory import remember
from makerspace.office.casework.models import Case
from makerspace.office.casework.queries import sees_content, visible_to
from makerspace.office.casework.refusals import cited, refused
from makerspace.office.documents.queries import paper_by_code
from makerspace.office.people.models import Authority, Organisation, Person
from makerspace.office.prepared import Prepared
from makerspace.office.record.models import Entry
from makerspace.regulation import by_id
from makerspace.regulation.answers import findings_json
from makerspace.regulation.terms import Citation, Duty, Role, Strength, Verdict

KIND = "recognition"
EDITABLE = ("draft", "correction")
HANDING_IN = ("submit", "resubmit")
PAPERS = ("operation_plan", "annual_work_plan", "other")


# -- calls -------------------------------------------------------------------------------------------------------------
def published_calls(on: date) -> QuerySet[Call]:
    """The calls that everybody may read on ``on``; open ones first, then the latest."""
    calls = Call.objects.filter(state=Call.State.PUBLISHED, published_on__lte=on)
    return calls.alias(open=Q(opens_on__lte=on, closes_on__gte=on)).order_by(F("open").desc(), "-closes_on", "-id")


def open_calls(on: date) -> QuerySet[Call]:
    """The calls to which one may apply on ``on``; the one that closes first stands first."""
    calls = Call.objects.filter(state=Call.State.PUBLISHED, published_on__lte=on, opens_on__lte=on, closes_on__gte=on)
    return calls.order_by("closes_on", "id")


def calls_for(person: Person, on: date) -> QuerySet[Call]:
    """The calls that ``person`` may read: published ones, and for the bureau its drafts."""
    return Call.objects.all() if Role.BUREAU in person.capacity(on).roles else published_calls(on)


def is_open(call: Call, on: date) -> bool:
    """Whether one may apply on ``on``; the last day counts whole."""
    return call.state == Call.State.PUBLISHED and call.opens_on <= on <= call.closes_on


def call_for(person: Person, pk: int, on: date) -> Call:
    """The call of that key, if this person may read it; else the same refusal as for none."""
    call = calls_for(person, on).filter(pk=pk).first()
    if call is None:
        raise refused("not_found", "没有找到这份申报通知。", 8)
    return call


def drafts_on(call: Call, person: Person, on: date) -> QuerySet[Case]:
    """The cases in which this person's units already apply to a call."""
    return (
        visible_to(person, on)
        .filter(application__call=call, organisation__in=person.capacity(on).organisations)
        .order_by("-id")
    )


# -- an application ----------------------------------------------------------------------------------------------------
def current_dossier(case: Case) -> dict[str, Any]:
    """The dossier as it stands: the draft where it may still be changed, else what was handed in last."""
    latest = None if case.stage in EDITABLE else latest_submission(case)
    dossier: dict[str, Any] = latest.dossier if latest else case.application.dossier
    return dossier


def application_of(case: Case) -> Application:
    """The application of a case with its call; read once for each loaded case."""
    if not Case.application.is_cached(case):
        case.application = _applications(case=case.pk)[0]
    application: Application = case.application
    return application


_applications = Prepared(lambda case: Application.objects.select_related("call").filter(case=case))


def latest_submission(case: Case) -> Submission | None:
    """What was handed in last."""
    return next(iter(_submissions(case=case.pk)), None)


_submissions = Prepared(lambda case: Submission.objects.filter(case=case).order_by("-round")[:1])


def findings_of(case: Case, on: date) -> dict[str, Any]:
    """The findings in the contract's shape: on the draft as of ``on``, or as frozen on the day of submission (R-01)."""
    latest = None if case.stage in EDITABLE else latest_submission(case)
    return latest.findings if latest else check(case.regulation, case.application.dossier, on)


def check(regulation: str, dossier: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The findings of one dossier on one day in the contract's shape."""
    version = by_id(regulation)
    return findings_json(version.check(version.parse(dossier), on))


def materials_of(case: Case) -> list[Material]:
    """The materials that count now, oldest first."""
    return _counting(case=case.pk)


_counting = Prepared(
    lambda case: (
        Material.objects.filter(case=case, removed_at=None).select_related("blob", "uploaded_by").order_by("id")
    )
)


def papers_of_applicant(case: Case) -> list[Material]:
    """The materials that the applicant hands in; photographs of visits are not among them."""
    return [row for row in materials_of(case) if row.kind != Material.Kind.SITE_PHOTO]


def open_correction_of(case: Case) -> Correction | None:
    """The correction that the applicant is making, with its faults."""
    return remember(case, "correction", Correction.objects.filter(case=case, closed_on=None).first)


def paper_copies_of(case: Case) -> QuerySet[PaperCopy]:
    """The paper copies registered for a case."""
    return PaperCopy.objects.filter(case=case).select_related("received_by")


def material_of(person: Person, case: Case, pk: int, on: date) -> Material:
    """A material of that case, looked up with it, for someone who may read the file; else as if it were not there."""
    readable = materials_for(person, case, on) if may_read(person, case, on) else []
    material = next((row for row in readable if row.pk == pk), None)
    if material is None:
        raise refused("not_found", "没有找到这份材料，或者它不在您的查看范围内。")
    return material


def last_dossier(organisation: Organisation) -> dict[str, Any] | None:
    """What the organisation filled in last, to begin from."""
    applications = Application.objects.filter(case__organisation=organisation).order_by("-saved_at", "-id")
    return applications.values_list("dossier", flat=True).first()


class Stored(NamedTuple):
    """How much a case holds: live files, and bytes of all that is stored for it."""

    files: int
    bytes: int


def stored(case: Case) -> Stored:
    """How much of its quota a case has used; what was removed is still stored."""
    rows = _stored(case=case.pk)
    sizes = {digest: size for digest, size, _ in rows}
    return Stored(sum(removed is None for *_, removed in rows), sum(sizes.values()))


_stored = Prepared(lambda case: Material.objects.filter(case=case).values_list("blob", "blob__size", "removed_at"))


# -- what one reader is shown of it ------------------------------------------------------------------------------------
def handed_in(person: Person, case: Case, on: date) -> Submission | None:
    """What this person reads: what was handed in last; None is the draft, which only those read who fill it in now."""
    if case.stage in EDITABLE and may_edit(person, case, on):
        return None
    return remember(case, "handed_in", lambda: latest_submission(case))


def dossier_for(person: Person, case: Case, on: date) -> dict[str, Any]:
    """The dossier as this person may see it."""
    frozen = handed_in(person, case, on)
    dossier: dict[str, Any] = frozen.dossier if frozen else case.application.dossier
    return dossier


def findings_for(person: Person, case: Case, on: date) -> dict[str, Any]:
    """The findings on what this person may see: of the draft as of ``on``, else as they were frozen."""
    frozen = handed_in(person, case, on)
    return frozen.findings if frozen else check(case.regulation, case.application.dossier, on)


def materials_for(person: Person, case: Case, on: date) -> list[Material]:
    """The materials that this person may see, oldest first: those that count now, else as they were handed in last,
    whatever was removed or tied anew since; photographs of visits are among both."""
    frozen = handed_in(person, case, on)
    if frozen is None:
        return materials_of(case)
    listed = {row["id"]: row for row in frozen.materials}
    return [
        _as_listed(row, listed.get(row.pk))
        for row in _materials(case=case.pk)
        if row.pk in listed or (row.kind == Material.Kind.SITE_PHOTO and row.removed_at is None)
    ]


_materials = Prepared(lambda case: Material.objects.filter(case=case).select_related("blob").order_by("id"))


def _as_listed(material: Material, row: Mapping[str, Any] | None) -> Material:
    """The material, to be read only, with what was said of it when it was handed in."""
    if row is not None:
        material.conditions, material.pages = row["conditions"], row["pages"]
    return material


def deals_with(person: Person, case: Case, on: date) -> bool:
    """Whether the person deals with the applicant, and so reads how to reach them (C5): its own people, its district,
    the bureau; not experts, not auditors."""
    capacity = person.capacity(on)
    inside = case.organisation_id in capacity.organisations or case.authority_id in capacity.authorities
    return inside or Role.BUREAU in capacity.roles


# -- who may change it, and what ---------------------------------------------------------------------------------------
def types_in(person: Person, case: Case, on: date) -> bool:
    """Whether the person is the counter officer who types in an application that came on paper only (article 8)."""
    capacity = person.capacity(on)
    if case.authority_id not in capacity.districts_with(Duty.COUNTER):
        return False
    return case.kind == KIND and application_of(case).channel == Application.Channel.COUNTER


def may_edit(person: Person, case: Case, on: date) -> bool:
    """Whether the person fills in this application: a member of its organisation, or its counter officer."""
    if case.kind != KIND:
        return False
    return case.organisation_id in person.capacity(on).organisations or types_in(person, case, on)


def may_read(person: Person, case: Case, on: date) -> bool:
    """Whether dossier and files may be shown: as casework says, and to the counter officer who types them in."""
    return sees_content(person, case, on) or types_in(person, case, on)


def counters_of(person: Person, on: date) -> QuerySet[Authority]:
    """The authorities at whose counter this person takes in paper."""
    return Authority.objects.filter(pk__in=person.capacity(on).districts_with(Duty.COUNTER))


def case_of_paper(person: Person, typed: str, on: date) -> Case | None:
    """The case of a print set's check code or of a number, if this person may see it."""
    paper = paper_by_code(typed)
    number = paper.subject if paper is not None and paper.kind == "print_set" else typed.strip().upper()
    return visible_to(person, on).filter(number=number, kind=KIND).first()


def counter_drafts(person: Person, on: date) -> QuerySet[Case]:
    """The applications that came on paper and are being typed in at this person's counter."""
    counter = visible_to(person, on).filter(application__channel=Application.Channel.COUNTER, stage__in=EDITABLE)
    return (
        counter.filter(authority__in=person.capacity(on).districts_with(Duty.COUNTER))
        .select_related("organisation")
        .order_by("-id")
    )


def counter_role(case: Case, person: Person, on: date) -> Role | None:
    """In which capacity a person who is no member takes an applicant's act; None where in none."""
    return Role.DISTRICT if types_in(person, case, on) else None


class Opened(NamedTuple):
    """What may be changed now: sections, conditions whose evidence is open, and other kinds of material."""

    sections: frozenset[str]
    conditions: frozenset[str]
    kinds: frozenset[str]


def opened(case: Case) -> Opened:
    """All of a draft; in a correction what the notice names: a section opens its conditions, and the other way round."""
    sections = by_id(case.regulation).sections_of(case.category)
    every = {condition for section in sections for condition in section.conditions}
    if case.stage == "draft":
        return Opened(frozenset(section.code for section in sections), frozenset(every), frozenset(PAPERS))
    correction = open_correction_of(case) if case.stage == "correction" else None
    targets = {fault["target"] for fault in correction.faults} if correction else set()
    named = {section.code for section in sections if section.code in targets or targets & set(section.conditions)}
    fed = {condition for section in sections if section.code in targets for condition in section.conditions}
    return Opened(frozenset(named), frozenset(fed | (targets & every)), frozenset(targets & set(PAPERS)))


def may_change(allowed: Opened, kind: str, conditions: Iterable[str]) -> bool:
    """Whether such a file may be added or taken away now: evidence by its conditions, every other paper by its kind."""
    tied = set(conditions)
    if kind == Material.Kind.EVIDENCE:
        return bool(tied) and tied <= allowed.conditions
    return kind in allowed.kinds and tied <= allowed.conditions


def names_of(case: Case, allowed: Opened) -> list[str]:
    """What is open of the materials, by its titles, in the order of the articles."""
    titles = [row.title for row in by_id(case.regulation).conditions_of(case.category) if row.id in allowed.conditions]
    return titles + [str(Material.Kind(kind).label) for kind in PAPERS if kind in allowed.kinds]


def correction_targets(case: Case) -> list[tuple[str, str]]:
    """What a correction notice may name: sections, conditions, and the papers of article 9."""
    version = by_id(case.regulation)
    sections = [(section.code, f"申报内容：{section.title}") for section in version.sections_of(case.category)]
    conditions = [
        (row.id, f"条件：{row.title}（{_basis(row.citation)}）") for row in version.conditions_of(case.category)
    ]
    papers = [(kind, f"材料：{Material.Kind(kind).label}") for kind in PAPERS]
    return sections + conditions + papers


def _basis(citation: Citation) -> str:
    """第七条第一项."""
    item = f"{cited((citation.item,))[:-1]}项" if citation.item else ""
    return f"{cited((citation.article,))}{item}"


# -- what is missing ---------------------------------------------------------------------------------------------------
class Missing(NamedTuple):
    """One thing without which the application can't be handed in, and where to put it right."""

    code: str
    text: str
    section: str = ""
    condition: str = ""


NEEDED = (
    ("operator", "name", "运营单位名称"),
    ("makerspace", "name", "众创空间名称"),
    ("makerspace", "authority", "运营所在地科技主管部门"),
)


def missing_for_submission(case: Case, read: list[Material] | None = None) -> list[Missing]:
    """All that is missing, at once (article 9): names, what couldn't be read, papers, evidence per condition.

    ``read`` are the applicant's papers where they were read already.
    """
    application, materials = application_of(case), papers_of_applicant(case) if read is None else read
    return [
        *_missing_names(case, application),
        *_unread(case, application),
        *_missing_papers(case, materials),
        *_missing_evidence(case, materials),
        *_missing_called_for(application.call, materials),
        *_missing_signature(application),
    ]


def section_of_key(case: Case, key: str) -> str:
    """The code of the section in which a key of the dossier is filled in; empty where it has none."""
    sections = by_id(case.regulation).sections_of(case.category)
    return next((section.code for section in sections if key in section.keys), "")


def _missing_names(case: Case, application: Application) -> list[Missing]:
    return [
        Missing(f"{block}.{key}", f"尚未填写{label}", section_of_key(case, block))
        for block, key, label in NEEDED
        if not (application.dossier.get(block) or {}).get(key)
    ]


def _unread(case: Case, application: Application) -> list[Missing]:
    return [
        Missing(path, f"有一处填写不能识别：“{typed[:30]}”", section_of_key(case, path.split(".")[0].split("[")[0]))
        for path, typed in application.unread.items()
    ]


def _missing_papers(case: Case, materials: list[Material]) -> list[Missing]:
    plans = [material for material in materials if material.kind == Material.Kind.OPERATION_PLAN]
    found = [] if plans else [Missing("operation_plan", "缺少众创空间建设运营方案")]
    lacking = _lacking_in_plans(by_id(case.regulation).plan_sections, plans)
    if lacking:
        found.append(Missing("operation_plan.sections", f"建设运营方案缺少：{'、'.join(lacking)}"))
    if not any(material.kind == Material.Kind.ANNUAL_WORK_PLAN for material in materials):
        found.append(Missing("annual_work_plan", "缺少年度工作计划"))
    return found


def _lacking_in_plans(sections: tuple[str, ...], plans: list[Material]) -> list[str]:
    """The sections that no plan is said to hold; a plan of which nothing was said is taken as whole."""
    if not plans or any(not plan.sections for plan in plans):
        return []
    return [name for name in sections if not any(name in plan.sections for plan in plans)]


def _missing_evidence(case: Case, materials: list[Material]) -> list[Missing]:
    proven = {condition for material in materials for condition in material.conditions}
    version = by_id(case.regulation)
    return [
        Missing(f"evidence.{row.id}", f"缺少“{row.title}”的证明材料", condition=row.id)
        for row in version.conditions_of(case.category)
        if needs_evidence(row.strength) and row.id not in proven
    ]


class Noticed(NamedTuple):
    """What looks wrong in a dossier: the top-level key it stands under, and a sentence that says where and what."""

    key: str
    text: str


def noticed_in(regulation: str, dossier: Mapping[str, Any], on: date) -> list[Noticed]:
    """What the applicant should look at again and the district may accept; it keeps nobody from handing in."""
    version = by_id(regulation)
    return [
        Noticed(
            re.split(r"[.\[]", caution.path, maxsplit=1)[0], f"{shape.where(regulation, caution.path)}：{caution.text}"
        )
        for caution in version.cautions(version.parse(dossier), on)
    ]


def operator_warning(case: Case, dossier: Mapping[str, Any]) -> str:
    """What to tell where the dossier names another operator than the unit that applies; empty where they are one.

    The findings go by the dossier, notices and titles by the unit; who is right is for the district to ask.
    """
    operator, unit = dossier.get("operator") or {}, case.organisation
    pairs = (("名称", operator.get("name"), unit.name), ("统一社会信用代码", operator.get("uscc"), unit.uscc))
    differing = [label for label, given, own in pairs if given and _plain(given) != _plain(own)]
    if not differing:
        return ""
    names = "和".join(differing)
    return f"填写的运营单位{names}与申报单位（{unit.name}，{unit.uscc}）不一致，请核对；公示和公告以申报单位为准。"


def _plain(text: str) -> str:
    """A name or a code without the differences that are none: width, spaces, small letters."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").upper()


def needs_evidence(strength: Strength) -> bool:
    """Whether article 9(2) asks for evidence: for what is required, not for 原则上 or 鼓励."""
    return strength is Strength.REQUIRED


def _missing_called_for(call: Call, materials: list[Material]) -> list[Missing]:
    given = {material.code for material in materials}
    asked = [row for row in call.materials if row.get("required", True)]
    return [
        Missing(f"other.{row['code']}", f"缺少申报通知要求的“{row['title']}”")
        for row in asked
        if row["code"] not in given
    ]


def _missing_signature(application: Application) -> list[Missing]:
    if application.channel == Application.Channel.ONLINE or application.confirmed_by_signature:
        return []
    return [Missing("signature", "窗口录入的内容尚未由申报单位签字确认，请先登记纸件并注明已签字")]


def not_met(findings: Mapping[str, Any]) -> list[str]:
    """The ids of the findings that count against the applicant; to be confirmed before handing in."""
    return [
        row["id"]
        for row in findings["findings"]
        if row["verdict"] == Verdict.NOT_MET and row["strength"] != Strength.ENCOURAGED
    ]


# -- the frozen past, run again ----------------------------------------------------------------------------------------
class Mismatch(NamedTuple):
    """A submission that is no longer what the record sealed, or whose findings no longer come out the same."""

    case: str
    round: int
    what: str


def digest_of(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a dossier's or of findings' one spelling: keys sorted, no spaces."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def replay(case: Case | None = None) -> Iterator[Mismatch]:
    """Hold every submission against what the record sealed when it was handed in (``verify`` tells whether the seals
    hold), and run its conditions again, from its frozen dossier, on its day, by its version."""
    submissions = Submission.objects.select_related("case").order_by("case", "round")
    if case is not None:
        submissions = submissions.filter(case=case)
    for number, rows in groupby(submissions.iterator(chunk_size=200), key=lambda row: row.case.number):
        sealed = _sealed(number)
        for submission in rows:
            yield from _unlike_the_record(submission, sealed.pop(submission.round, None))
            yield from _replayed(submission)
        yield from _lost(number, sealed)
    handed = Entry.objects.filter(act__in=HANDING_IN).exclude(stream__in=submissions.values("case__number"))
    if case is not None:
        handed = handed.filter(stream=case.number)
    for number in handed.order_by("stream").values_list("stream", flat=True).distinct():
        yield from _lost(number, _sealed(number))


def _lost(number: str, rounds: Iterable[int]) -> Iterator[Mismatch]:
    return (Mismatch(number, round_, "案卷记有这次提交，提交稿不在") for round_ in rounds)


def _sealed(number: str) -> dict[int, dict[str, Any]]:
    """What the record keeps of each round of a case."""
    entries = Entry.objects.filter(stream=number, act__in=HANDING_IN).order_by("seq").values_list("data", flat=True)
    return {facts["round"]: facts for facts in map(json.loads, entries)}


def _unlike_the_record(submission: Submission, sealed: Mapping[str, Any] | None) -> Iterator[Mismatch]:
    number, round_ = submission.case.number, submission.round
    if sealed is None:
        yield Mismatch(number, round_, "案卷中没有这次提交的记录")
        return
    if not digest_of(submission.dossier) == submission.digest == sealed["dossier"]:
        yield Mismatch(number, round_, "申报内容与案卷所记摘要不符")
    if digest_of(submission.findings) != sealed.get("findings"):
        yield Mismatch(number, round_, "条件对照与案卷所记摘要不符")
    if [row["digest"] for row in submission.materials] != sealed["materials"]:
        yield Mismatch(number, round_, "材料清单与案卷所记摘要不符")


def _replayed(submission: Submission) -> Iterator[Mismatch]:
    again = json.loads(json.dumps(check(submission.regulation, submission.dossier, submission.on)))
    if again != submission.findings:
        yield Mismatch(submission.case.number, submission.round, _differing(again, submission.findings))


def _differing(again: Mapping[str, Any], frozen: Mapping[str, Any]) -> str:
    rows = {row["id"]: row for row in frozen.get("findings", [])}
    ids = [row["id"] for row in again["findings"] if rows.get(row["id"]) != row]
    return f"条件对照与重算结果不同：{'、'.join(ids) or '总体结论'}"
