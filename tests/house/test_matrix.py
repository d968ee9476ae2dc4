"""Every role × every address × its objects: allowed or refused on purpose, and for the reason that was predicted.

What a page asks of the database is counted on the way: a literal number, whatever the rows.
"""

from dataclasses import dataclass

import pytest
from pytest_django import DjangoDbBlocker

from makerspace.web.policy import policy_of
from tests.house.budgets import BUDGETS, MOST, NOBODY, READ, STEPS, Counted, in_a_larger_city
from tests.house.rows_secrets import SECRETS, Secret
from tests.house.rows_shape import SHUT
from tests.house.sweep import ADDRESSES, ROWS, Sweep, Swept, standing_city

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Asked:
    """What everybody was answered, and what that took of the database."""

    swept: Swept
    counted: Counted


@pytest.fixture(scope="module")
def asked(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Asked:
    """The whole matrix, asked once; with ``-k`` only the addresses that were chosen."""
    items = [each for each in request.session.items if each.path == request.path and isinstance(each, pytest.Function)]
    chosen = {str(each.callspec.params.get("name", "")) for each in items if hasattr(each, "callspec")} & set(ROWS)
    with django_db_blocker.unblock(), standing_city(tmp_path_factory.mktemp("city")) as world:
        found = Sweep(world).over(sorted(chosen) or sorted(ROWS))
        return Asked(found, in_a_larger_city(world, found.queries))


@pytest.fixture
def swept(asked: Asked) -> Swept:
    return asked.swept


@pytest.fixture
def counted(asked: Asked) -> Counted:
    return asked.counted


def test_every_address_has_a_row() -> None:
    assert sorted(set(ADDRESSES) - set(ROWS)) == []
    assert sorted(set(ROWS) - set(ADDRESSES)) == []


def test_every_view_declares_a_policy() -> None:
    bare = [name for name, found in ADDRESSES.items() if policy_of(found.callback, name) is None]

    assert bare == [name for name, row in ROWS.items() if row.policy == SHUT]


@pytest.mark.parametrize("name", sorted(ROWS))
def test_everybody_is_answered_as_predicted(swept: Swept, name: str) -> None:
    assert swept.cells[name] > 0
    assert swept.wrong[name] == []


def test_what_is_refused_writes_nothing(swept: Swept) -> None:
    assert {name: found for name, found in swept.written.items() if found} == {}


def test_what_one_may_not_see_looks_as_if_it_were_not_there(swept: Swept) -> None:
    assert {name: found for name, found in swept.unlike.items() if found} == {}


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.name)
def test_a_secret_is_read_by_its_readers_and_nobody_else(swept: Swept, secret: Secret) -> None:
    assert swept.leaks[secret.name] == []
    assert swept.shown[secret.name] or set(swept.cells) < set(ROWS), "nobody was shown it: it could not have leaked"


def test_no_other_method_is_taken(swept: Swept) -> None:
    assert {name: found for name, found in swept.odd.items() if found} == {}


def test_a_forged_form_is_refused(swept: Swept) -> None:
    assert {name: found for name, found in swept.unforged.items() if found} == {}


def test_every_page_has_a_budget() -> None:
    assert sorted(BUDGETS) == READ
    assert [name for name, most in BUDGETS.items() if most > MOST] == []


def test_no_page_asks_more_than_its_budget(counted: Counted) -> None:
    over = {name: found for name, found in counted.many.items() if found[0] > BUDGETS.get(name, 0)}

    assert over == {}


def test_thirty_rows_ask_no_more_than_one(counted: Counted) -> None:
    grown = {name: (counted.few[name], many) for name, many in counted.many.items() if many[0] != counted.few[name][0]}

    assert set(grown) - STEPS == set(), grown


def test_every_page_was_read_by_somebody(swept: Swept, counted: Counted) -> None:
    assert [name for name in READ if name in swept.cells and counted.few[name] == NOBODY] == []
