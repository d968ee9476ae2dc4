"""Why something is refused: one value that becomes one page, or one JSON answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

STATUS = {
    "bad_request": 400, "unauthenticated": 401, "not_yours": 403, "not_found": 404, "wrong_stage": 409,
    "changed_meanwhile": 412, "too_large": 413, "wrong_type": 415, "invalid": 422, "precondition_required": 428,
    "slow_down": 429,
}  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """Code of the contract, plain text, the articles it rests on, and what is wrong field by field."""

    code: str
    text: str
    articles: tuple[int, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return STATUS[self.code]

    @property
    def article(self) -> str:
        """The articles as text, such as 第十条、第十一条; empty where none applies."""
        return cited(self.articles)


class Refused(Exception):
    """An act was not taken; nothing has changed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def refused(code: str, text: str, *articles: int, fields: Mapping[str, str] | None = None) -> Refused:
    """A ``Refused`` ready to be raised."""
    return Refused(Refusal(code, text, articles, fields or {}))


_DIGITS = "零一二三四五六七八九"


def cited(articles: tuple[int, ...]) -> str:
    """第十条、第十一条."""
    return "、".join(f"第{_chinese(number)}条" for number in articles)


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")
