"""The form of a model: bound to what was sent, it either holds the model or says, field by field, what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from json import dumps
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from makerspace.regulation.faults import ABSENT, Fault, faults_of
from makerspace.web.forms.binding import Given, Typed, kept_rows, payload, read, typed_of
from makerspace.web.forms.controls import Choice, Field, Row
from makerspace.web.forms.shapes import Shape, Value, shapes_of

M = TypeVar("M", bound=BaseModel)
Options = Mapping[str, Sequence[tuple[Any, str]]]
YES_NO = (("true", "是"), ("false", "否"))
ADD, DROP = "_add", "_drop"
MONEY_SAYS = {"wan": "应为数字，单位万元，如12.5，最多6位小数", "fen": "应为数字，单位元，如1200.50，最多2位小数"}
SENTENCES = frozenset({"value_error", "assertion_error"})


class SchemaForm(Generic[M]):
    """``model`` as a form.

    ``data``: what was sent (unbound where None); ``initial``: values shown before, a model or a mapping;
    ``options``: choices by field, ``{"rank": [(1, "第一")], "tenants.kind": […]}`` (a row's field is named after its
    list); ``errors``: what an operation refused, ``{field: text}``. After ``is_valid()`` the model stands in ``cleaned``.
    Rows are added and taken away without scripts too: such a submission is never valid and never wrong.
    """

    def __init__(
        self,
        model: type[M],
        data: Given | None = None,
        *,
        initial: Mapping[str, Any] | BaseModel | None = None,
        options: Options | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> None:
        self.model = model
        self.data = data
        self.options = dict(options or {})
        self.shapes = tuple(self._offered(shape) for shape in shapes_of(model))
        self.typed: Typed = read(self.shapes, data) if data is not None else typed_of(self.shapes, initial)
        self.editing_rows = data is not None and self._edit_rows(data)
        self.errors: dict[str, str] = {}
        self.cleaned: M
        if data is not None and not self.editing_rows:
            self._validate()
        for name, text in (errors or {}).items():
            self.errors.setdefault(_html_name(name), text)

    @property
    def is_bound(self) -> bool:
        """Whether something was sent."""
        return self.data is not None

    def is_valid(self) -> bool:
        """Whether the model stands in ``cleaned``."""
        return self.is_bound and not self.editing_rows and not self.errors

    def add_errors(self, errors: Mapping[str, str]) -> None:
        """What an operation refused, field by field; ``""`` is the form as a whole."""
        for name, text in errors.items():
            self.errors[_html_name(name)] = text

    @property
    def takes_files(self) -> bool:
        """Whether the page sends files with it."""
        return any(shape.kind == "files" for shape in self.shapes)

    @property
    def fields(self) -> list[Field]:
        """Every field as the page shows it, hidden ones included."""
        return self._fields(self.shapes, self.typed, "")

    @property
    def summary(self) -> list[tuple[str, str]]:
        """All that is wrong, each with the id of its field, in the order of the page; errors of no field come first."""
        places = {field.name: place for field, place in _placed(self.fields)}
        whole = [("", text) for name, text in self.errors.items() if name not in places]
        return whole + [
            (f"id_{name}", place + self.errors[name]) for name, place in places.items() if name in self.errors
        ]

    # -- options and rows ----------------------------------------------------------------------------------------------
    def _offered(self, shape: Shape, path: str = "") -> Shape:
        """The shape with the choices that were handed in; a text or a list with choices becomes a choice."""
        here = f"{path}{shape.name}"
        children = tuple(self._offered(child, f"{here}.") for child in shape.children)
        offered = self.options.get(here)
        if offered is None:
            return replace(shape, children=children) if children != shape.children else shape
        kind = shape.kind if shape.kind == "files" else "checks" if shape.kind in {"lines", "checks"} else "choice"
        return replace(shape, kind=kind, options=tuple(offered))

    def _edit_rows(self, data: Given) -> bool:
        """Add or drop a row as a button asked; whether one did."""
        added, dropped = str(data.get(ADD, "")), str(data.get(DROP, ""))
        name, _, index = dropped.rpartition("-")
        for html, shape, holder in _row_lists(self.shapes, self.typed, ""):
            rows: dict[int, Typed] = holder[shape.name]
            if html == added:
                rows[max(rows, default=-1) + 1] = typed_of(shape.children, None)
            if html == name and index.isdecimal():
                rows.pop(int(index), None)
        return bool(added or dropped)

    # -- validation ----------------------------------------------------------------------------------------------------
    def _validate(self) -> None:
        try:
            self.cleaned = self.model.model_validate_json(dumps(payload(self.shapes, self.typed)))
        except ValidationError as error:
            for detail, fault in zip(error.errors(include_url=False), faults_of(error), strict=False):
                name, shape = self._place(detail["loc"])
                self.errors.setdefault(name, _sentence(detail, fault, shape))

    def _place(self, loc: tuple[int | str, ...]) -> tuple[str, Shape | None]:
        """The HTML name of the field at that place of the model; rows left empty were not counted there."""
        names: list[str] = []
        shape: Shape | None = None
        within, typed = self.shapes, self.typed
        rest = list(loc)
        while rest:
            part = rest.pop(0)
            found = next((each for each in within if each.name == part), None)
            if found is None:
                break
            shape = found
            names.append(found.name)
            inner = typed[found.name]
            if found.kind == "rows" and rest and isinstance(rest[0], int):
                index = kept_rows(found, inner)[int(rest.pop(0))]
                names.append(str(index))
                inner = inner[index]
            if not found.children or not isinstance(inner, dict):
                break
            within, typed = found.children, inner
        return "-".join(names), shape

    # -- what the page shows -------------------------------------------------------------------------------------------
    def _fields(self, shapes: Sequence[Shape], typed: Typed, prefix: str) -> list[Field]:
        mark = any(shape.required for shape in shapes) and not all(shape.required for shape in shapes)
        return [self._field(shape, typed[shape.name], prefix + shape.name, mark) for shape in shapes]

    def _field(self, shape: Shape, typed: Value, name: str, mark_optional: bool) -> Field:
        field = Field(shape, name, shape.kind, typed, error=self.errors.get(name, ""), mark_optional=mark_optional)
        if shape.kind == "group":
            field.fields = self._fields(shape.children, typed, f"{name}-")
        elif shape.kind == "rows":
            new = typed_of(shape.children, None)
            shown = typed or {0: new}
            field.rows = [self._row(shape, row, name, index) for index, row in shown.items()]
            field.blank = self._row(shape, new, name, "__i__")
        elif shape.kind in {"choice", "checks", "tri", "files"}:
            chosen = typed if isinstance(typed, list) else [typed]
            offered = YES_NO if shape.kind == "tri" else shape.options
            field.choices = [Choice(str(value), str(label), str(value) in chosen) for value, label in offered]
        return field

    def _row(self, shape: Shape, typed: Typed, name: str, index: int | str) -> Row:
        return Row(
            index, self._fields(shape.children, typed, f"{name}-{index}-"), self.errors.get(f"{name}-{index}", "")
        )


def _row_lists(shapes: Sequence[Shape], typed: Typed, prefix: str) -> list[tuple[str, Shape, Typed]]:
    """Every list of rows: its HTML name, its shape, and where its rows are held."""
    found: list[tuple[str, Shape, Typed]] = []
    for shape in shapes:
        if shape.kind == "rows":
            found.append((prefix + shape.name, shape, typed))
        elif shape.kind == "group":
            found += _row_lists(shape.children, typed[shape.name], f"{prefix}{shape.name}-")
    return found


def _placed(fields: Sequence[Field], place: str = "") -> list[tuple[Field, str]]:
    """Every field in the order of the page, with the row in which it stands, such as 第3项（场地面积）：."""
    found: list[tuple[Field, str]] = []
    for field in fields:
        found += [(field, place), *_placed(field.fields, place)]
        for row in field.rows:
            found += _placed(row.fields, f"{place}第{row.number}项{_about(field, row)}：")
    return found


def _about(field: Field, row: Row) -> str:
    """What a row is about, where the choices of the rows' first fields tell the rows apart."""
    chosen = [_chosen(each) for each in field.rows]
    return f"（{_chosen(row)}）" if all(chosen) and len(set(chosen)) == len(chosen) else ""


def _chosen(row: Row) -> str:
    return next((choice.label for choice in row.fields[0].choices if choice.chosen), "") if row.fields else ""


def _html_name(path: str) -> str:
    """``tenants[3].industry`` as ``tenants-3-industry``."""
    return path.replace("[", "-").replace("].", "-").replace("]", "").replace(".", "-")


def _sentence(detail: ErrorDetails, fault: Fault, shape: Shape | None) -> str:
    """What is wrong, as a sentence that names the field."""
    if shape is None or detail["type"] in SENTENCES:
        return fault.expected
    verb = "上传" if shape.kind == "files" else "选择" if shape.kind in {"choice", "tri", "checks"} else "填写"
    if detail["type"] in ABSENT and shape.base == "bool" and shape.options:
        return f"请选择“{'”或“'.join(label for _, label in shape.options)}”"
    if detail["type"] in ABSENT:
        return f"请选择“{shape.label}”是或否" if shape.kind == "tri" else f"请{verb}{shape.label}"
    if shape.kind == "choice":
        return f"请在列出的选项中选择{shape.label}"
    if detail["type"] == "too_short":
        return f"{shape.label}：请至少{verb}{shape.limits.get('min_length', 1)}项"
    if detail["type"] == "string_pattern_mismatch":
        return f"{shape.label}的格式不对" + (f"，{shape.hint}" if shape.hint else "")
    if detail["type"].startswith("date"):
        return f"{shape.label}应为日期，例如2026年3月16日"
    if shape.base in MONEY_SAYS and detail["type"].startswith("int_"):
        return f"{shape.label}{MONEY_SAYS[shape.base]}"
    return f"{shape.label}{fault.expected}"
