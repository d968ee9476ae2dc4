"""What a title rests on now, what a change would make of it, and what the conditions say of both."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from makerspace.matters.application.queries import check, digest_of, latest_submission
from makerspace.matters.recognition.models import Change, ChangeKind, Title
from makerspace.matters.registers import queries as registers
from makerspace.office.casework.models import Case
from makerspace.office.casework.parameters import setting
from makerspace.office.prepared import Prepared
from makerspace.office.record.models import Entry
from makerspace.regulation import by_id, in_force
from makerspace.regulation.terms import Strength, Verdict

KIND = "change"
OPERATOR = ("kind", "independent_legal_person", "registered_division")
FINANCE = ("standardised", "run_by_host", "separate_accounts")
"""What is asked of another operator, under a dossier's names (articles 5(1), 5(6)); the kind its account says."""
Facts = dict[str, Any]


def change_of(case: Case) -> Change:
    """The change of that case with its title."""
    return Change.objects.select_related(
        "title__case", "title__organisation", "title__authority", "title__makerspace"
    ).get(case=case)


def unsettled(title: Title) -> QuerySet[Change]:
    """The changes that were filed and not decided yet; a year's report waits for them."""
    return Change.objects.filter(title=title, live=True, case__filed_on__isnull=False).select_related("case")


# -- facts -------------------------------------------------------------------------------------------------------------
def standing(title: Title) -> Facts:
    """What the title rests on now: as the last change left it, else as it was recognised."""
    last = next(iter(_granted(title=title.pk)), None)
    kept = last.after if last else {}
    sites = kept["sites"] if last else _dossier(title).get("premises") or []
    return {
        "name": title.name, "holder": title.holder, "uscc": title.organisation.uscc, "sites": sites,
        "operator": kept.get("operator") or {}, "closing_on": None,
    }  # fmt: skip


_granted = Prepared(lambda title: Change.objects.filter(title=title, granted=True).order_by("-decided_on", "-id")[:1])


def _dossier(title: Title) -> Facts:
    frozen = latest_submission(title.case)
    return dict(frozen.dossier) if frozen else {}


def registered_sites(title: Title, on: date) -> list[Facts]:
    """The premises that the unit's own register has today, where it keeps one; what a change begins from."""
    register = registers.REGISTERS["premises"]
    return registers.facts_of(register, title.makerspace, registers.on_day(register, on))


def kinds_of(before: Mapping[str, Any], after: Mapping[str, Any], on: date) -> list[str]:
    """What changes between the two, in the order of ``ChangeKind``."""
    moved = {site["address"] for site in before["sites"]} != {site["address"] for site in after["sites"]}
    found = {
        ChangeKind.NAME: before["name"] != after["name"],
        ChangeKind.HOLDER: before["uscc"] == after["uscc"] and before["holder"] != after["holder"],
        ChangeKind.OPERATOR: before["uscc"] != after["uscc"],
        ChangeKind.SITE: moved,
        ChangeKind.AREA: bool(before["sites"]) and _beyond(area_of(before["sites"]), area_of(after["sites"]), on),
        ChangeKind.CLOSING: after["closing_on"] is not None,
    }
    return [kind.value for kind, there in found.items() if there]


def area_of(sites: Sequence[Mapping[str, Any]]) -> Decimal:
    """All of the area, in square metres."""
    return sum((Decimal(str(site.get("area_m2") or 0)) for site in sites), Decimal(0))


def _beyond(former: Decimal, new: Decimal, on: date) -> bool:
    """Whether the area changes by more than the share that has to be applied for."""
    return abs(new - former) * 100 > int(setting(in_force(on).id, "CHANGE_AREA", on)) * former


# -- conditions --------------------------------------------------------------------------------------------------------
class Weighed(NamedTuple):
    """What the conditions of articles 5 to 7 say before and after a change; ``dossier`` is what was asked of after it."""

    dossier: Facts
    former: Facts
    findings: Facts

    @property
    def lost(self) -> list[str]:
        """The ids of the conditions that are no longer met because of the change."""
        return lost(self.former, self.findings)


def lost(former: Mapping[str, Any], findings: Mapping[str, Any]) -> list[str]:
    """The ids of what was met in the one and is not in the other; what is only encouraged does not count."""
    had = {row["id"] for row in former.get("findings", []) if row["verdict"] == Verdict.MET}
    rows = (row for row in findings.get("findings", []) if row["strength"] != Strength.ENCOURAGED)
    return [row["id"] for row in rows if row["verdict"] != Verdict.MET and row["id"] in had]


def weigh(title: Title, before: Mapping[str, Any], after: Mapping[str, Any], on: date) -> Weighed:
    """Run the conditions on what was recognised, brought up to date by the registers, as it stands and as it is to stand."""
    base = _dossier(title) | {"regulation": title.case.regulation, "category": title.category}
    lists = registers.facts_on(title.makerspace, on)
    base |= {block: rows for block, rows in lists.items() if rows and block != "premises"}
    former, new = (_with(base, title, facts) for facts in (before, after))
    asked = [json.loads(json.dumps(check(title.case.regulation, dossier, on))) for dossier in (former, new)]
    return Weighed(new, *asked)


def _with(base: Facts, title: Title, facts: Mapping[str, Any]) -> Facts:
    operator = dict(base.get("operator") or {}) | {"name": facts["holder"], "uscc": facts["uscc"]}
    finance = base.get("finance")
    if facts["operator"]:  # another unit: nothing of the former one is known of it
        told = facts["operator"]
        operator = {"name": facts["holder"], "uscc": facts["uscc"]} | {key: told[key] for key in OPERATOR}
        finance = {key: told[key] for key in FINANCE}
    makerspace = dict(base.get("makerspace") or {}) | {"name": facts["name"]}
    if facts["sites"]:
        makerspace["address"] = facts["sites"][0]["address"]
    return {**base, "operator": operator, "finance": finance, "makerspace": makerspace, "premises": facts["sites"]}


def titles_of_conditions(change: Change) -> dict[str, str]:
    """The conditions' names by id."""
    return {row.id: row.title for row in by_id(change.title.case.regulation).conditions_of(change.title.category)}


# -- replay ------------------------------------------------------------------------------------------------------------
def replay_changes(case: Case | None = None) -> Iterator[str]:
    """Hold every filed change against what the record sealed, and run its conditions again; a sentence for each difference."""
    rows = Change.objects.exclude(dossier={}).select_related("case", "title__case")
    for row in rows.filter(case=case) if case else rows:
        entry = Entry.objects.filter(stream=row.case.number, act="file_change").order_by("seq").last()
        sealed = json.loads(entry.data) if entry else {}
        if (digest_of(row.dossier), digest_of(row.findings)) != (sealed.get("dossier"), sealed.get("findings")):
            yield f"{row.case.number} 变更内容与案卷所记摘要不符"
        if entry and json.loads(json.dumps(check(row.title.case.regulation, row.dossier, entry.on))) != row.findings:
            yield f"{row.case.number} 变更后的条件对照与重算结果不同"
