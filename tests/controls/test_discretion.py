"""C47: an address that is itself a secret stands in no log in full, whoever of the house writes the line."""

import logging

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from makerspace.config.logs import Masked

SECRET = "Zq8vT0-m3W_kL5nR7yB1cD4fG6hJ9pXsUaEiOoVwYtQ"
ADDRESSES = (
    reverse("support_mentoring", args=[SECRET]), reverse("support_mentoring_ask", args=[SECRET, 1]),
    reverse("support_feed", args=[SECRET]), reverse("work_invitation", args=[SECRET]),
    reverse("portal_objection_confirm", args=[SECRET]), reverse("portal_objection", args=[SECRET]),
    f"/accounts/password/reset/key/1a-{SECRET}/",
)  # fmt: skip


def lines(records: list[logging.LogRecord]) -> list[str]:
    """The records as the log of this installation writes them."""
    made = Masked(settings.LOGGING["formatters"]["line"]["format"])
    return [made.format(record) for record in records]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_secret_address_stands_in_no_log_in_full(address: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for asked in (address, f"{address}?elder=1", f"{address}?page=x"):
            Client().get(asked)
        logging.getLogger("django.request").warning("Not Found: %s", address)
        logging.getLogger("django.request").warning("Not Found: %s", address.replace("/", "%2F"))

    written = lines(caplog.records)
    assert any(SECRET in record.getMessage() for record in caplog.records), "nothing was logged: nothing could leak"
    assert not [line for line in written if SECRET[4:] in line]


def test_what_is_no_secret_stays_as_it_is() -> None:
    plain = "refused: path='/work/mentors/tenants/12/link/revoke/' /work/objections/1234567 /work/calendar/key/revoke/"

    (line,) = lines([logging.LogRecord("makerspace", logging.INFO, __file__, 1, plain, (), None)])

    assert line.endswith(plain)


def test_what_an_exception_says_is_masked_too() -> None:
    try:
        raise ValueError(ADDRESSES[0])
    except ValueError as error:
        record = logging.LogRecord(
            "makerspace", logging.ERROR, __file__, 1, "failed", (), (type(error), error, error.__traceback__)
        )

    assert SECRET[4:] not in lines([record])[0]


def test_the_log_of_the_installation_masks() -> None:
    handlers = settings.LOGGING["handlers"].values()

    assert settings.LOGGING["formatters"]["line"]["()"] == f"{Masked.__module__}.{Masked.__qualname__}"
    assert {handler["formatter"] for handler in handlers} == {"line"}
