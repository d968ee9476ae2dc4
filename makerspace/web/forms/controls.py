"""The fields as HTML. Built in Python: a dossier's table has hundreds of them, too many for nested templates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from makerspace.office.documents import uploads
from makerspace.web.forms.shapes import Shape

NEW = "-new"  # what a field of files is called where its page sends new ones
RADIO_MOST = 5
TABLE_MOST = 5
SHORT = frozenset({"date", "time", "instant", "int", "decimal"})
TYPES = {"date": "date", "time": "time", "instant": "datetime-local", "password": "password"}


class Choice(NamedTuple):
    """One option, and whether it is chosen."""

    value: str
    label: str
    chosen: bool


@dataclass
class Row:
    """One row of a repeated group."""

    index: int | str
    fields: list["Field"]
    error: str = ""

    @property
    def number(self) -> int | str:
        """As people count: from one."""
        return self.index + 1 if isinstance(self.index, int) else ""


@dataclass
class Field:
    """One field as a page shows it."""

    shape: Shape
    name: str
    kind: str
    value: Any
    choices: Sequence[Choice] = ()
    error: str = ""
    mark_optional: bool = False
    fields: list["Field"] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    blank: Row | None = None

    @property
    def id(self) -> str:
        """The id that an error links to."""
        return f"id_{self.name}"

    @property
    def label(self) -> str:
        """What the field is called."""
        return self.shape.label

    @property
    def hint(self) -> str:
        """What helps to fill it in."""
        return self.shape.hint

    @property
    def optional(self) -> bool:
        """Whether the label says 选填; a choice that begins with one of its options is always made."""
        made = self.kind == "choice" and not self.shape.nullable and bool(self.shape.default)
        return self.mark_optional and not self.shape.required and not made

    @property
    def is_set(self) -> bool:
        """Whether the field consists of several inputs under one legend."""
        return self.kind in {"checks", "tri", "files"} or (self.kind == "choice" and self._few)

    @property
    def as_table(self) -> bool:
        """Whether rows stand in a table; wide ones stand as cards."""
        asked = self.shape.extra.get("rows_as")
        wide = any(child.kind in {"textarea", "group", "rows", "checks"} for child in self.shape.children)
        return asked == "table" or (asked is None and len(self.shape.children) <= TABLE_MOST and not wide)

    @property
    def wide(self) -> bool:
        """Whether it takes two columns of a card: a name in full is not to be cut off."""
        return bool(self.shape.extra.get("wide"))

    @property
    def next_index(self) -> int:
        """The index of the next new row."""
        return max((row.index for row in self.rows if isinstance(row.index, int)), default=-1) + 1

    @property
    def control(self) -> SafeString:
        """The input itself, without label, hint and error."""
        match self.kind:
            case "textarea" | "lines":
                return self._textarea()
            case "bool":
                return self._tick()
            case "choice" | "tri" if self.is_set:
                return self._set("radio")
            case "choice":
                return self._select()
            case "checks":
                return self._set("checkbox")
            case "files":
                return self._files()
            case "hidden":
                return format_html('<input type="hidden" name="{}" value="{}">', self.name, self.value)
        return self._input()

    @property
    def cell(self) -> SafeString:
        """The input as it stands in a row, where there is room for a select but not for radio buttons."""
        return self._select() if self.kind in {"choice", "tri"} else self.control

    @property
    def _few(self) -> bool:
        return len(self.choices) <= RADIO_MOST and self.shape.extra.get("widget") != "select"

    def _shared(self) -> SafeString:
        """What every control carries: id, name, what describes it, whether it is wrong."""
        notes = [f"{self.id}-{note}" for note, there in (("hint", self.hint), ("error", self.error)) if there]
        return format_html(
            'id="{}" name="{}"{}{}{}',
            self.id,
            self.name,
            format_html(' aria-describedby="{}"', " ".join(notes)) if notes else "",
            SafeString(' aria-invalid="true"') if self.error else "",
            SafeString(' aria-required="true"') if self.shape.required else "",
        )

    def _input(self) -> SafeString:
        html = format_html(
            '<input type="{}" {} value="{}"{}{}>',
            TYPES.get(self.kind, "text"),
            self._shared(),
            "" if self.kind == "password" else self.value,
            self._limits(),
            SafeString(' class="k-short"') if self.kind in SHORT and not self.shape.unit else "",
        )
        if not self.shape.unit:
            return html
        return format_html(
            '<span class="k-with-unit k-short">{}<span class="k-unit">{}</span></span>', html, self.shape.unit
        )

    def _limits(self) -> SafeString:
        """What a browser may know beforehand; the model says the rest."""
        if self.kind == "int" and self.shape.base == "int":
            return SafeString(' inputmode="numeric" autocomplete="off"')
        if self.kind in {"int", "decimal"}:
            return SafeString(' inputmode="decimal" autocomplete="off"')
        longest = self.shape.limits.get("max_length") if self.shape.base == "text" else None
        return format_html(' maxlength="{}"', longest) if longest else SafeString("")

    def _textarea(self) -> SafeString:
        rows = self.shape.extra.get("rows", 5)
        return format_html('<textarea {} rows="{}"{}>\n{}</textarea>', self._shared(), rows, self._limits(), self.value)

    def _tick(self) -> SafeString:
        return format_html(
            '<label class="k-choice"><input type="checkbox" {} value="on"{}><span>{}</span></label>',
            self._shared(),
            _checked(self.value == "on"),
            self.label,
        )

    def _select(self) -> SafeString:
        empty = SafeString('<option value="">请选择</option>') if self._needs_empty else ""
        options = format_html_join(
            "", '<option value="{}"{}>{}</option>', ((c.value, _selected(c.chosen), c.label) for c in self.choices)
        )
        return format_html("<select {}>{}{}</select>", self._shared(), empty, options)

    @property
    def _needs_empty(self) -> bool:
        return self.shape.nullable or self.shape.required or not self.value

    def _files(self) -> SafeString:
        """What was uploaded already, as ticks, and the control that adds to it."""
        kept = self._set("checkbox") if self.choices else ""
        notes = format_html(' aria-describedby="{}-hint"', self.id) if self.hint else ""
        return format_html(
            '{}<input type="file" class="k-upload" multiple accept="{}" id="{}" name="{}" aria-label="选择要上传的文件"'
            ' data-max-mb="{}" data-max-whole-mb="{}"{}><p class="k-hint">{}</p>',
            kept, uploads.ACCEPT, f"{self.id}_new" if kept else self.id, f"{self.name}{NEW}", *uploads.most_mb(), notes,
            uploads.limits_text(),
        )  # fmt: skip

    def _set(self, kind: str) -> SafeString:
        """Radio buttons or ticks; the first bears the field's id, so that an error can lead to it."""
        items = format_html_join(
            "",
            '<label class="k-choice"><input type="{}" id="{}" name="{}" value="{}"{}><span>{}</span></label>',
            (
                (kind, self.id if place == 0 else f"{self.id}_{place}", self.name, c.value, _checked(c.chosen), c.label)
                for place, c in enumerate(self.choices)
            ),
        )
        down = " k-down" if any(len(choice.label) > 12 for choice in self.choices) else ""
        required = SafeString(" data-required") if self.shape.required else ""
        return format_html('<div class="k-choices{}"{}>{}</div>', down, required, items)


def _checked(chosen: bool) -> SafeString:
    return SafeString(" checked" if chosen else "")


def _selected(chosen: bool) -> SafeString:
    return SafeString(" selected" if chosen else "")
