"""What comes out of a printer: one sheet where one is enough."""

import io

import pytest
from pikepdf import Pdf

from tests.browser.conftest import Town
from tests.browser.test_kept import SECRET, with_password
from tests.factories import member_of, submitted_case

pytestmark = pytest.mark.browser


def test_a_receipt_takes_one_sheet(town: Town) -> None:
    case = submitted_case()
    person, desk = with_password(member_of(case.organisation)), town.desk()
    desk.sign_in(person.username, SECRET)
    desk.open(f"/work/cases/{case.number}/receipt/")

    printed = desk.page.pdf(format="A4", prefer_css_page_size=True)

    with Pdf.open(io.BytesIO(printed)) as sheets:
        assert len(sheets.pages) == 1
