"""Asks every address as everybody, once, and keeps what was not as predicted: statuses, reasons, traces, leaks."""

import json
import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zlib import crc32

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse, SimpleCookie
from django.test import Client, override_settings
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
HIDDEN = 6  # so many of the objects that are not there for a role it asks for at each address
ACT = ("act", "deed")  # what the last part of an address is called that names one
ODD = ("PUT", "PATCH", "DELETE")
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
        with override_settings(**own), transaction.atomic():
            world = build()
            with clock.pretending(NOW):
                yield world
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)


class Asking:
    """One browser, and one program, for everybody in turn."""

    def __init__(self, world: World, *, enforce_csrf_checks: bool = False) -> None:
        self.world = world
        self.browser = Client(raise_request_exception=False, enforce_csrf_checks=enforce_csrf_checks)

    def ask(self, row: Row, role: str, method: str, path: str, *, as_script: bool = False) -> HttpResponse:
        """The answer, to our own script where no page need be drawn; neither session nor rate limit outlives the request."""
        cache.clear()
        self.browser.cookies = SimpleCookie()
        bearer, session = self.world.bearers.get(role), self.world.sessions.get(role)
        if session and not row.is_api:
            self.browser.cookies[settings.SESSION_COOKIE_NAME] = session
        headers = {"Authorization": f"Bearer {bearer}"} if bearer and row.is_api else {}
        headers |= {"X-Requested-By": "script"} if as_script else {}
        kind = "application/json" if row.is_api else "application/x-www-form-urlencoded"
        return self.browser.generic(method, path, headers=headers, content_type=kind)  # type: ignore[return-value]


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


class Sweep:
    """One pass over the addresses."""

    def __init__(self, world: World) -> None:
        self.world, self.found = world, Swept()
        self.asking, self.strict = Asking(world), Asking(world, enforce_csrf_checks=True)
        self.before = trace()  # so it is before every cell, for each is undone

    def over(self, names: Iterable[str]) -> Swept:
        """Everything about these addresses."""
        for name in names:
            row = ROWS[name]
            targets = list(row.targets(self.world))
            for method in row.methods():
                self._cells(row, method, targets)
            self._once(row, targets)
        return self.found

    def _cells(self, row: Row, method: str, targets: list[Target]) -> None:
        """Every role on every object; what is not there last, so that the rest can be held against it."""
        for role in ROLES:
            hidden: dict[str, dict[str, str]] = defaultdict(dict)
            for target in _worth_asking(row, role, method, targets):
                path = address_of(row, target)
                want = row.predict(role, method, target, path)
                status, text = self._cell(row, role, method, target, path, want)
                if status == 404 == min(want.statuses):
                    group = target.within if target.within and role in HOLDS and sees(role, target.within) else ""
                    hidden[f"{group}?{target.query}"][f"{target.label or target.kwargs}"] = _without_place(text, path)
            for texts in hidden.values():
                if len(set(texts.values())) > 1:
                    told = {label: f"{len(text)} characters" for label, text in texts.items()}
                    self.found.unlike[row.name].append(f"{role} {method}: {told}")

    def _cell(self, row: Row, role: str, method: str, target: Target, path: str, want: Want) -> tuple[int, str]:
        self.found.cells[row.name] += 1
        with undone():
            drawn, rows = row.is_api or role in DRAWN or not want.statuses <= REFUSED, touched()
            response = self.asking.ask(row, role, method, path, as_script=not drawn)
            text = body_of(response)
            written = response.status_code >= 400 and touched() != rows and trace() != self.before
        where = f"{role} {method} {target.label or dict(target.kwargs)}"
        if response.status_code not in want.statuses or want.says not in text:
            self.found.wrong[row.name].append(f"{where}: {_told(response, text)}, not {_wanted(want)}")
        if written:
            self.found.written[row.name].append(where)
        self._look_for_leaks(row, role, where, text.replace(path, ""))
        return response.status_code, text

    def _look_for_leaks(self, row: Row, role: str, where: str, text: str) -> None:
        for secret in SECRETS:
            if secret.text in text:
                self.found.shown[secret.name].add(role)
                if not secret.may_read(role, row.name):
                    self.found.leaks[secret.name].append(f"{row.name}: {where}")

    def _once(self, row: Row, targets: list[Target]) -> None:
        """As somebody for whom the address opens: other methods, and a form that was forged."""
        if row.policy == SHUT:
            return
        roles = ROLES if row.policy == PUBLIC else SIGNED_IN
        chosen = next(((role, target) for target in targets for role in roles if self._opens(row, role, target)), None)
        if chosen is None:
            return
        role, target = chosen
        path = address_of(row, target)
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

    def _opens(self, row: Row, role: str, target: Target) -> bool:
        """Whether nothing stands in the way of that role there."""
        good = row.get or row.post
        path = address_of(row, target)
        return bool(row.predict(role, "GET" if row.get else "POST", target, path).statuses & good)


def _worth_asking(row: Row, role: str, method: str, targets: list[Target]) -> list[Target]:
    """All objects; fewer where they are not looked at, so that together everybody still asks for all of them in turn.

    One where the object is not even looked for, or the page is not that role's; of what is not there for that role one act
    of each object, and some objects in turn, others at each address. A public page is much the same for all.
    """
    turn, taken = ROLES.index(role), row.get if method == "GET" else row.post
    if not taken or row.policy == SHUT:
        return targets[:1] if role in FEW else []
    if row.policy == PUBLIC:
        return targets if role in FEW else targets[:1]
    if role in SIGNED_OUT:
        return targets[:1]
    if isinstance(row.policy, frozenset) and not row.policy & HOLDS[role]:
        return [targets[turn % len(targets)]]
    there: list[Target] = []
    hidden: dict[tuple[object, ...], list[Target]] = defaultdict(list)
    for target in targets:
        if min(row.predict(role, method, target, address_of(row, target)).statuses) == 404:
            hidden[_object(target)].append(target)
        else:
            there.append(target)
    absent = [found[turn % len(found)] for found in hidden.values()]
    first = (turn * HIDDEN + crc32(row.name.encode())) % len(absent) if absent else 0
    return [*there, *(absent[first:] + absent[:first])[:HIDDEN]]


def _object(target: Target) -> tuple[object, ...]:
    """What an address names besides the act."""
    named = tuple(sorted((key, str(value)) for key, value in target.kwargs.items() if key not in ACT))
    return (*named, target.query)


def _without_place(text: str, path: str) -> str:
    """What a refusal says, whatever its address is and whichever tokens its forms bear."""
    bare = path.partition("?")[0]
    for spelt in (bare, quote(bare), quote(bare, safe="")):
        text = text.replace(spelt, "@")
    return RANDOM.sub("", text)


def _told(response: HttpResponse, text: str) -> str:
    """What came, in a line that helps."""
    reason = re.search(r'k-refusal-text">([^<]*)', text) or re.search(r'"text": ?"([^"]*)', text)
    error = getattr(response, "exc_info", None)
    return f"{response.status_code} {reason.group(1)[:120] if reason else ''}{f' {error[1]!r}'[:200] if error else ''}"


def _wanted(want: Want) -> str:
    return f"{'/'.join(map(str, sorted(want.statuses)))} {want.says}".strip()
