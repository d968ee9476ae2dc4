"""What a row of the permission matrix says, and what it predicts: an oracle apart from the code it examines."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from tests.house.world import HOLDS, SIGNED_OUT, World

PUBLIC, SIGNED_IN, TOKEN, SHUT = "public", "signed_in", "token", "shut"
NAMES = {
    "applicant": "申报单位", "district": "科技主管部门", "bureau": "市科技局经办处室", "leader": "市科技局负责人", "expert": "专家组",
    "discipline": "异议受理人员", "auditor": "审计人员", "agency": "其他部门", "system_admin": "系统管理员",
    "security_admin": "安全管理员", "audit_admin": "审计管理员", "clock": "系统（到期自动）", "public": "社会公众",
    "provider": "平台单位", "mentor": "导师",
}  # fmt: skip
NOBODY = 987_654


class Want(NamedTuple):
    """One of these statuses, and words that the answer must hold: the reason, not only the number."""

    statuses: frozenset[int]
    says: str = ""


@dataclass(frozen=True)
class Target:
    """One object under one address. ``label`` is what the predicates are asked about.

    ``absent`` without a label: there is no such object; with one: the object is there, and has no such child (C2).
    ``within`` names the case to which the object belongs; ``query`` is what stands behind the address.
    """

    kwargs: Mapping[str, object]
    label: str = ""
    absent: bool = False
    within: str = ""
    query: str = ""
    get: frozenset[int] | None = None
    post: frozenset[int] | None = None


Predicate = Callable[[str, str], bool]


def everybody(role: str, label: str) -> bool:
    """The predicate that holds."""
    return True


def one(**kwargs: object) -> Callable[[World], list[Target]]:
    """A page without an object, or with one that everybody has."""
    return lambda world: [Target(kwargs)]


PLAIN = one()


def status(*codes: int) -> frozenset[int]:
    """A set of statuses."""
    return frozenset(codes)


@dataclass(frozen=True)
class Row:
    """One address: who may open it, who sees which of its objects, who may act, when, and what comes then.

    The order of refusals is that of design.md: sign in, the page's roles, the method, visible (404), yours (403),
    stage (409). ``get`` and ``post`` are the statuses for whom nothing stands in the way, POST being sent without a
    body; an empty set means that the method is not taken. ``shares``: methods that another row of the same address
    answers; ``takes``: further methods that this one answers; ``answers_all``: any method ends without an error.
    """

    name: str
    policy: str | frozenset[str] = SIGNED_IN
    get: frozenset[int] = frozenset({200})
    post: frozenset[int] = frozenset()
    targets: Callable[[World], Iterable[Target]] = PLAIN
    sees: Predicate = everybody
    may: Predicate = everybody
    may_says: str = ""
    fits: Predicate = everybody
    fits_says: str = ""
    shares: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()
    csrf_exempt: bool = False
    answers_all: bool = False

    @property
    def is_api(self) -> bool:
        """Whether a program asks."""
        return self.name.startswith("api")

    def methods(self) -> list[str]:
        """What is tried; a method that another row of the same address answers is that row's matter."""
        return [method for method in ("GET", "POST") if method not in self.shares]

    def predict(self, role: str, method: str, target: Target, path: str) -> Want:
        """What must come back."""
        return self._outside(role, method, path) or self._inside(role, method, target)

    def _outside(self, role: str, method: str, path: str) -> Want | None:
        """What the page's own policy refuses."""
        if self.policy == SHUT:
            return Want(status(403), "这一页没有开放")
        if self.policy == PUBLIC:
            return None
        if self.policy == TOKEN and not (self.get if method == "GET" else self.post):
            return Want(status(405))
        if role in SIGNED_OUT:
            if self.policy == TOKEN:
                return Want(status(401), "unauthenticated")
            back = quote(path) if method == "GET" else "/work/"
            return Want(status(302), f"/accounts/login/?next={back}")
        if isinstance(self.policy, frozenset) and not self.policy & HOLDS[role]:
            return Want(status(403), f"这一页由{'、'.join(NAMES[each] for each in sorted(self.policy))}使用")
        return None

    def _inside(self, role: str, method: str, target: Target) -> Want:
        """What comes once the page is open."""
        good = self.get if method == "GET" else self.post
        if not good:
            return Want(status(405))
        child = target.absent and target.label  # looked for only after its parent's own checks
        if (target.absent and not child) or not self.sees(role, target.label):
            return Want(status(404))
        if not self.may(role, target.label):
            return Want(status(403), self.may_says)
        if not self.fits(role, target.label):
            return Want(status(409), self.fits_says)
        if child:
            return Want(status(404))
        own = target.get if method == "GET" else target.post
        return Want(own or good)
