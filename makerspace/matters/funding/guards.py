"""What must hold besides role and stage: separation of those who handle, approve and pay; holds; titles; payees; terms."""

from datetime import date

from makerspace.matters.funding.models import Hold
from makerspace.matters.funding.queries import budgets, looks, payees, recoveries
from makerspace.office.casework.acts import Actor
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refusal
from makerspace.office.people.models import Person
from makerspace.office.prepared import Prepared
from makerspace.office.record.models import Entry
from makerspace.regulation.counting import chinese

HANDLING = ("return_account", "accept_account", "recheck_account", "return_use", "accept_use")
APPROVING = ("approve_payment", "release_hold", "recover")
PAYING = ("record_payment", "confirm_unpaid", "record_bounce", "record_repayment", "strike_repayment")
APART = "按经办、审批、拨付相分离的要求，由其他人员办理。"


def neither_approves_nor_pays(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Who approved or paid does not handle."""
    return _apart(case, actor, (*APPROVING, *PAYING), "您审批或拨付过本件，")


def neither_handles_nor_approves(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Who handled or approved does not pay."""
    return _apart(case, actor, (*HANDLING, *APPROVING), "您经办或审批过本件，")


def _apart(case: Case, actor: Actor, acts: tuple[str, ...], told: str) -> Refusal | None:
    if not isinstance(actor, Person):
        return None
    taken = Entry.objects.filter(stream=case.number, person=actor, act__in=acts)
    return Refusal("not_yours", told + APART, (13,)) if taken.exists() else None


def nothing_holds(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A likely second grant goes on only once a leader has looked at it."""
    held = _open_holds(case=case.pk)
    if not held:
        return None
    hold, earlier = held[0], held[0].earlier.case
    told = f"本件与{earlier.number}“{earlier.subject}”的引导资金{ground(hold)}，须先由市科技局负责人核定是否重复资助。"
    return Refusal("wrong_stage", told, (13,))


_open_holds = Prepared(
    lambda case: Hold.objects.filter(grant__case=case, state=Hold.State.OPEN).select_related("earlier__case")
)


def ground(hold: Hold) -> str:
    """信用代码相同、场地相同."""
    return "、".join(text for there, text in ((hold.same_unit, "信用代码相同"), (hold.same_site, "场地相同")) if there)


def something_holds(case: Case, actor: Actor, on: date) -> Refusal | None:
    """There is a hold to release."""
    if _open_holds(case=case.pk):
        return None
    return Refusal("wrong_stage", "本件没有待核定的疑似重复资助。", (13,))


def title_stands(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A grant is for a makerspace that holds its title."""
    told = payees.ended(case.grant.title, on)
    return Refusal("wrong_stage", told, (13,)) if told else None


def payee_holds_the_title(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The account was named for whoever holds the title now: operators and their names change while money is on its way."""
    told = payees.of_case(case)
    return Refusal("wrong_stage", told, (13,)) if told else None


def may_have_been_paid(case: Case, actor: Actor, on: date) -> Refusal | None:
    """What is not paid to any more is put on record only where the number was opened before: the act asks for the day."""
    told = payees.barred(case, on)
    return Refusal("wrong_stage", told, (13,)) if told and not looks.looked(case) else None


def nobody_may_have_paid(case: Case, actor: Actor, on: date) -> Refusal | None:
    """An approval is not taken back while money may be on its way: the number was opened, and who did has not answered."""
    opened = looks.unanswered(case, on) if case.stage == "approved" else []
    if not opened:
        return None
    told = (
        f"拨付人员{opened[-1].person}已于{chinese(opened[-1].on)}查看完整账号，须先由其确认未付款"
        "（其不再承担拨付职责的，由接办人员确认）；已经付出的，由拨付人员登记拨付。"
    )
    return Refusal("wrong_stage", told, (13,))


def may_say_unpaid(case: Case, actor: Actor, on: date) -> Refusal | None:
    """There is a look for this payer to answer for."""
    person = actor if isinstance(actor, Person) else None
    if any(looks.may_answer(person, look, on) for look in looks.unanswered(case, on)):
        return None
    return Refusal("wrong_stage", "批准以后您没有查看过完整账号，或者已经确认未付款，没有需要您确认的。", (13,))


def something_is_owed(case: Case, actor: Actor, on: date) -> Refusal | None:
    """Of what was ordered back some has not come yet."""
    if recoveries.of_case(case).outstanding > 0:
        return None
    return Refusal("wrong_stage", "决定追回的资金已全部退缴。", (13,))


def something_came(case: Case, actor: Actor, on: date) -> Refusal | None:
    """There is a repayment on record that may turn out to be wrong."""
    if recoveries.of_case(case).standing:
        return None
    return Refusal("wrong_stage", "本件还没有登记退缴，没有需要更正的登记。", (13,))


def may_be_stopped(case: Case, actor: Actor, on: date) -> Refusal | None:
    """A leader stops a payment for a hold or because the title has ended, and for nothing else."""
    if something_holds(case, actor, on) is None or title_stands(case, actor, on) is not None:
        return None
    return Refusal("wrong_stage", "称号有效，也没有待核定的疑似重复资助，不能不予拨付。", (13,))


def term_is_over(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The holder gives the grant up at any time; a leader closes it only when its term is over (silence has a way out)."""
    if not isinstance(actor, Person) or case.organisation_id in actor.capacity(on).organisations:
        return None
    if case.due_on is None or on > case.due_on:
        return None
    told = f"确认账户的期限到{chinese(case.due_on)}，届满仍未确认的，方可由市科技局负责人决定不再拨付。"
    return Refusal("wrong_stage", told, (13,))


def money_is_there(case: Case, actor: Actor, on: date) -> Refusal | None:
    """The year's budget still has the amount; asked again when the money is taken, under the budget's lock."""
    budget = budgets.of_year(on.year)
    if budget is None:
        return Refusal("wrong_stage", f"{on.year}年度引导资金预算额度尚未确认，不能批准拨付。", (13,))
    if budget.available < case.grant.amount:
        return Refusal("wrong_stage", f"{on.year}年度可用预算不足，不能批准拨付。", (13,))
    return None
