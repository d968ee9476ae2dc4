"""What each page and each reading call of the API may ask of the database: a literal number, whatever the rows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import Model

from makerspace.matters.application.models import Application, Call, Material
from makerspace.matters.assessment.models import Scheme, SchemeChange, YearFigures
from makerspace.matters.recognition.models import Announcement, Title, TitleName
from makerspace.matters.registers.models import Revision
from makerspace.matters.registers.queries import REGISTERS
from makerspace.matters.review.models import NoticeItem, Objection, PublicNotice
from makerspace.office.casework.models import Assignment, Case
from makerspace.office.documents.codes import new_code
from makerspace.office.notify.models import Message
from makerspace.office.people.models import ApiToken, Expert, Invitation, Membership, Organisation, Person, Post
from makerspace.office.record.models import Head
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role
from tests import factories
from tests.house import city_assessment, city_funding, city_letters, city_settings, world_support
from tests.house.sweep import ROWS, Asking, Most, address_of, counted
from tests.house.world import DAY, World, undone

MOST, MANY = 15, 30
ASKING = (
    "anonymous", "applicant_own", "district_counter", "bureau", "leader", "expert_cleared", "expert_seated",
    "system_admin", "provider", "mentor",
)  # fmt: skip
# Here they only lead on to another page, or are shut.
NOT_READ = frozenset({
    "account_confirm_login_code", "account_logout", "account_set_password", "mfa_authenticate", "mfa_deactivate_totp",
    "mfa_reauthenticate", "mfa_view_recovery_codes",
})  # fmt: skip
BUDGETS = {
    "accessibility": 2, "account_change_password": 5, "account_confirm_email": 2, "account_email": 9,
    "account_email_verification_sent": 2, "account_inactive": 2, "account_login": 0, "account_reauthenticate": 8,
    "account_reset_password": 2, "account_reset_password_done": 2, "account_reset_password_from_key": 7,
    "account_reset_password_from_key_done": 2, "account_signup": 0, "api-1:budget": 4, "api-1:call": 1, "api-1:calls": 2,
    "api-1:case": 15, "api-1:cases": 6, "api-1:heads": 2, "api-1:material": 7, "api-1:notice": 2, "api-1:notices": 3,
    "api-1:objection_status": 3, "api-1:openapi-json": 0, "api-1:openapi-view": 0, "api-1:record": 6,
    "api-1:registry": 2, "api-1:schemes": 2, "api-1:scheme": 1, "portal_schemes": 4, "portal_scheme": 3, "assessment_schemes": 6, "assessment_year": 11, "assessment_of_year": 11, "assessment_year_csv": 8, "assessment_statistics": 7, "assessment_chart_csv": 8, "assessment_report": 15, "assessment_check": 13, "assessment_report_statistics": 8, "assessment_scheme": 7, "assessment_scheme_head": 5, "assessment_forecasts": 9, "assessment_forecast": 15, "assessment_scheme_trial": 9, "assessment_scheme_trial_one": 9,
    "assessment_scheme_new": 5, "assessment_scheme_kinds": 5, "assessment_scheme_row_new": 5, "assessment_scheme_row": 5, "api-1:registry_entry": 3, "api-1:verify": 2, "application_call": 7,
    "application_call_edit": 5, "application_call_new": 4, "application_calls": 7, "application_category": 8,
    "application_check": 13, "application_counter": 8, "application_counter_start": 7, "application_findings": 6,
    "application_material": 8, "application_materials": 13, "application_missing": 9, "application_picture": 8,
    "application_preview": 9, "application_receipt": 10, "application_section": 10, "application_take_over": 12, "application_into_registers": 14, "application_start": 9,
    "application_tasks": 14, "application_tie": 8, "clock_alive": 2, "clock_metrics": 10, "clock_ready": 5,
    "funding_approve": 11, "funding_batch": 9, "funding_batches": 9, "funding_budget": 15, "funding_ledger": 9,
    "funding_payments": 9, "funding_sheet": 9, "funding_year": 15,
    "mfa_activate_totp": 11, "mfa_generate_recovery_codes": 9, "mfa_index": 7, "portal_announcement": 4,
    "portal_announcements": 4, "portal_article": 4, "portal_call": 4, "portal_calls": 4, "portal_heads": 4,
    "portal_home": 6, "portal_notice": 5, "portal_notices": 4, "portal_object": 4, "portal_objection": 5,
    "portal_objection_confirm": 2, "portal_objection_paper": 4, "portal_objections": 2, "portal_paper": 3,
    "portal_privacy": 2, "portal_registry": 6, "portal_registry_csv": 6, "portal_rules": 4, "portal_self_check": 2,
    "portal_self_check_questions": 2, "portal_title": 5, "portal_verified": 4, "portal_verify": 2,
    "api-1:facts": 10, "api-1:line": 6, "api-1:lines": 6, "api-1:makerspace": 4, "api-1:makerspaces": 5,
    "api-1:figures": 9, "registers_year": 12, "registers_export": 6, "registers_home": 7, "registers_import": 6, "registers_leave": 7, "registers_line": 9,
    "registers_new": 7, "registers_register": 9, "registers_strike": 7, "registers_template": 6,
    "recognition_announce": 9, "recognition_announcements": 7, "recognition_titles": 9, "support_priority": 7, "api-1:priority": 6, "support_letters": 7, "review_case": 12, "review_convene": 11,
    "review_draw": 13, "review_evidence": 6, "review_expert": 6, "review_experts": 6, "review_notice": 8,
    "review_notice_new": 6, "review_notices": 7, "review_objection": 12, "review_objections": 6, "review_score": 9,
    "review_study": 14, "review_visit": 10, "usersessions_list": 6, "work_account": 8, "work_attachment": 6, "work_act": 15,
    "work_case": 15, "work_cases": 7, "work_cases_csv": 6, "work_home": 14, "work_invitation": 3, "work_messages": 8,
    "work_organisation": 9, "work_organisation_correct": 6, "work_organisation_invite": 6, "work_organisation_new": 5, "work_organisations": 6,
    "work_paper": 6, "work_people": 8, "work_people_invite": 8, "work_people_record": 6, "work_person": 6,
    "work_settings": 7, "work_setting": 7, "work_setting_propose": 7, "work_setting_proposal": 8,
    "work_profile": 5, "work_token_new": 8,
    "portal_facilities": 6, "portal_facility": 5, "portal_mentors": 4, "support_ask": 7, "support_book": 10,
    "support_booking": 11, "support_booking_act": 6, "support_bookings": 7, "support_calendar": 11,
    "support_facilities": 9, "support_facility": 10, "support_facility_edit": 6, "support_facility_new": 4,
    "support_feed": 7, "support_keeper_invite": 5, "support_mentor": 9, "support_mentor_edit": 5,
    "support_mentor_end": 6, "support_mentor_invite": 5, "support_mentor_new": 4, "support_mentors": 7,
    "support_offer": 11, "support_offer_close": 10, "support_offer_days": 10, "support_offer_edit": 10,
    "support_offer_new": 6, "support_openness": 8, "support_openness_csv": 8, "api-1:openness": 8, "support_session": 11, "support_session_act": 6,
    "support_sessions": 7, "api-1:facilities_list": 4, "api-1:facility": 3, "api-1:offer_week": 6,
    "api-1:mentors_list": 2, "api-1:bookings_list": 5, "api-1:booking": 9, "api-1:sessions_list": 5,
    "api-1:session": 9,
    "api-1:capital": 4, "api-1:financings_list": 7, "api-1:financing_evidence": 5, "api-1:listing_evidence": 5, "api-1:listings_list": 7, "portal_capital": 6, "support_financings": 10, "support_financings_csv": 7, "support_financing_new": 7,
    "support_financing": 7, "support_financing_evidence": 6, "support_financing_strike": 7, "support_listings": 10,
    "support_listings_csv": 7, "support_listing_new": 7, "support_listing": 7, "support_listing_evidence": 6,
    "support_listing_strike": 7,
    "support_tenants": 10, "support_mentoring": 7, "support_mentoring_ask": 6, "support_mentoring_session": 7,
    "support_mentoring_act": 7,
}  # fmt: skip
# Beyond the twenty that it lists, the desk counts the rest: one more query, once.
STEPS = frozenset({"work_home"})
READ = sorted(name for name, row in ROWS.items() if 200 in row.get and "GET" not in row.shares and name not in NOT_READ)
Asked = tuple[int, str]  # how many queries, and who asked for what
NOBODY: Asked = (-1, "nobody")
M = TypeVar("M", bound=Model)


# -- thirty of everything ----------------------------------------------------------------------------------------------
def again(row: M, **changes: Any) -> M:
    """One more of the same, but for these fields."""
    new = type(row).objects.get(pk=row.pk)  # type: ignore[attr-defined]
    new.pk, new._state.adding = None, True
    for name, value in changes.items():
        setattr(new, name, value)
    new.save(force_insert=True)
    found: M = new
    return found


def grow(world: World) -> None:
    """Thirty more rows for every list: of the city, of one case, of one person."""
    for number in range(MANY):
        _registers(world, number)
        _people(world, number)
        case = _case(world, number)
        _belongings(world, number)
        _public(world, number, case)
        world_support.grow(world, number, again)
    city_funding.grow(world)
    city_letters.grow(world)
    city_assessment.grow(world)
    city_settings.grow(world)


def _people(world: World, number: int) -> None:
    own, system = world.people["applicant_own"], world.people["system_admin"]
    person = Person.objects.create(username=f"more{number}", email=f"more{number}@example.cn", name=f"更多{number}")
    Post.objects.create(person=person, role="expert", valid_from=factories.LONG_AGO)
    if number % 2:
        Expert.objects.create(person=person, employer=f"第{number}大学", fields=["10"])
    member = Person.objects.create(username=f"member{number}", email=f"member{number}@example.cn")
    Membership.objects.create(person=member, organisation=world.units["own"], role="editor", since=DAY)
    unit = Organisation.objects.create(name=f"更多单位{number}", uscc=factories.uscc())
    Membership.objects.create(person=own, organisation=unit, role="owner", since=DAY)
    again(Message.objects.get(pk=world.messages["own"].pk), key=None)
    for role in ("applicant_own", "bureau"):
        again(ApiToken.objects.get(pk=world.tokens[role].pk), digest=f"{role}{number}")
    for key in ("member", "officer"):
        again(Invitation.objects.get(pk=world.invitations[key].pk), digest=f"{key}{number}")
    append("PEOPLE", "enable", by=system, role=Role.SYSTEM_ADMIN, on=DAY)


def _case(world: World, number: int) -> Case:
    """A case of our unit in the first review, one on the panel's desk, and one approved."""
    made: list[Case] = []
    for key in ("district_review", "expert_review", "approved", "announcement", "draft"):
        first = world.cases[key]
        case = again(first, number=f"KM-2026-{1000 + len(made) * 100 + number}")
        again(Application.objects.get(case=first), case=case)
        made.append(case)
    Assignment.objects.create(case=made[1], person=world.people["expert_cleared"], role="panel", since=DAY)
    return made[0]


def _registers(world: World, number: int) -> None:
    """More makerspaces of the rival's unit, more lines in its registers, more revisions of a line."""
    again(world.makerspaces["other"], name=f"更多众创空间{number}")
    for (key, code), line in world.lines.items():
        if key == "own":
            again(line, **{REGISTERS[code].name: f"更多{number}"})
            first = Revision.objects.get(register=code, line=line.pk, number=1)
            again(first, number=100 + number)


def _belongings(world: World, number: int) -> None:
    """More files, papers and entries of single cases."""
    for key in ("draft", "district_review", "correction", "expert_review"):
        case = world.cases[key]
        again(Material.objects.filter(case=case).order_by("id")[0])
    for key in ("case", "receipt"):
        again(world.papers[key], code=new_code())
    for key in ("district_review", "expert_review", "decision"):
        number_ = world.number(key)
        append(number_, "register_paper", by=world.people["district_counter"], role=Role.DISTRICT, on=DAY)


def _public(world: World, number: int, case: Case) -> None:
    """More calls, notices, objections, titles, announcements and heads."""
    again(Call.objects.get(pk=world.calls["published"].pk))
    running = PublicNotice.objects.get(pk=world.notices["running"].pk)
    item = NoticeItem.objects.filter(notice=running).order_by("id")[0]
    again(item, case=case, position=100 + number, live=False)
    again(PublicNotice.objects.get(pk=world.notices["draft"].pk))
    again(running)
    again(Objection.objects.get(pk=world.objections["public_notice"].pk), receipt=new_code())
    title = Title.objects.get(pk=world.titles["recognised"].pk)
    announcement = again(
        Announcement.objects.get(pk=title.announcement_id), document_number=f"昆科发〔2026〕{100 + number}号",
        paper=again(world.papers["public"], code=new_code()),
    )  # fmt: skip
    other = again(title, number=f"KMZC-2026-{500 + number}", case=case)
    again(
        title,
        number=f"KMZC-2026-{600 + number}",
        case=again(case, number=f"KM-2026-{2000 + number}"),
        announcement=announcement,
    )
    again(TitleName.objects.filter(title=title).order_by("id")[0], title=other)
    again(YearFigures.objects.order_by("id")[0], title=other)
    again(Scheme.objects.get(pk=world.schemes["draft"].pk))
    again(Scheme.objects.get(pk=world.schemes["published"].pk), year=2030 + number)
    again(SchemeChange.objects.filter(scheme=world.schemes["draft"]).order_by("id")[0])
    head = Head.objects.order_by("-day")[0]
    again(head, day=head.day - timedelta(days=100 + number))


# -- counting ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Counted:
    """The most that each page asked, with one of each and with thirty more: the number, and who asked about what."""

    few: dict[str, Asked]
    many: dict[str, Asked]


def in_a_larger_city(world: World, queries: Mapping[str, Mapping[str, Most]]) -> Counted:
    """The pages that were read, once more with thirty of everything, each person asking for what cost the most before."""
    grow(world)
    asking = Asking(world)
    before = {name: {role: queries[name][role] for role in ASKING if role in queries[name]} for name in READ}
    few = {name: _most(most.values()) for name, most in before.items()}
    return Counted(few, {name: _most(_again(asking, name, most)) for name, most in before.items()})


def _again(asking: Asking, name: str, before: Mapping[str, Most]) -> Iterator[Most]:
    for role, (_, _, target) in before.items():
        seen: list[str] = []
        with undone(), counted(seen):
            response = asking.ask(ROWS[name], role, "GET", address_of(ROWS[name], target))
        assert response.status_code < 500, f"{name} as {role}, {target.label}: {response.status_code}"
        if response.status_code == 200:
            yield Most(len(seen), role, target)


def _most(found: Iterable[Most]) -> Asked:
    return max((most.told() for most in found), default=NOBODY)
