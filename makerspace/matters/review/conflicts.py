"""Why an expert may not sit on a case, found from data (article 11): a pure comparison of names, codes and phones.

Two people of one name are taken for one: to pass over a stranger costs the pool one name, to miss a mentor costs the
panel its standing.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple


class Candidate(NamedTuple):
    """What is compared of an expert."""

    person_id: int
    name: str
    phone: str
    employer: str
    employer_uscc: str


class Known(NamedTuple):
    """What is compared of the case besides its dossier."""

    organisation: str
    uscc: str
    people: frozenset[int]  # whoever ever was a member of the organisation
    handled: frozenset[int]  # whoever has an act in the case's record
    conflicted: frozenset[int]  # whoever left an earlier panel of this case for a conflict


def plain(text: object) -> str:
    """A name as it is compared: compatibility forms folded (NFKC), no spaces, no case."""
    return "".join(unicodedata.normalize("NFKC", str(text or "")).split()).casefold()


def digits(text: object) -> str:
    """A phone as it is compared."""
    return "".join(c for c in unicodedata.normalize("NFKC", str(text or "")) if c.isdecimal()).removeprefix("86")


def reasons_against(expert: Candidate, dossier: Mapping[str, Any], known: Known) -> list[str]:
    """All reasons, in words; empty where there is none."""
    found = [*_as_person(expert, known), *_by_employer(expert, dossier, known), *_by_name(expert, dossier)]
    return list(dict.fromkeys(found))


def _as_person(expert: Candidate, known: Known) -> Iterable[str]:
    if expert.person_id in known.people:
        yield "是或曾是申报单位在本系统的成员"
    if expert.person_id in known.handled:
        yield "办理过本件"
    if expert.person_id in known.conflicted:
        yield "曾因利害关系退出本件专家组"


def _by_employer(expert: Candidate, dossier: Mapping[str, Any], known: Known) -> Iterable[str]:
    operator = dossier.get("operator") or {}
    units = ((known.organisation, known.uscc), (operator.get("name"), operator.get("uscc")))
    if any(_same_unit(expert, name, uscc) for name, uscc in units):
        yield "任职于申报单位"
    for tenant in dossier.get("tenants") or []:
        if _same_unit(expert, tenant.get("name"), tenant.get("uscc")):
            yield f"任职于入驻单位“{tenant.get('name')}”"
    for partner in dossier.get("capital_partners") or []:
        if _same_unit(expert, partner.get("name"), None):
            yield f"任职于合作机构“{partner.get('name')}”"


def _same_unit(expert: Candidate, name: object, uscc: object) -> bool:
    if plain(uscc) and plain(uscc) == plain(expert.employer_uscc):
        return True
    return bool(plain(name)) and plain(name) == plain(expert.employer)


def _by_name(expert: Candidate, dossier: Mapping[str, Any]) -> Iterable[str]:
    name, operator = plain(expert.name), dossier.get("operator") or {}
    if name and name == plain((dossier.get("lead") or {}).get("name")):
        yield "与申报的主要负责人同名"
    if name and name == plain(operator.get("legal_representative")):
        yield "与申报单位法定代表人同名"
    if name and name == plain(operator.get("contact_name")):
        yield "与申报单位联系人同名"
    for mentor in dossier.get("mentors") or []:
        if name and name == plain(mentor.get("name")):
            same = plain(mentor.get("employer")) == plain(expert.employer)
            yield "与申报的导师同名且单位相同" if same else "与申报的导师同名"
    if any(name and name == plain(row.get("name")) for row in dossier.get("staff") or []):
        yield "与申报的服务团队成员同名"
    if digits(expert.phone) and digits(expert.phone) == digits(operator.get("contact_phone")):
        yield "与申报单位联系人电话相同"
