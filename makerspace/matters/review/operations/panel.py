"""Article 11: draw a panel, declare interests, replace, study on the spot, score, conclude."""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from makerspace.matters.review import draw, papers
from makerspace.matters.review.criteria import criteria_of
from makerspace.matters.review.digests import of_text
from makerspace.matters.review.models import Conclusion, ExpertVisit, Panel, Score, Seat
from makerspace.matters.review.operations.asking import ask_day_past, ask_day_since, ask_photos, ask_text
from makerspace.matters.review.queries import panel as queries
from makerspace.office.casework import queries as cases
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import LINK, advance, assign, clear, release, release_all
from makerspace.office.casework.parameters import setting
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Expert, Person
from makerspace.office.prepared import Prepared, Update
from makerspace.regulation.counting import chinese

SMALLEST = 3


@transaction.atomic
def convene(
    case: Case,
    *,
    by: Person,
    on: date,
    visit_on: date,
    size: int | None = None,
    fields: Sequence[str] = (),
    head: int | None = None,
    seed: str | None = None,
) -> Case:
    """Draw a panel (article 11). Pool digest and seed go into the record first; the draw follows from them alone.

    ``head`` is the expert who shall lead if drawn; else the first drawn leads, and nothing is drawn again: whoever could
    draw until the result suits would choose the panel. ``seed`` is the system's own (256 bits) unless a test gives one.
    """
    size = setting(case.regulation, "PANEL_SIZE", on) if size is None else size
    pool, seed = queries.pool_for(case, fields, on=on), seed or secrets.token_hex(32)
    digest = draw.pool_digest(pool.rows)
    case = advance(
        case, "convene", by=by, on=on,
        data={"algorithm": draw.ALGORITHM, "pool": digest, "in_pool": len(pool.eligible), "excluded": len(pool.excluded),
              "seed": seed, "size": size, "fields": sorted(fields), "visit_on": visit_on},
    )  # fmt: skip
    _ask_convene(pool, size, visit_on, on)
    order = draw.ranked([expert.pk for expert in pool.eligible], seed)
    drawn = {expert.pk: expert for expert in pool.eligible}
    last = queries.panel_of(case)
    if last is not None:
        release_all(case, cases.PANEL, on=on)  # nobody of an earlier panel sits any longer
    panel = Panel.objects.create(
        case=case, number=last.number + 1 if last else 1, size=size, fields=sorted(fields), pool=draw.as_json(pool.rows),
        excluded=[{"id": row.expert.pk, "reasons": row.reasons} for row in pool.excluded], pool_digest=digest, seed=seed,
        order=order, head=drawn[head if head in order[:size] else order[0]].person, visit_on=visit_on, by=by, on=on,
    )  # fmt: skip
    _seat(panel, [(drawn[id_], position) for position, id_ in enumerate(order[:size], start=1)], on)
    _tell_head(panel)
    return case


def _ask_convene(pool: queries.Pool, size: int, visit_on: date, on: date) -> None:
    wrong = {}
    if size < SMALLEST or size % 2 == 0:
        wrong["size"] = "专家组人数应为不少于3的单数"
    elif len(pool.eligible) < size:
        wrong["size"] = (
            f"排除利害关系后可抽取的专家只有{len(pool.eligible)}名，少于{size}名；请放宽专业领域或补充专家库"
        )
    if visit_on < on:
        wrong["visit_on"] = "现场调研日期不能早于今天"
    if wrong:
        raise refused("invalid", "专家组未能组成。", 11, fields=wrong)


def _seat(panel: Panel, drawn: Sequence[tuple[Expert, int]], on: date) -> None:
    """Seat drawn experts, each with the position in the order, and say what to do first."""
    case = panel.case
    seats = Seat.objects.add_rows(
        Seat(panel=panel, expert=expert, person=expert.person, position=position, since=on)
        for expert, position in drawn
    )
    assign(case, [seat.person for seat in seats], cases.PANEL, on=on, cleared=False)
    last = queries.declare_by(seats[0], case.regulation)
    tell(
        [seat.person for seat in seats],
        f"请申明利害关系：{case.subject or case.number}",
        f"您被随机抽取为“{case.subject}”（{case.organisation.name}）评审专家，现场调研定于{chinese(panel.visit_on)}。"
        f"请在{chinese(last)}前申明与申报单位有无利害关系；申明无利害关系后方可阅卷。",
        link=f"{LINK.format(number=case.number)}acts/declare_interest/",
        stream=case.number,
    )


@transaction.atomic
def declare_interest(case: Case, *, by: Person, on: date, conflict: bool, text: str = "") -> Case:
    """An expert's word before the file opens; a conflict frees the seat and draws the next (article 11)."""
    case = advance(case, "declare_interest", by=by, on=on, data={"conflict": conflict, "text": of_text(text)})
    seat = _own_seat(by, case)
    if conflict:
        ask_text(text, 11, field="text", label="利害关系的情况")
    seat.declared_on, seat.declaration = on, text
    _declared({"declared_on": on, "declaration": text}, pk=seat.pk)
    if conflict:
        _vacate(seat, case, Seat.Ending.CONFLICT, text, on)
        _fill(seat.panel, on)
    else:
        clear(case, by, cases.PANEL)
    return case


_declared = Update(lambda pk: Seat.objects.filter(pk=pk))


def _own_seat(by: Person, case: Case) -> Seat:
    seat = queries.seat_of(by, case)
    if seat is None:
        raise refused("not_yours", "您不在本件的专家组中。", 11)
    return seat


def _vacate(seat: Seat, case: Case, ending: str, text: str, on: date) -> None:
    """End a seat: what its holder may see ends, and a score already in is void."""
    seat.ended_on, seat.ending, seat.ending_text = on, ending, text
    seat.save(update_fields=["ended_on", "ending", "ending_text"])
    Score.objects.filter(panel=seat.panel, person=seat.person, void=False).update(void=True)
    release(case, seat.person, cases.PANEL, on=on)


def _fill(panel: Panel, on: date) -> None:
    """Seat the next of the order until the panel is full; once the order is used up, draw from whoever came since."""
    while (missing := panel.size - queries.sitting(panel).count()) > 0:
        found = queries.next_in_order(panel, on) or _supplemented(panel, on)
        if found is None:
            _tell_short(panel, missing, on)
            break
        _seat(panel, [(Expert.objects.select_related("person").get(pk=found[0]), found[1])], on)
    _keep_a_head(panel)


def _supplemented(panel: Panel, on: date) -> tuple[int, int] | None:
    """Add to the order, by the same seed, the experts who are not in it yet."""
    known = set(queries.whole_order(panel))
    rows = [row for row in queries.pool_for(panel.case, panel.fields, on=on).rows if row.id not in known]
    if not rows:
        return None
    more = {
        "on": on.isoformat(), "pool": draw.as_json(rows), "digest": draw.pool_digest(rows),
        "order": draw.ranked([row.id for row in rows], panel.seed),
    }  # fmt: skip
    panel.supplements = [*panel.supplements, more]
    panel.save(update_fields=["supplements"])
    return queries.next_in_order(panel, on)


def _tell_short(panel: Panel, missing: int, on: date) -> None:
    """The one who convened must find experts: the panel can't conclude while it is short."""
    tell(
        [panel.by],
        f"专家组缺员：{panel.case.number}",
        f"“{panel.case.subject}”的专家组缺{missing}人，备选名单已用完。请补充专家库或放宽回避范围后，在“更换专家”中补抽。",
        link=LINK.format(number=panel.case.number),
        stream=panel.case.number,
        key=f"panel-short:{panel.pk}:{on}",
    )


def _keep_a_head(panel: Panel) -> None:
    """Where the head has left, the next remaining member leads."""
    seats = list(queries.sitting(panel))
    if seats and all(seat.person_id != panel.head_id for seat in seats):
        panel.head = seats[0].person
        panel.save(update_fields=["head"])
        _tell_head(panel)


def _tell_head(panel: Panel) -> None:
    """Whoever leads has more to do than the others."""
    case = panel.case
    tell(
        [panel.head],
        f"您任专家组组长：{case.subject or case.number}",
        f"您是“{case.subject}”（{case.organisation.name}）评审专家组组长：现场调研由您登记，评分交齐后由您形成专家组意见。",
        link=LINK.format(number=case.number),
        stream=case.number,
    )


@transaction.atomic
def replace_expert(case: Case, *, by: Person, on: date, person: int | None, reason: str = "", text: str = "") -> Case:
    """Replace a member who is hindered, silent after the term, or in conflict; without one, fill a vacant seat."""
    panel = queries.panel_of(case)
    seat = queries.sitting(panel).filter(person=person).first() if panel and person is not None else None
    case = advance(
        case, "replace_expert", by=by, on=on,
        data={"seat": seat.pk if seat else None, "reason": reason, "text": of_text(text)},
    )  # fmt: skip
    panel = _panel(case)
    if person is None:
        _ask_vacant(panel, on)
    else:
        seat = _ask_replace(seat, case, reason, text, on)
        _vacate(seat, case, reason, text, on)
        _tell_replaced(seat, case)
    _fill(panel, on)
    return case


def _tell_replaced(seat: Seat, case: Case) -> None:
    """The file is closed to them now; the words of whoever replaced them are not theirs to read."""
    tell(
        [seat.person],
        f"您不再担任评审专家：{case.subject or case.number}",
        f"“{case.subject}”的评审专家已作更换（{seat.get_ending_display()}），您不必再办理，本件案卷不再对您开放。"
        "如有疑问，请联系市科技局经办处室。",
        stream=case.number,
    )


def _panel(case: Case) -> Panel:
    """The panel of a case that is in expert review, and so has one."""
    return _latest(case=case.pk)[0]


_latest = Prepared(lambda case: Panel.objects.filter(case=case).order_by("-number")[:1])


def _ask_vacant(panel: Panel, on: date) -> None:
    if queries.sitting(panel).count() >= panel.size:
        raise refused("invalid", "专家组没有缺员，请选择要更换的专家。", 11, fields={"person": "请选择要更换的专家"})
    if queries.next_in_order(panel, on) is None and not _newcomers(panel, on):
        raise refused("invalid", "专家库中没有可以补抽的专家。", 11, fields={"person": "请先补充专家库"})


def _newcomers(panel: Panel, on: date) -> bool:
    known = set(queries.whole_order(panel))
    return any(row.id not in known for row in queries.pool_for(panel.case, panel.fields, on=on).rows)


def _ask_replace(seat: Seat | None, case: Case, reason: str, text: str, on: date) -> Seat:
    if seat is None:
        raise refused("invalid", "这位专家不在本件的专家组中。", 11, fields={"person": "请在现任专家中选择"})
    if reason not in Seat.Ending.values:
        raise refused("invalid", "请选择更换的原因。", 11, fields={"reason": "请选择更换的原因"})
    ask_text(text, 11, field="text", label="更换的情况说明")
    if reason == Seat.Ending.SILENT and not queries.is_silent(seat, case, on):
        last = queries.declare_by(seat, case.regulation) if seat.declared_on is None else case.due_on
        term = f"到{chinese(last)}为止" if last else "尚未起算"
        raise refused(
            "invalid", "时限尚未届满。", 11, fields={"reason": f"该专家的时限{term}，届满后方可以逾期为由更换"}
        )
    return seat


@transaction.atomic
def record_expert_visit(
    case: Case,
    *,
    by: Person,
    on: date,
    visited_on: date,
    present: Sequence[str],
    findings: str,
    photos: Sequence[str] = (),
) -> Case:
    """The head records the panel's study on the spot (article 11)."""
    names = list(dict.fromkeys(name.strip() for name in present if name.strip()))
    case = advance(
        case, "record_expert_visit", by=by, on=on,
        data={"visited_on": visited_on, "present": len(names), "findings": of_text(findings), "photos": list(photos)},
    )  # fmt: skip
    panel = _panel(case)
    ask_day_past(visited_on, on, 11, field="visited_on", label="调研日期")
    ask_day_since(visited_on, panel.on, 11, field="visited_on", label="调研日期", event="组织专家")
    if not names:
        raise refused("invalid", "请填写到场专家。", 11, fields={"present": "请填写到场专家"})
    ask_text(findings, 11, field="findings", label="现场调研情况")
    ExpertVisit.objects.create(
        panel=panel,
        on=visited_on,
        present=names,
        findings=findings,
        photos=ask_photos(case, photos, 11),
        by=by,
        recorded_on=on,
    )
    return case


@transaction.atomic
def score(case: Case, *, by: Person, on: date, items: Sequence[Mapping[str, Any]], comment: str = "") -> Case:
    """Hand in one's score sheet: every criterion with a reason; locked afterwards (article 11)."""
    rows = [dict(item) for item in items]
    case = advance(
        case, "score", by=by, on=on, data={"sheet": of_text(json.dumps([rows, comment], ensure_ascii=False))}
    )
    panel, kept = _panel(case), _ask_items(case, rows)
    Score.objects.create(
        panel=panel,
        round=panel.round,
        person=by,
        items=kept,
        total=sum(item["points"] for item in kept),
        comment=comment,
        on=on,
    )
    _tell_all_in(panel, case)
    return case


def _ask_items(case: Case, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each criterion of the category once, within its points, with a reason; kept with the criterion's own words."""
    criteria, wrong = {row.id: row for row in criteria_of(case.category)}, {}
    given = [item["criterion"] for item in items]
    if missing := [row.title for id_, row in criteria.items() if id_ not in given]:
        wrong["items"] = f"还有{len(missing)}项没有评分：{'、'.join(missing)}"
    for at, item in enumerate(items):
        criterion = criteria.get(item["criterion"])
        if criterion is None or given.index(item["criterion"]) != at:
            wrong[f"items[{at}].criterion"] = "不是本类别的评分项，或重复"
        elif not 0 <= item["points"] <= criterion.points:
            wrong[f"items[{at}].points"] = f"应为0至{criterion.points}分"
        if not item["reason"].strip():
            wrong[f"items[{at}].reason"] = "请写明评分理由"
    if wrong:
        raise refused("invalid", "评分须逐项给分并说明理由。", 11, fields=wrong)
    sheet = {item["criterion"]: item for item in items}
    return [
        {
            "criterion": id_,
            "title": row.title,
            "max": row.points,
            "points": sheet[id_]["points"],
            "reason": sheet[id_]["reason"],
        }
        for id_, row in criteria.items()
    ]


def _tell_all_in(panel: Panel, case: Case) -> None:
    """The head may conclude once the last sheet is in."""
    if len(queries.scored_in(panel)) < panel.size:
        return
    tell(
        [panel.head],
        f"评分已齐：{case.subject or case.number}",
        "专家组成员均已提交评分。请在登记现场调研后形成专家组意见。",
        link=f"{LINK.format(number=case.number)}acts/conclude/",
        stream=case.number,
    )


@transaction.atomic
def conclude(case: Case, *, by: Person, on: date, result: str, text: str) -> Case:
    """The head writes the panel's conclusion; visit and all scores are in (article 11)."""
    panel = queries.panel_of(case)
    case = advance(
        case, "conclude", by=by, on=on,
        data={"panel": panel.number if panel else None, "round": panel.round if panel else None, "result": result,
              "text": text},
    )  # fmt: skip
    panel = _panel(case)
    ask_text(text, 11, field="text", label="专家组意见")
    sheets = queries.read_sheets(panel)
    totals = [row.total for row in sheets.scores.values()]
    conclusion = Conclusion.objects.create(
        panel=panel, round=panel.round, result=result, text=text, by=by, on=on,
        average=(Decimal(sum(totals)) / len(totals)).quantize(Decimal("0.01")),
    )  # fmt: skip
    papers.order_expert_opinion(case, conclusion, _opinion(sheets, case), on)
    return case


def _opinion(sheets: queries.Sheets, case: Case) -> dict[str, Any]:
    """What the opinion prints of the panel: labels and averages, no name."""
    panel, labels, visit = sheets.panel, sheets.labels, queries.last_visit_of(sheets.panel)
    return {
        "panel": [
            f"{labels[pk]}（组长）" if pk == panel.head_id else labels[pk]
            for pk in queries.shuffled(panel, sheets.sitting)
        ],
        "visit": [
            {"label": "调研日期", "value": chinese(visit.on)},
            {"label": "到场专家", "value": f"{len(visit.present)}名"},
            {"label": "调研情况", "value": visit.findings},
        ],
        "criteria": queries.averages(sheets, case.category),
    }
