"""The pool of experts: who may be drawn, with the employer from which conflicts are found."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from makerspace.matters.review import digests
from makerspace.matters.review.queries.experts import may_be_in_pool
from makerspace.office.casework.operations import next_number
from makerspace.office.casework.refusals import refused
from makerspace.office.people.models import Expert, Person
from makerspace.office.people.operations import normal_uscc
from makerspace.office.record.operations import append
from makerspace.regulation.terms import Role

STREAM = "EXPERTS"


@transaction.atomic
def keep_expert(
    person: Person,
    *,
    by: Person,
    on: date,
    employer: str,
    employer_uscc: str = "",
    title: str = "",
    fields: Sequence[str] = (),
    active: bool = True,
) -> Expert:
    """Take a person into the pool or change the entry; what decides who may be drawn is recorded each time.

    The employer, from which conflicts are found, stands in the record as a digest.
    """
    if Role.BUREAU not in by.capacity(on).roles:
        raise refused("not_yours", "专家库由市科技局经办处室维护。", 11)
    if not may_be_in_pool(on).filter(pk=person.pk).exists():
        raise refused("invalid", "须先由系统管理员授予专家身份。", 11, fields={"person": "不是专家"})
    next_number(STREAM)  # the counter's row is the lock of this stream
    expert, _ = Expert.objects.update_or_create(
        person=person,
        defaults={
            "employer": employer, "employer_uscc": normal_uscc(employer_uscc), "title": title, "fields": list(dict.fromkeys(fields)),
            "active": active,
        },
    )  # fmt: skip
    employed = digests.of_facts({"employer": expert.employer, "uscc": expert.employer_uscc})
    data = {"expert": expert.pk, "fields": expert.fields, "active": active, "employer": employed}
    append(STREAM, "keep_expert", by=by, role=Role.BUREAU, on=on, articles=(11,), data=data)
    return expert
