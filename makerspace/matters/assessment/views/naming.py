"""What is wrong with many figures at once, named with the way to each; shared by the report and its check."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from makerspace.regulation.kunkefa_2017_55.report_fields import FIELDS, GROUPS, field

FEW = 3  # so many empty items of a group are named one by one
LABELS = {row.code: row.label for row in FIELDS}


def summary(
    faults: Mapping[str, str], places: Mapping[str, str], gaps: Iterable[str], what: str
) -> list[tuple[str, str]]:
    """Every fault with the way to its input; where many items of a group are empty, the group in one line.

    ``places``: the inputs of faults that are no figure's; ``what`` is said of an empty group with its count put in.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for code in gaps:
        groups[field(code).group].append(code)
    many = {group: codes for group, codes in groups.items() if len(codes) > FEW and faults.keys() >= set(codes)}
    within = {code: group for group, codes in many.items() for code in codes}
    lines = []
    for name, text in faults.items():
        group = within.get(name, "")
        if not group:
            lines.append(_told(name, text, places))
        elif name == many[group][0]:
            lines.append((f"f-{name}", f"{GROUPS[group]}：{what.format(len(many[group]))}"))
    return lines


def _told(name: str, text: str, places: Mapping[str, str]) -> tuple[str, str]:
    """The input of a fault, and what is wrong, by the name of the figure."""
    label = LABELS.get(name, "")
    if label:
        return f"f-{name}", text if label in text else f"{label}：{text}"
    return places.get(name, ""), text
