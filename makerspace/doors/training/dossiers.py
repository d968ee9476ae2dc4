"""Dossiers of the demo makerspaces: invented, coherent, and different from one another in a repeatable way."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum.cn import uscc as credit_code

from makerspace.doors.training.cast import Space

SURNAMES = "李王张杨陈刘赵周段和木尹普马罗高何郑"
GIVEN = ("文渊", "雪梅", "志强", "春华", "江涛", "子墨", "雨桐", "思远", "嘉宁", "云帆", "晓岚", "建国", "明轩", "若溪")
FIELDS = {
    "comprehensive": ("101", "503", "506", "508", "505", "507"),
    "technical": ("804", "803", "502", "501", "405", "205"),
}
INDUSTRIES_188 = ("新一代信息技术", "生物医药大健康", "先进装备制造", "新材料", "现代物流", "文化创意")
STEMS = (
    "云岭",
    "滇池",
    "翠峰",
    "星火",
    "禾木",
    "澜沧",
    "石城",
    "春融",
    "金汁",
    "海埂",
    "长虫山",
    "圆通",
    "白沙",
    "凤鸣",
)
TRADES = (("智能科技", "software"), ("信息技术", "information_transmission"), ("文化创意", "other"), ("电子商务", "retail"),
          ("检测技术", "other"), ("软件", "software"), ("企业服务", "leasing_business_services"))  # fmt: skip


def code_for(random: Random, prefix: str = "91530102") -> str:
    """A credit code of the right form with right check digits, of no real unit."""
    body = prefix + "MA6" + "".join(random.choice("ABCDEFGHJKLMNPQRTUWXY0123456789") for _ in range(6))
    return body + str(credit_code.calc_check_digit(body))


def person(random: Random) -> str:
    """An invented name."""
    return random.choice(SURNAMES) + random.choice(GIVEN)


def dossier_for(space: Space, uscc: str, division: str, on: date) -> dict[str, Any]:
    """The whole dossier of one makerspace as it would be handed in on ``on``."""
    random = Random(f"{space.name}{on.year}")  # noqa: S311  repeatable on purpose
    technical = space.category == "technical"
    started = on - timedelta(days=random.randint(500, 1500))
    area = random.choice((420, 560, 680, 860, 1200)) + random.randint(0, 99) / 4
    return {
        "regulation": "kunkefa-2017-55",
        "category": space.category,
        "operator": {
            "name": space.operator, "uscc": uscc, "kind": "enterprise", "independent_legal_person": True,
            "registered_division": division, "registered_address": f"云南省昆明市{random.choice(STEMS)}路{random.randint(1, 300)}号",
            "established_on": (started - timedelta(days=400)).isoformat(), "legal_representative": person(random),
            "contact_name": person(random), "contact_phone": f"138{random.randint(10000000, 99999999)}",
            "contact_email": "contact@example.invalid",
        },
        "makerspace": {
            "name": space.name, "authority": space.authority,
            "address": f"昆明市{random.choice(STEMS)}路{random.randint(1, 300)}号{random.randint(1, 20)}楼",
            "opened_on": started.isoformat(), "theme": f"{space.theme}：为团队和初创企业提供场地、辅导、对接与试制服务。",
            "website": None,
        },
        "lead": {"name": person(random), "background": f"从事{space.theme}相关工作{random.randint(6, 20)}年，曾主持孵化载体运营。"},
        "staff": [
            {"name": person(random), "duty": duty, "education": random.choice(("本科", "硕士")), "full_time": True}
            for duty in ("运营总监", "项目经理", "企业服务专员", "活动策划")
        ],
        "mentors": [
            {
                "name": person(random), "employer": f"{random.choice(STEMS)}{random.choice(('大学', '投资有限公司', '律师事务所'))}",
                "speciality": random.choice(("投融资", "法务", "市场", "技术")),
                "engaged_from": (on - timedelta(days=random.randint(200, 600))).isoformat(), "engaged_to": None,
            }
            for _ in range(random.randint(4, 7))
        ],
        "finance": {"standardised": True, "run_by_host": technical, "separate_accounts": True if technical else None},
        "premises": [
            {
                "address": f"昆明市{random.choice(STEMS)}路{random.randint(1, 300)}号", "tenure": "leased", "commercial": False,
                "area_m2": area, "public_office_m2": round(area * random.uniform(0.14, 0.28), 2),
                "lease_from": (started - timedelta(days=30)).isoformat(), "lease_to": (started + timedelta(days=5 * 365 + 2)).isoformat(),
            }
        ],
        "facilities": ["office_equipment", "meeting_room", "negotiation_room"],
        "tenants": list(tenants(random, space.category, on, random.randint(12, 18))),
        "lawful_operation_declared": True,
        "services": ["business_registration", "legal", "finance", "policy"],
        "events": list(events(random, on)),
        "capital_partners": [
            {
                "kind": random.choice(("angel", "venture", "bank")), "name": f"昆明{random.choice(STEMS)}创业投资有限公司",
                "agreement_from": (on - timedelta(days=300)).isoformat(), "agreement_to": (on + timedelta(days=700)).isoformat(),
            }
        ],
        "fund": {"exists": random.random() < 0.3, "size_wan": None},
        "technical": technical_block(random) if technical else empty_technical(),
    }  # fmt: skip


def tenants(random: Random, category: str, on: date, count: int) -> Iterator[dict[str, Any]]:
    """Teams and small enterprises in fields that count."""
    for number in range(count):
        trade, industry = random.choice(TRADES)
        team = number % 5 == 4
        moved = on - timedelta(days=random.randint(60, 420))
        yield {
            "kind": "team" if team else "enterprise",
            "name": f"{random.choice(STEMS)}{trade}{'创业团队' if team else '有限公司'}{number + 1 if team else ''}"
            if team
            else f"昆明{random.choice(STEMS)}{random.choice(STEMS)}{trade}有限公司",
            "uscc": None if team else code_for(random), "industry": industry, "employees": random.randint(2, 9),
            "revenue_wan": random.randint(5, 45), "assets_wan": random.randint(10, 90), "moved_in_on": moved.isoformat(),
            "agreement_to": (on + timedelta(days=random.randint(200, 900))).isoformat(),
            "hightech_field": random.choice(FIELDS[category]), "kunming_188": random.choice(INDUSTRIES_188),
        }  # fmt: skip


def events(random: Random, on: date) -> Iterator[dict[str, Any]]:
    """Two events in each of the four quarters back from ``on``."""
    kinds = (("roadshow", "项目路演"), ("salon", "创业沙龙"), ("training", "创业训练营"), ("competition", "创新挑战赛"))
    for quarter in range(4):
        for days in (20, 55):
            kind, title = random.choice(kinds)
            held = on - timedelta(days=quarter * 91 + days)
            yield {
                "kind": kind,
                "on": held.isoformat(),
                "title": f"第{quarter * 2 + (days > 50) + 1}期{title}",
                "participants": random.randint(18, 90),
            }


def technical_block(random: Random) -> dict[str, Any]:
    """What article 6 asks for."""
    return {
        "low_cost_open_office": True,
        "equipment": [
            {"name": name, "purpose": purpose, "value_wan": random.randint(8, 120)}
            for name, purpose in (
                ("三坐标测量机", "检验检测"),
                ("贴片试制线", "中试生产"),
                ("工业级三维打印机", "模型加工"),
            )
        ],
        "professional_services": ["r_and_d", "testing", "model_making", "pilot_production"],
        "workshop_m2": random.choice((300, 500, 800)),
        "platform": {"url": "https://platform.example.invalid/", "shared_resources": True},
    }


def empty_technical() -> dict[str, Any]:
    """The block of article 6 for a makerspace to which it does not apply."""
    return {
        "low_cost_open_office": None, "equipment": [], "professional_services": [], "workshop_m2": None,
        "platform": {"url": None, "shared_resources": None},
    }  # fmt: skip
