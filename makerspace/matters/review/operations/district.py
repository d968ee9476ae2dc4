"""Article 10: correction, visit, countersignature, declining, recommending, and the bureau's return."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction

from makerspace.matters.application.models import Material
from makerspace.matters.application.operations import end_correction, open_correction
from makerspace.matters.application.queries import application_of, correction_targets
from makerspace.matters.review import papers, remedies
from makerspace.matters.review.models import Countersignature, Declining, Recommendation, Visit
from makerspace.matters.review.operations.asking import (
    ask_day_past,
    ask_day_since,
    ask_photos,
    ask_reasons,
    ask_text,
)
from makerspace.matters.review.queries import district as queries
from makerspace.matters.review.queries.conditions import MERIT, Declared, Row, conditions_of, declared_of, grounds_of
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import LINK, advance, lock
from makerspace.office.casework.parameters import setting
from makerspace.office.casework.refusals import Refused, cited, refused
from makerspace.office.documents import files, uploads
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.regulation.counting import chinese, count_days
from makerspace.regulation.terms import Role

INSPECTORS = 2
PHOTO_ACTS = ("record_visit", "record_expert_visit")
PHOTO_TYPES = ("jpg", "png")


@transaction.atomic
def request_correction(
    case: Case, *, by: Person, on: date, faults: Sequence[Mapping[str, str]], due_on: date | None = None
) -> Case:
    """Tell the applicant all faults at once, each on a section, a condition or a paper (article 10)."""
    due_on = due_on or cases.usual_due(case, "correction", on) or on
    data = {"faults": list(faults), "due_on": due_on}
    case = advance(case, "request_correction", by=by, on=on, data=data, due_on=due_on)
    told = _ask_faults(case, faults)
    _ask_term(case, due_on, on)
    correction = open_correction(case, [dict(fault) for fault in faults], due_on, on=on)
    papers.order_correction_notice(case, correction, told, on)
    return case


def _ask_term(case: Case, due_on: date, on: date) -> None:
    """The last day lies ahead, and not so far that the case would sleep."""
    longest = setting(case.regulation, "CORRECTION_LONGEST", on)
    latest = count_days(on, longest, unit="working").last_day
    if due_on <= on:
        raise refused("invalid", "补正期限须晚于今天。", 10, fields={"due_on": f"应晚于{chinese(on)}"})
    if due_on > latest:
        told = f"最长{longest}个工作日，不晚于{chinese(latest)}"
        raise refused("invalid", "补正期限过长。", 10, fields={"due_on": told})


def _ask_faults(case: Case, faults: Sequence[Mapping[str, str]]) -> list[papers.Fault]:
    """Each fault with what it is about and the article that it rests on."""
    targets, wrong = dict(correction_targets(case)), {}
    if not faults:
        wrong["faults"] = "请列出需要补正之处；须一次告知全部"
    for at, fault in enumerate(faults):
        if fault["target"] not in targets:
            wrong[f"faults[{at}].target"] = "不是本件的部分、条件或材料"
        if not fault["text"].strip():
            wrong[f"faults[{at}].text"] = "请写明需要怎样补正"
    if wrong:
        raise refused("invalid", "补正通知须一次写明全部需要补正之处。", 10, fields=wrong)
    rows = {row.id: row for row in conditions_of(case)}
    return [_told(fault, rows.get(fault["target"]), targets[fault["target"]]) for fault in faults]


def _told(fault: Mapping[str, str], row: Row | None, label: str) -> papers.Fault:
    """A condition is cited by its own article; what is filled in and handed in, by that of the application."""
    if row is None:
        return papers.Fault(label, fault["text"], cited((9,)))
    return papers.Fault(f"条件：{row.title}", fault["text"], row.article)


@transaction.atomic
def close_correction(case: Case, *, by: Person, on: date) -> Case:
    """End a correction that was not handed in in time; what had been handed in before stands (article 10)."""
    case = advance(case, "close_correction", by=by, on=on)
    end_correction(case, on=on)
    return case


@transaction.atomic
def record_visit(
    case: Case,
    *,
    by: Person,
    on: date,
    visited_on: date,
    inspectors: Sequence[str],
    items: Sequence[Mapping[str, Any]],
    photos: Sequence[str] = (),
) -> Case:
    """Record what at least two inspectors found on the spot, condition by condition (article 10)."""
    names = list(dict.fromkeys(name.strip() for name in inspectors if name.strip()))
    case = advance(
        case, "record_visit", by=by, on=on,
        data={"visited_on": visited_on, "inspectors": len(names), "photos": list(photos),
              "differs": [item["condition"] for item in items if not item["agrees"]]},
    )  # fmt: skip
    ask_day_past(visited_on, on, 10, field="visited_on", label="查验日期")
    ask_day_since(visited_on, case.filed_on or on, 10, field="visited_on", label="查验日期", event="提交申报")
    if len(names) < INSPECTORS:
        raise refused(
            "invalid",
            "实地查验须由两名以上人员进行。",
            10,
            fields={"inspectors": "请填写至少两名查验人员，姓名不能相同"},
        )
    kept = _ask_items(case, items)
    Visit.objects.create(
        case=case,
        on=visited_on,
        inspectors=names,
        items=kept,
        photos=ask_photos(case, photos, 10),
        by=by,
        recorded_on=on,
    )
    tell(
        cases.people_of(case, Role.APPLICANT, on),
        f"{case.number}：实地查验记录请会签",
        f"{case.authority.office}已登记{chinese(visited_on)}的实地查验。请核对查验记录并会签；有不同意见的可以写明。未会签不影响查验记录的效力。",
        link=f"{LINK.format(number=case.number)}acts/countersign_visit/",
        stream=case.number,
    )
    return case


def _ask_items(case: Case, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every condition of the category once, with what was found; where it differs, in which way."""
    declared = {row.id: row for row in declared_of(case)}
    given = [item["condition"] for item in items]
    wrong = {}
    if missing := [row.title for row in declared.values() if row.id not in given]:
        wrong["items"] = f"还有{len(missing)}项条件没有查验结果：{'、'.join(missing)}"
    for at, item in enumerate(items):
        if item["condition"] not in declared:
            wrong[f"items[{at}].condition"] = "不是本类别的条件"
        elif given.index(item["condition"]) != at:
            wrong[f"items[{at}].condition"] = "这项条件已填过"
        if not item["found"].strip():
            wrong[f"items[{at}].found"] = "请写明现场所见"
        if not item["agrees"] and not item["remark"].strip():
            wrong[f"items[{at}].remark"] = "与申报不一致的，请写明差异"
    if wrong:
        raise refused("invalid", "查验记录须逐项填写。", 10, fields=wrong)
    rank = list(declared)
    rows = sorted(items, key=lambda item: rank.index(item["condition"]))
    return [{**item, **_beside(declared[item["condition"]])} for item in rows]


def _beside(row: Declared) -> dict[str, str]:
    """What a visit keeps of a condition: its gist, its article, and what was declared when the visit was made."""
    return {"title": row.title, "article": row.article, "declared": row.declared}


@transaction.atomic
def countersign_visit(case: Case, *, by: Person, on: date, agrees: bool, remark: str = "") -> Case:
    """The applicant's word on the latest visit: agrees, or objects with a remark (article 10)."""
    case = advance(case, "countersign_visit", by=by, on=on, data={"agrees": agrees, "remark": remark})
    if not agrees:
        ask_text(remark, 10, field="remark", label="对查验记录的不同意见")
    Countersignature.objects.create(visit=queries.visits_of(case)[0], agrees=agrees, remark=remark, by=by, on=on)
    return case


@transaction.atomic
def decline(case: Case, *, by: Person, on: date, reasons: Sequence[Mapping[str, str]], no_visit_why: str = "") -> Case:
    """Not recommend: after a visit or with the reason why none was needed, reasons by condition (article 10)."""
    visit = queries.latest_visit(case)
    case = advance(
        case, "decline", by=by, on=on,
        data={"reasons": list(reasons), "visit": visit.pk if visit else None, "no_visit_why": no_visit_why},
    )  # fmt: skip
    points = ask_reasons(grounds_of(case, MERIT), reasons, 10)
    if visit is None:
        ask_text(no_visit_why, 10, field="no_visit_why", label="不需要实地查验的理由")
    ways = remedies.remedies(case.authority)
    Declining.objects.create(
        case=case, visit=visit, no_visit_why=no_visit_why, reasons=points, remedies="\n".join(ways), by=by, on=on
    )
    papers.order_decline_notice(case, visit, points, ways, no_visit_why, on)
    return case


@transaction.atomic
def recommend(case: Case, *, by: Person, on: date, opinion: str, rank: int, visit_stands_why: str = "") -> Case:
    """Send an application that passed the first review on to the bureau, in its rank (article 10, 择优).

    Where the application was corrected after the visit, either somebody visits anew or says why that visit still holds.
    """
    visit = queries.latest_visit(case)
    case = advance(
        case, "recommend", by=by, on=on,
        data={"opinion": opinion, "rank": rank, "visit": visit.pk if visit else None,
              "countersigned": queries.countersigned(visit), "visit_stands_why": visit_stands_why},
    )  # fmt: skip
    ask_text(opinion, 10, field="opinion", label="推荐意见")
    if queries.corrected_since_visit(case):
        ask_text(visit_stands_why, 10, field="visit_stands_why", label="查验后补正、不需要重新查验的理由")
    row = Recommendation(
        case=case, authority=case.authority, call=application_of(case).call, visit=queries.latest_visit(case),
        opinion=opinion, rank=rank, visit_stands_why=visit_stands_why, by=by, on=on,
    )  # fmt: skip
    _save_in_rank(row)
    papers.order_recommendation_letter(case, row, on)
    return case


def _save_in_rank(row: Recommendation) -> None:
    """The rank is unique within authority and call: kept by the database, refused in words."""
    if Recommendation.objects.add_unless_taken(row) is not None:
        return
    standing = queries.recommendations_standing(row.authority, row.call)
    taken = standing.filter(rank=row.rank).select_related("case").first()
    whose = f"已排给{taken.case.number}“{taken.case.subject}”" if taken else "刚刚已被占用"
    free = queries.next_rank(row.authority, row.call)
    raise refused(
        "invalid",
        "同一次申报中推荐次序不能重复。",
        10,
        fields={"rank": f"第{row.rank}位{whose}；下一个空位是第{free}位"},
    )


@transaction.atomic
def return_to_district(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Send a recommendation back; its rank is free again (article 10)."""
    case = advance(case, "return_to_district", by=by, on=on, data={"reason": reason})
    ask_text(reason, 10, field="reason", label="退回原因")
    Recommendation.objects.filter(case=case, returned_on=None).update(returned_on=on, returned_why=reason)
    return case


def attach_photo(case: Case, file: "File[Any]", name: str, *, by: Person, on: date) -> Material:
    """Keep a photo taken on the spot, for the record of the visit that follows. Checked before the case is locked."""
    with transaction.atomic():
        ask_photographer(lock(case), by=by, on=on)
    try:
        if uploads.extension_of(name) not in PHOTO_TYPES:
            raise refused("wrong_type", "现场照片应为 JPG 或 PNG。", 10, fields={"photos": "请选择 JPG 或 PNG 照片"})
        blob = files.keep(file, name)
    except uploads.UploadRefused as refusal:
        raise refused(refusal.code, refusal.text, 10, fields={"photos": refusal.text}) from None
    with transaction.atomic():
        case = lock(case)
        ask_photographer(case, by=by, on=on)
        return Material.objects.create(
            case=case, kind=Material.Kind.SITE_PHOTO, name=uploads.clean_name(name), blob=blob, uploaded_by=by,
            uploaded_at=clock.now(),
        )  # fmt: skip


def ask_photographer(case: Case, *, by: Person, on: date) -> None:
    """Whoever may record a visit now may add its photos."""
    table = cases.procedure_of(case)
    reasons = [cases.why_not(by, table.move(act), case, on=on) for act in PHOTO_ACTS]
    found = [reason for reason in reasons if reason is not None]
    if len(found) == len(PHOTO_ACTS):
        raise Refused(found[0])
