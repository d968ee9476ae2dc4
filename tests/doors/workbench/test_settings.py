"""The pages of what the bureau sets: the list, the proposal with its preview, the decision of a second person."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from makerspace.office.casework import settings
from makerspace.office.casework.models import SettingLine
from makerspace.office.casework.parameters import setting
from makerspace.office.people.models import Person
from makerspace.regulation.terms import Role
from tests.doors.workbench.conftest import SignIn
from tests.doors.workbench.forms import hidden_fields
from tests.factories import DAY, REGULATION, adopt_setting, make_person

pytestmark = pytest.mark.django_db
CODE, PAGE = "TERM_GRANT_ACCOUNT", "/work/settings/TERM_GRANT_ACCOUNT/"
SINCE = DAY + timedelta(days=14)
GIVEN = {"value": "20", "since": SINCE.isoformat(), "reason": "便于年内拨付"}


@pytest.fixture
def officer() -> Person:
    return make_person(Role.BUREAU, name="周敏")


@pytest.fixture
def leader() -> Person:
    return make_person(Role.LEADER, name="刘静")


def words(response: HttpResponse) -> str:
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", main))


def proposed(by: Person, code: str = CODE) -> SettingLine:
    return settings.propose_setting(REGULATION, code, value=20, since=SINCE, reason="便于年内拨付", by=by, on=DAY)


def propose(client: Client, **given: str) -> HttpResponse:
    """Fill in, look, propose: as a browser without a script would."""
    opened = client.get(f"{PAGE}propose/")
    looked = client.post(f"{PAGE}propose/", hidden_fields(opened) | GIVEN | given)
    return client.post(f"{PAGE}propose/", hidden_fields(looked) | {"step": "propose"})


def test_the_list_shows_every_setting_by_article_with_its_origin(sign_in: SignIn, officer: Person) -> None:
    adopt_setting("TERM_LETTER", 7, DAY)
    adopt_setting("TERM_LETTER", 5, SINCE)
    proposed(officer)

    text = words(sign_in(officer).get("/work/settings/"))

    assert "答复优先支持凭证申请的时限7个工作日市科技局设定2026-03-16起2026-03-30起5个工作日" in text
    assert "确认收款账户的时限30个工作日系统默认待决定" in text
    assert "30个工作日→20个工作日，自2026年3月30日起；周敏2026-03-16提出" in text
    assert "取得称号当年的考核，名录是否标注整改中不标注系统默认" in text
    assert "公示期7天" not in text


def test_a_proposal_is_looked_at_before_it_is_made(sign_in: SignIn, officer: Person) -> None:
    client = sign_in(officer)
    opened = client.get(f"{PAGE}propose/")

    looked = client.post(f"{PAGE}propose/", hidden_fields(opened) | GIVEN)

    assert "30个工作日20个工作日生效2026年3月30日起；已经起算的期限不变" in words(looked)
    assert "2026年3月30日起算的，最后一日由2026年5月14日改为2026年4月28日" in words(looked)
    assert not SettingLine.objects.exists()


def test_from_proposal_to_decision(sign_in: SignIn, officer: Person, leader: Person) -> None:
    client, second = sign_in(officer), sign_in(leader, fresh=True)

    answer = propose(client)
    line = SettingLine.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/work/settings/proposals/{line.pk}/")
    assert re.findall(r">(采用|撤回)</button>", client.get(answer["Location"]).content.decode()) == ["撤回"]
    assert second.post(f"{answer['Location']}adopt/")["Location"] == PAGE

    assert setting(REGULATION, CODE, SINCE) == 20
    text = words(second.get(PAGE))
    assert "现行数值30个工作日来源系统默认将要生效2026年3月30日起20个工作日" in text
    assert "已采用便于年内拨付周敏2026-03-16刘静2026-03-16" in text


def test_the_same_form_sent_twice_proposes_once(sign_in: SignIn, officer: Person) -> None:
    client = sign_in(officer)
    looked = client.post(f"{PAGE}propose/", hidden_fields(client.get(f"{PAGE}propose/")) | GIVEN)
    sent = hidden_fields(looked) | {"step": "propose"}

    answers = [client.post(f"{PAGE}propose/", sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert SettingLine.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"value": "0"}, "应为1至400个工作日"), ({"value": "30"}, "的相同"), ({"since": DAY.isoformat()}, "应晚于今天"),
        ({"value": "很快"}, "数值"), ({"reason": ""}, "理由"), ({"value": "9" * 30}, "1至400"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_at_its_field(
    sign_in: SignIn, officer: Person, given: dict[str, str], said: str
) -> None:
    client = sign_in(officer)

    answer = client.post(f"{PAGE}propose/", GIVEN | given)

    assert (answer.status_code, said in words(answer)) == (422, True)
    assert not SettingLine.objects.exists()


def test_one_goes_back_to_the_form_with_what_one_typed(sign_in: SignIn, officer: Person) -> None:
    answer = sign_in(officer).post(f"{PAGE}propose/", GIVEN | {"step": "edit"})

    assert (answer.status_code, 'value="20"' in answer.content.decode()) == (200, True)


def test_where_a_proposal_waits_one_is_led_to_it(sign_in: SignIn, officer: Person) -> None:
    line, client = proposed(officer), sign_in(officer)

    assert client.get(f"{PAGE}propose/")["Location"] == f"/work/settings/proposals/{line.pk}/"
    assert client.post(f"{PAGE}propose/", GIVEN).status_code == 200
    assert propose_again(client)["Location"] == f"/work/settings/proposals/{line.pk}/"
    assert SettingLine.objects.count() == 1


def propose_again(client: Client) -> HttpResponse:
    looked = client.post(f"{PAGE}propose/", GIVEN)
    return client.post(f"{PAGE}propose/", hidden_fields(looked) | {"step": "propose"})


def test_a_choice_of_words_is_offered_as_such(sign_in: SignIn, officer: Person) -> None:
    html = sign_in(officer).get("/work/settings/FIRST_YEAR_SHOWN/propose/").content.decode()

    assert re.findall(r'<input type="radio"[^>]*value="(\d)"[^>]*><span>([^<]+)', html) == [
        ("0", "不标注"),
        ("1", "标注"),
    ]


def test_a_refusal_needs_a_reason_and_shows_it(sign_in: SignIn, officer: Person, leader: Person) -> None:
    line, client = proposed(officer), sign_in(leader, fresh=True)
    page = f"/work/settings/proposals/{line.pk}/"

    empty = client.post(f"{page}refuse/", {"answer": ""})
    client.post(f"{page}refuse/", {"answer": "暂不调整"})

    assert empty.status_code == 422
    assert "不采用的理由：暂不调整" in words(client.get(page))
    assert setting(REGULATION, CODE, SINCE) == 30


def test_a_decision_takes_a_fresh_proof_of_identity(sign_in: SignIn, officer: Person, leader: Person) -> None:
    line, client = proposed(officer), sign_in(leader)

    for act in ("adopt", "refuse"):
        answer = client.post(f"/work/settings/proposals/{line.pk}/{act}/", {"answer": "暂不调整"})
        assert "/accounts/reauthenticate/" in answer["Location"]
    assert SettingLine.objects.get().state == "proposed"


def test_nobody_is_offered_what_they_may_not_do(sign_in: SignIn, officer: Person, leader: Person) -> None:
    own, others = proposed(leader), proposed(officer, "TERM_LETTER")
    seen = {
        (name, line.pk): re.findall(
            r">(采用|不采用|撤回)</button>",
            sign_in(person).get(f"/work/settings/proposals/{line.pk}/").content.decode(),
        )
        for name, person in (("leader", leader), ("officer", officer), ("auditor", make_person(Role.AUDITOR)))
        for line in (own, others)
    }

    assert seen == {
        ("leader", own.pk): ["撤回"], ("leader", others.pk): ["采用", "不采用"], ("officer", own.pk): [],
        ("officer", others.pk): ["撤回"], ("auditor", own.pk): [], ("auditor", others.pk): [],
    }  # fmt: skip


def test_once_its_day_has_come_a_proposal_can_only_be_refused(sign_in: SignIn, officer: Person, leader: Person) -> None:
    line = settings.propose_setting(
        REGULATION, CODE, value=20, since=DAY, reason="便于年内拨付", by=officer, on=DAY - timedelta(days=1)
    )

    answer = sign_in(leader, fresh=True).get(f"/work/settings/proposals/{line.pk}/")

    assert "生效日期已到，不能再采用" in words(answer)
    assert re.findall(r">(采用|不采用)</button>", answer.content.decode()) == ["不采用"]


@pytest.mark.parametrize("role", [Role.DISTRICT, Role.EXPERT, Role.DISCIPLINE, Role.SYSTEM_ADMIN, Role.AGENCY])
def test_nobody_else_opens_the_pages(sign_in: SignIn, officer: Person, role: Role) -> None:
    line, client = proposed(officer), sign_in(make_person(role), fresh=True)

    pages = ("/work/settings/", PAGE, f"{PAGE}propose/", f"/work/settings/proposals/{line.pk}/")
    assert {client.get(page).status_code for page in pages} == {403}
    assert client.post(f"/work/settings/proposals/{line.pk}/adopt/").status_code == 403


def test_whoever_proposes_second_is_told_and_led_to_what_waits(
    sign_in: SignIn, officer: Person, leader: Person
) -> None:
    client = sign_in(leader)
    looked = client.post(f"{PAGE}propose/", hidden_fields(client.get(f"{PAGE}propose/")) | GIVEN)
    line = proposed(officer)

    answer = client.post(f"{PAGE}propose/", hidden_fields(looked) | {"step": "propose"})

    assert answer["Location"] == f"/work/settings/proposals/{line.pk}/"
    assert "您没有提出：周敏已先提出" in words(client.get(answer["Location"]))
    assert SettingLine.objects.count() == 1
