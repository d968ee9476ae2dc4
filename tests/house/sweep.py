"""Asks every address as everybody, once, and keeps what was not as predicted: statuses, reasons, traces, leaks."""

import json
import logging
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from zlib import crc32

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.http import HttpResponse, SimpleCookie
from django.template import Template
from django.test import RequestFactory, override_settings
from django.test.utils import _TestState
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from makerspace.office.record import clock
from tests.house import (
    rows_accounts,
    rows_api,
    rows_assessment,
    rows_funding,
    rows_matters,
    rows_portal,
    rows_recognition,
    rows_registers,
    rows_review,
    rows_schemes,
    rows_settings,
    rows_support,
    rows_work,
)
from tests.house.rows_secrets import SECRETS
from tests.house.rows_shape import PUBLIC, SHUT, Row, Target, Want
from tests.house.world import HOLDS, NOW, ROLES, SIGNED_IN, SIGNED_OUT, World, build, sees, undone

TABLES = (
    rows_portal, rows_work, rows_matters, rows_review, rows_registers, rows_api, rows_accounts, rows_funding,
    rows_support,
    rows_schemes, rows_assessment, rows_recognition, rows_settings,
)  # fmt: skip
ROWS: dict[str, Row] = {row.name: row for table in TABLES for row in table.ROWS}
WRITTEN = (
    "record_entry", "notify_message", "casework_answer", "casework_assignment", "people_apitoken", "people_invitation",
    "people_membership", "people_post", "documents_paper", "application_material", "registers_revision", "registers_makerspace", "review_objection", "review_publicnotice",
    "support_booking", "support_session", "support_facility", "support_offer", "support_closure", "support_keeper",
    "support_mentor", "support_calendarkey", "support_financing", "support_listing", "support_tenantlink",
    "assessment_scheme", "assessment_schemechange", "assessment_yearfigures",
    "assessment_report", "assessment_filed", "assessment_checking", "assessment_assessment", "recognition_change", "casework_settingline",
)  # fmt: skip
TRACE = f"SELECT {', '.join(f'(SELECT COUNT(*) FROM {table})' for table in WRITTEN)}, SUM(version) FROM casework_case"
FEW = ("anonymous", "applicant_other", "bureau", "leader")
DRAWN = (*FEW, "district_other", "expert_stub", "agency")  # for these a refusal is drawn as a page
REFUSED = frozenset({403, 404})
ALL = {"GET": 200, "POST": 403}  # the answers for which every role asks at all objects
SOME = 2  # so many objects each role asks for of those that answer it alike, except for pages that it may read
ODD = ("PUT", "PATCH", "DELETE")
Place = tuple[Target, str]  # an object, and its address


class Cell(NamedTuple):
    """Who asks for what, where it is, and what must come back."""

    role: str
    target: Target
    path: str
    want: Want


RANDOM = re.compile(r'(name="csrfmiddlewaretoken" value=)"\w+"|(data-csrf=)"\w+"')


def patterns(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every address below a resolver, by its full name."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found, (*spaces, found.namespace) if found.namespace else spaces)
        else:
            yield ":".join((*spaces, found.name or str(found.pattern))), found


ADDRESSES = dict(patterns(get_resolver()))


@contextmanager
def standing_city(folder: Path) -> Iterator[World]:
    """The city with files and cache of its own, at eleven on its day; gone afterwards."""
    own = {
        "STORAGE_ROOT": folder / "files", "PREVIEW_ROOT": folder / "previews", "CLOCK_FILE": folder / "clock",
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "city"}},
    }  # fmt: skip
    logging.disable(logging.CRITICAL)  # thousands of refusals are no news here
    try:
        with override_settings(**own), _unwatched(), transaction.atomic():
            world = build()
            with clock.pretending(NOW):
                yield world
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def _unwatched() -> Iterator[None]:
    """Templates drawn as they are for people, without the copy of every context that tests may ask for."""
    watched, Template._render = Template._render, _TestState.saved_data.template_render
    try:
        yield
    finally:
        Template._render = watched


class Asking:
    """One browser, and one program, for everybody in turn: all of the house's middleware, and no more than that."""

    def __init__(self, world: World, *, enforce_csrf_checks: bool = False) -> None:
        self.world, self.unchecked = world, not enforce_csrf_checks
        self.browser, self.door = RequestFactory(), BaseHandler()
        self.door.load_middleware()
        self.error: BaseException | None = None
        got_request_exception.connect(self._note)

    def ask(self, row: Row, role: str, method: str, path: str, *, as_script: bool = False) -> HttpResponse:
        """The answer, to our own script where no page need be drawn; neither session nor rate limit outlives the request."""
        cache.clear()
        self.browser.cookies, self.error = SimpleCookie(), None
        bearer, session = self.world.bearers.get(role), self.world.sessions.get(role)
        if session and not row.is_api:
            self.browser.cookies[settings.SESSION_COOKIE_NAME] = session
        headers = {"Authorization": f"Bearer {bearer}"} if bearer and row.is_api else {}
        headers |= {"X-Requested-By": "script"} if as_script else {}
        kind = "application/json" if row.is_api else "application/x-www-form-urlencoded"
        request: Any = self.browser.generic(method, path, headers=headers, content_type=kind)
        request._dont_enforce_csrf_checks = self.unchecked
        response: Any = self.door.get_response(request)
        if response.streaming:
            response.streaming_content = list(response.streaming_content)
        response.close()
        response.error = self.error
        return response  # type: ignore[no-any-return]

    def _note(self, **_: object) -> None:
        self.error = sys.exc_info()[1]


def address_of(row: Row, target: Target) -> str:
    """Where that object is asked for."""
    path = reverse(row.name, kwargs=dict(target.kwargs))
    return f"{path}?{target.query}" if target.query else path


def body_of(response: HttpResponse) -> str:
    """All that left the house, the place one is sent to as well."""
    streamed: Any = response
    content = b"".join(streamed.streaming_content) if response.streaming else response.content
    text = content.decode("utf-8", "replace")
    if response.get("Content-Type") == "application/json" and response.status_code >= 400:
        text = json.dumps(json.loads(text), ensure_ascii=False)
    return text + response.get("Location", "")


def trace() -> tuple[Any, ...]:
    """How much has been written so far."""
    with connection.cursor() as cursor:
        cursor.execute(TRACE)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def touched() -> int:
    """How many rows this connection to SQLite ever wrote, undone or not; known without a query."""
    connection.ensure_connection()
    rows: int = connection.connection.total_changes
    return rows


class Most(NamedTuple):
    """How many queries a page asked at the most, for whom and about what."""

    queries: int
    role: str
    target: Target

    def told(self) -> tuple[int, str]:
        """The number, and of whom; by both it is compared, so that it does not matter who asked first."""
        return self.queries, f"{self.role} {self.target.label} {self.target.query}"


NONE = Most(-1, "nobody", Target({}))


@contextmanager
def counted(seen: list[str]) -> Iterator[None]:
    """The queries within the block, those of the session and the person among them; where a transaction begins or ends is none."""

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "SAVEPOINT" not in sql:
            seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield


@dataclass
class Swept:
    """What was found, by the name of the address."""

    cells: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    written: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unlike: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    leaks: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    odd: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unforged: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    queries: dict[str, dict[str, Most]] = field(default_factory=lambda: defaultdict(dict))


class Sweep:
    """One pass over the addresses."""

    def __init__(self, world: World) -> None:
        self.world, self.found = world, Swept()
        self.asking, self.strict = Asking(world), Asking(world, enforce_csrf_checks=True)
        self.warm: set[str] = set()
        self.before = trace()  # so it is before every cell, for each is undone

    def over(self, names: Iterable[str]) -> Swept:
        """Everything about these addresses."""
        for name in names:
            row = ROWS[name]
            targets = [(target, address_of(row, target)) for target in row.targets(self.world)]
            for method in row.methods():
                self._cells(row, method, targets)
            self._once(row, targets)
        return self.found

    def _cells(self, row: Row, method: str, targets: list[Place]) -> None:
        """Each role's share of the objects; what is not there must look the same, whatever it is and whoever asks."""
        hidden: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        met: set[tuple[str, frozenset[int]]] = set()
        for cell in _dealt(row, method, targets):
            role, target, path, want = cell
            drawn = row.is_api or not want.statuses <= REFUSED or _drawn_as_page(cell, met)
            status, text = self._cell(row, method, cell, as_script=not drawn)
            if status == 404 == min(want.statuses):
                reader = role if drawn and not row.is_api else ""  # a page bears the name of whoever has signed in
                alike = hidden[reader, _within(role, target), target.query]
                alike[f"{role} {target.label or target.kwargs}"] = _without_place(text, path)
        for texts in hidden.values():
            if len(set(texts.values())) > 1:
                told = {label: f"{len(text)} characters" for label, text in texts.items()}
                self.found.unlike[row.name].append(f"{method}: {told}")

    def _cell(self, row: Row, method: str, cell: Cell, *, as_script: bool) -> tuple[int, str]:
        role, target, path, want = cell
        self.found.cells[row.name] += 1
        if method == "GET" and row.name not in self.warm and 200 in want.statuses:
            self._warm(row, cell)
        seen: list[str] = []
        with undone(), counted(seen):
            rows = touched()
            response = self.asking.ask(row, role, method, path, as_script=as_script)
            text = body_of(response)
            written = response.status_code >= 400 and touched() != rows and trace() != self.before
        where = f"{role} {method} {target.label or dict(target.kwargs)}"
        if response.status_code not in want.statuses or want.says not in text:
            self.found.wrong[row.name].append(f"{where}: {_told(response, text)}, not {_wanted(want)}")
        if written:
            self.found.written[row.name].append(where)
        self._look_for_leaks(row, role, where, text.replace(path, ""))
        if method == "GET" and response.status_code == 200:
            most = self.found.queries[row.name]
            most[role] = max(most.get(role, NONE), Most(len(seen), role, target), key=Most.told)
        return response.status_code, text

    def _warm(self, row: Row, cell: Cell) -> None:
        """What a process asks once for all is not asked of the page."""
        self.warm.add(row.name)
        with undone():
            self.asking.ask(row, cell.role, "GET", cell.path)

    def _look_for_leaks(self, row: Row, role: str, where: str, text: str) -> None:
        for secret in SECRETS:
            if secret.text in text:
                self.found.shown[secret.name].add(role)
                if not secret.may_read(role, row.name):
                    self.found.leaks[secret.name].append(f"{row.name}: {where}")

    def _once(self, row: Row, targets: list[Place]) -> None:
        """As somebody for whom the address opens: other methods, and a form that was forged."""
        if row.policy == SHUT:
            return
        roles = ROLES if row.policy == PUBLIC else SIGNED_IN
        chosen = next(((role, place[1]) for place in targets for role in roles if _opens(row, role, place)), None)
        if chosen is None:
            return
        role, path = chosen
        for method in ODD:
            with undone():
                status = self.asking.ask(row, role, method, path).status_code
            if status != 405 and not (row.answers_all and row.is_api and status < 500) and method not in row.takes:
                self.found.odd[row.name].append(f"{role} {method}: {status}")
        if row.post and not row.is_api:
            with undone():
                status = self.strict.ask(row, role, "POST", path).status_code
            if (status == 403) == row.csrf_exempt:
                self.found.unforged[row.name].append(f"{role}: {status}")


def _opens(row: Row, role: str, place: Place) -> bool:
    """Whether nothing stands in the way of that role there."""
    return bool(row.predict(role, "GET" if row.get else "POST", *place).statuses & (row.get or row.post))


def _drawn_as_page(cell: Cell, met: set[tuple[str, frozenset[int]]]) -> bool:
    """Whether a refusal is drawn for people: for some roles, once each; what is not there always, to hold it against."""
    kind = (cell.role, cell.want.statuses)
    first = kind not in met
    met.add(kind)
    return cell.role in DRAWN and (first or 404 in cell.want.statuses)


def _dealt(row: Row, method: str, targets: list[Place]) -> list[Cell]:
    """What is asked, so that everybody meets every answer that is theirs, and every object gives every answer it has.

    What a page shows is asked for by all who may read it, and what one may not do is tried by all who may not. Of any
    other answer each role has its share of the objects; what that leaves out is asked for by the first whom it answers so.
    """
    at = crc32(f"{row.name} {method}".encode()) % len(targets)  # others first at each address
    turned = targets[at:] + targets[:at]
    asked: Counter[tuple[str, Want]] = Counter()
    dealt: list[Cell] = []
    every: list[Cell] = []
    for role in ROLES:
        alike: dict[tuple[frozenset[int], str], list[Cell]] = defaultdict(list)
        for target, path in _worth_asking(row, role, method, turned):
            want = row.predict(role, method, target, path)
            group = _within(role, target) if want.statuses == {404} else ""
            alike[want.statuses, group].append(Cell(role, target, path, want))
        for (statuses, _), cells in alike.items():
            share = cells if min(statuses) == ALL[method] else _share(cells, asked)
            asked.update((cell.path, cell.want) for cell in share)
            dealt += share
            every += cells
    for cell in every:
        if not asked[cell.path, cell.want]:
            asked[cell.path, cell.want] += 1
            dealt.append(cell)
    return dealt


def _share(cells: list[Cell], asked: Counter[tuple[str, Want]]) -> list[Cell]:
    """Some that were asked for the least so far; one that is not there for anybody, if there is one, among them."""
    turn = sorted(cells, key=lambda cell: asked[cell.path, cell.want])
    first = min(turn, key=lambda cell: not cell.target.absent)
    return [first, *(cell for cell in turn if cell is not first)][:SOME]


def _worth_asking(row: Row, role: str, method: str, targets: list[Place]) -> list[Place]:
    """All objects; one that is there, or none, where they are not looked at. A public page is much the same for all."""
    taken = row.get if method == "GET" else row.post
    there = [place for place in targets if not place[0].absent] or targets
    one = [there[ROLES.index(role) % len(there)]]
    if not taken or row.policy == SHUT:
        return one if role in FEW else []
    if row.policy == PUBLIC:
        return targets if role in FEW else one
    outside = role in SIGNED_OUT or (isinstance(row.policy, frozenset) and not row.policy & HOLDS[role])
    return one if outside else targets


def _within(role: str, target: Target) -> str:
    """The case that somebody sees and looks into; what is not there in it is told otherwise than that it is not there."""
    return target.within if target.within and role in HOLDS and sees(role, target.within) else ""


def _without_place(text: str, path: str) -> str:
    """What a refusal says, whatever its address is and whichever tokens its forms bear."""
    bare = path.partition("?")[0]
    for spelt in (bare, quote(bare), quote(bare, safe="")):
        text = text.replace(spelt, "@")
    return RANDOM.sub("", text)


def _told(response: HttpResponse, text: str) -> str:
    """What came, in a line that helps."""
    reason = re.search(r'k-refusal-text">([^<]*)', text) or re.search(r'"text": ?"([^"]*)', text)
    error = getattr(response, "error", None)
    return f"{response.status_code} {reason.group(1)[:120] if reason else ''}{f' {error!r}'[:200] if error else ''}"


def _wanted(want: Want) -> str:
    return f"{'/'.join(map(str, sorted(want.statuses)))} {want.says}".strip()
