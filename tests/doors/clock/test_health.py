"""What watches the system: alive, ready, figures for those who may see them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from makerspace.doors.clock import health
from makerspace.office.notify.operations import tell
from makerspace.office.record import clock
from makerspace.office.record.operations import publish_heads
from tests.factories import draft_case, make_person, submitted_case

pytestmark = pytest.mark.django_db


def figures(client: Client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    return {name: float(value) for name, value in re.findall(r"^(makerspace_\S+) (\S+)$", text, re.MULTILINE)}


def test_alive_asks_nothing(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_checks_database_storage_and_migrations(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.json() == {"status": "ok", "checks": {"database": "ok", "storage": "ok", "migrations": "ok"}}
    assert answer["Cache-Control"]


def test_without_storage_it_is_not_ready_and_says_no_more_than_that(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    settings.STORAGE_ROOT = tmp_path / "taken"

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "storage": "failed", "migrations": "ok"}
    assert str(tmp_path) not in answer.content.decode()


def test_without_its_migrations_it_is_not_ready(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])

    assert client.get("/readyz").json()["checks"]["migrations"] == "failed"


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("203.0.113.9", 404), ("10.0.0.7", 200), ("", 404)]
)
def test_figures_are_for_the_loopback_and_named_addresses(
    client: Client, settings: Any, address: str, status: int
) -> None:
    settings.METRICS_ALLOW = ["10.0.0.0/24"]

    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status


def test_whoever_comes_through_a_proxy_on_this_machine_is_not_the_loopback(client: Client) -> None:
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_figures_count_cases_queues_and_heads(client: Client) -> None:
    draft_case()
    submitted_case()
    tell([make_person()], "提醒", "…")

    before = figures(client)
    with clock.pretending(clock.now() + timedelta(days=2)):
        late = figures(client)
        publish_heads(clock.now())
        after = figures(client)

    assert before['makerspace_cases{kind="recognition",stage="draft"}'] == 1
    assert before['makerspace_cases{kind="recognition",stage="district_review"}'] == 1
    assert before['makerspace_queue_length{queue="letters"}'] >= 1
    assert before['makerspace_queue_length{queue="papers"}'] >= 1
    assert late['makerspace_queue_age_seconds{queue="letters"}'] > 86_400
    assert late["makerspace_record_head_delay_seconds"] > 0
    assert after["makerspace_record_head_delay_seconds"] == 0
    assert after["makerspace_record_head_age_seconds"] < 60
    assert before["makerspace_storage_free_bytes"] > 0


def test_figures_name_nobody(client: Client) -> None:
    case = submitted_case()
    text = client.get("/metrics").content.decode()

    assert case.organisation.name not in text
    assert case.number not in text
