"""A sound dossier of each category on 2026-03-16, and ways to change one fact of it."""

import copy
from datetime import date
from typing import Any

from makerspace.regulation.kunkefa_2017_55.ch2_conditions import check
from makerspace.regulation.kunkefa_2017_55.dossier import parse
from makerspace.regulation.terms import Finding

ON = date(2026, 3, 16)

TENANT = {
    "kind": "enterprise",
    "name": "甲企业",
    "uscc": "91530102MA6K4WQX0C",
    "industry": "software",
    "employees": 12,
    "revenue_wan": 300,
    "assets_wan": 150,
    "moved_in_on": "2024-05-01",
    "agreement_to": "2027-04-30",
    "hightech_field": "101",
    "kunming_188": "电子信息",
}
PREMISES = {
    "address": "五华区学府路1号",
    "tenure": "leased",
    "commercial": False,
    "area_m2": 420.0,
    "public_office_m2": 60.0,
    "lease_from": "2024-01-01",
    "lease_to": "2026-12-31",
}
OWNED = {**PREMISES, "tenure": "owned", "lease_from": None, "lease_to": None}
MENTOR = {"name": "导师", "employer": "某大学", "speciality": "软件", "engaged_from": "2024-01-01", "engaged_to": None}
PARTNER = {"kind": "angel", "name": "某基金", "agreement_from": "2024-01-01", "agreement_to": None}
EVENT_DAYS = ("2025-05-20", "2025-08-20", "2025-11-20", "2026-02-20")
SOUND: dict[str, Any] = {
    "regulation": "kunkefa-2017-55",
    "category": "comprehensive",
    "operator": {
        "name": "昆明某某科技有限公司",
        "uscc": "91530102MA6K4WQX0C",
        "kind": "enterprise",
        "independent_legal_person": True,
        "registered_division": "530102",
        "registered_address": "五华区学府路1号",
        "established_on": "2015-03-01",
        "legal_representative": "张三",
        "contact_name": "李四",
        "contact_phone": "0871-60000000",
        "contact_email": "contact@example.cn",
    },
    "makerspace": {
        "name": "某某众创空间",
        "authority": "wuhua",
        "address": "五华区学府路1号",
        "opened_on": "2017-03-01",
        "theme": "数字创意",
        "website": None,
    },
    "lead": {"name": "王五", "background": "十年孵化经验"},
    "staff": [{"name": "赵六", "duty": "运营", "education": "本科", "full_time": True}],
    "mentors": [{**MENTOR}, {**MENTOR}],
    "finance": {"standardised": True, "run_by_host": False, "separate_accounts": None},
    "premises": [PREMISES],
    "facilities": ["office_equipment", "meeting_room", "negotiation_room"],
    "tenants": [{**TENANT, "name": f"第{row}企业", "uscc": f"CODE{row}"} for row in range(10)],
    "lawful_operation_declared": True,
    "services": ["business_registration", "legal", "finance", "policy"],
    "events": [{"kind": "roadshow", "on": day, "title": "路演", "participants": 40} for day in EVENT_DAYS],
    "capital_partners": [PARTNER],
    "fund": {"exists": False, "size_wan": None},
    "technical": {
        "low_cost_open_office": True,
        "equipment": [{"name": "三维打印机", "purpose": "模型加工", "value_wan": 30.5}],
        "professional_services": ["r_and_d", "testing"],
        "workshop_m2": 800.25,
        "platform": {"url": "https://platform.example.cn", "shared_resources": True},
    },
}


def given(path: str = "", value: object = None, *, category: str = "comprehensive") -> dict[str, Any]:
    """The sound dossier as JSON values, with the fact at a dotted path set."""
    whole = copy.deepcopy(SOUND) | {"category": category}
    place: Any = whole
    *way, last = path.split(".")
    for key in way:
        place = place[int(key) if key.isdigit() else key]
    if path:
        place[int(last) if last.isdigit() else last] = value
    return whole


def finding(code: str, dossier: dict[str, Any], on: date = ON) -> Finding:
    """The finding of that condition on a dossier; the category is the one that the condition belongs to."""
    dossier = dossier | ({"category": "technical"} if code.startswith("6.") else {})
    return check(parse(dossier), on).of(code)
