"""Hands in this room's acts to casework; loaded once when the application starts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from makerspace.matters.recognition import changes, forms, guards, operations, showing
from makerspace.office.casework import acts
from makerspace.office.casework.kinds import Kind, TabOf, register_kind
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from makerspace.office.record import clock

CHANGE = changes.KIND

acts.register(
    "recognition",
    "announce",
    operation=operations.announce_one,
    schema=forms.Announce,
    page="recognition_announce",
    batch=True,
    guards=(guards.notice_ran_unchanged,),
    note="公布后即授予“昆明市众创空间”称号，列入名录并生成证书；公布文件向社会公开。",
)


def _as_it_stands(case: Case, person: Person) -> Mapping[str, Any]:
    """What was handed in before it came back; else what stands now, with the premises of the unit's own register."""
    change, today = changes.change_of(case), clock.today()
    found = change.after or changes.standing(change.title)
    sites = found["sites"] if change.after else changes.registered_sites(change.title, today) or found["sites"]
    where = {"authority": change.title.authority.code}
    keys = set(forms.SiteRow.model_fields) - {"authority"}
    rows = [{key: site.get(key) for key in keys} | where for site in sites]
    told = {key: value for key, value in found["operator"].items() if key in forms.FileChange.model_fields}
    return {
        "name": found["name"], "holder": found["holder"], "uscc": found["uscc"], "sites": rows, "reason": change.reason,
        "happened_on": change.happened_on, "closing_on": found["closing_on"], **(told if change.after else {}),
    }  # fmt: skip


def _tab(case: Case, person: Person, on: date) -> Mapping[str, Any]:
    return {"shown": showing.shown(case)}


acts.register(
    CHANGE, "file_change", operation=operations.file_change, schema=forms.FileChange, initial=_as_it_stands,
    guards=(guards.title_stands,),
    note="改写有变化的内容，其余保持不变。提交后由科技主管部门提出意见，市科技局审定；审定前称号不变。",
)  # fmt: skip
acts.register(
    CHANGE, "withdraw_change", operation=operations.withdraw_change, schema=forms.WithReason, note="撤回后本件办结，称号不变。"
)  # fmt: skip
acts.register(CHANGE, "give_opinion", operation=operations.give_opinion, schema=forms.GiveOpinion)
acts.register(
    CHANGE, "return_change", operation=operations.return_change, schema=forms.WithReason,
    note="写明需要补充或更正什么；退回后由运营单位修改再交。",
)  # fmt: skip
acts.register(
    CHANGE, "grant_change", operation=operations.grant_change, schema=forms.GrantChange, guards=(guards.title_stands,),
    note="同意后名录、证书和在办事项随即按变更后的内容更新，原证书核验时显示已被代替；停止运营的，称号随即终止。",
)  # fmt: skip
acts.register(
    CHANGE, "refuse_change", operation=operations.refuse_change, schema=forms.WithReason,
    note="出具不予变更决定书，写明理由和救济途径；称号不变。",
)  # fmt: skip
acts.register(
    CHANGE, "relinquish", operation=operations.relinquish, schema=forms.Relinquish,
    guards=(guards.title_stands, guards.not_put_right), note="由市科技局确认；确认以前称号有效，可以撤回。",
)  # fmt: skip
acts.register(
    CHANGE, "confirm_relinquish", operation=operations.confirm_relinquish, schema=forms.ConfirmRelinquish,
    guards=(guards.title_stands, guards.not_put_right),
    note="确认后称号自今日起终止，证书失效，出具确认书；在办的引导资金和年度考核另行办结。",
)  # fmt: skip
register_kind(Kind(CHANGE, facts=showing.facts, tabs=(TabOf("change", "变更内容", "recognition/_change.html", _tab),)))
