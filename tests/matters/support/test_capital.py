"""Article 14: what tenants raised and where they were listed is entered by the operator, counted, and shown to whom it may."""

import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from makerspace.matters.registers import operations as registers
from makerspace.matters.registers.models import Makerspace, Tenant
from makerspace.matters.registers.queries import REGISTERS
from makerspace.matters.support import operations
from makerspace.matters.support.models import Board, Financing, Listing
from makerspace.matters.support.queries import capital as queries
from makerspace.matters.support.queries.capital import (
    Sums,
    Year,
    capital_figures,
    history,
    reached,
    replay_capital,
    sums,
)
from makerspace.office.documents import storage
from makerspace.office.documents.models import Blob
from makerspace.office.people.models import Person
from makerspace.office.record import clock
from makerspace.office.record.models import Entry
from makerspace.regulation.terms import Role
from tests import factories
from tests.asking import browser, refusal_of
from tests.matters.registers.keeping import TENANTS, enter, values
from tests.matters.support.helping import MONDAY, NOW, Scene, scene

pytestmark = [pytest.mark.django_db, pytest.mark.both]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
TOKEN = {"form_token": "t" * 24}
INVESTOR = "钱投资人"
WAN = 1_000_000
ROUND: dict[str, Any] = {
    "day": date(2026, 2, 10), "kind": "angel", "amount": 300 * WAN, "own_amount": 50 * WAN, "investor": INVESTOR,
}  # fmt: skip
LISTED: dict[str, Any] = {"day": date(2026, 3, 2), "board": "neeq", "code": "873001", "short_name": "甲软件"}


@pytest.fixture
def here() -> Iterator[Scene]:
    made = scene()
    with clock.pretending(NOW):
        yield made


@pytest.fixture
def tenant(here: Scene) -> Tenant:
    return tenant_of(here)


def tenant_of(here: Scene, **changes: Any) -> Tenant:
    """A tenant of the makerspace in its register."""
    found: Tenant = enter(here.makerspace, TENANTS, by=here.asker, **changes)
    return found


def left(here: Scene, tenant: Tenant, day: date, how: str) -> Tenant:
    """The tenant after it left."""
    registers.leave(
        here.makerspace, REGISTERS["tenants"], tenant.pk, by=here.asker, on=MONDAY, seen_version=tenant.version, day=day,
        left_as=how,
    )  # fmt: skip
    return Tenant.objects.select_related("makerspace").get(pk=tenant.pk)


def paper(number: int = 1) -> tuple["ContentFile[bytes]", str]:
    """An evidence file."""
    return ContentFile(factories.make_pdf(number)), f"投资协议{number}.pdf"


def raise_money(tenant: Tenant, by: Person, **changes: Any) -> Financing:
    """A round entered on Monday."""
    return operations.enter_financing(tenant, by=by, on=MONDAY, **{**ROUND, "evidence": paper(), **changes})


def list_firm(tenant: Tenant, by: Person, **changes: Any) -> Listing:
    """A listing entered on Monday."""
    return operations.enter_listing(tenant, by=by, on=MONDAY, **{**LISTED, "evidence": paper(2), **changes})


def rival(place: str = "panlong") -> tuple[Makerspace, Person]:
    """A makerspace of another unit, in another district, and its keeper."""
    made = registers.makerspace_of(
        factories.make_organisation(), "盘龙江畔众创空间", authority=factories.authority(place), on=date(2024, 1, 1)
    )
    return made, factories.make_person(organisation=made.organisation)


# -- entering ----------------------------------------------------------------------------------------------------------
def test_a_round_is_entered_with_its_evidence_and_sealed(here: Scene, tenant: Tenant) -> None:
    row = raise_money(tenant, here.asker)

    row = Financing.objects.get(pk=row.pk)
    assert (row.makerspace, row.tenant, row.day, row.kind, row.amount, row.own_amount, row.investor) == (
        here.makerspace, tenant, ROUND["day"], "angel", 300 * WAN, 50 * WAN, INVESTOR,
    )  # fmt: skip
    assert (row.evidence_name, row.evidence.extension, row.entered_by) == ("投资协议1.pdf", "pdf", here.asker)
    (label, entry), *rest = history(row)
    assert (label, entry.act, entry.articles, entry.person, rest) == ("登记", "enter_financing", "14", here.asker, [])


def test_the_record_tells_sums_and_no_names(here: Scene, tenant: Tenant) -> None:
    row = raise_money(tenant, here.asker)
    operations.strike_fact(row, by=here.asker, on=MONDAY, reason="钱投资人没有到账")
    list_firm(tenant, here.asker)

    told = "".join(Entry.objects.filter(stream=f"CAPITAL-{here.makerspace.pk}").values_list("data", flat=True))
    assert str(300 * WAN) in told
    assert [name for name in (INVESTOR, tenant.name, "没有到账", "甲软件") if name in told] == []


def test_a_listing_is_entered_once_for_each_board(here: Scene, tenant: Tenant) -> None:
    list_firm(tenant, here.asker)
    list_firm(tenant, here.asker, board="regional", venue="云南省股权交易中心", code="", short_name="")

    refusal = refusal_of(lambda: list_firm(tenant, here.asker, code="873002"))

    assert (refusal.code, refusal.articles, set(refusal.fields)) == ("invalid", (14,), {"board"})
    assert list(Listing.objects.order_by("board").values_list("board", flat=True)) == ["neeq", "regional"]


def test_a_firm_that_came_back_is_still_listed_once(here: Scene, tenant: Tenant) -> None:
    list_firm(left(here, tenant, date(2026, 3, 10), "moved"), here.asker)
    back = tenant_of(here, moved_in_on="2026-03-12")

    refusal = refusal_of(lambda: list_firm(back, here.asker, day=date(2026, 3, 13)))

    assert set(refusal.fields) == {"board"}


def test_the_same_round_is_taken_once(here: Scene, tenant: Tenant) -> None:
    raise_money(tenant, here.asker)

    refusal = refusal_of(lambda: raise_money(tenant, here.asker))

    assert (refusal.code, dict(refusal.fields)) == ("invalid", {"day": "同一笔融资已经登记，请核对。"})
    assert Financing.objects.count() == 1


def test_a_code_is_one_firms(here: Scene, tenant: Tenant) -> None:
    list_firm(tenant, here.asker)
    other = tenant_of(here, name="昆明乙软件有限公司")

    refusal = refusal_of(lambda: list_firm(other, here.asker))

    assert dict(refusal.fields) == {"code": "这个代码已登记在“昆明甲软件有限公司”名下；登记有误的，请先作废原来的一条"}


def test_two_investors_are_two_rounds_and_two_makerspaces_one(here: Scene, tenant: Tenant) -> None:
    for investor in ("滇池创投", "翠湖资本"):
        raise_money(tenant, here.asker, investor=investor)
    place, keeper = rival()
    twin = Tenant.objects.get(pk=tenant.pk)
    twin.pk, twin.makerspace, twin._state.adding = None, place, True
    twin.save(force_insert=True)
    row = Financing.objects.order_by("pk")[0]
    row.pk, row.makerspace, row.tenant, row.entered_by, row._state.adding = None, place, twin, keeper, True
    row.save(force_insert=True)

    assert (reached().financed, reached().total.rounds) == (1, 2)
    assert capital_figures(here.makerspace, *YEAR)["financed_amount"] == 2 * ROUND["amount"] // 100_000


def test_a_round_is_not_entered_again_under_another_stay(here: Scene, tenant: Tenant) -> None:
    raise_money(left(here, tenant, date(2026, 3, 10), "graduated"), here.asker, day=date(2026, 3, 12))
    back = tenant_of(here, moved_in_on="2026-03-11")

    refusal = refusal_of(lambda: raise_money(back, here.asker, day=date(2026, 3, 12)))

    assert dict(refusal.fields) == {"day": "同一笔融资已经登记，请核对。"}


def test_what_the_register_says_later_counts(here: Scene, tenant: Tenant) -> None:
    row = raise_money(tenant, here.asker, day=date(2026, 3, 12))
    assert capital_figures(here.makerspace, *YEAR)["financed"] == 1

    left(here, tenant, date(2026, 3, 10), "moved")

    assert capital_figures(here.makerspace, *YEAR) == {}
    assert reached().years == []
    assert Financing.objects.get(pk=row.pk).why_void == "不在入驻期间"


def test_many_firms_are_told_apart_in_little_time() -> None:
    told = [(f"code{number}", f"甲{number // 2}") for number in range(20_000)]

    began = time.process_time()
    firms = queries._firms_of(told)

    assert len(set(firms.values())) == 10_000
    assert time.process_time() - began < 2


def test_a_refused_form_keeps_no_file(here: Scene, tenant: Tenant) -> None:
    fields = {
        "tenant": tenant.pk, "day": "2026-03-10", "kind": "angel", "amount": "0", "own_amount": "0", "investor": "滇池创投",
    }  # fmt: skip
    before = Blob.objects.count()
    file = SimpleUploadedFile("协议.pdf", factories.make_pdf(7), "application/pdf")

    answer = browser(here.asker).post("/work/capital/financing/new/", {**fields, **TOKEN, "evidence": file})

    assert (answer.status_code, Blob.objects.count()) == (422, before)


def test_a_graduate_still_counts_and_who_moved_away_does_not(here: Scene) -> None:
    stayed, gone = tenant_of(here), tenant_of(here, name="昆明乙软件有限公司")
    graduate = left(here, stayed, date(2026, 1, 20), "graduated")
    moved = left(here, gone, date(2026, 1, 20), "moved")

    raise_money(graduate, here.asker)
    raise_money(moved, here.asker, day=date(2026, 1, 19))
    refusal = refusal_of(lambda: raise_money(moved, here.asker, day=date(2026, 1, 20)))

    assert dict(refusal.fields) == {"day": "该企业或团队已于2026年1月20日迁出且不是毕业，迁出以后的不在这里登记"}
    assert Financing.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount": -1, "own_amount": 0}, "amount"),
        ({"amount": 0, "own_amount": 0}, "amount"),
        ({"own_amount": 300 * WAN + 1}, "own_amount"),
        ({"own_amount": -1}, "own_amount"),
        ({"day": MONDAY + timedelta(days=1)}, "day"),
        ({"day": date(2025, 4, 30)}, "day"),
        ({"evidence": None}, "evidence"),
        ({"evidence": (ContentFile(b"<svg/>"), "协议.svg")}, "evidence"),
        ({"evidence": (ContentFile(b"not a pdf"), "协议.pdf")}, "evidence"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(here: Scene, tenant: Tenant, wrong: dict[str, Any], field: str) -> None:
    refusal = refusal_of(lambda: raise_money(tenant, here.asker, **wrong))

    assert (set(refusal.fields), refusal.articles, Financing.objects.count()) == ({field}, (14,), 0)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"board": "regional"}, "venue"), ({"day": MONDAY + timedelta(days=1)}, "day")]
)
def test_a_listing_names_its_venue_and_lies_in_the_past(
    here: Scene, tenant: Tenant, wrong: dict[str, Any], field: str
) -> None:
    assert set(refusal_of(lambda: list_firm(tenant, here.asker, **wrong)).fields) == {field}


def test_a_team_raises_money_and_is_not_listed(here: Scene) -> None:
    team = tenant_of(here, kind="team", name="云上团队")

    raise_money(team, here.asker)

    assert set(refusal_of(lambda: list_firm(team, here.asker)).fields) == {"tenant"}


def test_a_line_that_was_struck_out_takes_nothing(here: Scene, tenant: Tenant) -> None:
    registers.strike(here.makerspace, TENANTS, tenant.pk, by=here.asker, on=MONDAY, seen_version=1, note="登记有误")

    assert set(refusal_of(lambda: raise_money(tenant, here.asker)).fields) == {"tenant"}


def test_only_members_of_the_unit_enter(here: Scene, tenant: Tenant) -> None:
    district = factories.make_person(Role.DISTRICT, tenant.makerspace.authority)
    refused = {
        role: refusal_of(lambda by=by: raise_money(tenant, by))  # type: ignore[misc]
        for role, by in {"bureau": here.bureau, "district": district, "rival": rival()[1]}.items()
    }

    assert {role: (refusal.code, refusal.articles) for role, refusal in refused.items()} == {
        "bureau": ("not_yours", (14,)), "district": ("not_yours", (14,)), "rival": ("not_found", ()),
    }  # fmt: skip


def test_a_makerspace_without_the_title_enters_nothing(here: Scene) -> None:
    place, keeper = rival()
    tenant = enter(place, TENANTS, by=keeper)

    refusal = refusal_of(lambda: raise_money(tenant, keeper))

    assert (refusal.code, refusal.articles) == ("wrong_stage", (14,))


def test_files_have_a_limit_for_each_makerspace(here: Scene, tenant: Tenant, settings: Any) -> None:
    raise_money(tenant, here.asker)
    settings.UPLOAD_CASE_BYTES = 1

    refusal = refusal_of(lambda: list_firm(tenant, here.asker))

    assert (refusal.code, set(refusal.fields)) == ("too_large", {"evidence"})


@pytest.mark.parametrize(
    "changes", [{"amount": 0, "own_amount": 0}, {"own_amount": 301 * WAN}, {"own_amount": -1}, {"struck_on": MONDAY}]
)
def test_the_database_itself_refuses_what_cannot_be(here: Scene, tenant: Tenant, changes: dict[str, Any]) -> None:
    row = raise_money(tenant, here.asker)

    with pytest.raises(IntegrityError), transaction.atomic():
        Financing.objects.filter(pk=row.pk).update(**changes)


# -- striking out ------------------------------------------------------------------------------------------------------
def test_a_row_that_was_struck_out_stays_and_counts_no_more(here: Scene, tenant: Tenant) -> None:
    row, kept = raise_money(tenant, here.asker), raise_money(tenant, here.asker, kind="a", own_amount=0)

    operations.strike_fact(row, by=here.asker, on=MONDAY, reason="重复登记")

    row = Financing.objects.get(pk=row.pk)
    assert (row.struck_on, row.struck_by, row.reason) == (MONDAY, here.asker, "重复登记")
    assert [label for label, _ in history(row)] == ["作废", "登记"]
    assert sums(Financing.objects.all()) == Sums(1, kept.amount, 0, 0)
    assert capital_figures(here.makerspace, *YEAR)["financed_amount"] == 3000
    raise_money(tenant, here.asker)


def test_a_row_is_struck_out_once_and_by_its_unit(here: Scene, tenant: Tenant) -> None:
    row = list_firm(tenant, here.asker)

    others = [refusal_of(lambda by=by: operations.strike_fact(row, by=by, on=MONDAY, reason="不对")) for by in (here.bureau, rival()[1])]  # type: ignore[misc]  # fmt: skip
    operations.strike_fact(row, by=here.asker, on=MONDAY, reason="不对")
    again = refusal_of(lambda: operations.strike_fact(row, by=here.asker, on=MONDAY, reason="不对"))

    assert [(refusal.code, refusal.articles) for refusal in (*others, again)] == [
        ("not_yours", (14,)), ("not_found", ()), ("wrong_stage", (14,)),
    ]  # fmt: skip


# -- what it comes to --------------------------------------------------------------------------------------------------
def test_the_figures_of_a_year_count_firms_once_and_loans_not_at_all(here: Scene, tenant: Tenant) -> None:
    other = tenant_of(here, name="昆明乙软件有限公司", uscc=factories.uscc())
    raise_money(tenant, here.asker, day=date(2025, 12, 31), amount=100 * WAN, own_amount=0)
    raise_money(tenant, here.asker)
    raise_money(tenant, here.asker, kind="a", day=date(2026, 3, 1), own_amount=0)
    raise_money(other, here.asker, kind="debt", amount=900 * WAN, own_amount=0)
    raise_money(other, here.asker, kind="seed", amount=49_950_000, own_amount=0)
    list_firm(tenant, here.asker)
    list_firm(tenant, here.asker, board="regional", venue="云南省股权交易中心", code="", day=date(2025, 6, 1))

    assert capital_figures(here.makerspace, *YEAR) == {
        "financed": Decimal(2), "financed_amount": Decimal(6500), "financed_own": Decimal(1),
        "financed_own_amount": Decimal(500), "financed_ever_amount": Decimal(7500), "listed": Decimal(1),
    }  # fmt: skip
    assert capital_figures(here.makerspace, date(2025, 1, 1), date(2025, 12, 31)) == {
        "financed": Decimal(1), "financed_amount": Decimal(1000), "financed_own": Decimal(0),
        "financed_own_amount": Decimal(0), "financed_ever_amount": Decimal(1000), "listed": Decimal(1),
    }  # fmt: skip


def test_a_makerspace_that_never_entered_anything_has_no_figures(here: Scene, tenant: Tenant) -> None:
    row = raise_money(tenant, here.asker)
    operations.strike_fact(row, by=here.asker, on=MONDAY, reason="登记有误")

    assert capital_figures(here.makerspace, *YEAR) == {}


def test_the_public_board_reconciles_with_the_lists(here: Scene, tenant: Tenant) -> None:
    others = [tenant_of(here, name=f"昆明{name}软件有限公司") for name in "乙丙"]
    raise_money(tenant, here.asker, day=date(2025, 12, 31), amount=100 * WAN, own_amount=0)
    for firm in (tenant, *others):
        raise_money(firm, here.asker)
    raise_money(others[0], here.asker, kind="debt", amount=20 * WAN, own_amount=0)
    operations.strike_fact(list_firm(tenant, here.asker), by=here.asker, on=MONDAY, reason="登记有误")
    list_firm(tenant, here.asker, code="873002")

    found = reached()

    none = dict.fromkeys(Board.values, 0)
    assert found.years == [
        Year(2026, 3, 900 * WAN, 150 * WAN, 1, None, none | {"neeq": 1}), Year(2025, 1, None, 0, 0, 0, none),
    ]  # fmt: skip
    assert (found.financed, found.listed) == (3, 1)
    assert found.total == Year(0, 4, 900 * WAN, 150 * WAN, 1, 0, none | {"neeq": 1})
    listed = sums(queries.financings(here.bureau, MONDAY))
    assert listed.valid == found.total.rounds + found.total.loans


def test_what_two_makerspaces_entered_of_one_graduate_counts_once(here: Scene, tenant: Tenant) -> None:
    place, keeper = rival()
    twin = Tenant.objects.get(pk=tenant.pk)
    twin.pk, twin.makerspace, twin._state.adding = None, place, True
    twin.save(force_insert=True)
    raised, listed = raise_money(tenant, here.asker), list_firm(tenant, here.asker)
    for row in (raised, listed):  # the other one's were entered while it had its title
        row.pk, row.makerspace, row.tenant, row.entered_by, row._state.adding = None, place, twin, keeper, True
        row.save(force_insert=True)

    found = reached()

    assert (found.financed, found.listed, found.total.rounds, found.total.listings) == (1, 1, 1, 1)


def test_a_tenant_that_was_entered_by_mistake_reached_nothing(here: Scene, tenant: Tenant) -> None:
    raise_money(tenant, here.asker)
    Tenant.objects.filter(pk=tenant.pk).update(struck_on=MONDAY)

    assert capital_figures(here.makerspace, *YEAR) == {}
    assert reached().years == []
    assert sums(queries.financings(here.bureau, MONDAY)).valid == 0


def test_a_firm_is_one_by_its_code_or_its_name(here: Scene, tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(uscc="91530102MA6K4WQX0C")
    place, keeper = rival()
    row = raise_money(tenant, here.asker)
    for name, code in ((tenant.name, ""), ("昆明甲软件股份有限公司", "91530102MA6K4WQX0C"), ("昆明丁科技有限公司", "")):
        twin = Tenant.objects.get(pk=tenant.pk)
        twin.pk, twin.makerspace, twin.name, twin.uscc, twin._state.adding = None, place, name, code, True
        twin.save(force_insert=True)
        row.pk, row.makerspace, row.tenant, row.entered_by, row._state.adding = None, place, twin, keeper, True
        row.save(force_insert=True)

    assert capital_figures(place, *YEAR)["financed"] == 3
    assert (reached().financed, reached().total.rounds) == (2, 2)


def test_rows_that_were_written_past_the_record_are_named_by_replay(here: Scene, tenant: Tenant) -> None:
    raised, listed = raise_money(tenant, here.asker), list_firm(tenant, here.asker)
    operations.strike_fact(listed, by=here.asker, on=MONDAY, reason="登记有误")
    assert list(replay_capital()) == []

    Financing.objects.update(amount=3000 * WAN)
    Listing.objects.update(struck_on=None, struck_by=None, reason="")

    assert list(replay_capital()) == [f"融资登记{raised.pk}与案卷所记不符", f"挂牌登记{listed.pk}与案卷所记不符"]
    Financing.objects.all().delete()
    assert len(list(replay_capital())) == 2


@pytest.mark.parametrize("column", ["investor", "entered_by", "makerspace", "day", "own_amount", "evidence_name"])
def test_every_fact_of_a_round_is_held_against_the_record(here: Scene, tenant: Tenant, column: str) -> None:
    row = raise_money(tenant, here.asker)
    written: dict[str, Any] = {
        "investor": "改写", "entered_by": here.bureau, "makerspace": rival()[0], "day": date(2026, 2, 11), "own_amount": 0,
        "evidence_name": "另一份.pdf",
    }  # fmt: skip
    assert list(replay_capital()) == []

    Financing.objects.update(**{column: written[column]})

    assert list(replay_capital()) == [f"融资登记{row.pk}与案卷所记不符"]


@pytest.mark.parametrize("column", ["reason", "struck_by", "struck_on"])
def test_so_is_how_it_was_struck_out(here: Scene, tenant: Tenant, column: str) -> None:
    row = operations.strike_fact(raise_money(tenant, here.asker), by=here.asker, on=MONDAY, reason="登记有误")
    written: dict[str, Any] = {"reason": "改写", "struck_by": here.bureau, "struck_on": date(2026, 3, 15)}

    Financing.objects.update(**{column: written[column]})

    assert list(replay_capital()) == [f"融资登记{row.pk}与案卷所记不符"]


# -- who sees what -----------------------------------------------------------------------------------------------------
def test_nothing_leaks_to_another_unit_or_district(here: Scene, tenant: Tenant) -> None:
    raise_money(tenant, here.asker)
    list_firm(tenant, here.asker)
    place, keeper = rival()
    readers = {
        "own": here.asker, "rival": keeper, "district": factories.make_person(Role.DISTRICT, here.makerspace.authority),
        "other district": factories.make_person(Role.DISTRICT, place.authority), "bureau": here.bureau,
        "leader": factories.make_person(Role.LEADER), "auditor": factories.make_person(Role.AUDITOR),
        "expert": factories.make_expert(),
    }  # fmt: skip

    seen = {
        who: (queries.financings(person, MONDAY).count(), queries.listings(person, MONDAY).count())
        for who, person in readers.items()
    }

    assert seen == {
        "own": (1, 1), "rival": (0, 0), "district": (1, 1), "other district": (0, 0), "bureau": (1, 1), "leader": (1, 1),
        "auditor": (1, 1), "expert": (0, 0),
    }  # fmt: skip


def test_pages_files_and_exports_of_another_unit_are_not_there(here: Scene, tenant: Tenant) -> None:
    row, listed = raise_money(tenant, here.asker), list_firm(tenant, here.asker)
    client = browser(rival()[1])

    names = ("support_financing", "support_financing_evidence", "support_financing_strike")
    mine = [reverse(name, args=[row.pk]) for name in names]
    theirs = [reverse(name.replace("financing", "listing"), args=[listed.pk]) for name in names]
    shown = [client.get(reverse(f"support_{what}{ending}")).content.decode() for what in ("financings", "listings") for ending in ("", "_csv")]  # fmt: skip

    assert {client.get(url).status_code for url in (*mine, *theirs)} == {404}
    assert [word for word in (INVESTOR, tenant.name, "873001") if any(word in text for text in shown)] == []


def test_the_public_board_tells_sums_and_no_firm(here: Scene, tenant: Tenant, client: Any) -> None:
    raise_money(tenant, here.asker)
    list_firm(tenant, here.asker)

    page = client.get(reverse("portal_capital")).content.decode()

    assert "1笔" in page
    assert "300万元" not in page  # of fewer than three firms no money is told
    assert [word for word in (INVESTOR, tenant.name, here.makerspace.name, "873001", "甲软件") if word in page] == []


# -- pages -------------------------------------------------------------------------------------------------------------
def send(person: Person, name: str, /, *parts: object, **fields: object) -> Any:
    """A form sent by somebody."""
    return browser(person).post(reverse(name, args=parts), {**TOKEN, **fields})


def sheet() -> SimpleUploadedFile:
    return SimpleUploadedFile("投资协议.pdf", factories.make_pdf())


def test_the_form_takes_wan_and_a_file_once(here: Scene, tenant: Tenant) -> None:
    fields = {"tenant": tenant.pk, "day": "2026年2月10日", "kind": "angel", "amount": "1,300.5", "own_amount": "", "investor": INVESTOR}  # fmt: skip

    first, second = (send(here.asker, "support_financing_new", **fields, evidence=sheet()) for _ in range(2))

    row = Financing.objects.get()
    assert first["Location"] == second["Location"] == reverse("support_financing", args=[row.pk])
    assert (row.amount, row.own_amount, row.evidence_name) == (1_300_500_000, 0, "投资协议.pdf")
    page = browser(here.asker).get(first["Location"]).content.decode()
    assert "1,300.5万元" in page
    file = browser(here.bureau).get(reverse("support_financing_evidence", args=[row.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF-")


def test_a_form_sent_with_another_content_gets_a_token_of_its_own(here: Scene, tenant: Tenant) -> None:
    fields = {"tenant": tenant.pk, "day": "2026-02-10", "kind": "angel", "amount": "10", "investor": INVESTOR}
    send(here.asker, "support_financing_new", **fields, evidence=sheet())

    other = send(here.asker, "support_financing_new", **fields | {"amount": "20"}, evidence=sheet())
    (token,) = re.findall('name="form_token" value="([^"]+)"', other.content.decode())
    again = send(
        here.asker, "support_financing_new", **fields | {"amount": "20", "form_token": token}, evidence=sheet()
    )

    assert (other.status_code, token == TOKEN["form_token"]) == (422, False)
    assert again.status_code == 302
    assert list(Financing.objects.order_by("pk").values_list("amount", flat=True)) == [10 * WAN, 20 * WAN]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "-3"}, "融资额应大于0"),
        ({"amount": "0.01"}, "融资额应不少于0.1万元"),
        ({"amount": "三百万"}, "融资额应为数字，单位万元"),
        ({"amount": "99999999999"}, "数额过大"),
        ({"own_amount": "301"}, "应在0和融资额之间"),
        ({"day": "2026-03-17"}, "不能晚于今天"),
        ({"investor": ""}, "请填写投资方"),
        ({"evidence": ""}, "请选择证明材料"),
        ({"evidence": SimpleUploadedFile("协议.exe", b"MZ")}, "不接收“.exe”文件"),
    ],
)
def test_wrong_input_is_said_and_what_was_typed_stays(
    here: Scene, tenant: Tenant, wrong: dict[str, Any], said: str
) -> None:
    fields = {"tenant": tenant.pk, "day": "2026-02-10", "kind": "angel", "amount": "300", "own_amount": "0", "investor": INVESTOR, "evidence": sheet()}  # fmt: skip

    answer = send(here.asker, "support_financing_new", **{**fields, **wrong})

    assert answer.status_code in {415, 422}
    page = answer.content.decode()
    assert said in page
    assert "2026-0" in page
    assert not Financing.objects.exists()


def test_all_that_is_wrong_is_said_at_once(here: Scene, tenant: Tenant) -> None:
    page = send(here.asker, "support_listing_new", board="neeq").content.decode()

    assert [
        text for text in ("有3处需要更正", "请选择企业或团队", "请填写挂牌日期", "请选择证明材料") if text not in page
    ] == []


def test_another_units_tenant_cannot_be_chosen(here: Scene, tenant: Tenant) -> None:
    place, keeper = rival()
    strange = registers.add(place, TENANTS, values(TENANTS), by=keeper, on=MONDAY)

    answer = send(
        here.asker, "support_financing_new", tenant=strange.pk, day="2026-02-10", kind="angel", amount="3",
        investor=INVESTOR, evidence=sheet(),
    )  # fmt: skip

    assert answer.status_code in {404, 422}
    assert not Financing.objects.exists()


def test_a_listing_is_entered_and_struck_out_on_its_pages(here: Scene, tenant: Tenant) -> None:
    fields = {"tenant": tenant.pk, "day": "2026-03-02", "board": "neeq", "code": "873001", "short_name": "甲软件"}
    send(here.asker, "support_listing_new", **fields, evidence=sheet())
    row = Listing.objects.get()

    struck = send(here.asker, "support_listing_strike", row.pk, reason="代码登记有误")
    again = send(here.asker, "support_listing_strike", row.pk, reason="代码登记有误")
    later = browser(here.asker).get(reverse("support_listing_strike", args=[row.pk]))

    assert struck["Location"] == again["Location"] == reverse("support_listing", args=[row.pk])
    assert later.status_code == 409
    page = browser(here.bureau).get(reverse("support_listing", args=[row.pk])).content.decode()
    assert "已作废" in page
    assert "代码登记有误" in page
    assert "登记有误，作废" not in page


def test_the_lists_narrow_and_export_what_they_show(here: Scene, tenant: Tenant) -> None:
    raise_money(tenant, here.asker)
    operations.strike_fact(raise_money(tenant, here.asker, kind="a"), by=here.asker, on=MONDAY, reason="=cmd|重复登记")
    list_firm(tenant, here.asker)
    client = browser(here.bureau)

    page = client.get(reverse("support_financings") + "?year=2026&state=valid").content.decode()
    nothing = client.get(reverse("support_financings") + "?year=2025").content.decode()
    table = client.get(reverse("support_financings_csv") + "?state=struck").content.decode()
    listed = client.get(reverse("support_listings_csv")).content.decode()

    assert "有效1笔：股权融资合计300万元" in page
    assert "没有符合条件的融资" in nothing
    assert table.splitlines()[1:] == [
        f"{here.makerspace.name},{here.makerspace.authority.name},{tenant.name},2026-02-10,A轮,3000000,500000,{INVESTOR},2026-03-16作废,'=cmd|重复登记"
    ]
    assert "新三板,,873001,甲软件,有效," in listed


def test_what_is_offered_follows_from_who_may(here: Scene, tenant: Tenant) -> None:
    row = raise_money(tenant, here.asker)

    own, office = (browser(person).get(reverse("support_financings")).content.decode() for person in (here.asker, here.bureau))  # fmt: skip
    pages = [browser(person).get(reverse("support_financing", args=[row.pk])).content.decode() for person in (here.asker, here.bureau)]  # fmt: skip

    assert [("登记融资</a>" in text) for text in (own, office)] == [True, False]
    assert [("登记有误，作废" in text) for text in pages] == [True, False]


def test_files_out_of_reach_are_said_so_on_the_page(
    here: Scene, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = raise_money(tenant, here.asker)

    def gone(*_: object) -> None:
        raise storage.StorageUnavailable

    monkeypatch.setattr(storage.Folder, "open", gone)
    monkeypatch.setattr(storage.Folder, "put", gone)
    asked = browser(here.asker).get(reverse("support_financing_evidence", args=[row.pk]))
    fields = {"tenant": tenant.pk, "day": "2026-02-11", "kind": "angel", "amount": "10", "investor": INVESTOR}
    sent = send(here.asker, "support_financing_new", **fields, evidence=sheet())

    assert (asked.status_code, sent.status_code) == (503, 503)
    assert "文件存储暂时不可用" in asked.content.decode()
    assert Financing.objects.count() == 1
