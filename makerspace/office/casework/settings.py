"""What the bureau sets where the text is silent: one proposes a number from a day on, a leader who is another decides."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from makerspace.office.casework.models import Counter, SettingLine
from makerspace.office.casework.parameters import Standing, setting, stands
from makerspace.office.casework.queries import in_post
from makerspace.office.casework.refusals import Refused, refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Person
from makerspace.office.record.operations import append
from makerspace.regulation import by_id
from makerspace.regulation.counting import chinese
from makerspace.regulation.terms import Bounds, Parameter, Role

State = SettingLine.State
LINK = "/work/settings/proposals/{pk}/"
LOCK = "SETTING"
MOST_AHEAD = timedelta(days=730)


# -- reading -----------------------------------------------------------------------------------------------------------
def proposals(regulation: str) -> QuerySet[SettingLine]:
    """What waits for a second person, the oldest first."""
    rows = SettingLine.objects.filter(regulation=regulation, state=State.PROPOSED)
    return rows.select_related("proposed_by").order_by("id")


def lines_of(regulation: str, code: str) -> QuerySet[SettingLine]:
    """Whatever was proposed for one setting, the newest first."""
    return SettingLine.objects.filter(regulation=regulation, code=code).select_related("proposed_by", "decided_by")


def stands_with(regulation: str, code: str, rows: Iterable[SettingLine], on: date) -> Standing:
    """One setting as it stands by those of the rows that were adopted."""
    adopted = sorted((row for row in rows if row.state == State.ADOPTED), key=lambda row: row.pk)
    return stands(by_id(regulation).parameter(code), adopted, on)


def parameter_of(line: SettingLine) -> Parameter:
    """What the line sets."""
    return by_id(line.regulation).parameter(line.code)


def stream_of(line: SettingLine) -> str:
    """The setting's stream in the record."""
    return f"SETTING-{line.code}"


def in_words(line: SettingLine) -> str:
    """“确认收款账户的时限：30个工作日 → 20个工作日，自2026年12月15日起”."""
    parameter, day = parameter_of(line), line.since - timedelta(days=1)
    before = parameter.said(setting(line.regulation, line.code, day))
    return f"{parameter.label}：{before} → {parameter.said(line.value)}，自{chinese(line.since)}起"


def bounds_in_words(parameter: Parameter, bounds: Bounds) -> str:
    """What may be set, as one reads it."""
    odd = "的单数" if bounds.step == 2 else ""
    return f"{bounds.least}至{bounds.most}{parameter.unit}{odd}"


# -- two people --------------------------------------------------------------------------------------------------------
@transaction.atomic
def propose_setting(
    regulation: str, code: str, *, value: int, since: date, reason: str, by: Person, on: date
) -> SettingLine:
    """Propose a number for a setting from a day on that lies ahead."""
    role = _officer(by, on)
    made = SettingLine(
        regulation=regulation, code=code, value=value, since=since, reason=reason.strip(), proposed_by=by, proposed_on=on
    )  # fmt: skip
    _ask_is_setting(made)
    _lock()
    if proposals(regulation).filter(code=code).exists():
        raise _refused(made, "wrong_stage", "这一项已有一项提议待决定，请先决定或撤回。")
    ask_fits(made, on)
    made.save(force_insert=True)
    _keep(made, "propose_setting", by, role, on)
    tell(
        _who_may_decide(made, on), f"待决定：{parameter_of(made).label}",
        f"{by}提出调整系统设定。{in_words(made)}。理由：{_bare(made.reason)}。须由提出人以外的负责人决定；已经起算的期限不变。",
        link=LINK.format(pk=made.pk), stream=stream_of(made),
    )  # fmt: skip
    return made


@transaction.atomic
def adopt_setting(line: SettingLine, *, by: Person, on: date) -> SettingLine:
    """Set a proposed number for the days from its first on: a leader, and not who proposed it."""
    ask_second(line, by, on)
    line = _open(line)
    ask_fits(line, on)
    told = f"{in_words(line)}；已经起算的期限不变"
    _decide(line, State.ADOPTED, by, on)
    _keep(line, "adopt_setting", by, Role.LEADER, on)
    _tell_proposer(line, f"已采用：{parameter_of(line).label}", f"{by}采用了您提出的设定。{told}。")
    return line


@transaction.atomic
def refuse_setting(line: SettingLine, *, reason: str, by: Person, on: date) -> SettingLine:
    """Leave the number as it is, and say why: a leader, and not who proposed it."""
    ask_second(line, by, on)
    line = _open(line)
    if not reason.strip():
        raise _refused(line, "invalid", "请写明不采用的理由。", answer="请写明理由")
    line.answer = reason.strip()
    _decide(line, State.REFUSED, by, on)
    _keep(line, "refuse_setting", by, Role.LEADER, on)
    _tell_proposer(
        line,
        f"未采用：{parameter_of(line).label}",
        f"{by}没有采用您提出的设定，现行数值不变。理由：{_bare(line.answer)}。",
    )
    return line


@transaction.atomic
def withdraw_setting(line: SettingLine, *, by: Person, on: date) -> SettingLine:
    """Take one's own proposal back."""
    role = _officer(by, on)
    if line.proposed_by_id != by.pk:
        raise _refused(line, "not_yours", "系统设定的提议由提出人撤回。")
    line = _open(line)
    _decide(line, State.WITHDRAWN, by, on)
    _keep(line, "withdraw_setting", by, role, on)
    tell(
        _who_may_decide(line, on), f"已撤回：{parameter_of(line).label}", f"{by}撤回了这项提议，不需要再决定。{in_words(line)}。",
        link=LINK.format(pk=line.pk), stream=stream_of(line),
    )  # fmt: skip
    return line


def _who_may_decide(line: SettingLine, on: date) -> list[Person]:
    """The leaders other than whoever proposed."""
    return [person for person in in_post(Role.LEADER, on) if person.pk != line.proposed_by_id]


# -- asking ------------------------------------------------------------------------------------------------------------
def ask_fits(line: SettingLine, on: date) -> None:
    """The day lies ahead, the number is within its bounds, is another than the one of that day, and fits its neighbours."""
    wrong = _wrong_value(line)
    if line.since <= on:
        wrong["since"] = "生效日期应晚于今天；已经起算的期限不能改变"
    elif line.since > on + MOST_AHEAD:
        wrong["since"] = f"生效日期应不晚于{chinese(on + MOST_AHEAD)}"
    if wrong:
        label = parameter_of(line).label
        raise _refused(line, "invalid", f"“{label}”的设定需要更正：{'；'.join(wrong.values())}。", **wrong)


def _wrong_value(line: SettingLine) -> dict[str, str]:
    parameter, bounds = parameter_of(line), by_id(line.regulation).settings[line.code]
    if not bounds.hold(line.value):
        return {"value": f"数值应为{bounds_in_words(parameter, bounds)}"}
    if line.value == setting(line.regulation, line.code, line.since):
        return {"value": f"数值与{chinese(line.since)}的相同"}
    within = by_id(line.regulation).within.items()
    for low, high in [pair for pair in within if line.code in pair]:
        other = by_id(line.regulation).parameter(high if line.code == low else low)
        values = [setting(line.regulation, other.id, day) for day in _days_of(line, other.id)]
        if line.code == low and line.value > min(values):
            return {"value": f"数值不能超过“{other.label}”（{other.said(min(values))}）"}
        if line.code == high and line.value < max(values):
            return {"value": f"数值不能少于“{other.label}”（{other.said(max(values))}）"}
    return {}


def _days_of(line: SettingLine, other: str) -> list[date]:
    """From the line's first day on, the days on which another setting may have another value."""
    rows = SettingLine.objects.filter(regulation=line.regulation, code=other, state=State.ADOPTED, since__gt=line.since)
    return [line.since, *rows.values_list("since", flat=True)]


def _ask_is_setting(line: SettingLine) -> None:
    if line.code not in by_id(line.regulation).settings:
        raise refused("not_found", "没有这一项设定；条文规定的数值不能在这里更改。")


def _officer(by: Person, on: date) -> Role:
    roles = by.capacity(on).roles
    for role in (Role.LEADER, Role.BUREAU):
        if role in roles:
            return role
    raise refused("not_yours", "系统设定由市科技局经办处室或负责人提出。")


def ask_second(line: SettingLine, by: Person, on: date) -> None:
    """A leader decides, and not who proposed it."""
    if Role.LEADER not in by.capacity(on).roles:
        raise _refused(line, "not_yours", "系统设定由市科技局负责人决定。")
    if line.proposed_by_id == by.pk:
        raise _refused(line, "not_yours", "系统设定须由提出人以外的负责人决定。")


def _refused(line: SettingLine, code: str, text: str, **fields: str) -> Refused:
    return refused(code, text, parameter_of(line).citation.article, fields=fields)


# -- keeping -----------------------------------------------------------------------------------------------------------
def _lock() -> None:
    """One lock for all settings: acts on them are rare, and two of them may have to fit each other."""
    Counter.objects.get_or_create(name=LOCK)
    Counter.objects.select_for_update().get(name=LOCK)


def _open(line: SettingLine) -> SettingLine:
    _lock()
    found = SettingLine.objects.select_related("proposed_by").get(pk=line.pk)
    if found.state != State.PROPOSED:
        raise _refused(found, "wrong_stage", f"这项提议{found.get_state_display()}，请刷新后查看。")
    return found


def _decide(line: SettingLine, state: SettingLine.State, by: Person, on: date) -> None:
    line.state, line.decided_by, line.decided_on = state, by, on
    line.save(update_fields=["state", "decided_by", "decided_on", "answer"])


def _keep(line: SettingLine, act: str, by: Person, role: Role, on: date) -> None:
    """In the setting's own stream of the record, under the lock."""
    data = {
        "line": line.pk, "code": line.code, "value": line.value, "since": line.since, "reason": line.reason,
        "answer": line.answer,
    }  # fmt: skip
    articles = (parameter_of(line).citation.article,)
    append(stream_of(line), act, by=by, role=role, on=on, articles=articles, regulation=line.regulation, data=data)


def _bare(text: str) -> str:
    """Without the full stop that the sentence around it brings along."""
    return text.rstrip("。")


def _tell_proposer(line: SettingLine, subject: str, text: str) -> None:
    tell([line.proposed_by], subject, text, link=LINK.format(pk=line.pk), stream=stream_of(line))
