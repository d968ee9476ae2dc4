"""Who there is: persons, the organisations they act for, the authorities, posts, experts, tokens."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from makerspace.office.people.capacity import Capacity, Office
from makerspace.office.prepared import Prepared
from makerspace.regulation.terms import Duty, Role


class PersonManager(BaseUserManager["Person"]):
    """Makes persons; user names are looked up as they were written."""

    def create_user(self, username: str, email: str = "", password: str | None = None, **fields: object) -> "Person":
        """A person who can sign in with ``password``, or only by an invitation where there is none."""
        person = self.model(username=username, email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """A human being with an account. What they may do stands in posts and memberships, never here."""

    username = models.CharField("用户名", max_length=64, unique=True)
    email = models.EmailField("电子邮箱", blank=True)
    name = models.CharField("姓名", max_length=64, blank=True)
    phone = models.CharField("手机号码", max_length=32, blank=True)
    is_active = models.BooleanField("启用", default=True)
    joined_at = models.DateTimeField("注册时间", auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = "人员"
        constraints = [
            models.UniqueConstraint(Lower("email"), name="person_email_once", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name as written; the user name where none was given."""
        return str(self)

    def capacity(self, on: date) -> Capacity:
        """What this person may act as on ``on``; read from the database once for each loaded person and day."""
        cached: Capacity | None = self.__dict__.get("_capacity")
        if cached is None or cached.on != on:
            cached = _capacity(self, on)
            self.__dict__["_capacity"] = cached
        return cached

    def roles_on(self, on: date) -> frozenset[Role]:
        """The roles held on ``on``."""
        return self.capacity(on).roles


class Organisation(models.Model):
    """A unit that applies and holds titles; its cases belong to it, not to one of its people."""

    class Kind(models.TextChoices):
        ENTERPRISE = "enterprise", "企业"
        PUBLIC_INSTITUTION = "public_institution", "事业单位"
        SOCIAL_ORGANISATION = "social_organisation", "社会组织"
        GOVERNMENT = "government", "机关"
        INDIVIDUAL = "individual", "个体工商户"
        OTHER = "other", "其他"

    name = models.CharField("单位名称", max_length=200)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    kind = models.CharField("单位性质", max_length=24, choices=Kind.choices, default=Kind.ENTERPRISE)
    address = models.CharField("地址", max_length=300, blank=True)
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "单位"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person who acts for an organisation."""

    class Role(models.TextChoices):
        OWNER = "owner", "负责人"
        EDITOR = "editor", "经办人"

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", verbose_name="人员")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships", verbose_name="单位")
    role = models.CharField("身份", max_length=8, choices=Role.choices, default=Role.EDITOR)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "单位成员"
        constraints = [
            models.UniqueConstraint("person", "organisation", condition=Q(until=None), name="membership_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}（{self.organisation}）"


class Authority(models.Model):
    """One of the authorities of article 4, by the name it bore while it was competent."""

    code = models.CharField("代码", max_length=24, unique=True)
    name = models.CharField("名称", max_length=64)
    division = models.CharField("行政区划代码", max_length=6, blank=True)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="承继单位")
    position = models.PositiveSmallIntegerField("次序", default=0)

    class Meta:
        verbose_name = "科技主管部门"
        ordering = ("position",)

    def __str__(self) -> str:
        return self.name

    @property
    def office(self) -> str:
        """How papers name it."""
        return f"{self.name}科技主管部门"


class Post(models.Model):
    """An office that a person holds for a time: the role, where, and the duties that go with it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts", verbose_name="人员")
    role = models.CharField("角色", max_length=16, choices=[(role.value, role.value) for role in Role])
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, verbose_name="科技主管部门")
    duties = models.JSONField("职责", default=list, blank=True)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = "任职"
        constraints = [
            models.CheckConstraint(
                name="post_district_has_authority",
                condition=Q(role="district", authority__isnull=False) | (~Q(role="district") & Q(authority=None)),
            ),
            models.CheckConstraint(
                name="post_ends_after_it_begins",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}：{self.role}"


class Expert(models.Model):
    """A member of the expert pool: field and employer, from which conflicts are found."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="expert", verbose_name="人员")
    employer = models.CharField("工作单位", max_length=200)
    employer_uscc = models.CharField("工作单位统一社会信用代码", max_length=18, blank=True)
    title = models.CharField("职称", max_length=64, blank=True)
    fields = models.JSONField("专业领域", default=list)
    active = models.BooleanField("在库", default=True)

    class Meta:
        verbose_name = "专家"

    def __str__(self) -> str:
        return f"{self.person}（{self.employer}）"


class ApiToken(models.Model):
    """A key with which a program acts as its person; only its digest is kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens", verbose_name="人员")
    name = models.CharField("名称", max_length=64)
    digest = models.CharField("摘要", max_length=64, unique=True)
    scopes = models.JSONField("范围", default=list)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    expires_at = models.DateTimeField("到期时间", null=True, blank=True)
    decide_until = models.DateTimeField("决定权限至", null=True, blank=True)
    revoked_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"

    def __str__(self) -> str:
        return self.name


class Invitation(models.Model):
    """A letter that lets one person set up an account: to an office, or to an organisation."""

    email = models.EmailField("电子邮箱")
    name = models.CharField("姓名", max_length=64)
    digest = models.CharField("摘要", max_length=64, unique=True)
    role = models.CharField("角色", max_length=16, blank=True)
    authority = models.ForeignKey(Authority, models.PROTECT, null=True, blank=True, verbose_name="科技主管部门")
    duties = models.JSONField("职责", default=list, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, verbose_name="单位")
    membership = models.CharField("成员身份", max_length=8, blank=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="邀请人")
    created_at = models.DateTimeField("发出时间", auto_now_add=True)
    expires_at = models.DateTimeField("到期时间")
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    accepted_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接受人"
    )

    class Meta:
        verbose_name = "邀请"

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


def _capacity(person: Person, on: date) -> Capacity:
    """Read posts and memberships in force: two queries."""
    if not person.is_active:
        return Capacity(on=on, roles=frozenset())
    posts = _in_force(_posts(person=person.pk), on)
    members = _in_force(_memberships(person=person.pk), on)
    roles = {Role(role) for role, *_ in posts}
    if members or not posts:
        roles.add(Role.APPLICANT)
    offices = tuple(Office(Role(role), where, frozenset(map(Duty, duties))) for role, where, duties, *_ in posts)
    places = (name for *_, name, _, _ in posts if name)
    return Capacity(
        on=on,
        roles=frozenset(roles),
        authorities=frozenset(office.authority for office in offices if office.authority is not None),
        organisations=frozenset(unit for _, unit, *_ in members),
        owned=frozenset(unit for role, unit, *_ in members if role == Membership.Role.OWNER),
        offices=offices,
        names=tuple(dict.fromkeys(name for _, _, name, *_ in members)) or tuple(dict.fromkeys(places)),
    )


_posts = Prepared(
    lambda person: Post.objects.filter(person=person).values_list(
        "role", "authority", "duties", "authority__name", "valid_from", "valid_until"
    )
)
_memberships = Prepared(
    lambda person: Membership.objects.filter(person=person).values_list(
        "role", "organisation", "organisation__name", "since", "until"
    )
)


def _in_force(rows: Iterable[tuple[Any, ...]], on: date) -> list[tuple[Any, ...]]:
    """The rows whose last two columns, first and last day, hold ``on``."""
    return [row for row in rows if row[-2] <= on and (row[-1] is None or row[-1] >= on)]
