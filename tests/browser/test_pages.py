"""Every main page at both widths, as the person it is for: nothing sticks out, one heading, Chinese, no error, axe."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from pytest_django import DjangoDbBlocker

from makerspace.doors.training.personas import PASSWORD, PERSONAS
from makerspace.matters.recognition.models import Certificate
from makerspace.matters.review.models import Objection, Score, Seat
from makerspace.matters.support.models import Booking, Financing, Letter, Listing, Session
from makerspace.office.casework.models import Case
from tests.browser.conftest import DESKTOP, PHONE, Desk, Town, axe, axe_at, open_town
from tests.cities import NOW, copy_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = {persona.username for persona in PERSONAS}
RULES = ("answer", "overflow", "heading", "order", "title", "words", "axe")
# What may stand in Latin letters: kinds of files, sizes, algorithms, standards, a key, numbers and codes, addresses.
ALLOWED = re.compile(
    r"""
    https?://\S+ | [\w.+*-]+@[\w.-]+ | \.(pdf|ofd|docx|xlsx|jpe?g|png|csv|json)
    | (?<![A-Za-z])(PDF|OFD|CSV|XLSX|DOCX|JPE?G|PNG|SHA-?256|SM3|API|JSON|MB|KB|GB/T|FIPS|Cookie|Tab)(?![A-Za-z])
    | (?<![A-Za-z])[a-z]+[0-9](?![A-Za-z])  # a user name of the demo
    | (?<![A-Za-z])[0-9A-Z]+(-[0-9A-Z]+)+(?![A-Za-z]) | (?<![A-Z])[0-9A-HJ-NPQRTUWXY]{18}(?![A-Z])
    """,
    re.VERBOSE,
)
# Seals, digests, check codes, user names, and what programmers read.
CODES = ".k-seal, .p-digest, .p-code, pre, code, [data-label='用户名']"
FOR_PROGRAMMERS = "/api/v1/docs"
# Of axe's rules those that may be broken at one width and kept at another.
BY_WIDTH = ("scrollable-region-focusable", "button-name", "link-name", "label", "aria-hidden-focus")
# Colours, by far the slowest, are looked at apart: once for each text that looks different from all texts on earlier pages.
COLOURS = "color-contrast"
# What contrast comes from: a text's own colour and letters, and all that lies behind it; the first such text on the page.
TINTS = """() => {
    const behind = new Map([[null, '']]), tints = new Map();
    const laid = (element, style) => {
        if (!behind.has(element)) {
            const {backgroundColor, backgroundImage, opacity, position} = style || getComputedStyle(element);
            const own = [backgroundColor, backgroundImage, opacity, position].join(' ');
            const plain = own === 'rgba(0, 0, 0, 0) none 1 static';
            behind.set(element, laid(element.parentElement) + (plain ? '' : own + ';'));
        }
        return behind.get(element);
    };
    for (const element of document.body.querySelectorAll('*')) {
        const spoken = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!spoken && !element.matches('input, textarea, select') || element.closest(':disabled')) continue;
        if (!element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const tint = [style.color, style.fontSize, style.fontWeight, style.textShadow, laid(element, style)].join('|');
        if (!tints.has(tint)) tints.set(tint, element);
    }
    window.tints = tints;
    return [...tints.keys()];
}"""
WORD = re.compile(r"[A-Za-z]{2,}")
# What there is to know of a page that is open, asked at once. ``order``: in one column, whether what stands beside is
# reached by the keys in another order than by the eye (WCAG 2.4.3).
SEEN = """codes => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    headings: [...document.querySelectorAll('h1')].filter(each => each.checkVisibility()).length,
    order: [...document.querySelectorAll('.k-with-side')].some(frame => {
        const [first, second] = [...frame.children].map(part => part.getBoundingClientRect());
        return first.height && second.height && second.bottom <= first.top;
    }),
    title: document.title,
    text: document.body.innerText,
    codes: [...document.querySelectorAll(codes)].map(each => each.innerText),
})"""


class Fault(NamedTuple):
    """What is wrong, where, and at which width."""

    rule: str
    page: str
    width: int
    what: str


# -- who looks at what -------------------------------------------------------------------------------------------------
def pages() -> Iterator[tuple[str, list[str]]]:
    """The people of the demo city (none: a visitor) and the pages that are theirs."""
    yield "", visitor()
    yield "applicant1", applicant()
    for username in ("district_wuhua", "district_panlong"):
        yield username, district(username)
    yield (
        "district_chenggong",
        ["/work/assessment/forecast/", *_years("district_check", "report/check/", "?tab=report")],
    )
    yield reporter(), _years("reporting", "report/", "?tab=score")
    yield "bureau1", bureau()
    yield "bureau3", ["/work/", "/work/objections/", *objection()]
    yield "leader1", ["/work/", *_cases("decision", ""), "/work/announcements/", "/work/announcements/new/"]
    yield "leader1", ["/work/funding/", "/work/funding/batches/", "/work/funding/batches/ZF-2026-001/"]
    yield "leader1", ["/work/settings/", "/work/settings/TERM_LETTER/", "/work/settings/proposals/2/"]
    yield "bureau2", ["/work/settings/TERM_DECISION/propose/", "/work/settings/FIRST_YEAR_SHOWN/propose/"]
    yield "leader1", _changes("decision", "", "acts/grant_change/", "?tab=papers")
    yield "bureau1", [*_changes("confirmation", "", "acts/confirm_relinquish/"), "/work/assessment/"]
    yield "agency1", ["/work/", *letter_asked_about(), *_letters("issued", "", "acts/record_use/")]
    yield "applicant1", ["/work/priority/letters/", *_letters("issued", "", "?tab=history")]
    yield "bureau2", _letters("requested", "acts/issue_letter/", "acts/refuse_letter/")
    yield "payer1", ["/work/funding/payments/"]
    yield "discipline1", ["/work/", "/work/objections/", *objection()]
    yield "auditor1", ["/work/", "/work/cases/", *_cases("recognised", "", "?tab=history")]
    yield "sysadmin", ["/work/", "/work/people/", "/work/people/invite/", "/work/people/record/"]
    yield from helpers()
    username, number = expert()
    yield username, ["/work/", f"/work/cases/{number}/", f"/work/cases/{number}/score/"]


def visitor() -> list[str]:
    """The portal, and what a stranger sees of signing in."""
    code = Certificate.objects.order_by("pk")[0].code
    return [
        "/", "/calls/", "/calls/5/", "/notices/", "/notices/3/", "/objections/", "/announcements/", "/announcements/1/",
        "/registry/", "/registry/KMZC-2026-001/", "/verify/", f"/verify/{code}/", "/rules/", "/rules/article/7/",
        "/heads/", "/privacy/", "/accessibility/", "/self-check/", "/self-check/comprehensive/",
        "/self-check/technical/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/api/v1/docs",
        *(f"/notices/3/cases/{number}/object/" for number in _numbers("public_notice")[:1]),
    ]  # fmt: skip


def applicant() -> list[str]:
    """From the list of calls to the receipt."""
    draft = Case.objects.get(stage="draft", organisation__name="昆明滇云创业服务有限公司").number
    done = Case.objects.get(stage="recognised", organisation__name="昆明滇云创业服务有限公司").number
    sections = ("operator", "makerspace", "team", "finance", "premises", "tenants", "services", "capital")
    return [
        "/work/", "/work/cases/", "/work/titles/", "/work/calls/", "/work/calls/5/", "/work/calls/5/start/", "/work/messages/",
        "/work/account/", "/work/organisations/", "/work/organisations/1/", f"/work/cases/{draft}/dossier/",
        *(f"/work/cases/{draft}/dossier/{section}/" for section in sections),
        f"/work/cases/{draft}/materials/", f"/work/cases/{draft}/check/", f"/work/cases/{done}/receipt/",
        *(f"/work/cases/{done}/{tab}" for tab in TABS),
    ]  # fmt: skip


TABS = ("", "?tab=conditions", "?tab=materials", "?tab=visit", "?tab=panel", "?tab=history", "?tab=papers")


def _letters(stage: str, *pages: str) -> list[str]:
    """Pages of the first letter that stands there."""
    number = Case.objects.filter(kind="priority", stage=stage).order_by("pk")[0].number
    return [f"/work/cases/{number}/{page}" for page in pages]


def letter_asked_about() -> list[str]:
    """The answer of article 17 about the letter that was used, and its check page."""
    letter = Letter.objects.select_related("paper").get(uses__isnull=False)
    assert letter.paper is not None
    return [
        "/work/priority/",
        f"/work/priority/?uscc={letter.uscc}&year={letter.year}",
        f"/verify/{letter.paper.code}/",
    ]


def _changes(stage: str, *pages: str) -> list[str]:
    """Pages of the change that stands there."""
    number = Case.objects.get(kind="change", stage=stage).number
    return [f"/work/cases/{number}/{page}" for page in pages]


def _years(stage: str, *pages: str) -> list[str]:
    """Pages of the yearly assessment that stands there."""
    number = Case.objects.get(kind="assessment", stage=stage).number
    return [f"/work/cases/{number}/{page}" for page in pages]


def reporter() -> str:
    """Who fills in the report that was not handed in yet."""
    case = Case.objects.get(kind="assessment", stage="reporting")
    return case.organisation.memberships.earliest("pk").person.username


def district(username: str) -> list[str]:
    """What waits, the case, and the acts of article 10."""
    code = username.removeprefix("district_")
    rows = Case.objects.filter(stage="district_review", authority__code=code).order_by("number")
    acts = ("", "?tab=conditions", "visit/", "acts/request_correction/", "acts/decline/", "acts/register_paper/")
    return ["/work/", "/work/counter/", *(f"/work/cases/{case.number}/{act}" for case in rows[:1] for act in acts)]


def bureau() -> list[str]:
    """Acceptance, panels, notices, the pool of experts, calls."""
    own = ["/work/", "/work/cases/", "/work/notices/", "/work/notices/new/", "/work/notices/3/", "/work/experts/"]
    own += ["/work/calls/", "/work/calls/new/", "/work/announcements/"]
    own += _cases("city_review", "", "convene/", "acts/return_to_district/")
    own += _cases("expert_review", "", "draw/", "acts/replace_expert/")
    return own + _cases("recognised", *TABS)


def helpers() -> Iterator[tuple[str, list[str]]]:
    """Facilities and mentors, from every side: who asks, who gives, who oversees."""
    booking, session = Booking.objects.filter(state="asked", offer__facility=1), Session.objects.filter(state="asked")
    own, talk = (rows.order_by("pk")[0].pk for rows in (booking, session))
    asked, held = f"/work/facilities/bookings/{own}/", f"/work/mentors/sessions/{talk}/"
    lists = ["/work/facilities/", "/work/facilities/bookings/", "/work/facilities/1/", "/work/facilities/offers/1/"]
    keeps = [f"/work/facilities/offers/1/{page}/" for page in ("edit", "close", "closed-days")]
    yield "applicant1", [
        *lists, "/work/facilities/offers/2/book/", "/work/mentors/", "/work/mentors/1/", "/work/mentors/1/ask/",
        "/work/mentors/sessions/", "/work/calendar/",
    ]  # fmt: skip
    yield "provider1", [
        "/work/", *lists, *keeps, "/work/facilities/1/offers/new/", "/work/facilities/openness/", asked,
        f"{asked}confirm/", f"{asked}refuse/", "/work/calendar/",
    ]  # fmt: skip
    yield "mentor1", ["/work/", "/work/mentors/", "/work/mentors/sessions/", held, f"{held}refuse/", "/work/calendar/"]
    yield "bureau1", [
        *lists, "/work/facilities/new/", "/work/facilities/1/keepers/new/", "/work/facilities/openness/", "/work/mentors/",
        "/work/mentors/new/", "/work/mentors/1/", "/work/mentors/1/edit/", "/work/mentors/1/end/",
    ]  # fmt: skip
    firm = {"makerspace__organisation__name": "昆明滇云创业服务有限公司", "struck_on": None}
    raised_by, listed = (model.objects.filter(**firm).order_by("pk")[0].pk for model in (Financing, Listing))
    money, board = f"/work/capital/financing/{raised_by}/", f"/work/capital/listings/{listed}/"
    raised = ["/work/capital/", money, "/work/capital/listings/", board]
    yield "applicant1", [*raised, "/work/capital/financing/new/", f"{money}strike/", "/work/capital/listings/new/"]
    yield "bureau1", raised
    yield "", ["/facilities/", "/facilities/1/", "/mentors/", "/capital/"]


def objection() -> list[str]:
    """One objection."""
    return [f"/work/objections/{row.pk}/" for row in Objection.objects.order_by("pk")[:1]]


def expert() -> tuple[str, str]:
    """An expert who has declared and not yet scored, and the case."""
    seats = Seat.objects.filter(panel__case__stage="expert_review", ended_on=None, declared_on__isnull=False)
    for seat in seats.select_related("person", "panel__case").order_by("id"):
        if not Score.objects.filter(panel=seat.panel, person=seat.person).exists():
            return seat.person.username, seat.panel.case.number
    raise LookupError("nobody is about to score")


def _numbers(stage: str) -> list[str]:
    return list(Case.objects.filter(stage=stage).order_by("number").values_list("number", flat=True))


def _cases(stage: str, *pages: str) -> list[str]:
    return [f"/work/cases/{number}/{page}" for number in _numbers(stage)[:1] for page in pages]


# -- looking -----------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def faults(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> list[Fault]:
    """All that is wrong with any page: every page of the city is opened once and seen at each width."""
    found: list[Fault] = []
    tints: set[str] = set()
    folder = tmp_path_factory.mktemp("town")
    with django_db_blocker.unblock(), open_town(folder, NOW, copy_city(folder)) as town:
        for username, paths in pages():
            found += looked_at(town, username, paths, tints)
    return found


def looked_at(town: Town, username: str, paths: list[str], tints: set[str]) -> Iterator[Fault]:
    """Each page in turn at both widths, the next one first at that where this one ended; ``tints``: texts met so far."""
    desk = town.desk()
    if username in SHOWN:
        desk.become(username)
    elif username:
        desk.sign_in(username, PASSWORD)
    sizes = [DESKTOP, PHONE]
    for path in paths:
        answer = desk.page.goto(f"{town.url}{path}")
        assert answer is not None
        if "/reauthenticate/" in desk.page.url:
            desk.prove_identity(PASSWORD)
        if answer.status != 200:
            yield Fault("answer", f"{username} {path}", sizes[0]["width"], str(answer.status))
        for size in sizes:
            desk.resize(size)
            for rule, what in wrong_with(desk, () if size is DESKTOP else BY_WIDTH, tints):
                yield Fault(rule, f"{username} {path}", size["width"], what)
        sizes.reverse()
    desk.page.context.close()


def wrong_with(desk: Desk, rules: tuple[str, ...], tints: set[str]) -> Iterator[tuple[str, str]]:
    """What this page breaks, rule by rule; of axe's rules those only, where any is named, and colours not met before."""
    page = desk.page
    seen = page.evaluate(SEEN, CODES)
    if seen["wide"] > 0:
        yield "overflow", f"{seen['wide']}px"
    if seen["headings"] != 1:
        yield "heading", f"{seen['headings']} h1"
    if seen["order"]:
        yield "order", "the keys come to one part before what stands above it"
    if not re.search(r"[\u4e00-\u9fff]", seen["title"]):
        yield "title", seen["title"]
    if not page.url.endswith(FOR_PROGRAMMERS) and (foreign := foreign_words(seen["text"], seen["codes"])):
        yield "words", " ".join(foreign)
    fresh = set(page.evaluate(TINTS)) - tints
    tints |= fresh
    for text in axe(page, rules, without=[COLOURS]) + (axe_at(page, fresh, COLOURS) if fresh else []):
        yield "axe", text
    while desk.wrong:
        yield "answer", desk.wrong.pop()


def foreign_words(text: str, codes: list[str]) -> list[str]:
    """Words in Latin letters that nobody needs to read."""
    for code in (PASSWORD, *sorted(filter(None, codes), key=len, reverse=True)):
        text = text.replace(code, " ")
    return sorted(set(WORD.findall(ALLOWED.sub(" ", text))))


@pytest.mark.parametrize("rule", RULES)
def test_every_page_keeps_the_rule(faults: list[Fault], rule: str) -> None:
    assert [fault for fault in faults if fault.rule == rule] == []
