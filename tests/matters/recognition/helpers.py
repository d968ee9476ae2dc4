"""Plain makers for this room: people, cases that wait for their announcement, titles."""

from datetime import date, timedelta

from makerspace.matters.recognition.models import Announcement
from makerspace.matters.recognition.operations import announce
from makerspace.matters.review import digests
from makerspace.matters.review.models import NoticeItem, PublicNotice
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Authority, Membership, Organisation, Person, Post
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role

ON = date(2026, 3, 16)
NUMBER = "昆科发〔2026〕12号"


def officer(name: str, role: Role, authority: str | None = None) -> Person:
    """Somebody who holds that office since 2020."""
    person = Person.objects.create_user(name, f"{name}@example.cn", name=name)
    place = Authority.objects.get(code=authority) if authority else None
    Post.objects.create(person=person, role=role.value, authority=place, valid_from=date(2020, 1, 1))
    return person


def leader(name: str = "leader") -> Person:
    """A leader of the bureau."""
    return officer(name, Role.LEADER)


def waiting_case(n: int = 1, authority: str = "wuhua", name: str = "", stage: str = "announcement") -> Case:
    """A case whose notice has passed; written as it is, for how it got there is the review's story."""
    organisation = Organisation.objects.create(name=f"昆明翠湖{n}号科技有限公司", uscc=f"91530102MA6K{n:06d}")
    owner = Person.objects.create_user(f"owner{n}", f"owner{n}@example.cn", name=f"经办{n}")
    Membership.objects.create(person=owner, organisation=organisation, role="owner", since=date(2020, 1, 1))
    case = Case.objects.create(
        number=f"KM-2026-{n:04d}", kind="recognition", regulation="kunkefa-2017-55", stage=stage, stage_since=ON,
        organisation=organisation, authority=Authority.objects.get(code=authority), subject=name or f"翠湖{n}号众创空间",
        category="comprehensive", opened_on=date(2026, 1, 5), filed_on=date(2026, 1, 20),
    )  # fmt: skip
    if stage == "announcement":
        noticed(case, owner)
    return case


def noticed(case: Case, by: Person) -> PublicNotice:
    """The notice on which the case stood, over since the day before, sealed in the record as the review does."""
    facts = {
        "number": case.number, "makerspace": case.subject, "operator": case.organisation.name, "category": "综合服务类",
        "authority": case.authority.office, "figures": [],
    }  # fmt: skip
    last_day, text = ON - timedelta(days=1), f"公示{case.subject}"
    notice = PublicNotice.objects.create(
        title="公示", regulation=case.regulation, state="published", publish_on=ON - timedelta(days=8), days=7,
        first_day=ON - timedelta(days=7), last_day=last_day, steps=[], text=text, digest=digests.of_text(text),
        prepared_by=by, prepared_on=ON - timedelta(days=8), published_by=by, published_on=ON - timedelta(days=8),
        closed_on=ON,
    )  # fmt: skip
    NoticeItem.objects.create(notice=notice, case=case, position=1, facts=facts, live=True)
    data = {"notice": notice.pk, "last_day": last_day, "digest": notice.digest, "facts": digests.of_facts(facts)}
    append(case.number, "publish_notice", by=None, role=Role.BUREAU, on=notice.publish_on, articles=(11,), data=data)
    return notice


def announced(count: int = 1, number: str = NUMBER, by: Person | None = None, first: int = 1) -> Announcement:
    """An announcement of so many titles."""
    cases = [waiting_case(n) for n in range(first, first + count)]
    return announce(cases, document_number=number, by=by or leader(f"leader-{number}"), on=ON)
