"""A year of article 18 over HTTP: passed; failed and put right; failed, heard, and the title revoked."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.test import Client

from makerspace.matters.assessment.operations import opening
from makerspace.matters.assessment.operations import scheme as schemes
from makerspace.matters.recognition.models import Certificate, Title
from makerspace.regulation.counting import chinese
from makerspace.regulation.kunkefa_2017_55.default_scheme import default_scheme
from makerspace.regulation.terms import Role
from tests.doors.portal.helpers import words
from tests.factories import make_person
from tests.matters.assessment.years import AGREED, POOR, STRONG
from tests.stories.test_grant import file, titled
from tests.stories.walk import Town

pytestmark = [pytest.mark.django_db, pytest.mark.both]
MARKS = [{"indicator": "special", "points": 0, "reason": "没有突出的特色做法"}]
LOOK = {"inspectors": ["张一", "李二"], "findings": "逐项查看了整改任务。"}


def opened(town: Town) -> tuple[str, str]:
    """The number of an assessment, and who its unit is."""
    town.join("leader2", make_person(Role.LEADER))
    owner, year = town.owner(titled(town)), town.today.year
    with town.present():
        at, on = town.people, town.today
        row = schemes.draft_scheme(by=at["bureau"], on=on, sketch=default_scheme(year))
        row = schemes.submit_scheme(row, by=at["bureau"], on=on, seen=row.revision)
        schemes.publish_scheme(row, by=at["leader2"], on=on, read=row.digest)
        Title.objects.update(since=F("since") - timedelta(days=365))  # no first year, of which the public is not told
        (case,) = opening.open_year(year, Title.objects.all(), by=at["bureau"], on=on)
    town.owners[case.number] = owner
    return case.number, owner


def figures(values: dict[str, Decimal]) -> list[dict[str, Any]]:
    return [{"field": code, "value": float(value)} for code, value in values.items()]


def scored(town: Town, number: str, owner: str, values: dict[str, Decimal]) -> None:
    """Filed, verified and scored; what is missing is named first."""
    lacking = figures(values)[1:]
    assert town.take(owner, number, "file_report", 422, commitment=True, figures=lacking)["fields"]
    assert "承诺" in town.why(owner, number, "file_report", 422, commitment=False, figures=figures(values))
    town.take(owner, number, "file_report", commitment=True, figures=figures(values))
    town.take("panlong", number, "verify_report", 404, false_data=False, stopped=False, opinion="一致。")
    said = {"false_data": False, "stopped": False, "opinion": "与台账、票据和现场一致。"}
    assert len(town.take("district", number, "verify_report", 422, **said, lines=AGREED[1:])["fields"]) == 1
    town.take("district", number, "verify_report", **said, lines=AGREED)
    assert town.take("bureau", number, "score_report", 422)["fields"]
    town.take("bureau", number, "score_report", marks=MARKS)


def failed(town: Town, number: str, owner: str) -> date:
    """Failed and under rectification; its last day."""
    scored(town, number, owner, POOR)
    said = {"meeting": "局长办公会", "meeting_on": town.today.isoformat()}
    assert "未达到" in town.why("leader", number, "pass_assessment", 409, **said)
    last = town.today + timedelta(days=60)
    told = {"reason": "得分未达到合格要求。", "tasks": ["引入创业团队", "补足导师"], "last_day": last.isoformat()}
    town.take("leader", number, "fail_assessment", **said, **told)
    return last


def rectified(town: Town, number: str, owner: str) -> None:
    town.wait(30)
    papers = [file(town, owner, number)]
    town.take(owner, number, "file_rectification", summary="已引入团队六个。", papers=papers)


def settled() -> None:
    """The record holds, and every finding and score comes out again."""
    for command in ("verify_record", "replay"):
        call_command(command, stdout=io.StringIO())


def state(town: Town) -> str:
    """What the check page says of the certificate now."""
    return str(town.stranger.get(f"/verify/{Certificate.objects.get().code}")["state"])


def test_a_good_year_passes() -> None:
    town = Town()
    number, owner = opened(town)
    scored(town, number, owner, STRONG)
    said = {"meeting": "局长办公会", "meeting_on": town.today.isoformat()}
    told = {"reason": "x", "tasks": ["y"], "last_day": (town.today + timedelta(days=60)).isoformat()}
    assert "达到合格要求" in town.why("leader", number, "fail_assessment", 409, **said, **told)

    town.take("leader", number, "pass_assessment", **said)

    facts = town.case(number, owner)["facts"]
    assert (town.stage(number), facts["score"]["passed"], state(town)) == ("passed", True, "in_force")
    settled()


def test_a_failed_year_is_put_right() -> None:
    town = Town()
    number, owner = opened(town)
    failed(town, number, owner)
    assert state(town) == "under_rectification"
    rectified(town, number, owner)

    town.take("bureau", number, "reinspect_pass", visited_on=town.today.isoformat(), **LOOK)

    assert (town.stage(number), state(town)) == ("passed", "in_force")
    settled()


def test_a_title_is_revoked_after_a_defence_and_a_hearing() -> None:
    town = Town()
    number, owner = opened(town)
    failed(town, number, owner)
    rectified(town, number, owner)
    town.take("bureau", number, "reinspect_fail", visited_on=town.today.isoformat(), **LOOK)
    town.take(
        "bureau",
        number,
        "serve_intent",
        facts="复查不合格。",
        reasons="任务没有完成。",
        served_on=town.today.isoformat(),
    )
    town.wait(1)
    town.take(owner, number, "state_defence", statement="两名导师正在签约。", papers=[file(town, owner, number)])
    town.take(owner, number, "request_hearing", reason="请求当面说明。")
    notified = town.today
    assert "听证" in town.why("bureau", number, "close_defence", 409, summary="x")
    town.wait(20)
    heard = {
        "notified_on": notified.isoformat(), "held_on": town.today.isoformat(), "place": "市科技局二楼会议室",
        "present": ["李云（运营单位）", "周敏（市科技局）"], "minutes": "双方陈述了意见。",
    }  # fmt: skip
    papers = [file(town, "handler", number)]
    town.take("bureau", number, "record_hearing", 403, **heard, papers=papers)
    town.take("handler", number, "record_hearing", **heard, papers=papers)
    town.wait(30)
    town.take("bureau", number, "close_defence", summary="意见没有改变事实。")
    said = {
        "meeting": "局长办公会",
        "meeting_on": town.today.isoformat(),
        "reason": "仍不合格。",
        "answer": "意见不成立。",
    }
    town.take("leader", number, "revoke", 403, **said)  # who found the year failed does not end the title

    town.take("leader2", number, "revoke", **said)

    entry = town.stranger.get(f"/registry/{Title.objects.get().number}")
    assert (town.stage(number), state(town), entry["state"]) == ("revoked", "revoked", "revoked")
    assert entry["ended_on"] == town.today.isoformat()
    with town.present():
        page = words(Client().get(f"/verify/{Certificate.objects.get().code}/").content.decode())
    assert "证书真实，但称号已取消" in page
    assert f"称号终止日期{chinese(town.today)}" in page
    settled()
