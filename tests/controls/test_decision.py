"""C16: no title on a notice that was cut short or rewritten, nor over an open objection, nor on too few scores."""

from datetime import timedelta

import pytest

from makerspace.matters.recognition.models import Title
from makerspace.matters.recognition.operations import announce
from makerspace.matters.review import operations
from makerspace.matters.review.models import PublicNotice
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import Refused
from makerspace.regulation.terms import Role
from tests.factories import make_person
from tests.matters.recognition.helpers import NUMBER
from tests.matters.review.walking import Staff, fresh, midnight_after, objection, to_notice

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def noticed() -> tuple[Case, PublicNotice]:
    case = to_notice(Staff())
    return case, PublicNotice.objects.get()


def closed() -> tuple[Case, PublicNotice]:
    case, notice = noticed()
    operations.close_notices(midnight_after(notice.last_day))
    return fresh(case), notice


def test_a_notice_is_not_closed_in_its_last_minute() -> None:
    case, notice = noticed()

    assert operations.close_notices(midnight_after(notice.last_day) - timedelta(seconds=1)) == 0
    assert fresh(case).stage == "public_notice"
    assert operations.close_notices(midnight_after(notice.last_day)) == 1
    assert fresh(case).stage == "announcement"


def test_an_open_objection_keeps_a_case_from_its_title() -> None:
    case, notice = noticed()
    objection(case)
    operations.close_notices(midnight_after(notice.last_day))

    with pytest.raises(Refused):
        announce([fresh(case)], document_number=NUMBER, by=make_person(Role.LEADER), on=notice.last_day + timedelta(2))

    assert (fresh(case).stage, Title.objects.count()) == ("objection_review", 0)


@pytest.mark.parametrize("change", ["text", "last_day"])
def test_a_notice_that_was_rewritten_gives_no_title(change: str) -> None:
    case, notice = closed()
    on = notice.last_day + timedelta(days=1)
    later = {"text": notice.text.replace("众创空间", "众创空問", 1), "last_day": on + timedelta(days=9)}
    PublicNotice.objects.filter(pk=notice.pk).update(**{change: later[change]})

    with pytest.raises(Refused, match="公示"):
        announce([case], document_number=NUMBER, by=make_person(Role.LEADER), on=on)

    assert Title.objects.count() == 0


def test_an_unbroken_notice_gives_the_title() -> None:
    case, notice = closed()

    announce([case], document_number=NUMBER, by=make_person(Role.LEADER), on=notice.last_day + timedelta(days=1))

    assert Title.objects.get().case_id == case.pk
