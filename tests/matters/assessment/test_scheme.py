"""Article 18: the life of a scheme. The bureau writes it, another person publishes it, then the database keeps it."""

import json
import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from makerspace.matters.assessment.forms import scheme as forms
from makerspace.matters.assessment.models import Scheme, SchemeChange
from makerspace.matters.assessment.operations import scheme as operations
from makerspace.matters.assessment.queries import scheme as queries
from makerspace.office.casework.refusals import Refused
from makerspace.office.notify.models import Message
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.regulation.kunkefa_2017_55.default_scheme import OWN_NOTE, default_scheme
from makerspace.regulation.scheme import Bonus, Indicator, Sketch
from makerspace.regulation.terms import Role
from makerspace.web.forms import SchemaForm
from tests.factories import DAY, make_person
from tests.matters.assessment.people import Office

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def drafted(office: Office, year: int = 2025) -> Scheme:
    return operations.draft_scheme(by=office.bureau, on=DAY, sketch=default_scheme(year))


def submitted(office: Office, year: int = 2025) -> Scheme:
    return operations.submit_scheme(drafted(office, year), by=office.bureau, on=DAY, seen=1)


def published(office: Office, year: int = 2025) -> Scheme:
    row = submitted(office, year)
    return operations.publish_scheme(row, by=office.leader, on=DAY, read=row.digest)


def refusal(call: Any, *args: Any, **fields: Any) -> tuple[str, tuple[int, ...]]:
    """What a call is refused with: the code and the articles."""
    with pytest.raises(Refused) as caught, transaction.atomic():
        call(*args, **{"on": DAY, **fields})
    return caught.value.refusal.code, caught.value.refusal.articles


# -- the straight way -------------------------------------------------------------------------------------------------------


def test_a_scheme_is_drafted_revised_submitted_and_published(office: Office) -> None:
    row = drafted(office)
    sketch = forms.without_row(queries.sketch_of(row), "bonuses", "special")
    row = operations.revise_scheme(row, by=office.second, on=DAY, seen=1, sketch=sketch, what="删除加分项“特色做法”")
    row = operations.submit_scheme(row, by=office.bureau, on=DAY, seen=2)
    row = operations.publish_scheme(row, by=office.leader, on=DAY, read=row.digest)

    row = Scheme.objects.get(pk=row.pk)
    assert (row.state, row.revision, row.published_on, row.published_by) == ("published", 2, DAY, office.leader)
    assert queries.published_for(2025) == row
    assert [bonus.code for bonus in queries.scheme_of(row).bonuses] == ["listed", "international"]
    assert [(change.what, change.edits, change.by) for change in queries.changes_of(row)] == [
        ("发布", False, office.leader), ("送局领导审定", False, office.bureau), ("删除加分项“特色做法”", True, office.second),
        ("拟定草案", True, office.bureau),
    ]  # fmt: skip


def test_the_record_keeps_each_step_with_the_digest(office: Office) -> None:
    row = published(office)

    entries = Entry.objects.filter(stream=row.stream).order_by("seq")
    assert [(entry.act, entry.before, entry.after, entry.articles) for entry in entries] == [
        ("draft_scheme", "", "draft", "18"), ("submit_scheme", "draft", "submitted", "18"),
        ("publish_scheme", "submitted", "published", "18"),
    ]  # fmt: skip
    assert json.loads(entries[2].data)["digest"] == row.digest == queries.scheme_of(row).digest


def test_leaders_hear_of_what_waits_and_the_writer_of_what_came_of_it(office: Office) -> None:
    row = submitted(office)
    operations.return_scheme(row, by=office.leader, on=DAY, reason="融资的权重偏低。")

    told = Message.objects.order_by("id").values_list("person", "subject")
    assert list(told) == [
        (office.both.pk, "待发布：2025年度考核方案"), (office.leader.pk, "待发布：2025年度考核方案"), (office.bureau.pk, "已退回：2025年度考核方案"),
    ]  # fmt: skip


def test_what_was_returned_can_be_changed_again(office: Office) -> None:
    row = operations.return_scheme(submitted(office), by=office.leader, on=DAY, reason="融资的权重偏低。")

    assert row.state == "draft"
    assert row.changes.first().what == "退回修改：融资的权重偏低。"


def test_the_bureau_may_take_it_back_itself(office: Office) -> None:
    row = operations.return_scheme(submitted(office), by=office.second, on=DAY, reason="还要改。")

    assert Entry.objects.filter(stream=row.stream).latest("seq").role == "bureau"


def test_a_draft_can_be_thrown_away_and_leaves_the_lists(office: Office) -> None:
    row = operations.discard_scheme(drafted(office), by=office.bureau, on=DAY)

    assert row.state == "discarded"
    assert not queries.schemes().exists()


# -- what is refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR, Role.DISTRICT, Role.APPLICANT, Role.EXPERT])
def test_only_the_bureau_writes(office: Office, role: Role) -> None:
    stranger, row = make_person(role), drafted(office)

    assert refusal(operations.draft_scheme, by=stranger, sketch=default_scheme(2025)) == ("not_yours", (18,))
    assert refusal(operations.submit_scheme, row, by=stranger, seen=1) == ("not_yours", (18,))
    assert refusal(operations.discard_scheme, row, by=stranger) == ("not_yours", (18,))
    revised = refusal(operations.revise_scheme, row, by=stranger, seen=1, sketch=default_scheme(2025), what="改")
    assert revised == ("not_yours", (18,))


@pytest.mark.parametrize("role", [Role.BUREAU, Role.AUDITOR, Role.DISTRICT])
def test_only_a_leader_publishes(office: Office, role: Role) -> None:
    row = submitted(office)

    assert refusal(operations.publish_scheme, row, by=make_person(role), read=row.digest) == ("not_yours", (18,))


def test_an_outsider_sends_nothing_back(office: Office) -> None:
    assert refusal(operations.return_scheme, submitted(office), by=make_person(Role.AUDITOR), reason="不") == (
        "not_yours", (18,),
    )  # fmt: skip


def test_whoever_wrote_any_of_it_does_not_publish_it(office: Office) -> None:
    both = office.both
    row = operations.draft_scheme(by=both, on=DAY, sketch=default_scheme(2025))
    row = operations.revise_scheme(row, by=office.bureau, on=DAY, seen=1, sketch=default_scheme(2025), what="改")
    row = operations.submit_scheme(row, by=office.bureau, on=DAY, seen=2)

    assert refusal(operations.publish_scheme, row, by=both, read=row.digest) == ("not_yours", (18,))


def test_what_was_not_read_is_not_published(office: Office) -> None:
    row = submitted(office)

    assert refusal(operations.publish_scheme, row, by=office.leader, read="0" * 64) == ("changed_meanwhile", (18,))


def test_an_unfinished_scheme_is_not_submitted_and_says_why(office: Office) -> None:
    row = drafted(office)
    sketch = forms.without_row(queries.sketch_of(row), "indicators", "fund")
    row = operations.revise_scheme(row, by=office.bureau, on=DAY, seen=1, sketch=sketch, what="删除指标")

    with pytest.raises(Refused) as caught:
        operations.submit_scheme(row, by=office.bureau, on=DAY, seen=2)

    assert caught.value.refusal.text == "方案还不完整，不能送审：各指标权重合计应为100，现为97。"


def test_a_revision_of_what_another_changed_is_refused(office: Office) -> None:
    row = drafted(office)
    sketch = queries.sketch_of(row)
    operations.revise_scheme(row, by=office.second, on=DAY, seen=1, sketch=sketch, what="改")

    again = {"by": office.bureau, "seen": 1}
    assert refusal(operations.revise_scheme, row, sketch=sketch, what="改", **again) == ("changed_meanwhile", (18,))
    assert refusal(operations.submit_scheme, row, **again) == ("changed_meanwhile", (18,))


def test_each_step_only_from_its_state(office: Office) -> None:
    draft, waiting = drafted(office, 2024), submitted(office, 2025)
    sketch = queries.sketch_of(waiting)

    stage = ("wrong_stage", (18,))
    assert refusal(operations.publish_scheme, draft, by=office.leader, read=draft.digest) == stage
    assert refusal(operations.return_scheme, draft, by=office.leader, reason="不") == stage
    assert refusal(operations.submit_scheme, waiting, by=office.bureau, seen=1) == stage
    assert refusal(operations.discard_scheme, waiting, by=office.bureau) == stage
    assert refusal(operations.revise_scheme, waiting, by=office.bureau, seen=1, sketch=sketch, what="改") == stage


def test_a_year_has_one_published_scheme(office: Office) -> None:
    second, third = submitted(office), drafted(office)
    published(office)

    stage = ("wrong_stage", (18,))
    assert refusal(operations.publish_scheme, second, by=office.leader, read=second.digest) == stage
    assert refusal(operations.submit_scheme, third, by=office.bureau, seen=1) == stage


# -- the database keeps what was published ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"title": "另一个名称"}, {"body": {}}, {"state": "draft"}])
def test_the_database_refuses_to_change_what_was_published(office: Office, change: dict[str, Any]) -> None:
    row = published(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.filter(pk=row.pk).update(**change)


def test_the_database_refuses_to_remove_what_was_published_or_what_happened(office: Office) -> None:
    row = published(office)

    for rows in (Scheme.objects.filter(pk=row.pk), SchemeChange.objects.filter(scheme=row)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")  # type: ignore[attr-defined]
    with pytest.raises(IntegrityError), transaction.atomic():
        SchemeChange.objects.filter(scheme=row).update(what="别的")


def test_the_database_wants_another_publisher_and_one_a_year(office: Office) -> None:
    row, other = published(office), drafted(office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.filter(pk=other.pk).update(state="published", published_on=DAY, published_by=office.leader)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.filter(pk=other.pk).update(
            year=2020, state="published", published_on=DAY, published_by=other.changed_by
        )
    assert queries.published_for(2025) == row


# -- forms -----------------------------------------------------------------------------------------------------------------------


def shown(fields: Any) -> dict[str, Any]:
    """What a browser would send of a form as it is shown."""
    sent: dict[str, Any] = {}
    for field in fields:
        inner = [*field.fields, *(cell for row in field.rows for cell in row.fields)]
        sent |= shown(inner) if inner else {field.name: field.value}
    return sent


DEFAULT = default_scheme(2025)
ROWS = [("indicators", row) for row in DEFAULT.indicators] + [("bonuses", row) for row in DEFAULT.bonuses]


@pytest.mark.parametrize(("part", "row"), ROWS, ids=[row.code for _, row in ROWS])
def test_a_form_sent_as_it_is_shown_changes_nothing(part: str, row: Indicator | Bonus) -> None:
    model, kind = forms.row_form(part, row.formula.kind), row.formula.kind
    form = SchemaForm(model, None, initial=forms.shown_of(row), options=forms.field_options())

    sent = SchemaForm(model, shown(form.fields), options=forms.field_options())

    assert sent.is_valid(), sent.errors
    after = forms.with_row(DEFAULT, part, forms.row_of(part, kind, row.code, sent.cleaned))
    assert after.rows == DEFAULT.rows


@pytest.mark.parametrize("veto", DEFAULT.vetoes)
def test_a_veto_form_sent_as_it_is_shown_changes_nothing(veto: Any) -> None:
    form = SchemaForm(forms.VetoInput, None, initial=forms.shown_of(veto), options=forms.field_options())

    sent = SchemaForm(forms.VetoInput, shown(form.fields), options=forms.field_options())

    assert sent.is_valid(), sent.errors
    after = forms.with_row(DEFAULT, "vetoes", forms.row_of("vetoes", "", veto.code, sent.cleaned))
    assert after.vetoes == DEFAULT.vetoes


def test_a_changed_default_is_the_bureaus_own_and_says_so() -> None:
    after = forms.without_row(DEFAULT, "bonuses", "special")

    assert (after.origin, after.note) == ("bureau", OWN_NOTE)
    assert {field.code for field in after.fields} == set(after.codes)


def test_a_copy_bears_its_year() -> None:
    copy = forms.for_year(forms.for_year(DEFAULT, 2026), 2027)

    assert (copy.year, copy.title, copy.rows) == (2027, "2027年度考核方案", DEFAULT.rows)


def test_a_new_row_gets_a_code_of_its_own() -> None:
    one = forms.with_row(DEFAULT, "vetoes", {**DEFAULT.vetoes[0].model_dump(mode="json"), "code": "v1"})

    assert (forms.new_code(DEFAULT, "vetoes"), forms.new_code(one, "vetoes")) == ("v1", "v2")


# -- pages -----------------------------------------------------------------------------------------------------------------------
BASE = "/work/assessment/schemes/"
UNIT_ROW = {
    "label": "创业导师", "dimension": "service", "weight": "3", "cap": "3", "formula-fields-0-field": "mentors", "formula-points": "1",
}  # fmt: skip


def signed_in(person: Person) -> Client:
    """A client that proved who it is a moment ago."""
    client = Client()
    client.force_login(person)
    session = client.session
    session["account_authentication_methods_user"] = str(person.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    return client


def test_the_bureau_writes_a_scheme_page_by_page(office: Office) -> None:
    client = signed_in(office.bureau)

    begun = client.post(f"{BASE}new/", {"year": "2025", "base": "default", "form_token": "a" * 24})
    row = Scheme.objects.get()
    assert (begun.status_code, begun["Location"]) == (302, f"{BASE}{row.pk}/")
    dropped = client.post(f"{BASE}{row.pk}/indicators/rows/team/remove/", {"seen": "1"})
    added = client.post(f"{BASE}{row.pk}/indicators/new/?kind=unit", {**UNIT_ROW, "seen": "2"})
    changed = client.post(
        f"{BASE}{row.pk}/head/",
        {
            "title": "2025年度考核方案", "pass_line": "65", "bonus_cap": "5", "note": "", "seen": "3",
            "grades-0-label": "合格", "grades-0-at_least": "65", "grades-1-label": "不合格", "grades-1-at_least": "0",
        },
    )  # fmt: skip

    assert [dropped.status_code, added.status_code, changed.status_code] == [302, 302, 302]
    scheme = queries.scheme_of(Scheme.objects.get())
    assert (scheme.pass_line, scheme.of("service")[-1].label, scheme.of("service")[-1].weight) == (65, "创业导师", 3)
    page = client.get(f"{BASE}{row.pk}/").content.decode()
    assert "创业导师数，每1人1分" in page
    assert "送局领导审定" in page


def test_the_same_start_sent_twice_makes_one_draft(office: Office) -> None:
    client = signed_in(office.bureau)
    sent = {"year": "2025", "base": "default", "form_token": "a" * 24}

    assert [client.post(f"{BASE}new/", sent).status_code for _ in range(2)] == [302, 302]
    assert Scheme.objects.count() == 1


def test_a_draft_may_begin_from_another_scheme(office: Office) -> None:
    base = drafted(office, 2024)

    signed_in(office.bureau).post(f"{BASE}new/", {"year": "2025", "base": str(base.pk), "form_token": "b" * 24})

    assert Scheme.objects.get(year=2025).title == "2025年度考核方案"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"year": "1999"}, "考核年度"),
        ({"year": "x"}, "考核年度"),
        ({"year": "2025", "base": "999"}, "请在列出的"),
        ({"year": "2025", "base": ""}, "请"),
    ],
)
def test_a_wrong_start_is_shown_with_what_is_wrong(office: Office, sent: dict[str, str], said: str) -> None:
    answer = signed_in(office.bureau).post(f"{BASE}new/", {"base": "default", **sent, "form_token": "c" * 24})

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Scheme.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"weight": "-1"}, "权重"),
        ({"weight": "1e9"}, "权重"),
        ({"cap": "0"}, "公式得分上限"),
        ({"cap": "一"}, "公式得分上限"),
        ({"formula-fields-0-field": "nothing"}, "列出的"),
        ({"formula-fields-0-field": ""}, "填报项"),
        ({"dimension": "other"}, "考核方面"),
        ({"label": ""}, "名称"),
        ({"label": "长" * 61}, "名称"),
        ({"label": "<script>alert(1)</script>", "cap": "x"}, "&lt;script&gt;"),
        ({"seen": "7"}, "刚刚由另一位办理人"),
        ({"seen": "x"}, "刚刚由另一位办理人"),
    ],
)
def test_a_wrong_row_is_shown_with_what_is_wrong(office: Office, change: dict[str, str], said: str) -> None:
    row = drafted(office)

    answer = signed_in(office.bureau).post(
        f"{BASE}{row.pk}/indicators/new/?kind=unit", {**UNIT_ROW, "seen": "1", **change}
    )

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert Scheme.objects.get(pk=row.pk).digest == row.digest


def test_bands_that_do_not_rise_are_refused_in_words(office: Office) -> None:
    row = drafted(office)
    sent = {
        **{key: value for key, value in UNIT_ROW.items() if not key.startswith("formula-points")}, "seen": "1",
        "formula-bands-0-at_least": "5", "formula-bands-0-points": "1", "formula-bands-1-at_least": "5",
        "formula-bands-1-points": "2",
    }  # fmt: skip

    answer = signed_in(office.bureau).post(f"{BASE}{row.pk}/indicators/new/?kind=bands", sent)

    assert (answer.status_code, "各档起点须由低到高排列" in answer.content.decode()) == (422, True)


def test_another_kind_keeps_the_rest_and_begins_the_formula_anew(office: Office) -> None:
    row, client = drafted(office), signed_in(office.bureau)

    kinds = client.get(f"{BASE}{row.pk}/indicators/kinds/?code=fund").content.decode()
    page = client.get(f"{BASE}{row.pk}/indicators/rows/fund/?kind=unit").content.decode()

    assert "“自有或合作基金”换一种公式" in kinds
    assert 'value="自有或合作基金"' in page
    assert "每个得分" in page


def test_a_leader_publishes_what_they_read(office: Office) -> None:
    row, client = submitted(office), signed_in(office.leader)
    assert "核对无误，发布" in client.get(f"{BASE}{row.pk}/").content.decode()

    stranger = Client()
    stranger.force_login(office.leader)
    asked = stranger.post(f"{BASE}{row.pk}/publish/", {"digest": row.digest})
    stale = client.post(f"{BASE}{row.pk}/publish/", {"digest": "x"})
    done = client.post(f"{BASE}{row.pk}/publish/", {"digest": row.digest})

    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert (stale.status_code, "没有办理" in stale.content.decode()) == (412, True)
    assert (done.status_code, Scheme.objects.get(pk=row.pk).state) == (302, "published")


def test_who_wrote_it_reads_that_another_must_publish(office: Office) -> None:
    row = operations.draft_scheme(by=office.both, on=DAY, sketch=default_scheme(2025))
    operations.submit_scheme(row, by=office.bureau, on=DAY, seen=1)
    client = signed_in(office.both)

    page = client.get(f"{BASE}{row.pk}/").content.decode()
    refused = client.post(f"{BASE}{row.pk}/publish/", {"digest": row.digest})

    assert "须由另一位局领导发布" in page
    assert "核对无误，发布" not in page
    assert refused.status_code == 403


def test_the_other_buttons_do_what_they_say(office: Office) -> None:
    row, client, leader = drafted(office), signed_in(office.bureau), signed_in(office.leader)

    sent = client.post(f"{BASE}{row.pk}/submit/", {"seen": "1"})
    empty = leader.post(f"{BASE}{row.pk}/return/", {"reason": " "})
    back = leader.post(f"{BASE}{row.pk}/return/", {"reason": "权重不妥"})
    gone = client.post(f"{BASE}{row.pk}/discard/")

    assert [sent.status_code, empty.status_code, back.status_code, gone.status_code] == [302, 422, 302, 302]
    assert Scheme.objects.get(pk=row.pk).state == "discarded"
    assert client.get(f"{BASE}{row.pk}/").status_code == 404


def test_an_unfinished_draft_says_what_is_missing(office: Office) -> None:
    row, client = drafted(office), signed_in(office.bureau)
    client.post(f"{BASE}{row.pk}/indicators/rows/fund/remove/", {"seen": "1"})

    page = client.get(f"{BASE}{row.pk}/").content.decode()

    assert "各指标权重合计应为100，现为97" in page
    assert "方案完整后才能送局领导审定" in page


def test_a_wrong_head_is_shown_with_what_is_wrong(office: Office) -> None:
    row = drafted(office)

    answer = signed_in(office.bureau).post(f"{BASE}{row.pk}/head/", {"title": "方案", "pass_line": "x", "seen": "1"})

    assert answer.status_code == 422
    assert Scheme.objects.get(pk=row.pk).revision == 1


@pytest.mark.parametrize(
    "address",
    [
        "vetoes/kinds/",
        "nothing/kinds/",
        "indicators/new/",
        "indicators/new/?kind=x",
        "nothing/rows/fund/",
        "vetoes/rows/x/",
    ],
)
def test_what_a_scheme_has_not_is_not_there(office: Office, address: str) -> None:
    assert signed_in(office.bureau).get(f"{BASE}{drafted(office).pk}/{address}").status_code == 404


def test_a_scheme_that_waits_is_not_written_on(office: Office) -> None:
    row, client = submitted(office), signed_in(office.bureau)

    assert client.get(f"{BASE}{row.pk}/head/").status_code == 409
    assert client.post(f"{BASE}{row.pk}/indicators/rows/fund/remove/", {"seen": "1"}).status_code == 409


def test_the_list_names_every_scheme_with_its_state(office: Office) -> None:
    published(office, 2024)
    drafted(office, 2025)

    page = signed_in(office.leader).get(BASE).content.decode()

    assert all(word in page for word in ("2024年度考核方案", "2025年度考核方案", "已发布", "草案"))
    assert "拟定考核方案</a>" not in page


# -- the public and machines ------------------------------------------------------------------------------------------------------


def test_the_public_reads_what_was_published_and_nothing_else(office: Office) -> None:
    published(office, 2024)
    drafted(office, 2025)
    client = Client()

    listed, page = client.get("/assessment/schemes/"), client.get("/assessment/schemes/2024/")

    assert "/assessment/schemes/2024/" in listed.content.decode()
    assert "/assessment/schemes/2025/" not in listed.content.decode()
    assert "系统默认方案，不是《办法》的规定" in page.content.decode()
    assert client.get("/assessment/schemes/2025/").status_code == 404


def test_a_machine_reads_the_scheme_and_can_check_its_digest(office: Office) -> None:
    row = published(office, 2024)
    client = Client()

    listed = client.get("/api/v1/assessment/schemes").json()
    whole = client.get("/api/v1/assessment/schemes/2024").json()

    assert [(each["year"], each["system_default"], each["digest"]) for each in listed["items"]] == [
        (2024, True, row.digest)
    ]
    assert Sketch.model_validate(whole["body"]).digest == row.digest
    assert whole["words"]["partners"] == "签约服务机构数，每1个1分"
    assert whole["words"]["stopped"] == "经核实为“是”的"


@pytest.mark.parametrize("year", ["2025", "0", "20245", "２０２４", "x", "-1"])
def test_a_year_without_a_scheme_is_not_found(office: Office, year: str) -> None:
    published(office, 2024)
    drafted(office, 2025)

    assert Client().get(f"/api/v1/assessment/schemes/{year}").status_code == 404


def test_weights_are_read_as_they_were_written() -> None:
    assert [part.weight for part in queries.read_aloud(DEFAULT).parts] == [25, 30, 20, 25]
    assert queries.read_aloud(DEFAULT).weight == Decimal(100)
