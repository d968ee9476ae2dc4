"""Makes the people and organisations of the demo city."""

from datetime import date
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from makerspace.doors.training.cast import ANNOUNCED, EXPERTS, IN_NOTICE, OPEN, UNDER_REVIEW, Space
from makerspace.doors.training.dossiers import code_for
from makerspace.doors.training.dossiers import person as invented
from makerspace.doors.training.personas import PASSWORD, PERSONAS, Persona
from makerspace.office.people.models import Authority, Expert, Membership, Organisation, Person, Post
from makerspace.regulation.terms import Duty, Role

SINCE = date(2024, 1, 2)
ALL = (*ANNOUNCED, *IN_NOTICE, *UNDER_REVIEW, *OPEN)
ZONES = "530100"


class People:
    """Who there is, by user name, organisation and district."""

    def __init__(self) -> None:
        self.password = make_password(PASSWORD)
        self.random = Random("people")  # noqa: S311  repeatable on purpose
        self.authorities = {authority.code: authority for authority in Authority.objects.all()}
        self.organisations: dict[str, Organisation] = {}
        self.applicants: dict[str, Person] = {}
        self.officers: dict[str, Person] = {}
        self.names = {name for _, name, *_ in EXPERTS} | {persona.name for persona in PERSONAS}

    def make(self) -> "People":
        """Everybody: the shown personas, an officer for each of the 19 districts, a member for each operator, experts."""
        for space in ALL:
            self._organisation(space)
        for persona in PERSONAS:
            self._persona(persona)
        for code, authority in self.authorities.items():
            if f"district_{code}" not in self.officers:
                self._officer(f"district_{code}", self._name(), Role.DISTRICT, authority, [Duty.COUNTER])
        for name, organisation in self.organisations.items():
            if name not in self.applicants:
                number = organisation.pk
                self.applicants[name] = self._member(f"applicant_{number}", self._name(), organisation)
        for username, name, employer, title, fields in EXPERTS:
            self._expert(username, name, employer, title, list(fields))
        return self

    def _name(self) -> str:
        """A name that nobody else bears: an applicant who is called like an expert looks like one who reviews himself."""
        while (name := invented(self.random)) in self.names:
            pass
        self.names.add(name)
        return name

    def named(self, username: str) -> Person:
        """An officer by user name."""
        return self.officers[username]

    def district(self, code: str) -> Person:
        """The district's case worker."""
        return self.officers[f"district_{code}"]

    def _person(self, username: str, name: str) -> Person:
        person = Person.objects.create(
            username=username, name=name, email=f"{username}@demo.invalid", password=self.password
        )  # fmt: skip
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        return person

    def _organisation(self, space: Space) -> None:
        if space.operator in self.organisations:
            return
        division = self.authorities[space.authority].division or ZONES
        code = code_for(self.random, f"91{division}")
        self.organisations[space.operator] = Organisation.objects.create(name=space.operator, uscc=code)

    def _persona(self, persona: Persona) -> None:
        if persona.role is Role.APPLICANT:
            organisation = self.organisations[persona.organisation]
            self.applicants[persona.organisation] = self._member(persona.username, persona.name, organisation)
        elif persona.role is not Role.EXPERT:
            authority = self.authorities.get(persona.authority)
            self._officer(persona.username, persona.name, persona.role, authority, list(persona.duties))

    def _officer(self, username: str, name: str, role: Role, authority: Authority | None, duties: list[Duty]) -> None:
        person = self._person(username, name)
        Post.objects.create(
            person=person,
            role=role.value,
            authority=authority,
            duties=[duty.value for duty in duties],
            valid_from=SINCE,
        )
        self.officers[username] = person

    def _member(self, username: str, name: str, organisation: Organisation) -> Person:
        person = self._person(username, name)
        Membership.objects.create(person=person, organisation=organisation, role=Membership.Role.OWNER, since=SINCE)
        return person

    def _expert(self, username: str, name: str, employer: str, title: str, fields: list[str]) -> None:
        self._officer(username, name, Role.EXPERT, None, [])
        Expert.objects.create(person=self.officers[username], employer=employer, title=title, fields=fields)
