"""How fast the law answers on one core: conditions alone, and a line of ``selfcheck --lines`` from text to text.

Run as ``python -m bench.conditions``; exit 1 when a figure of the issue is missed.
"""

import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from time import process_time

from makerspace.regulation import by_id
from makerspace.regulation.answers import answer_line

ON = date(2026, 3, 16)
REGULATION = by_id("kunkefa-2017-55")
DISTINCT, REPEATS = 500, 10
ROUNDS = DISTINCT * REPEATS


def dossier(number: int, tenants: int = 20) -> dict[str, object]:
    """A comprehensive dossier of 20 tenants; every third one is short of something, so that gaps are computed too."""
    short = number % 3 == 0
    return {
        "regulation": REGULATION.id,
        "category": "comprehensive",
        "operator": {
            "name": f"第{number}运营有限公司", "uscc": "91530102MA6K4WQX0C", "kind": "enterprise",
            "independent_legal_person": True, "registered_division": "530102", "registered_address": "五华区学府路1号",
            "established_on": "2015-03-01", "legal_representative": "张三", "contact_name": "李四",
            "contact_phone": "0871-60000000", "contact_email": "contact@example.cn",
        },
        "makerspace": {
            "name": f"第{number}众创空间", "authority": "wuhua", "address": "五华区学府路1号",
            "opened_on": "2025-12-01" if short else "2017-03-01", "theme": "数字创意", "website": None,
        },
        "lead": {"name": "王五", "background": "十年孵化经验"},
        "staff": [{"name": f"员工{row}", "duty": "运营", "education": "本科", "full_time": True} for row in range(5)],
        "mentors": [
            {"name": f"导师{row}", "employer": "某大学", "speciality": "软件", "engaged_from": "2024-01-01", "engaged_to": None}
            for row in range(1 if short else 4)
        ],
        "finance": {"standardised": True, "run_by_host": False, "separate_accounts": None},
        "premises": [
            {
                "address": "五华区学府路1号", "tenure": "leased", "commercial": False, "area_m2": 260.5 if short else 420.0,
                "public_office_m2": 20.0 if short else 60.0, "lease_from": "2024-01-01", "lease_to": "2026-12-31",
            }
        ],
        "facilities": ["office_equipment", "meeting_room", "negotiation_room"],
        "tenants": [
            {
                "kind": "enterprise", "name": f"第{row}企业", "uscc": f"91530102MA6K4WQ{row:03}", "industry": "software",
                "employees": 12, "revenue_wan": 300, "assets_wan": 150, "moved_in_on": "2024-05-01",
                "agreement_to": "2025-04-30" if short and row > 7 else "2027-04-30", "hightech_field": "101",
                "kunming_188": "电子信息",
            }
            for row in range(tenants)
        ],
        "lawful_operation_declared": True,
        "services": ["business_registration", "legal", "finance", "policy"],
        "events": [
            {"kind": "roadshow", "on": day, "title": "路演", "participants": 40}
            for day in ("2025-05-20", "2025-08-20", "2025-11-20", "2026-02-20")
        ],
        "capital_partners": [{"kind": "angel", "name": "某基金", "agreement_from": "2024-01-01", "agreement_to": None}],
        "fund": {"exists": False, "size_wan": None},
    }  # fmt: skip


def exhaust(answers: Iterable[object]) -> None:
    """Takes each answer and lets it go, as a caller does who writes it out."""
    for _ in answers:
        pass


def rate(work: Callable[[], object], items: int) -> float:
    """Items a second of processor time: the best of three goes, the machine being shared."""
    times = []
    for _ in range(3):
        start = process_time()
        work()
        times.append(process_time() - start)
    return items / min(times)


def main() -> int:
    """Measures and prints; 1 when too slow."""
    lines = [json.dumps(dossier(number), ensure_ascii=False).encode() for number in range(DISTINCT)]
    parsed = [REGULATION.parse(line) for line in lines]
    lines, parsed = lines * REPEATS, parsed * REPEATS
    figures = {
        "conditions": (rate(lambda: exhaust(REGULATION.check(one, ON) for one in parsed), ROUNDS), 10_000),
        "lines": (rate(lambda: exhaust(answer_line(REGULATION, line, ON) for line in lines), ROUNDS), 2_000),
    }
    for name, (reached, wanted) in figures.items():
        sys.stdout.write(f"{name:12} {reached:10,.0f} dossiers/s  (to reach {wanted:,})\n")
    return int(any(reached < wanted for reached, wanted in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
