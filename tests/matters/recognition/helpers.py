"""Plain makers for this room: people, cases that wait for their announcement, titles."""

from datetime import date

from makerspace.matters.recognition.models import Announcement
from makerspace.matters.recognition.operations import announce
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Authority, Membership, Organisation, Person, Post
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
    return Case.objects.create(
        number=f"KM-2026-{n:04d}", kind="recognition", regulation="kunkefa-2017-55", stage=stage, stage_since=ON,
        organisation=organisation, authority=Authority.objects.get(code=authority), subject=name or f"翠湖{n}号众创空间",
        category="comprehensive", opened_on=date(2026, 1, 5), filed_on=date(2026, 1, 20),
    )  # fmt: skip


def announced(count: int = 1, number: str = NUMBER, by: Person | None = None, first: int = 1) -> Announcement:
    """An announcement of so many titles."""
    cases = [waiting_case(n) for n in range(first, first + count)]
    return announce(cases, document_number=number, by=by or leader(f"leader-{number}"), on=ON)
