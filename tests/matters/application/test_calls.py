"""Article 8: the bureau's call."""

from datetime import date, timedelta

import pytest

from makerspace.matters.application import operations, queries
from makerspace.matters.application.models import Call
from makerspace.office.casework.refusals import Refused
from makerspace.office.record.queries import entries_of
from makerspace.regulation.terms import Role
from tests.factories import DAY, make_call, make_person

pytestmark = pytest.mark.django_db


def test_publishing_is_recorded_with_its_article_and_digest() -> None:
    call = make_call()

    entry = entries_of(call.stream).get()

    assert (entry.act, entry.articles, entry.before, entry.after, entry.role) == (
        "publish_call",
        "8",
        "draft",
        "published",
        "bureau",
    )
    assert "0871" not in entry.data


def test_a_draft_is_seen_by_the_bureau_alone() -> None:
    officer, applicant = make_person(Role.BUREAU), make_person()
    draft, published = make_call(published=False, by=officer), make_call(by=officer)

    assert set(queries.calls_for(officer, DAY)) == {draft, published}
    assert set(queries.calls_for(applicant, DAY)) == {published}
    assert list(queries.open_calls(DAY)) == [published]


def test_a_district_cannot_publish() -> None:
    draft = make_call(published=False)

    with pytest.raises(Refused) as caught:
        operations.publish_call(draft, by=make_person(Role.DISTRICT), on=DAY)

    assert (caught.value.refusal.code, caught.value.refusal.articles) == ("not_yours", (8,))
    assert Call.objects.get().state == "draft"


def test_a_published_call_is_neither_changed_nor_published_again() -> None:
    officer = make_person(Role.BUREAU)
    call = make_call(by=officer)

    with pytest.raises(Refused) as again:
        operations.publish_call(call, by=officer, on=DAY)
    with pytest.raises(Refused) as changed:
        operations.edit_call(call, by=officer, on=DAY, seen_version=call.version, **_values())

    assert again.value.refusal.code == changed.value.refusal.code == "wrong_stage"
    assert entries_of(call.stream).count() == 1


def test_a_call_without_text_and_contacts_is_refused_with_both_named() -> None:
    officer = make_person(Role.BUREAU)
    call = operations.draft_call(by=officer, on=DAY, **_values(text=" ", contacts=[]))

    with pytest.raises(Refused) as caught:
        operations.publish_call(call, by=officer, on=DAY)

    assert set(caught.value.refusal.fields) == {"text", "contacts"}


def test_a_call_whose_last_day_is_over_is_not_published() -> None:
    officer = make_person(Role.BUREAU)
    call = operations.draft_call(by=officer, on=DAY, **_values())

    with pytest.raises(Refused) as caught:
        operations.publish_call(call, by=officer, on=DAY + timedelta(days=1))

    assert set(caught.value.refusal.fields) == {"closes_on"}


def test_a_call_that_closes_before_it_opens_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        operations.draft_call(
            by=make_person(Role.BUREAU), on=DAY, **_values(closes_on=DAY - timedelta(days=9), categories=[])
        )

    assert set(caught.value.refusal.fields) == {"closes_on", "categories"}


def test_two_officers_editing_one_draft_do_not_overwrite_each_other() -> None:
    officer = make_person(Role.BUREAU)
    call = operations.draft_call(by=officer, on=DAY, **_values())
    operations.edit_call(call, by=officer, on=DAY, seen_version=0, **_values(title="甲的标题"))

    with pytest.raises(Refused) as caught:
        operations.edit_call(call, by=officer, on=DAY, seen_version=0, **_values(title="乙的标题"))

    assert caught.value.refusal.code == "changed_meanwhile"
    assert Call.objects.get().title == "甲的标题"


def test_the_last_day_counts_whole() -> None:
    call = make_call(closes_on=date(2026, 4, 1))

    assert queries.is_open(call, date(2026, 4, 1))
    assert not queries.is_open(call, date(2026, 4, 2))
    assert operations.closed_reason(call, date(2026, 4, 2)).startswith(
        "《关于组织申报2026年昆明市众创空间的通知》已于2026年4月1日截止"
    )
    assert "尚未发布" in operations.closed_reason(make_call(published=False), DAY)
    assert "自2026年3月1日起" in operations.closed_reason(call, date(2026, 2, 1))


def _values(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "title": "通知", "year": 2026, "categories": ["technical"], "opens_on": DAY, "closes_on": DAY, "text": "正文",
        "materials": [], "contacts": [{"name": "王敏", "phone": "0871-63100001"}], "regulation": "kunkefa-2017-55",
    }  # fmt: skip
    return values | changes
