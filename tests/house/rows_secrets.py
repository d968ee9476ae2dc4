"""What could leak: words planted in the city, and the roles that may read each of them (C5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.house import world as city
from tests.house.world import HOLDS, ROLES, holding
from tests.house.world_support import INVESTOR, NOTES, TENANT_NOTES, TENANT_PHONE

NOBODY: frozenset[str] = frozenset()
OWN = frozenset({"applicant_own", "applicant_editor"})
FOREIGN = frozenset({"applicant_other", "district_other"})
WUHUA = frozenset({"district_own", "district_counter", "leader_handled"})
ADMINS = holding("system_admin", "security_admin", "audit_admin")
# Administration keeps the accounts of experts as of everybody in office; on which case they sit it does not see.
PERSONNEL = dict.fromkeys(("work_people", "work_person", "work_people_record"), ADMINS)
# The bureau draws panels from the pool of experts; the head of a panel writes down who came to the study.
POOL = dict.fromkeys(("review_experts", "review_expert", "review_convene"), holding("bureau"))
STUDY = {"review_study": frozenset({"expert_cleared"})}
# Whoever holds the link of a tenant is the tenant.
BY_LINK = {"support_mentoring_session": frozenset(ROLES)}
IDENTITY = {"review_identity": holding("discipline", "leader")}


@dataclass(frozen=True)
class Secret:
    """A word, and who may read it; ``there`` names further readers at single addresses."""

    name: str
    text: str
    readers: frozenset[str]
    there: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def may_read(self, role: str, address: str) -> bool:
        """Whether that role may read it at that address."""
        return role in self.readers | self.there.get(address, NOBODY)


def _seat(role: str, name: str) -> Secret:
    """Experts are named to whoever convened, to leaders and auditors, and to themselves (C12)."""
    study = STUDY if role in city.SEATED else {}
    return Secret(
        f"name of {role}", name, holding("leader", "auditor") | {"bureau", role}, {**PERSONNEL, **POOL, **study}
    )


READS_SOMETHING = frozenset(role for role in HOLDS if any(city.reads(role, case) for case in city.CASES))
SECRETS = (
    Secret("a draft's words", city.DRAFT_TEXT, OWN | {"district_counter"}),
    Secret("a filed dossier's words", city.FILED_TEXT, READS_SOMETHING),
    Secret("the contact's telephone", city.PHONE, OWN | WUHUA | FOREIGN | holding("bureau")),
    Secret("the contact's e-mail", city.EMAIL, OWN | WUHUA | FOREIGN | holding("bureau")),
    Secret("who objected", city.OBJECTOR, NOBODY, IDENTITY),
    Secret("how to reach who objected", city.OBJECTOR_CONTACT, NOBODY, IDENTITY),
    Secret("an objection's facts", city.OBJECTION_FACTS, holding("discipline", "leader", "auditor") | {"bureau_other"}),
    Secret("a running panel's score", city.RUNNING_REASON, frozenset({"expert_cleared"})),
    Secret("a past panel's score", city.PAST_REASON, holding("bureau", "leader", "auditor", "discipline") | {"expert_past"}),
    Secret("an account in full", city.ACCOUNT_NUMBER, NOBODY, {"funding_open": frozenset({"bureau"})}),
    Secret("a letter", city.MESSAGE, frozenset({"applicant_own"})),
    Secret("a person's telephone", city.PERSON_PHONE, frozenset({"applicant_own"})),
    Secret("a register's line", city.REGISTERED, OWN | WUHUA | holding("bureau", "leader", "auditor")),
    Secret("who invested", INVESTOR, OWN | WUHUA | holding("bureau", "leader", "auditor")),
    Secret("a rival's name", city.FOREIGN_NAME, city.SEES_ALL | FOREIGN),
    Secret("what was said in a session", NOTES, OWN | holding("auditor") | {"mentor", "provider"}),
    Secret("whom to call at a tenant", TENANT_PHONE, OWN | holding("bureau") | {"mentor"}, BY_LINK),
    Secret("what was said to a tenant", TENANT_NOTES, holding("auditor") | {"mentor"}, BY_LINK),
    Secret(
        "an open invitation's address", city.INVITED, OWN,
        {**PERSONNEL, "work_invitation": frozenset(ROLES)},  # whoever holds the link
    ),
    *(_seat(role, name) for role, name in {**city.SEATED, **city.SEATED_BEFORE}.items()),
)  # fmt: skip
