"""工信部联企业〔2011〕300号: whether an enterprise is large, medium, small or micro, in 16 industries."""

from enum import StrEnum
from typing import NamedTuple


class Size(StrEnum):
    """Size of an enterprise."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


LARGE, MEDIUM, SMALL, MICRO = Size.LARGE, Size.MEDIUM, Size.SMALL, Size.MICRO
LABELS = {LARGE: "大型", MEDIUM: "中型", SMALL: "小型", MICRO: "微型"}


class Limits(NamedTuple):
    """Limits on employees (people), revenue and assets (万元); 0 where the industry does not look at it."""

    employees: int = 0
    revenue: int = 0
    assets: int = 0


class Row(NamedTuple):
    """One industry: below any of ``large`` it is not large; at all of ``medium`` or ``small`` it is that."""

    label: str
    large: Limits
    medium: Limits
    small: Limits


L = Limits
INDUSTRIES = {
    "agriculture": Row("农、林、牧、渔业", L(revenue=20000), L(revenue=500), L(revenue=50)),
    "industry": Row("工业", L(1000, 40000), L(300, 2000), L(20, 300)),
    "construction": Row(
        "建筑业", L(revenue=80000, assets=80000), L(revenue=6000, assets=5000), L(revenue=300, assets=300)
    ),
    "wholesale": Row("批发业", L(200, 40000), L(20, 5000), L(5, 1000)),
    "retail": Row("零售业", L(300, 20000), L(50, 500), L(10, 100)),
    "transport": Row("交通运输业", L(1000, 30000), L(300, 3000), L(20, 200)),
    "warehousing": Row("仓储业", L(200, 30000), L(100, 1000), L(20, 100)),
    "post": Row("邮政业", L(1000, 30000), L(300, 2000), L(20, 100)),
    "accommodation": Row("住宿业", L(300, 10000), L(100, 2000), L(10, 100)),
    "catering": Row("餐饮业", L(300, 10000), L(100, 2000), L(10, 100)),
    "information_transmission": Row("信息传输业", L(2000, 100000), L(100, 1000), L(10, 100)),
    "software": Row("软件和信息技术服务业", L(300, 10000), L(100, 1000), L(10, 50)),
    "real_estate": Row(
        "房地产开发经营", L(revenue=200000, assets=10000), L(revenue=1000, assets=5000), L(revenue=100, assets=2000)
    ),
    "property_management": Row("物业管理", L(1000, 5000), L(300, 1000), L(100, 500)),
    "leasing_business_services": Row("租赁和商务服务业", L(300, assets=120000), L(100, assets=8000), L(10, assets=100)),
    "other": Row("其他未列明行业", L(300), L(100), L(10)),
}


def size_of(industry: str, employees: int | None, revenue_wan: float | None, assets_wan: float | None) -> Size:
    """The size of an enterprise; an indicator that is not given counts as 0. KeyError for an unknown industry."""
    _, large, medium, small = INDUSTRIES[industry]
    given = (employees or 0, revenue_wan or 0, assets_wan or 0)
    # Every limit of a smaller class lies at or below that of the next: whoever misses one misses those above too.
    if not _reaches(given, small):
        return MICRO
    if not _reaches(given, medium):
        return SMALL
    return LARGE if _reaches(given, large) else MEDIUM


def _reaches(given: tuple[float, float, float], limits: Limits) -> bool:
    """Whether all the industry's indicators are at their limits or above."""
    return given[0] >= limits[0] and given[1] >= limits[1] and given[2] >= limits[2]
