"""人民币大写: an amount in fen as cheques and payment sheets write it (支付结算办法 附一)."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
MYRIADS = ("", "万", "亿")
MOST = 10**12 * 100  # fen


def in_yuan(fen: int) -> str:
    """100,000.00元, exactly, however large: no float on the way."""
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02}元"


def capitals(fen: int) -> str:
    """人民币壹拾万元整. Raises ValueError below zero and from a trillion yuan on."""
    if not 0 <= fen < MOST:
        raise ValueError("no amount that can be written out")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    whole = f"{_whole(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"人民币{whole}整"
    tenths = f"{DIGITS[jiao]}角" if jiao else "零" if whole else ""
    return f"人民币{whole}{tenths}{f'{DIGITS[cents]}分' if cents else '整'}"


def _whole(yuan: int) -> str:
    """Groups of four digits; a group that lacks its thousands is joined by one 零, and so is what follows empty groups."""
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    said, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = True
            continue
        joined = "零" if said and (gap or group < 1000) else ""
        said += f"{joined}{_group(group)}{MYRIADS[place]}"
        gap = False
    return said or "零"


def _group(group: int) -> str:
    """One to 9999, zeros within said once, zeros behind not at all."""
    said, gap = "", False
    for place in (3, 2, 1, 0):
        digit = group // 10**place % 10
        if not digit:
            gap = bool(said)
            continue
        said += f"{'零' if gap else ''}{DIGITS[digit]}{PLACES[place]}"
        gap = False
    return said
