"""What is wrong with an input, field by field, in Chinese: for dossiers and for the input of every act."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

MOST = 500
SHOWN = 60
CONTROL_FREE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
PATTERNS: Mapping[str, str] = {
    CONTROL_FREE: "不得含有控制字符",
    r"^[0-9a-f]{64}$": "应为文件的摘要（SHA-256，64位小写十六进制字符）",
    r"^[A-Z]{2}-[0-9]{4}-[0-9]{4,}$": "应为办件编号，格式如KM-2026-0001",
}

NUMBER, WHOLE, TEXT = "应为数字", "应为整数", "应为文字"
DAY, INSTANT, TIME = (
    "应为日期，格式如2024-05-01",
    "应为日期和时间，格式如2024-05-01T09:00:00+08:00",
    "应为时间，格式如09:00",
)
ROWS, BLOCK, CODE, WRONG = "应为列表", "应为一组字段", "应为可识别的代码", "取值不符合要求"

# One line for each of pydantic's error types; {…} are taken from the error's context.
EXPECTED: Mapping[str, str] = {
    "no_such_attribute": "没有这个字段",
    "json_invalid": "应为有效的JSON（UTF-8编码）",
    "json_type": "应为JSON文本",
    "needs_python_object": WRONG,
    "recursion_loop": "不得循环引用自身",
    "recursion_depth_exceeded": "层次过深",
    "missing": "必须填写",
    "missing_sentinel_error": "必须填写",
    "ellipsis_error": WRONG,
    "frozen_field": "不得修改",
    "frozen_instance": "不得修改",
    "extra_forbidden": "没有这个字段，请删去或核对字段名",
    "invalid_key": "字段名应为文字",
    "get_attribute_error": "无法读取",
    "model_type": BLOCK,
    "model_attributes_type": BLOCK,
    "dataclass_type": BLOCK,
    "dataclass_exact_type": BLOCK,
    "named_tuple_type": ROWS,
    "default_factory_not_called": WRONG,
    "none_required": "应为空",
    "greater_than": "应大于{gt}",
    "greater_than_equal": "应不小于{ge}",
    "less_than": "应小于{lt}",
    "less_than_equal": "应不大于{le}",
    "multiple_of": "应为{multiple_of}的倍数",
    "finite_number": "应为有限的数字",
    "too_short": "至少应有{min_length}项",
    "too_long": "至多{max_length}项",
    "iterable_type": ROWS,
    "iteration_error": ROWS,
    "string_type": TEXT,
    "string_unicode": "应为UTF-8编码的文字",
    "string_too_short": "至少{min_length}个字",
    "string_too_long": "至多{max_length}个字",
    "string_pattern_mismatch": "格式应为{pattern}",
    "string_not_ascii": "应只含英文字母、数字和符号",
    "enum": "应为下列之一：{expected}",
    "dict_type": BLOCK,
    "frozen_dict_type": BLOCK,
    "ordered_dict_type": BLOCK,
    "counter_type": BLOCK,
    "mapping_type": BLOCK,
    "list_type": ROWS,
    "deque_type": ROWS,
    "tuple_type": ROWS,
    "set_type": ROWS,
    "frozen_set_type": ROWS,
    "set_item_not_hashable": WRONG,
    "bool_type": "应为是（true）或否（false）",
    "bool_parsing": "应为是（true）或否（false）",
    "int_type": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": "数字过长",
    "int_from_float": WHOLE,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "bytes_type": "应为文件内容",
    "bytes_too_short": "至少{min_length}字节",
    "bytes_too_long": "至多{max_length}字节",
    "bytes_invalid_encoding": "编码无法识别",
    "value_error": WRONG,
    "assertion_error": WRONG,
    "literal_error": "应为下列之一：{expected}",
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "date_past": "应为过去的日期",
    "date_future": "应为将来的日期",
    "time_type": TIME,
    "time_parsing": TIME,
    "datetime_type": INSTANT,
    "datetime_parsing": INSTANT,
    "datetime_object_invalid": INSTANT,
    "datetime_from_date_parsing": INSTANT,
    "datetime_past": "应为过去的时间",
    "datetime_future": "应为将来的时间",
    "timezone_naive": "不应带时区",
    "timezone_aware": "应带时区，如+08:00",
    "timezone_offset": "时区不符，应为北京时间+08:00",
    "time_delta_type": "应为时长",
    "time_delta_parsing": "应为时长",
    "is_instance_of": WRONG,
    "is_subclass_of": WRONG,
    "callable_type": WRONG,
    "union_tag_invalid": CODE,
    "union_tag_not_found": "缺少种类",
    "arguments_type": WRONG,
    "missing_argument": "必须填写",
    "unexpected_keyword_argument": "没有这个字段，请删去或核对字段名",
    "missing_keyword_only_argument": "必须填写",
    "unexpected_positional_argument": WRONG,
    "missing_positional_only_argument": "必须填写",
    "multiple_argument_values": WRONG,
    "url_type": "应为网址",
    "url_parsing": "应为网址，如https://example.cn",
    "url_syntax_violation": "应为网址，如https://example.cn",
    "url_too_long": "网址至多{max_length}个字符",
    "url_scheme": "网址应以 http:// 或 https:// 开头",
    "uuid_type": "应为编号",
    "uuid_parsing": "应为编号",
    "uuid_version": "应为编号",
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "decimal_max_digits": "至多{max_digits}位数字",
    "decimal_max_places": "至多{decimal_places}位小数",
    "decimal_whole_digits": "整数部分至多{whole_digits}位",
    "fraction_type": NUMBER,
    "fraction_parsing": NUMBER,
    "complex_type": NUMBER,
    "complex_str_parsing": NUMBER,
}
ABSENT = frozenset({"missing", "missing_argument", "missing_keyword_only_argument", "missing_positional_only_argument"})


class Fault(NamedTuple):
    """One wrong field: where (``tenants[3].industry``), what was found, what was expected."""

    path: str
    found: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.path}：" if self.path else ""
        return f"{where}{self.expected}" + (f"（收到{self.found}）" if self.found else "")


class Faults(ValueError):
    """An input that cannot be taken, with all its faults at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(map(str, self.faults)))


def faults_of(error: ValidationError) -> list[Fault]:
    """All faults that pydantic found; beyond 500, one more that says how many were left out."""
    details = error.errors(include_url=False)
    faults = [_fault(detail) for detail in details[:MOST]]
    if len(details) > MOST:
        faults.append(Fault("", "", f"另有{len(details) - MOST}处错误未列出，请先改正以上各处"))
    return faults


def _fault(detail: ErrorDetails) -> Fault:
    """One fault out of pydantic's account of it."""
    absent = detail["type"] in ABSENT
    # A text that is no JSON may be long and says nothing about a field.
    shown = "" if absent or detail["type"] == "json_invalid" else shown_value(detail["input"])
    return Fault(_path(detail), shown, _expected(detail))


def _path(detail: ErrorDetails) -> str:
    """Where it is wrong. A key that nobody knows is the sender's own word and always named, however it is spelt."""
    if detail["type"] != "extra_forbidden":
        return path_of(detail["loc"])
    *above, key = detail["loc"]
    return ".".join(filter(None, (path_of(tuple(above)), _cut(str(key)) or "“”")))


def path_of(loc: tuple[int | str, ...]) -> str:
    """``("tenants", 3, "industry")`` as ``tenants[3].industry``; what pydantic adds for its own use is dropped."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.endswith("]"):
            path += f".{_cut(part)}" if path else _cut(part)
    return path


def _expected(detail: ErrorDetails) -> str:
    """What should have stood there."""
    kind, context = detail["type"], detail.get("ctx", {})
    if context.get("pattern") in PATTERNS:
        return PATTERNS[context["pattern"]]
    if kind in ("value_error", "assertion_error") and str(context.get("error", "")):
        return str(context["error"])
    # Types of our own (PydanticCustomError) bring their Chinese text along.
    template = EXPECTED.get(kind)
    return template.format_map(_readable(context)) if template else detail["msg"]


def _readable(context: Mapping[str, Any]) -> dict[str, Any]:
    """The error's context, with pydantic's English list of codes made Chinese."""
    return {
        key: value.replace("'", "").replace(" or ", "、").replace(", ", "、") if key == "expected" else value
        for key, value in context.items()
    }


def shown_value(value: object) -> str:
    """A found value, short enough for one line."""
    if isinstance(value, Mapping):
        return "一组字段"
    if isinstance(value, list | tuple | set | frozenset):
        return f"{len(value)}项的列表"
    if isinstance(value, str):
        return f"“{_cut(value)}”"
    names = {None: "空值null", True: "true", False: "false"}
    return names[value] if value is None or isinstance(value, bool) else _cut(str(value))


def _cut(text: str) -> str:
    """A text without line breaks and not longer than fits."""
    line = "".join(char if char.isprintable() else "�" for char in text[:SHOWN])
    return line + ("…" if len(text) > SHOWN else "")
