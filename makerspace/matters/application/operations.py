"""The acts of articles 8 and 9: publish a call, fill in, hand in papers, submit, correct, withdraw."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import F

from makerspace.matters.application import papers, queries
from makerspace.matters.application.models import Application, Call, Correction, Material, PaperCopy, Submission
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, describe, lock, open_case
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.documents import files, uploads
from makerspace.office.documents.codes import normalise
from makerspace.office.documents.gate import own_contacts, personal_data_in, texts_in
from makerspace.office.documents.models import Blob
from makerspace.office.documents.queries import current_paper
from makerspace.office.people.models import Authority, Organisation, Person
from makerspace.office.people.operations import normal_uscc
from makerspace.office.prepared import Prepared, Update
from makerspace.office.record import clock
from makerspace.office.record.operations import append
from makerspace.regulation import by_id
from makerspace.regulation.faults import Faults
from makerspace.regulation.terms import Duty, Role

PAGES = re.compile(r"\d{1,4}(-\d{1,4})?(,\d{1,4}(-\d{1,4})?)*")


# -- calls (article 8) -------------------------------------------------------------------------------------------------
@transaction.atomic
def draft_call(*, by: Person, on: date, **values: Any) -> Call:
    """Write a call; nobody but the bureau sees it before it is published."""
    _ask_bureau(by, on)
    _ask_call(values)
    return Call.objects.create(prepared_by=by, **values)


@transaction.atomic
def edit_call(call: Call, *, by: Person, on: date, seen_version: int, **values: Any) -> Call:
    """Change a call that is still a draft."""
    _ask_bureau(by, on)
    _ask_call(values)
    drafts = Call.objects.filter(pk=call.pk, state=Call.State.DRAFT)
    if not drafts.exists():
        raise refused("wrong_stage", "申报通知已发布，不能再修改；如有变更，请另行发布补充通知。", 8)
    if not drafts.filter(version=seen_version).update(version=F("version") + 1, **values):
        raise refused("changed_meanwhile", "另一位经办人刚刚保存了这份通知，请核对后重新保存。", 8)
    return Call.objects.get(pk=call.pk)


@transaction.atomic
def publish_call(call: Call, *, by: Person, on: date) -> Call:
    """Publish a call as it stands; from then on it can't be changed (article 8)."""
    _ask_bureau(by, on)
    drafts = Call.objects.filter(pk=call.pk, state=Call.State.DRAFT, version=call.version)
    if not drafts.exists():
        raise refused("wrong_stage", "这份申报通知已发布，或刚刚被修改，请刷新后查看。", 8)
    _ask_publishable(call, on)
    drafts.update(state=Call.State.PUBLISHED, published_on=on)
    published = Call.objects.get(pk=call.pk)
    append(
        call.stream, "publish_call", by=by, role=Role.BUREAU, on=on, articles=(8,), regulation=call.regulation,
        before=Call.State.DRAFT, after=Call.State.PUBLISHED, data=papers.call_facts(published),
    )  # fmt: skip
    return published


def _ask_bureau(by: Person, on: date) -> None:
    if Role.BUREAU not in by.capacity(on).roles:
        raise refused("not_yours", "申报通知由市科技局经办处室拟写和发布。", 8)


def _ask_call(values: Mapping[str, Any]) -> None:
    wrong = {}
    if values["closes_on"] < values["opens_on"]:
        wrong["closes_on"] = "截止日期不能早于开始日期"
    known = by_id(values["regulation"]).categories
    if not values["categories"] or not set(values["categories"]) <= set(known):
        wrong["categories"] = "请至少选择一个申报类别"
    if wrong:
        raise refused("invalid", "申报通知有填写不符合要求之处。", 8, fields=wrong)


def _ask_publishable(call: Call, on: date) -> None:
    wrong = {}
    if not call.text.strip():
        wrong["text"] = "请填写通知正文"
    if not call.contacts:
        wrong["contacts"] = "请至少填写一位咨询联系人"
    if call.closes_on < on:
        wrong["closes_on"] = "截止日期已过"
    wrong |= _personal_data_in(call)
    if wrong:
        raise refused("invalid", "申报通知还不能发布。", 8, fields=wrong)


def _personal_data_in(call: Call) -> dict[str, str]:
    """What a call may not tell everybody, field by field (C43); the contacts' own fields are there to be published."""
    allowed = own_contacts() + [value for row in call.contacts for value in row.values() if value]
    parts = {"title": call.title, "text": call.text, "materials": call.materials}
    found = {
        name: [str(hit) for text in texts_in(value) for hit in personal_data_in(text, allowed)]
        for name, value in parts.items()
    }
    return {name: f"含有不能公开的个人信息：{'、'.join(hits)}" for name, hits in found.items() if hits}


# -- filling in --------------------------------------------------------------------------------------------------------
@transaction.atomic
def start(
    call: Call,
    organisation: Organisation,
    *,
    by: Person,
    on: date,
    dossier: Mapping[str, Any] | None = None,
    channel: str = Application.Channel.ONLINE,
) -> Case:
    """Open a draft for an organisation; it may begin from a dossier, whole or not (article 8)."""
    if channel == Application.Channel.ONLINE and organisation.pk not in by.capacity(on).organisations:
        raise refused("not_yours", "只能为您所在的单位建立申报。", 8)
    _ask_open(call, on)
    parsed = _read(call.regulation, call.categories, _begun(call, organisation, dossier or {}))
    authority = _first_authority(parsed, organisation)
    if channel == Application.Channel.COUNTER:
        _ask_counter(by, authority, on)
    case = open_case(
        queries.KIND, regulation=call.regulation, organisation=organisation, authority=authority, on=on, by=by,
        subject=_subject(parsed, organisation), category=parsed["category"],
    )  # fmt: skip
    Application.objects.create(
        case=case, call=call, dossier=parsed, channel=channel, saved_at=clock.now(), saved_by=by,
    )  # fmt: skip
    return case


@transaction.atomic
def unit_at_counter(*, name: str, uscc: str, kind: str, by: Person, on: date) -> Organisation:
    """The unit that came with paper only: found by its credit code, else entered (article 8)."""
    if Duty.COUNTER not in by.capacity(on).duties:
        raise refused("not_yours", "由承担窗口收件职责的人员登记。", 8)
    if kind not in Organisation.Kind.values:
        raise refused("invalid", "请选择单位性质。", 8, fields={"kind": "请在列出的选项中选择"})
    unit, _ = Organisation.objects.get_or_create(uscc=normal_uscc(uscc), defaults={"name": name, "kind": kind})
    return unit


@transaction.atomic
def save_dossier(
    case: Case,
    dossier: Mapping[str, Any],
    *,
    by: Person,
    on: date,
    seen_version: int,
    unread: Mapping[str, str] | None = None,
) -> Application:
    """Save the whole dossier, complete or not; refused where another saved meanwhile. ``unread`` keeps typed text
    that could not be read, so that nothing typed is lost."""
    case, application = _opened(case, by, on)
    _ask_version(application, seen_version)
    parsed = _read(case.regulation, _categories(case, application), dossier)
    _ask_only_open(case, application.dossier, parsed)
    return _keep(case, application, parsed, by=by, unread=unread or {})


@transaction.atomic
def save_section(
    case: Case,
    section: str,
    values: Mapping[str, Any],
    *,
    by: Person,
    on: date,
    seen_version: int,
    unread: Mapping[str, str] | None = None,
    seen_digest: str = "",
) -> Application:
    """Save one section; the others stay as they are.

    ``seen_digest`` is what ``Application.digest_of`` said of the section when it was opened. What was saved in other
    sections since stands in nobody's way, nor does the same save whose answer was lost.
    """
    case, application = _opened(case, by, on)
    keys = _keys_of(case, section)
    if seen_digest == application.digest_of(keys) or _holds(case, application, values, unread or {}):
        seen_version = application.version
    if strange := set(values) - set(keys):
        raise refused("invalid", "有不属于这一部分的字段。", 9, fields=dict.fromkeys(strange, "不属于这一部分"))
    elsewhere = {path: text for path, text in application.unread.items() if _head(path) not in keys}
    return save_dossier(
        case, {**application.dossier, **values}, by=by, on=on, seen_version=seen_version,
        unread=elsewhere | dict(unread or {}),
    )  # fmt: skip


def _holds(case: Case, application: Application, values: Mapping[str, Any], unread: Mapping[str, str]) -> bool:
    """Whether all of this is saved already."""
    if not unread.items() <= application.unread.items():
        return False
    whole = {**application.dossier, **values}
    return bool(_read(case.regulation, _categories(case, application), whole) == application.dossier)


def _keys_of(case: Case, section: str) -> tuple[str, ...]:
    for row in by_id(case.regulation).sections_of(case.category):
        if row.code == section:
            return row.keys
    raise refused("not_found", "没有这一部分申报内容。", 9)


def _opened(case: Case, by: Person, on: date) -> tuple[Case, Application]:
    """The case, locked, with its application, for someone who may fill it in now."""
    case = lock(case)
    if case.kind != queries.KIND:
        raise Refused(cases.NOT_THERE)
    application = queries.application_of(case)
    _ask_may_fill(case, by, on)
    return case, application


def _ask_may_fill(case: Case, by: Person, on: date) -> None:
    """Visible, then role, then stage."""
    if case.kind != queries.KIND or not cases.sees(by, case, on):
        raise Refused(cases.NOT_THERE)
    if not queries.may_edit(by, case, on):
        raise refused("not_yours", "申报内容由申报单位填写，您目前的身份不能修改。", 9)
    if case.stage not in queries.EDITABLE:
        stage = cases.stage_of(case).label
        raise refused("wrong_stage", f"本件现处于“{stage}”环节，申报内容已固定，不能修改。", 9)


def _ask_version(application: Application, seen_version: int) -> None:
    if application.version != seen_version:
        at = application.saved_at.astimezone(clock.KUNMING)
        raise refused(
            "changed_meanwhile",
            f"{application.saved_by}已于{_chinese(at)}{at:%H:%M}保存了新的内容，请核对后再保存。",
            9,
        )


def _read(regulation: str, categories: Iterable[str], dossier: Mapping[str, Any]) -> dict[str, Any]:
    """The dossier, typed and complete in its keys; what can't be read is refused with every path at once."""
    try:
        parsed: dict[str, Any] = by_id(regulation).parse(dict(dossier)).model_dump(mode="json")
    except Faults as faults:
        fields = {fault.path or "dossier": str(fault._replace(path="")) for fault in faults.faults}
        raise refused("invalid", f"有{len(fields)}处填写不能识别。", 9, fields=fields) from None
    if parsed["category"] not in categories:
        raise refused("invalid", "本次申报通知不接受这一类别。", 8, fields={"category": "不在本次申报通知的类别内"})
    return parsed


def _categories(case: Case, application: Application) -> list[str]:
    """The category can be changed only before the first submission."""
    return [case.category] if case.filed_on else list(application.call.categories)


def _ask_only_open(case: Case, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """In a correction only what the notice names may change (article 10)."""
    if case.stage == "draft":
        return
    sections = by_id(case.regulation).sections_of(case.category)
    allowed = queries.opened(case).sections
    keys = {key for section in sections if section.code in allowed for key in section.keys}
    touched = [key for key in after if after[key] != before.get(key) and key not in keys]
    if _authority(after) != _authority(before):
        touched.append("makerspace.authority")
    if touched:
        names = "、".join(section.title for section in sections if section.code in allowed) or "无（只需完善材料）"
        fields = dict.fromkeys(touched, "不在补正范围内")
        raise refused("invalid", f"补正期间只能修改通知列明的部分：{names}。", 10, fields=fields)


def _keep(
    case: Case, application: Application, dossier: dict[str, Any], *, by: Person, unread: Mapping[str, str]
) -> Application:
    if (dossier, dict(unread)) != (application.dossier, application.unread):
        _unsign(application)
    application.dossier, application.unread = dossier, dict(unread)
    application.version, application.saved_at, application.saved_by = application.version + 1, clock.now(), by
    changes = {name: getattr(application, name) for name in ("dossier", "unread", "version", "saved_at", "saved_by")}
    _saved(changes, pk=application.pk)
    if case.filed_on is None:
        same = _authority(dossier) == case.authority.code
        authority = case.authority if same else _known_authority(dossier) or case.authority
        describe(case, subject=_subject(dossier, case.organisation), category=dossier["category"], authority=authority)
    return application


_saved = Update(lambda pk: Application.objects.filter(pk=pk))


def _unsign(application: Application) -> None:
    """A signature is for the text and the files that were signed; what is changed afterwards is signed anew."""
    if application.confirmed_by_signature:
        application.confirmed_by_signature = False
        application.save(update_fields=["confirmed_by_signature"])


def _begun(call: Call, organisation: Organisation, dossier: Mapping[str, Any]) -> dict[str, Any]:
    """The first dossier: what was given, over what is known of the call and the unit."""
    begun: dict[str, Any] = {"regulation": call.regulation}
    if len(call.categories) == 1:
        begun["category"] = call.categories[0]
    if "operator" not in dossier:
        begun["operator"] = {"name": organisation.name, "uscc": organisation.uscc, "kind": organisation.kind}
    return begun | dict(dossier)


def _subject(dossier: Mapping[str, Any], organisation: Organisation) -> str:
    return str(dossier["makerspace"]["name"] or organisation.name)


def _authority(dossier: Mapping[str, Any]) -> str | None:
    code: str | None = (dossier.get("makerspace") or {}).get("authority")
    return code


def _known_authority(dossier: Mapping[str, Any]) -> Authority | None:
    code = _authority(dossier)
    return next(iter(_authorities(code=code)), None) if code else None


_authorities = Prepared(lambda code: Authority.objects.filter(code=code))


def _authority_of(division: str | None) -> Authority | None:
    return Authority.objects.filter(division=division[:6]).first() if division else None


def _first_authority(dossier: Mapping[str, Any], organisation: Organisation) -> Authority:
    """The authority named; failing that the one of the place of registration, of the unit's last case, or of the
    division in its credit code (signs 3 to 8)."""
    found = (
        _known_authority(dossier)
        or _authority_of(dossier["operator"]["registered_division"])
        or _last_authority(organisation)
        or _authority_of(organisation.uscc[2:8])
    )
    if found:
        return found
    fields = {"makerspace.authority": "必须选择运营所在地科技主管部门"}
    raise refused("invalid", "请先选择运营所在地科技主管部门，申报材料报送给它。", 10, fields=fields)


def _last_authority(organisation: Organisation) -> Authority | None:
    last = organisation.cases.select_related("authority").order_by("-id").first()
    return last.authority if last else None


def _ask_open(call: Call, on: date) -> None:
    refusal = closed_reason(call, on)
    if refusal:
        raise refused("wrong_stage", refusal, 8)


def closed_reason(call: Call, on: date) -> str:
    """Why one can't apply to the call on ``on``; empty where one can."""
    if queries.is_open(call, on):
        return ""
    if call.state != Call.State.PUBLISHED:
        return "申报通知尚未发布。"
    if on < call.opens_on:
        return f"《{call.title}》自{_chinese(call.opens_on)}起受理申报。"
    return f"《{call.title}》已于{_chinese(call.closes_on)}截止，不再受理提交；请关注下一次申报通知。"


def _ask_counter(by: Person, authority: Authority, on: date) -> None:
    if authority.pk not in by.capacity(on).districts_with(Duty.COUNTER):
        raise refused("not_yours", f"纸件由{authority.office}承担窗口收件职责的人员录入。", 8)


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _head(path: str) -> str:
    return re.split(r"[.\[]", path, maxsplit=1)[0]


# -- materials (article 9) ---------------------------------------------------------------------------------------------
def attach(
    case: Case,
    file: "File[Any]",
    name: str,
    *,
    kind: str,
    by: Person,
    on: date,
    conditions: Iterable[str] = (),
    pages: str = "",
    sections: Iterable[str] = (),
    code: str = "",
) -> Material:
    """Take in a file and tie it to conditions. The file is checked and kept before the case is locked.

    Whether it may be attached is asked before, so that nothing is stored in vain, and again once the case is locked.
    """
    told = _Told(kind, tuple(dict.fromkeys(conditions)), _pages(pages), tuple(dict.fromkeys(sections)), code)
    _ask_attach(case, told, file.size, by, on)
    blob = _stored(file, name)
    with transaction.atomic():
        case, application = _opened(case, by, on)
        _ask_attach(case, told, blob.size, by, on)
        _ask_pages(told.pages, blob)
        _unsign(application)
        return Material.objects.create(
            case=case, kind=kind, conditions=list(told.conditions), pages=told.pages, sections=list(told.sections),
            code=code, name=uploads.clean_name(name), blob=blob, uploaded_by=by, uploaded_at=clock.now(),
        )  # fmt: skip


@dataclass(frozen=True)
class _Told:
    """What is said of a file."""

    kind: str
    conditions: tuple[str, ...]
    pages: str
    sections: tuple[str, ...]
    code: str


@transaction.atomic
def tie(case: Case, material: Material, *, conditions: Iterable[str], pages: str, by: Person, on: date) -> Material:
    """Say anew for which conditions a file is, and on which pages."""
    told = _Told(
        material.kind, tuple(dict.fromkeys(conditions)), _pages(pages), tuple(material.sections), material.code
    )
    case, application = _opened(case, by, on)
    _ask_told(case, told)
    _ask_in_correction(case, told)
    _ask_in_correction(case, _told_of(material))
    _ask_pages(told.pages, material.blob)
    _unsign(application)
    material.conditions, material.pages = list(told.conditions), told.pages
    material.save(update_fields=["conditions", "pages"])
    return material


@transaction.atomic
def detach(case: Case, material: Material, *, by: Person, on: date) -> Material:
    """Take a file out of the application; it stays stored, since it may have been handed in before."""
    case, application = _opened(case, by, on)
    if material.case_id != case.pk or material.removed_at is not None:
        raise refused("not_found", "没有这份材料，或它已被移除。", 9)
    _ask_in_correction(case, _told_of(material))
    _unsign(application)
    material.removed_at = clock.now()
    material.save(update_fields=["removed_at"])
    return material


def _told_of(material: Material) -> _Told:
    return _Told(material.kind, tuple(material.conditions), material.pages, tuple(material.sections), material.code)


def _ask_attach(case: Case, told: _Told, size: int, by: Person, on: date) -> None:
    """Whether this person may add such a file now."""
    _ask_may_fill(case, by, on)
    _ask_told(case, told)
    _ask_in_correction(case, told)
    _ask_quota(case, size)


def _ask_told(case: Case, told: _Told) -> None:
    """Kind, conditions and plan sections must be known ones; evidence must be for something."""
    version, wrong = by_id(case.regulation), {}
    if told.kind not in Material.Kind.values or told.kind == Material.Kind.SITE_PHOTO:
        kinds = [kind for kind in Material.Kind.values if kind != Material.Kind.SITE_PHOTO]
        wrong["kind"] = f"请选择材料种类，应为下列之一：{'、'.join(kinds)}"
    known = {row.id for row in version.conditions_of(case.category)}
    if strange := [condition for condition in told.conditions if condition not in known]:
        wrong["condition"] = f"不是本类别的条件：{'、'.join(strange)[:200]}；应为下列之一：{'、'.join(sorted(known))}"
    elif told.kind == Material.Kind.EVIDENCE and not told.conditions:
        wrong["condition"] = "请选择这份材料证明哪些条件"
    if set(told.sections) - set(version.plan_sections):
        wrong["sections"] = f"不是建设运营方案的部分，应为下列之一：{'、'.join(version.plan_sections)}"
    if told.code and told.code not in {row["code"] for row in case.application.call.materials}:
        wrong["code"] = "不是申报通知要求的材料"
    if wrong:
        raise refused("invalid", "请核对材料的种类和对应条件。", 9, fields=wrong)


def _ask_in_correction(case: Case, told: _Told) -> None:
    """In a correction only the evidence and papers that the notice names may change (article 10)."""
    if case.stage == "draft":
        return
    allowed = queries.opened(case)
    if queries.may_change(allowed, told.kind, told.conditions):
        return
    names = "、".join(queries.names_of(case, allowed)) or "无（只需修改申报内容）"
    raise refused("invalid", f"补正期间只能增减通知列明的材料：{names}。", 10, fields={"condition": "不在补正范围内"})


def _ask_quota(case: Case, size: int) -> None:
    held = queries.stored(case)
    if held.files + 1 > settings.UPLOAD_CASE_FILES:
        raise refused(
            "too_large",
            f"每件申报最多{settings.UPLOAD_CASE_FILES}个文件，请合并后再上传。",
            9,
            fields={"file": "文件数已满"},
        )
    if held.bytes + size > settings.UPLOAD_CASE_BYTES:
        most = settings.UPLOAD_CASE_BYTES // (1024 * 1024)
        raise refused(
            "too_large", f"每件申报的材料合计不超过{most}MB，请压缩后再上传。", 9, fields={"file": "总容量已满"}
        )


def _pages(pages: str) -> str:
    """Pages such as 3-7,9; Chinese commas and spaces are taken for what they mean."""
    plain = re.sub(r"\s", "", pages).replace("，", ",").replace("、", ",").replace("—", "-").replace("–", "-")
    if plain and (len(plain) > 60 or not PAGES.fullmatch(plain)):
        raise refused("invalid", "页码写法不对。", 9, fields={"pages": "写成 3-7 或 2,5-6"})
    return plain


def _ask_pages(pages: str, blob: Blob) -> None:
    numbers = [int(number) for number in re.findall(r"\d+", pages)]
    if blob.pages and numbers and not (min(numbers) >= 1 and max(numbers) <= blob.pages):
        raise refused("invalid", "页码超出文件范围。", 9, fields={"pages": f"这个文件共{blob.pages}页"})


def _stored(file: "File[Any]", name: str) -> Blob:
    try:
        return files.keep(file, name)
    except uploads.UploadRefused as refusal:
        raise refused(refusal.code, refusal.text, 9, fields={refusal.field: refusal.text}) from None


# -- handing in --------------------------------------------------------------------------------------------------------
@transaction.atomic
def submit(case: Case, *, by: Person, on: date, commitment: bool, confirm_not_met: bool = False) -> Case:
    """Hand in an application: frozen as it stands, with the findings of the day (articles 8 to 10)."""
    return _hand_in(case, "submit", by=by, on=on, commitment=commitment, confirm_not_met=confirm_not_met)


@transaction.atomic
def resubmit(case: Case, *, by: Person, on: date, commitment: bool, confirm_not_met: bool = False) -> Case:
    """Hand in a corrected application (article 10)."""
    case = _hand_in(case, "resubmit", by=by, on=on, commitment=commitment, confirm_not_met=confirm_not_met)
    end_correction(case, on=on)
    return case


def _hand_in(case: Case, act: str, *, by: Person, on: date, commitment: bool, confirm_not_met: bool) -> Case:
    case = lock(case)
    attached = queries.papers_of_applicant(case)
    frozen = _frozen(case, attached, by, on)
    _rename(case, frozen)
    case = advance(case, act, by=by, on=on, data=papers.submission_facts(frozen))
    _ask_complete(case, frozen, attached, commitment=commitment, confirm_not_met=confirm_not_met)
    Submission.objects.add_row(frozen)
    papers.order_submission_papers(case, frozen)
    return case


def _rename(case: Case, frozen: Submission) -> None:
    """A corrected name is everybody's to read once it is handed in, not before."""
    subject = _subject(frozen.dossier, case.organisation)
    if subject != case.subject:
        describe(case, subject=subject, category=case.category, authority=case.authority)


def _frozen(case: Case, attached: list[Material], by: Person, on: date) -> Submission:
    """What would be handed in now, not yet saved."""
    application = queries.application_of(case)
    findings = queries.check(case.regulation, application.dossier, on)
    readings = {reading for row in findings["findings"] for reading in row["readings"]}
    last = queries.latest_submission(case)
    return Submission(
        case=case,
        round=last.round + 1 if last else 1,
        regulation=case.regulation,
        dossier=application.dossier,
        digest=queries.digest_of(application.dossier),
        findings=json.loads(json.dumps(findings)),
        readings=papers.readings_in_force(case.regulation, readings),
        confirmed=queries.not_met(findings),
        materials=[papers.material_facts(material) for material in attached],
        on=on,
        at=clock.now(),
        by=by,
    )


def _ask_complete(
    case: Case, frozen: Submission, attached: list[Material], *, commitment: bool, confirm_not_met: bool
) -> None:
    """Everything that stands in the way, at once; after role and stage, and undone with them."""
    fields = {item.code: item.text for item in queries.missing_for_submission(case, attached)}
    text = f"还缺{len(fields)}项，补齐后即可提交。" if fields else ""
    if not commitment:
        fields["commitment"] = "请承诺申报材料真实、完整"
    if frozen.confirmed and not confirm_not_met:
        titles = [by_id(case.regulation).condition(id_).title for id_ in frozen.confirmed]
        fields["confirm_not_met"] = f"下列条件目前不符合，如仍要提交请确认：{'、'.join(titles)}"
    if fields:
        raise refused("invalid", text or "提交前还有需要您确认的事项。", 9, fields=fields)


@transaction.atomic
def withdraw(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Take an application back before it is decided."""
    case = advance(case, "withdraw", by=by, on=on, data={"reason": reason})
    end_correction(case, on=on)
    return case


@transaction.atomic
def lapse(case: Case, *, by: Role | Person, on: date) -> Case:
    """Close a draft whose call has closed (article 8)."""
    return advance(case, "lapse", by=by, on=on, data={"closed_on": case.application.call.closes_on})


def lapse_due(on: date) -> int:
    """Close every draft whose call has closed; each in its own transaction. How many were closed."""
    closed = 0
    drafts = Application.objects.filter(case__kind=queries.KIND, case__stage="draft", call__closes_on__lt=on)
    for application in drafts.select_related("case", "call").order_by("id"):
        try:
            lapse(application.case, by=Role.CLOCK, on=on)
        except Refused:
            continue  # its applicant was faster: withdrawn or submitted meanwhile
        closed += 1
    return closed


# -- corrections (article 10), called by the review ---------------------------------------------------------------------
@transaction.atomic
def open_correction(case: Case, faults: list[dict[str, str]], due_on: date, *, on: date) -> Correction:
    """Open to the applicant what the notice names."""
    last = Correction.objects.filter(case=case).order_by("-round").first()
    return Correction.objects.create(
        case=case, round=last.round + 1 if last else 1, faults=faults, due_on=due_on, opened_on=on
    )


@transaction.atomic
def end_correction(case: Case, *, on: date) -> None:
    """Close the open correction, if there is one; what was not handed in again falls back to what had been."""
    open_one, latest = queries.open_correction_of(case), queries.latest_submission(case)
    if open_one is None or latest is None:
        return
    Correction.objects.filter(pk=open_one.pk).update(closed_on=on)
    Application.objects.filter(case=case).update(dossier=latest.dossier, unread={}, version=F("version") + 1)
    _restore_materials(case, latest)


def _restore_materials(case: Case, latest: Submission) -> None:
    """The materials as that submission lists them; photographs of visits are not the applicant's."""
    listed = {row["id"]: row for row in latest.materials}
    mine = Material.objects.filter(case=case).exclude(kind=Material.Kind.SITE_PHOTO)
    mine.filter(removed_at=None).exclude(pk__in=listed).update(removed_at=clock.now())
    for material in mine.filter(pk__in=listed):
        row = listed[material.pk]
        mine.filter(pk=material.pk).update(removed_at=None, conditions=row["conditions"], pages=row["pages"])


# -- paper (article 8) -------------------------------------------------------------------------------------------------
@transaction.atomic
def register_paper(
    case: Case,
    *,
    by: Person,
    on: date,
    received_on: date,
    copies: int,
    agrees: bool,
    code: str = "",
    differences: str = "",
    signed: bool = False,
) -> Case:
    """Register the paper copy that reached the counter, and whether it is the copy of what was handed in."""
    case = lock(case)
    told = {
        "received_on": received_on, "copies": copies, "code": normalise(code) or "", "agrees": agrees,
        "differences": differences, "signed": papers.signed_facts(case) if signed else None,
    }  # fmt: skip
    case = advance(case, "register_paper", by=by, on=on, data=told)
    _ask_paper(case, on, received_on=received_on, code=code, agrees=agrees, differences=differences)
    PaperCopy.objects.create(
        case=case, received_on=received_on, received_by=by, copies=copies, code=normalise(code) or "", agrees=agrees,
        differences=differences,
    )  # fmt: skip
    if signed:
        Application.objects.filter(case=case).update(confirmed_by_signature=True)
    return case


def _ask_paper(case: Case, on: date, *, received_on: date, code: str, agrees: bool, differences: str) -> None:
    wrong = {}
    printed = current_paper(case.number, "print_set")
    if received_on > on:
        wrong["received_on"] = "收到日期不能晚于今天"
    if code and normalise(code) is None:
        wrong["code"] = "校验码为16位，印在打印件每页页脚"
    elif agrees and printed is not None and normalise(code) != printed.code:
        wrong["code"] = "与系统中最近一次提交的打印件校验码不符；如实属不同版本，请登记为不一致并写明差异"
    if not agrees and not differences:
        wrong["differences"] = "请写明与电子件不一致之处"
    if wrong:
        raise refused("invalid", "请核对纸件登记的内容。", 8, fields=wrong)
