"""What the public pages' tests share."""

import re
from datetime import date
from typing import Any

from django.test import Client

from makerspace.matters.review.models import NoticeItem, PublicNotice
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person
from tests.matters.recognition.helpers import waiting_case

ON = date(2026, 3, 16)


def page(path: str, expected: int = 200, /, **query: str) -> str:
    """The page as a visitor without an account gets it."""
    answer = Client().get(path, query)
    assert answer.status_code == expected, answer.content.decode()[:2000]
    return answer.content.decode()


def words(html: str) -> str:
    """What one reads on the page, without tags and without the white space between them."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", main))


def notice(
    cases: list[Case],
    *,
    publish_on: date = ON,
    last_day: date = date(2026, 3, 23),
    by: Person | None = None,
    **fields: Any,
) -> PublicNotice:
    """A published notice as the review writes it, without the way there."""
    officer = by or Person.objects.create_user(f"officer{PublicNotice.objects.count()}")
    made = PublicNotice.objects.create(
        regulation="kunkefa-2017-55", publish_on=publish_on, days=7, last_day=last_day, steps=["自2026年3月16日起算。", "第7日为2026年3月23日。"],
        text="公示正文", digest="d" * 64, contact_phone="0871-63100001", discipline_phone="0871-63100002",
        prepared_by=officer, prepared_on=publish_on,
        **({"title": "关于2026年拟认定昆明市众创空间名单的公示", "first_day": date(2026, 3, 17), "state": "published", "published_by": officer, "published_on": publish_on} | fields),
    )  # fmt: skip
    for place, case in enumerate(cases, start=1):
        facts = {
            "number": case.number, "makerspace": case.subject, "operator": case.organisation.name,
            "category": "综合服务类", "authority": case.authority.office, "figures": [],
        }  # fmt: skip
        NoticeItem.objects.create(notice=made, case=case, position=place, facts=facts, live=made.state == "published")
    return made


def noticed_case(n: int = 1) -> Case:
    """A case in public notice."""
    return waiting_case(n, stage="public_notice")
