"""A change in what a title rests on: begun by its holder, weighed by its district, decided by a leader, then carried out."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from pydantic import BaseModel

from makerspace.matters.application.queries import digest_of
from makerspace.matters.recognition import changes
from makerspace.matters.recognition import papers as letters
from makerspace.matters.recognition.following import HANDED_ON, followers, open_cases
from makerspace.matters.recognition.models import Change, ChangeKind, Title, TitleName, TitleSite, TitleState
from makerspace.matters.recognition.operations.titles import end_title, issue_certificate, search_text, sites_of
from makerspace.matters.registers.models import Makerspace
from makerspace.office.casework.attachments import hand_in
from makerspace.office.casework.models import Case
from makerspace.office.casework.operations import advance, hand_to, open_case
from makerspace.office.casework.parameters import setting
from makerspace.office.casework.refusals import refused
from makerspace.office.notify.operations import tell
from makerspace.office.people.models import Organisation, Person
from makerspace.office.people.operations import normal_uscc
from makerspace.office.people.queries import members_of
from makerspace.office.record.operations import append
from makerspace.regulation import in_force
from makerspace.regulation.counting import chinese
from makerspace.regulation.kunkefa_2017_55.dossier import ID
from makerspace.regulation.terms import Role

Facts = dict[str, Any]
EVE = timedelta(days=1)


@transaction.atomic
def open_change(title: Title, *, by: Person, on: date) -> Case:
    """Begin a change: a draft of the title's holder. One at a time; a title that has ended changes no more."""
    title = Title.objects.select_for_update(no_key=True).get(pk=title.pk)
    if title.organisation_id not in by.capacity(on).organisations:
        raise refused("not_yours", "称号变更由持有称号的运营单位申请。", 12)
    if title.ended_on is not None:
        raise refused("wrong_stage", f"称号已于{chinese(title.ended_on)}终止，不能再变更。", 12)
    under_way = Change.objects.filter(title=title, live=True).select_related("case").first()
    if under_way:
        raise refused("wrong_stage", f"变更申请{under_way.case.number}尚未办结，一次只办理一件。", 12)
    case = open_case(
        changes.KIND, regulation=ID, organisation=title.organisation, authority=title.authority, on=on, by=by,
        subject=title.name, category=title.category,
    )  # fmt: skip
    Change.objects.create(case=case, title=title)
    return case


@transaction.atomic
def file_change(
    case: Case, *, by: Person, on: date, happened_on: date, name: str, holder: str, uscc: str, sites: Sequence[BaseModel],
    reason: str, papers: Sequence[str], closing_on: date | None = None, confirm_not_met: bool = False, **operator: Any,
) -> Case:  # fmt: skip
    """Hand in what is to change; the conditions of articles 5 to 7 are run on it and frozen with it.

    ``sites`` are rows with ``authority`` beside a dossier's premises; ``operator`` answers what is asked of another one.
    Raises ``Refused`` naming all that cannot stand.
    """
    change, rows = changes.change_of(case), [row.model_dump(mode="json") for row in sites]
    before = changes.standing(change.title)
    after = {
        "name": name, "holder": holder, "uscc": normal_uscc(uscc),
        "sites": [{key: value for key, value in row.items() if key != "authority"} for row in rows],
        "operator": before["operator"], "closing_on": closing_on.isoformat() if closing_on else None,
    }  # fmt: skip
    if after["uscc"] != before["uscc"]:
        after["operator"] = _another(str(after["uscc"]), operator)
    kinds = changes.kinds_of(before, after, on)
    weighed = changes.weigh(change.title, before, after, on)
    data = {
        "kinds": kinds, "before": before, "after": after, "happened_on": happened_on, "reason": reason, "papers": list(papers),
        "dossier": digest_of(weighed.dossier), "findings": digest_of(weighed.findings),
    }  # fmt: skip
    case = advance(case, "file_change", by=by, on=on, data=data)
    _ask(change.title, before, after, kinds, rows, happened_on, on)
    _ask_conditions(change, weighed, sure=confirm_not_met)
    hand_in(case, "file_change", papers, by=by)
    Change.objects.filter(pk=change.pk).update(
        before=before, after=after, kinds=kinds, happened_on=happened_on, reason=reason, dossier=weighed.dossier,
        findings=weighed.findings, former_findings=weighed.former, filed_on=on, supports=None, opinion="",
    )  # fmt: skip
    return case


def _another(uscc: str, told: Mapping[str, Any]) -> Facts:
    """What is known of another operator: what its account says, and what was answered; the rest stays unknown."""
    unit = Organisation.objects.filter(uscc=uscc).first()
    answers = {key: told.get(key) for key in (*changes.OPERATOR, *changes.FINANCE)}
    return answers | {
        "kind": unit.kind if unit else None,
        "registered_division": told.get("registered_division") or None,
    }


# -- what may stand ----------------------------------------------------------------------------------------------------
def _ask(
    title: Title, before: Facts, after: Facts, kinds: Sequence[str], rows: Sequence[Facts], happened_on: date, on: date
) -> None:
    fields = {
        **_wrong_days(title, after, happened_on, on), **_wrong_sites(title, after, rows, on),
        **_wrong_names(title, after, kinds),
    }  # fmt: skip
    if ChangeKind.CLOSING in kinds and len(kinds) > 1:
        fields["closing_on"] = "停止运营须单独申请，其他内容请保持不变"
    if not kinds and not fields:
        share = setting(in_force(on).id, "CHANGE_AREA", on)
        told = f"没有需要申请的变化。同址面积变化不超过{share}%的、租期续签的，在登记册中更新即可"
        fields = {"reason": told}
    if fields:
        raise refused(
            "invalid", f"变更申请有{len(fields)}处需要更正：{'；'.join(fields.values())}。", 12, fields=fields
        )


def _wrong_days(title: Title, after: Facts, happened_on: date, on: date) -> dict[str, str]:
    fields = {}
    if not title.since <= happened_on <= on:
        fields["happened_on"] = f"应在认定之日（{chinese(title.since)}）以后，不晚于今天"
    if after["closing_on"] and after["closing_on"] < title.since.isoformat():
        fields["closing_on"] = f"应在认定之日（{chinese(title.since)}）以后"
    return fields


def _wrong_sites(title: Title, after: Facts, rows: Sequence[Facts], on: date) -> dict[str, str]:
    most, fields = int(setting(in_force(on).id, "CHANGE_SITES", on)), {}
    if len(rows) > most:
        fields["sites"] = f"变更后的场地不能超过{most}处，现填了{len(rows)}处"
    addresses = [row["address"] for row in rows]
    for place, row in enumerate(rows):
        if row["authority"] != title.authority.code:
            fields[f"sites.{place}.authority"] = f"场地不能迁出{title.authority.name}；迁往其他区域的，须重新申报"
        if row["public_office_m2"] is not None and row["public_office_m2"] > row["area_m2"]:
            fields[f"sites.{place}.public_office_m2"] = "不能超过这一处的面积"
        if addresses.count(row["address"]) > 1:
            fields[f"sites.{place}.address"] = "同一地址只填一处"
    return fields


def _wrong_names(title: Title, after: Facts, kinds: Sequence[str]) -> dict[str, str]:
    fields, unit = {}, title.organisation
    if ChangeKind.OPERATOR in kinds:
        found = Organisation.objects.filter(uscc=after["uscc"]).first()
        if found is None:
            fields["uscc"] = "新的运营单位尚未在本系统建立账户，请其先注册并登记单位"
        elif found.name != after["holder"]:
            fields["holder"] = f"与该统一社会信用代码登记的名称“{found.name}”不一致"
        unit = found or unit
    if {ChangeKind.NAME, ChangeKind.OPERATOR} & set(kinds):
        taken = Makerspace.objects.filter(organisation=unit, name=after["name"]).exclude(pk=title.makerspace_id)
        if taken.exists():
            fields["name"] = f"{unit.name}已有同名的众创空间"
    return fields


def _ask_conditions(change: Change, weighed: changes.Weighed, *, sure: bool) -> None:
    """What the change would cost is said once, before it is filed."""
    if sure or not weighed.lost:
        return
    names = changes.titles_of_conditions(change)
    told = {row["id"]: row["text"] for row in weighed.findings["findings"]}
    listed = "；".join(f"{names.get(id_, id_)}：{told[id_].rstrip('。')}" for id_ in weighed.lost)
    text = f"按变更后的情况，下列条件将不再符合：{listed}。确认情况属实、仍要提交的，请勾选确认。"
    raise refused("invalid", text, 5, 6, 7, fields={"confirm_not_met": "有条件不再符合，请核对填写，或者勾选确认"})


# -- opinion, return, withdrawal ---------------------------------------------------------------------------------------
@transaction.atomic
def give_opinion(
    case: Case, *, by: Person, on: date, supports: bool, opinion: str, visited_on: date | None = None, papers: Sequence[str] = ()
) -> Case:  # fmt: skip
    """The district's opinion, with the day of its visit if it went there."""
    if visited_on and visited_on > on:
        raise refused("invalid", "查看现场的日期不能晚于今天。", 12, fields={"visited_on": "不能晚于今天"})
    data = {"supports": supports, "opinion": opinion, "visited_on": visited_on, "papers": list(papers)}
    case = advance(case, "give_opinion", by=by, on=on, data=data)
    hand_in(case, "give_opinion", papers, by=by)
    went = f"{opinion}（{chinese(visited_on)}查看现场）" if visited_on else opinion
    Change.objects.filter(case=case).update(supports=supports, opinion=went)
    return case


@transaction.atomic
def return_change(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Send it back to be put right; the unit is told why."""
    case = advance(case, "return_change", by=by, on=on, data={"reason": reason})
    Change.objects.filter(case=case).update(opinion=f"退回：{reason}")
    return case


@transaction.atomic
def withdraw_change(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """Take it back; nothing changes."""
    case = advance(case, "withdraw_change", by=by, on=on, data={"reason": reason})
    Change.objects.filter(case=case).update(live=False)
    return case


# -- giving a title up -------------------------------------------------------------------------------------------------
@transaction.atomic
def relinquish(case: Case, *, by: Person, on: date, reason: str, sure: bool, papers: Sequence[str] = ()) -> Case:
    """The holder gives the title up; it is held until the bureau has confirmed."""
    change = changes.change_of(case)
    before = changes.standing(change.title)
    after = {**before, "relinquished": True}
    case = advance(case, "relinquish", by=by, on=on, data={"reason": reason, "papers": list(papers)})
    if not sure:
        told = "请确认知道称号终止后不能恢复"
        raise refused("invalid", f"{told}。", 12, fields={"sure": told})
    hand_in(case, "relinquish", papers, by=by)
    Change.objects.filter(pk=change.pk).update(
        before=before, after=after, kinds=[ChangeKind.RELINQUISH.value], reason=reason, filed_on=on, happened_on=None,
        dossier={}, findings={}, former_findings={}, supports=None, opinion="",
    )  # fmt: skip
    return case


@transaction.atomic
def confirm_relinquish(case: Case, *, by: Person, on: date, note: str = "") -> Case:
    """The title ends today as given up."""
    change = changes.change_of(case)
    title = Title.objects.select_for_update(no_key=True).get(pk=change.title_id)
    followers = [row.number for row in open_cases(title)]
    case = advance(case, "confirm_relinquish", by=by, on=on, data={"note": note, "cases": followers})
    paper = letters.order_relinquished(case, change, note, on)
    Change.objects.filter(pk=change.pk).update(live=False, granted=True, decision=note, decided_on=on, paper=paper)
    end_title(title, TitleState.RELINQUISHED, on=on, paper=paper)
    return case


# -- decision ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def refuse_change(case: Case, *, by: Person, on: date, reason: str) -> Case:
    """The title stays as it is; the letter says why and what can be done about it."""
    case = advance(case, "refuse_change", by=by, on=on, data={"reason": reason})
    change = changes.change_of(case)
    paper = letters.order_refusal(case, change, reason, on)
    Change.objects.filter(pk=change.pk).update(live=False, granted=False, decision=reason, decided_on=on, paper=paper)
    return case


@transaction.atomic
def grant_change(case: Case, *, by: Person, on: date, opinion: str) -> Case:
    """Carry the change out: names, operator, premises, certificate, and whatever of the title is under way."""
    change = changes.change_of(case)
    title = (
        Title.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "makerspace", "announcement", "case", "authority")
        .get(pk=change.title_id)
    )
    followers = [row.number for row in open_cases(title)]
    case = advance(case, "grant_change", by=by, on=on, data={"opinion": opinion, "cases": followers})
    if title.ended_on is not None:
        raise refused("wrong_stage", f"称号已于{chinese(title.ended_on)}终止，不能再变更。", 12)
    faults = _wrong_names(title, change.after, change.kinds)
    if faults:
        raise refused("wrong_stage", f"不能同意变更：{'；'.join(faults.values())}。", 12)
    paper = letters.order_grant(case, change, opinion, on)
    Change.objects.filter(pk=change.pk).update(live=False, granted=True, decision=opinion, decided_on=on, paper=paper)
    if ChangeKind.CLOSING in change.kinds:
        end_title(title, TitleState.RELINQUISHED, on=on, paper=paper)
    else:
        _carry_out(title, change, by, on)
    return case


def _carry_out(title: Title, change: Change, by: Person, on: date) -> None:
    kinds = set(change.kinds)
    if kinds & {ChangeKind.NAME, ChangeKind.HOLDER, ChangeKind.OPERATOR}:
        _rename(title, change, by, on)
    _move(title, change.after["sites"], on)


def _rename(title: Title, change: Change, by: Person, on: date) -> None:
    """The new names from today, a new certificate, and the open cases into the hands of whoever holds the title now."""
    former, after = title.organisation, change.after
    title.name, title.holder = after["name"], after["holder"]
    title.organisation = Organisation.objects.select_for_update(no_key=True).get(uscc=after["uscc"])
    if ChangeKind.HOLDER in change.kinds:
        Organisation.objects.filter(pk=title.organisation_id).update(name=title.holder)
        title.organisation.name = title.holder
    _bear(title, on)
    title.search = search_text(
        title.number, *dict.fromkeys(text for row in title.names.all() for text in (row.name, row.holder))
    )
    title.save(update_fields=["name", "holder", "organisation", "search"])
    Makerspace.objects.filter(pk=title.makerspace_id).update(organisation=title.organisation, name=title.name)
    handed = followers(title)
    for case, then in handed:
        hand_to(case, title.organisation, subject=title.name)
        append(
            case.number,
            HANDED_ON,
            by=by,
            role=Role.LEADER,
            on=on,
            articles=(12,),
            regulation=case.regulation,
            data={"change": change.case.number, "organisation": title.organisation.uscc},
        )
        if then:
            then(case, on)
    certificate = issue_certificate(title, on=on)
    if former != title.organisation:
        tell(
            [row.person for row in members_of(title.organisation, on)], f"“{title.name}”的称号已变更到贵单位",
            f"{change.case.number}已同意变更，自今日起由贵单位持有称号（{title.number}）。新证书校验码{certificate.code}。{_with_it(handed)}",
            link=f"/registry/{title.number}/", stream=change.case.number,
        )  # fmt: skip


def _with_it(handed: Sequence[tuple[Case, object]]) -> str:
    """What the new unit goes on with."""
    numbers = "、".join(case.number for case, _ in handed)
    return f"随称号移交的在办事项：{numbers}，请在“办件”中查看并继续办理。" if numbers else ""


def _bear(title: Title, on: date) -> None:
    """A name that began today was never borne for a day, so it is put right instead of closed."""
    names = TitleName.objects.filter(title=title, until=None)
    if names.filter(since=on).update(name=title.name, holder=title.holder):
        return
    names.update(until=on - EVE)
    TitleName.objects.create(title=title, name=title.name, holder=title.holder, since=on)


def _move(title: Title, sites: Sequence[Mapping[str, Any]], on: date) -> None:
    """Premises left behind end yesterday; new ones begin today; those that stay keep their first day."""
    held = {site.address: site for site in title.sites.filter(until=None)}
    new = {site["address"]: site for site in sites}
    for address, row in held.items():
        if address not in new:
            _leave(row, on)
        elif row.area_m2 != new[address].get("area_m2"):
            TitleSite.objects.filter(pk=row.pk).update(area_m2=new[address].get("area_m2"))
    TitleSite.objects.bulk_create(sites_of(title, [site for address, site in new.items() if address not in held], on))


def _leave(site: TitleSite, on: date) -> None:
    if site.since >= on:
        site.delete()
        return
    TitleSite.objects.filter(pk=site.pk).update(until=on - EVE)
