"""A case as one person may see it, field by field (C5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Self

from makerspace.doors.api.answers import instant
from makerspace.doors.api.description import act_schema_ref, without_titles
from makerspace.doors.api.offers import offered
from makerspace.matters.application import queries as application
from makerspace.matters.application.models import Material
from makerspace.matters.review.queries import objections
from makerspace.matters.review.queries.facts import INTERNAL, reads_internal
from makerspace.office.casework import acts, history, queries
from makerspace.office.casework.acts import Act
from makerspace.office.casework.attachments import readable
from makerspace.office.casework.kinds import kind_of
from makerspace.office.casework.memory import remembering
from makerspace.office.casework.models import Assignment, Attachment, Case
from makerspace.office.casework.refusals import cited
from makerspace.office.people.capacity import Capacity
from makerspace.office.people.models import Person
from makerspace.office.record.models import Entry
from makerspace.office.record.queries import entries_of
from makerspace.office.record.seals import content_of
from makerspace.regulation.terms import Move, Role

ATTACHMENT = "attachment"
NAMES_EXPERTS = frozenset({"convene", "replace_expert"})
ON_OBJECTIONS = frozenset({"object", *objections.HANDLING})
NOTHING: dict[str, Any] = {"dossier": None, "findings": None, "facts": None, "materials": [], "history": []}


def detail(case: Case, person: Person, on: date, *, offers: bool = False) -> dict[str, Any]:
    """The case in full: its content only for those who may read it, and what this person may do now.

    With ``offers`` the schemas say what may be chosen on this case; the answer to an act leaves that out.
    """
    with remembering():
        content = _content(case, person, on) if reads(person, case, on) else NOTHING
        return {
            **_head(case),
            **content,
            "acts": [
                _act(move, act, _schema_here(act, case, person) if offers else act_schema(act))
                for move, act in acts_now(case, person, on)
            ],
        }


def _schema_here(act: Act, case: Case, person: Person) -> dict[str, Any]:
    """The schema of an act with what may be chosen on this case."""
    return offered(act_schema(act), act.options(case, person)) if act.options else act_schema(act)


def reads(person: Person, case: Case, on: date) -> bool:
    """Whether the person may read what is in the case: a draft only who fills it in, an expert only once cleared."""
    return queries.sees_content(person, case, on) or application.may_edit(person, case, on)


def etag(case: Case, person: Person, on: date) -> dict[str, str]:
    """The version of the draft as a header, for whoever fills it in."""
    return {"ETag": f'"{case.application.version}"'} if application.may_edit(person, case, on) else {}


def acts_now(case: Case, person: Person, on: date) -> Iterator[tuple[Move, Act]]:
    """The acts that this person may take now."""
    for move, refusal in queries.moves_now(person, case, on=on):
        act = acts.find(case.kind, move.act)
        if act and refusal is None:
            yield move, act


@lru_cache(maxsize=256)
def act_schema(act: Act) -> dict[str, Any]:
    """The JSON schema of an act's input."""
    schema: dict[str, Any] = without_titles(act.schema.model_json_schema())
    return schema


def _act(move: Move, act: Act, schema: dict[str, Any]) -> dict[str, Any]:
    return {"act": act.code, "article": cited(move.articles), "schema": schema}


def _head(case: Case) -> dict[str, Any]:
    return {
        "id": case.number, "kind": case.kind, "stage": case.stage, "due_on": case.due_on,
        "regulation": case.regulation, "applicant": case.organisation.name, "makerspace": case.subject,
        "category": case.category, "authority": case.authority.code,
    }  # fmt: skip


def _content(case: Case, person: Person, on: date) -> dict[str, Any]:
    """What the applicant is changing is theirs alone; everybody else reads what was handed in last."""
    told = [_line(line) for line in history.history_of(case, person, on)]
    if case.kind != application.KIND:
        own = kind_of(case).facts(case, person, on)
        files = [attached(row) for row in readable(case, person, on)]
        return {**NOTHING, "facts": dict(own), "materials": files, "history": told}
    dossier = application.dossier_for(person, case, on)
    return {
        "dossier": dossier if application.deals_with(person, case, on) else _without_contacts(dossier),
        "findings": application.findings_for(person, case, on),
        "facts": None,
        "materials": [material(row) for row in application.materials_for(person, case, on)],
        "history": told,
    }


def attached(row: Attachment) -> dict[str, Any]:
    """A file handed in with an act, in the shape of a material."""
    return {
        "kind": ATTACHMENT, "conditions": [], "pages": "", "name": row.name, "digest": row.blob_id,
        "size": row.blob.size, "content_type": row.blob.content_type, "uploaded_at": row.at,
    }  # fmt: skip


def material(row: Material) -> dict[str, Any]:
    """A material; its content is asked for by its digest."""
    return {
        "kind": row.kind, "conditions": row.conditions, "pages": row.pages, "name": row.name,
        "digest": row.blob_id, "size": row.blob.size, "content_type": row.blob.content_type,
        "uploaded_at": row.uploaded_at,
    }  # fmt: skip


def readable_material(case: Case, person: Person, on: date, digest: str) -> Material | Attachment | None:
    """The file of that digest, if it is of this case and this person may read it."""
    if not reads(person, case, on):
        return None
    if case.kind != application.KIND:
        return readable(case, person, on).filter(blob=digest).first()
    return next((row for row in application.materials_for(person, case, on) if row.blob_id == digest), None)


def _line(line: history.BriefLine) -> dict[str, Any]:
    entry = line.entry
    return {"at": instant(entry.at), "act": entry.act, "by": line.who, "article": line.article, "seal": entry.seal}


def _without_contacts(dossier: dict[str, Any]) -> dict[str, Any]:
    """How to reach the applicant's people is for those who deal with them to know (C5)."""
    operator = dict.fromkeys(("contact_name", "contact_phone", "contact_email"))
    return {**dossier, "operator": {**dossier["operator"], **operator}}


# -- the record --------------------------------------------------------------------------------------------------------
def record(case: Case, person: Person, on: date) -> list[dict[str, Any]]:
    """Every entry with its seal; its content where this person may read it, so that the seal can be worked out again."""
    if not reads(person, case, on):
        return []
    entries = list(entries_of(case.number))
    named = history.names_experts(case, entries, person, on)
    sees_all = bool(person.capacity(on).roles & queries.SEES_ALL)
    internal, withheld = reads_internal(person, case, on), kind_of(case).withholds(case, person, on).entries
    return [
        _entry(
            line,
            (line.entry.seq not in withheld or line.entry.person_id == person.pk)
            and _may_read(line.entry, person, named=named, sees_all=sees_all, internal=internal),
        )
        for line in history.told(case, entries, person, on)
    ]


def _may_read(entry: Entry, person: Person, *, named: bool, sees_all: bool, internal: bool) -> bool:
    """Who the experts are, what each of them said, ranks, and how objections are handled is not for everybody (C12)."""
    if entry.role == Role.EXPERT or entry.act in NAMES_EXPERTS:
        return named or entry.person_id == person.pk
    if entry.act in INTERNAL:
        return internal
    return sees_all or entry.act not in ON_OBJECTIONS


def _entry(line: history.Line, open_: bool) -> dict[str, Any]:
    entry = line.entry
    return {
        "seq": entry.seq, "at": instant(entry.at), "act": entry.act, "role": entry.role, "by": line.who,
        "article": line.article, "content": content_of(entry) if open_ else None, "algorithm": entry.algorithm,
        "prev": entry.prev, "seal": entry.seal,
    }  # fmt: skip


# -- lists -------------------------------------------------------------------------------------------------------------
def summaries(cases: Sequence[Case], person: Person, on: date) -> list[dict[str, Any]]:
    """The cases of a list; the number of queries does not grow with it."""
    standing = Standing.of(cases, person, on)
    return [
        {**_head(case), "acts": [_act(move, act, act_schema_ref(act)) for move, act in standing.acts(case)]}
        for case in cases
    ]


@dataclass(frozen=True)
class Standing:
    """What a person is towards many cases, read at once. The acts' own guards are asked at the single case."""

    person: Person
    on: date
    capacity: Capacity
    seats: frozenset[int]
    handled: frozenset[str]

    @classmethod
    def of(cls, cases: Sequence[Case], person: Person, on: date) -> Self:
        """Two queries at most."""
        capacity = person.capacity(on)
        return cls(person, on, capacity, _seats(cases, person, capacity), _handled(cases, person, capacity))

    def acts(self, case: Case) -> Iterator[tuple[Move, Act]]:
        """What stage, capacity and separation of duties let this person do."""
        for move in queries.procedure_of(case).moves:
            act = acts.find(case.kind, move.act) if case.stage in move.sources else None
            role = self._role(move, act, case) if act else None
            if act and role and not self._stands_back(role, case):
                yield move, act

    def _role(self, move: Move, act: Act, case: Case) -> Role | None:
        for role in move.by:
            held = role in self.capacity.roles and self._at_home(role, case)
            if held and queries.carries(move, role, self.capacity, case):
                return role
        return act.stand_in(case, self.person, self.on) if act.stand_in else None

    def _stands_back(self, role: Role, case: Case) -> bool:
        return queries.is_party(role, self.capacity, case) or (role is Role.LEADER and case.number in self.handled)

    def _at_home(self, role: Role, case: Case) -> bool:
        reach = {
            Role.APPLICANT: case.organisation_id in self.capacity.organisations,
            Role.DISTRICT: case.authority_id in self.capacity.authorities,
            Role.EXPERT: case.pk in self.seats,
        }
        return reach.get(role, True)


def _seats(cases: Sequence[Case], person: Person, capacity: Capacity) -> frozenset[int]:
    if Role.EXPERT not in capacity.roles:
        return frozenset()
    seats = Assignment.objects.filter(
        case__in=[case.pk for case in cases], person=person, role=queries.PANEL, until=None
    )
    return frozenset(seats.values_list("case_id", flat=True))


def _handled(cases: Sequence[Case], person: Person, capacity: Capacity) -> frozenset[str]:
    """The cases that this leader has handled, on which a leader's act is not theirs."""
    if Role.LEADER not in capacity.roles:
        return frozenset()
    return frozenset(
        queries.handled_by(person).filter(stream__in=[case.number for case in cases]).values_list("stream", flat=True)
    )
