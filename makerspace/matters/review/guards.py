"""What must come first, and who may not: asked at the gate, so that a greyed button says it too."""

from datetime import date

from makerspace.matters.application.queries import open_correction_of
from makerspace.matters.review.models import ExpertVisit, NoticeItem, Objection, Visit
from makerspace.matters.review.queries import district, notices, objections
from makerspace.matters.review.queries import panel as panels
from makerspace.matters.review.queries.panel import Turn
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.memory import remember
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Person
from makerspace.office.prepared import Prepared
from makerspace.regulation.counting import chinese

RECEIVED, ADMITTED, INVESTIGATED = Objection.State.RECEIVED, Objection.State.ADMITTED, Objection.State.INVESTIGATED


def _declared(actor: Actor, case: Case) -> bool | None:
    """Whether the actor has declared on the seat held now; None where the actor holds none."""
    turn = panels.turn_of(case)
    return turn.declared.get(actor.pk) if turn and isinstance(actor, Person) else None


def _visit(case: Case) -> Visit | None:
    return remember(case, "visit", lambda: district.latest_visit(case))


def _states(case: Case) -> list[str]:
    return remember(case, "objections", lambda: _objections(case=case.pk))


_objections = Prepared(lambda case: Objection.objects.filter(case=case).values_list("state", flat=True))


def _live_item(case: Case) -> NoticeItem | None:
    return notices.live_item(case)


# -- article 10 --------------------------------------------------------------------------------------------------------
def correction_is_overdue(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A correction may be closed from outside only after its last day."""
    correction = open_correction_of(case)
    if correction is not None and on <= correction.due_on:
        return Refusal(
            "wrong_stage", f"补正期限到{chinese(correction.due_on)}为止，其后申报单位仍未补正的，方可结束补正。", (10,)
        )
    return None


def visited(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A recommendation rests on a visit."""
    return None if _visit(case) else Refusal("wrong_stage", district.NO_VISIT, (10,))


def visit_to_countersign(case: Case, actor: Actor, on: date) -> Refusal | None:
    """There is a visit, and it has no countersignature yet."""
    visit = _visit(case)
    if visit is None:
        return Refusal("wrong_stage", "区县尚未登记实地查验，登记后请您会签。", (10,))
    if district.countersigned(visit) != "silent":
        return Refusal("wrong_stage", "最近一次查验记录已经会签。", (10,))
    return None


# -- article 11: the panel ---------------------------------------------------------------------------------------------
def has_declared(case: Case, actor: Actor, on: date) -> Refusal | None:
    """An expert declares before anything else."""
    if _declared(actor, case) is False:
        return Refusal("not_yours", "请先申明有无利害关系。", (11,))
    return None


def has_not_declared(case: Case, actor: Actor, on: date) -> Refusal | None:
    """One declares once; a conflict found later is for the bureau to act on."""
    if _declared(actor, case):
        return Refusal("wrong_stage", "您已申明；事后发现利害关系的，请告知市科技局经办处室更换专家。", (11,))
    return None


def has_not_scored(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A score sheet is locked once it is in."""
    turn = panels.turn_of(case)
    if turn is not None and isinstance(actor, Person) and actor.pk in turn.scored:
        return Refusal("wrong_stage", "您已提交本轮评分，提交后不能更改。", (11,))
    return None


def is_head(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The panel speaks through its head."""
    turn = panels.turn_of(case)
    if turn is not None and isinstance(actor, Person) and turn.head != actor.pk:
        return Refusal("not_yours", "由专家组组长办理。", (11,))
    return None


def panel_is_ready(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Visited, full, all declared, all scored."""
    turn = panels.turn_of(case)
    lacking = _lacking(turn) if turn is not None else ["尚未组成专家组"]
    return Refusal("wrong_stage", f"还不能形成专家组意见：{'；'.join(lacking)}。", (11,)) if lacking else None


def _lacking(turn: Turn) -> list[str]:
    undeclared = sum(not declared for declared in turn.declared.values())
    unscored = len(turn.declared.keys() - turn.scored)
    found = [] if _visited(panel=turn.panel) else ["尚未登记现场调研"]
    if len(turn.declared) < turn.size:
        found.append(f"专家组缺{turn.size - len(turn.declared)}人")
    if undeclared:
        found.append(f"{undeclared}名专家尚未申明利害关系")
    if unscored:
        found.append(f"{unscored}名专家尚未评分")
    return found


_visited = Prepared(lambda panel: ExpertVisit.objects.filter(panel=panel).values_list("pk", flat=True)[:1])


# -- article 11: notice and objections ---------------------------------------------------------------------------------
def notice_is_over(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A notice closes after the last minute of its last day."""
    item = _live_item(case)
    if item is not None and on <= item.notice.last_day:
        return Refusal("wrong_stage", f"公示期到{chinese(item.notice.last_day)}24时届满。", (11,))
    return None


def may_reissue(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A notice is published anew while it runs; afterwards its term has passed and the cases move on."""
    item = _live_item(case)
    if item is not None and on > item.notice.last_day:
        return Refusal("wrong_stage", f"公示期已于{chinese(item.notice.last_day)}24时届满，不能再重新公示。", (11,))
    return None


def notice_is_running(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Objections are taken in the days of the notice."""
    item = _live_item(case)
    if item is not None and on > item.notice.last_day:
        last = chinese(item.notice.last_day)
        return Refusal("wrong_stage", f"异议须在公示期内提出；公示期已于{last}24时届满，逾期不再受理。", (11,))
    return None


def took_no_act(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Objections are handled by somebody who took no act on the case before."""
    if isinstance(actor, Person) and remember(case, ("acted", actor.pk), lambda: objections.has_acted(actor, case)):
        return Refusal("not_yours", "您办理过本件，异议须由没有办理过本件的人员处理。", (11,))
    return None


def has_received(case: Case, actor: Actor, on: date) -> Refusal | None:
    """There is an objection that nobody has disposed of or admitted yet."""
    return None if RECEIVED in _states(case) else Refusal("wrong_stage", "没有待审查的异议。", (11,))


def has_admitted(case: Case, actor: Actor, on: date) -> Refusal | None:
    """There is an admitted objection to look into."""
    return None if ADMITTED in _states(case) else Refusal("wrong_stage", "没有已受理、待核查的异议。", (11,))


def all_investigated(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A leader decides once every objection was looked into or not admitted."""
    left = sum(state in {RECEIVED, ADMITTED} for state in _states(case))
    return Refusal("wrong_stage", f"还有{left}件异议尚未审查或核查完毕。", (11,)) if left else None


def one_investigated(case: Case, actor: Actor, on: date) -> Refusal | None:
    """To uphold an objection there must be one."""
    if INVESTIGATED in _states(case):
        return None
    return Refusal("wrong_stage", "没有已核查的异议，不能认定异议成立。", (11,))
