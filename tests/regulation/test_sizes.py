"""工信部联企业〔2011〕300号, industry by industry, at and below each limit."""

import pytest

from makerspace.regulation.sizes import INDUSTRIES, LABELS, LARGE, MEDIUM, MICRO, SMALL, Size, size_of


def below(limits: tuple[int, ...], place: int) -> list[float]:
    """The limits with one indicator just short."""
    return [limit - 0.01 if index == place else limit for index, limit in enumerate(limits)]


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_at_all_limits_an_enterprise_is_of_that_size_and_below_any_it_is_not(industry: str) -> None:
    row = INDUSTRIES[industry]

    for limits, size, smaller in ((row.large, LARGE, MEDIUM), (row.medium, MEDIUM, SMALL), (row.small, SMALL, MICRO)):
        assert size_of(industry, *limits) is size
        for place in (place for place, limit in enumerate(limits) if limit):
            short = below(limits, place)
            assert size_of(industry, int(short[0]), short[1], short[2]) is smaller


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_limits_rise_with_the_size_and_look_at_the_same_indicators(industry: str) -> None:
    row = INDUSTRIES[industry]

    for small, medium, large in zip(row.small, row.medium, row.large, strict=True):
        assert small < medium < large or small == medium == large == 0


@pytest.mark.parametrize(
    ("case", "industry", "employees", "revenue", "assets", "size"),
    [
        ("软件业12人300万", "software", 12, 300, 150, SMALL),
        ("软件业9人，营业收入再高也是微型", "software", 9, 9000, 0, MICRO),
        ("软件业300人但收入9999万，不是大型", "software", 300, 9999, 0, MEDIUM),
        ("没有账目的初创企业是微型", "software", None, None, None, MICRO),
        ("农业只看收入", "agriculture", 10000, 499, 0, SMALL),
        ("建筑业要收入资产都达到", "construction", 0, 6000, 4999, SMALL),
        ("租赁和商务服务看人数和资产", "leasing_business_services", 100, 0, 8000, MEDIUM),
        ("其他行业只看人数", "other", 300, 0, 0, LARGE),
        ("房地产资产达到但收入不足", "real_estate", 0, 99, 20000, MICRO),
    ],
)
def test_sizes_as_a_statistician_reads_them(
    case: str, industry: str, employees: int | None, revenue: float | None, assets: float | None, size: Size
) -> None:
    assert size_of(industry, employees, revenue, assets) is size, case


def test_there_are_sixteen_industries_and_every_size_has_a_name() -> None:
    assert len(INDUSTRIES) == 16
    assert set(LABELS) == set(Size)
