"""人民币大写 against the rules of 支付结算办法 附一."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makerspace.matters.funding.capitals import DIGITS, MOST, capitals

TABLE = [
    (0, "人民币零元整"), (1, "人民币壹分"), (10, "人民币壹角整"), (11, "人民币壹角壹分"), (100, "人民币壹元整"),
    (105, "人民币壹元零伍分"), (110, "人民币壹元壹角整"), (32_504, "人民币叁佰贰拾伍元零肆分"), (1_000, "人民币壹拾元整"),
    (10_100, "人民币壹佰零壹元整"), (100_100, "人民币壹仟零壹元整"), (101_000, "人民币壹仟零壹拾元整"),
    (140_950, "人民币壹仟肆佰零玖元伍角整"), (600_714, "人民币陆仟零柒元壹角肆分"), (10_000_000, "人民币壹拾万元整"),
    (10_000_500, "人民币壹拾万零伍元整"), (10_700_053, "人民币壹拾万柒仟元零伍角叁分".replace("零伍角", "伍角")),
    (16_803_200, "人民币壹拾陆万捌仟零叁拾贰元整"), (100_000_000_00, "人民币壹亿元整"), (100_000_001_00, "人民币壹亿零壹元整"),
    (1_000_010_000_00, "人民币壹拾亿零壹万元整"), (1_234_567_890_123, "人民币壹佰贰拾叁亿肆仟伍佰陆拾柒万捌仟玖佰零壹元贰角叁分"),
]  # fmt: skip
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(("fen", "said"), TABLE)
def test_amounts_are_written_as_on_a_cheque(fen: int, said: str) -> None:
    assert capitals(fen) == said


def read(said: str) -> int:
    """Back into fen, by a way of its own."""
    whole, _, rest = said.removeprefix("人民币").rpartition("元")
    total = section = digit = 0
    for sign in whole:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in PLACES:
            section, digit = section + digit * PLACES[sign], 0
        else:
            total, section, digit = total + (section + digit) * {"万": 10**4, "亿": 10**8}[sign], 0, 0
    fen = (total + section + digit) * 100
    for sign, unit in (("角", 10), ("分", 1)):
        if sign in rest:
            fen += DIGITS.index(rest[rest.index(sign) - 1]) * unit
    return fen


@given(st.integers(min_value=0, max_value=MOST - 1))
def test_what_was_written_reads_back_as_the_same_amount(fen: int) -> None:
    assert read(capitals(fen)) == fen


@given(st.integers(min_value=0, max_value=MOST - 1))
def test_zeros_never_stand_in_a_row(fen: int) -> None:
    assert "零零" not in capitals(fen)


@pytest.mark.parametrize("fen", [-1, MOST])
def test_what_cannot_be_written_is_refused(fen: int) -> None:
    with pytest.raises(ValueError, match="no amount"):
        capitals(fen)
