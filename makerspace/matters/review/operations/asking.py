"""What several acts ask of what they are given: reasons on known grounds, photos of this case, days that have been."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from makerspace.matters.application.models import Material
from makerspace.matters.review.queries.conditions import Row, as_points
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import refused
from makerspace.regulation.counting import chinese


def ask_reasons(
    rows: Sequence[Row], reasons: Sequence[Mapping[str, str]], article: int, *, field: str = "reasons"
) -> list[dict[str, str]]:
    """The reasons with their articles; at least one, each on a known ground and in words."""
    known, wrong = {row.id for row in rows}, {}
    if not reasons:
        wrong[field] = "请至少写明一项理由，并指明对应的条件"
    for at, reason in enumerate(reasons):
        if reason["condition"] not in known:
            wrong[f"{field}[{at}].condition"] = "不是本类别的条件"
        if not reason["text"].strip():
            wrong[f"{field}[{at}].text"] = "请写明理由"
    if wrong:
        raise refused("invalid", "不予办理须逐项说明理由。", article, fields=wrong)
    return as_points(rows, reasons)


def ask_day_past(day: date, on: date, article: int, *, field: str, label: str) -> None:
    """A day on which something was done can't lie ahead."""
    if day > on:
        raise refused("invalid", f"{label}不能晚于今天。", article, fields={field: f"{label}不能晚于{chinese(on)}"})


def ask_day_since(day: date, since: date, article: int, *, field: str, label: str, event: str) -> None:
    """Nor can it lie before what it follows."""
    if day < since:
        told = f"{label}不能早于{event}之日（{chinese(since)}）"
        raise refused("invalid", f"{told}。", article, fields={field: told})


def ask_photos(case: Case, photos: Iterable[str], article: int) -> list[str]:
    """The digests of photos that were uploaded for this case, each once."""
    digests = list(dict.fromkeys(photos))
    if not digests:
        return []
    held = set(
        Material.objects.filter(case=case, kind=Material.Kind.SITE_PHOTO, removed_at=None, blob__in=digests)
        .values_list("blob_id", flat=True)
    )  # fmt: skip
    unknown = [digest for digest in digests if digest not in held]
    if unknown:
        raise refused(
            "invalid",
            "有照片不属于本件，请重新上传。",
            article,
            fields={"photos": "未找到：" + "、".join(d[:12] for d in unknown)},
        )
    return digests


def ask_text(text: str, article: int, *, field: str, label: str) -> str:
    """A text that may not be blank."""
    if not text.strip():
        raise refused("invalid", f"请写明{label}。", article, fields={field: f"请写明{label}"})
    return text.strip()
