"""What announcing is given, on the page and through the API."""

from typing import Annotated

from pydantic import Field

from makerspace.office.casework.acts import Input
from makerspace.regulation.faults import CONTROL_FREE

Number = Annotated[str, Field(min_length=1, max_length=24, pattern=CONTROL_FREE)]


class Announce(Input):
    """One case and the number of the bureau's document."""

    document_number: str = Field(
        title="公布文号",
        min_length=1,
        max_length=40,
        pattern=CONTROL_FREE,
        description="例如“昆科发〔2026〕12号”，方括号、圆括号会自动改为六角括号",
    )


class AnnounceBatch(Announce):
    """Many cases under one document number."""

    cases: list[Number] = Field(title="待公布的办件", min_length=1, max_length=500)
