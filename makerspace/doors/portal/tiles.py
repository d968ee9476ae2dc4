"""The map of the registry: the 19 authorities of article 4 as tiles, roughly as they lie; how many titles each has."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

# The place of each tile is in portal.css (p-tile-…); here the short name that fits into it.
SHORT = {
    "luquan": "禄劝县", "liangqu": "“两区”", "dongchuan": "东川区", "fumin": "富民县", "xundian": "寻甸县", "wuhua": "五华区",
    "panlong": "盘龙区", "songming": "嵩明县", "anning": "安宁市", "hightech_zone": "高新区", "guandu": "官渡区",
    "economic_zone": "经开区", "yiliang": "宜良县", "xishan": "西山区", "dianchi_resort": "度假区", "chenggong": "呈贡区",
    "yangzonghai": "阳宗海", "shilin": "石林县", "jinning": "晋宁区",
}  # fmt: skip
SHADES = 4


class Tile(NamedTuple):
    """One authority: ``shade`` is 0 where it has none, else 1 to 4 by its share of the greatest number."""

    code: str
    name: str
    full: str
    titles: int
    shade: int
    url: str
    chosen: bool


def tiles(
    counts: Mapping[str, int], names: Mapping[str, str], chosen: str, address: Callable[[str | None], str]
) -> list[Tile]:
    """The tiles in the order of the authorities; the chosen one leads back to all."""
    most = max((counts.get(code, 0) for code in SHORT), default=0)
    return [
        Tile(
            code, SHORT[code], names[code], counts.get(code, 0), -(-counts.get(code, 0) * SHADES // most) if most else 0,
            address(None if code == chosen else code), code == chosen,
        )
        for code in names
        if code in SHORT
    ]  # fmt: skip
