"""The public notice as it is published: what it says of each case, its text, its digest."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings

from makerspace.matters.review.models import PublicNotice
from makerspace.matters.review.papers import basis_of, category_of, head_line
from makerspace.matters.review.queries.conditions import declared_of
from makerspace.matters.review.queries.district import latest_visit
from makerspace.matters.review.queries.notices import FIGURES
from makerspace.office.casework.models import Case
from makerspace.regulation.counting import chinese

CORRECTABLE = {"makerspace": "众创空间名称", "operator": "运营单位", "category": "类别", "authority": "推荐单位"}
AGREES = {True: "一致", False: "不一致"}


def facts_of(case: Case) -> dict[str, Any]:
    """What a notice says of a case: names of units, the figures declared, and whether they agreed on the spot."""
    return {
        "number": case.number,
        "makerspace": case.subject,
        "operator": case.organisation.name,
        "category": category_of(case),
        "authority": case.authority.office,
        "figures": _figures(case),
    }


def _figures(case: Case) -> list[dict[str, str]]:
    """What the inspectors wrote is for the office: it may name people and places. Published is whether it agreed."""
    visit = latest_visit(case)
    verified = {item["condition"]: AGREES[item["agrees"]] for item in visit.items} if visit else {}
    return [
        {
            "label": FIGURES[row.id],
            "article": row.article,
            "declared": row.declared,
            "verified": verified.get(row.id, ""),
        }
        for row in declared_of(case)
        if row.id in FIGURES
    ]


def title_of(on: date) -> str:
    """关于2026年拟认定昆明市众创空间名单的公示."""
    return f"关于{on.year}年拟认定昆明市众创空间名单的公示"


def text_of(notice: PublicNotice, rows: Sequence[dict[str, Any]], replaces: str = "") -> str:
    """The text that is frozen: list, days with their counting, how to object, contacts, the record's head."""
    lines = [
        notice.title,
        *([replaces] if replaces else []),
        f"依据{basis_of(notice.regulation, 11)}，经区县初审和实地查验、专家现场调研、{settings.SITE['sponsor']}审定，"
        f"拟认定下列{len(rows)}家众创空间，现予公示。",
        *(_row_lines(at, row) for at, row in enumerate(rows, start=1)),
        f"公示期：{chinese(notice.first_day)}至{chinese(notice.last_day)}24时，共{notice.days}天。",
        *notice.steps,
        "对名单有异议的单位和个人，可在公示期内以真实姓名或单位名义，写明事实和联系方式，在本页面提交或书面提出。"
        "异议人的身份单独保存，不告知申报单位。逾期提出的不再受理。",
    ]
    contacts = [
        ("受理电话", notice.contact_phone),
        ("纪检监督电话", notice.discipline_phone),
        ("地址", settings.SITE["address"]),
    ]
    lines += [f"{label}：{value}" for label, value in contacts if value]
    if notice.head:
        lines.append(f"案卷卷首：{head_line(notice)}")
    lines += [settings.SITE["sponsor"], chinese(notice.publish_on)]
    return "\n".join(lines)


def _row_lines(at: int, row: dict[str, Any]) -> str:
    head = f"{at}. {row['makerspace']}（{row['operator']}；{row['category']}；{row['authority']}推荐；{row['number']}）"
    figures = [
        f"   {each['label']}（{each['article']}）：申报 {each['declared']} 核实 {each['verified'] or '—'}"
        for each in row["figures"]
    ]
    return "\n".join([head, *figures])
