"""How a mentor is appointed, described and dismissed."""

from typing import Annotated

from pydantic import Field

from makerspace.matters.support.forms.engagements import TEXTAREA, Reason
from makerspace.matters.support.forms.facilities import InvitePerson
from makerspace.matters.support.models.mentors import Field as Topic
from makerspace.office.casework.acts import Input
from makerspace.regulation.faults import CONTROL_FREE


class MentorFacts(Input):
    """What a mentor does; fields and employer are public."""

    employer: Annotated[str, Field(min_length=2, max_length=200, pattern=CONTROL_FREE)] = Field(title="工作单位")
    post: str = Field("", title="职务职称", max_length=100, pattern=CONTROL_FREE)
    fields: list[Topic] = Field(title="指导领域", min_length=1, max_length=5, json_schema_extra={"widget": "checks"})
    intro: str = Field(
        "", title="专长简介", description="只给提出约请的众创空间看。", max_length=500, pattern=CONTROL_FREE,
        json_schema_extra=TEXTAREA,
    )  # fmt: skip
    document_number: str = Field("", title="聘任文号", max_length=40, pattern=CONTROL_FREE)


class AppointMentor(MentorFacts, InvitePerson):
    """The bureau appoints a mentor and invites the account."""


class EndMentor(Input):
    """A mentor leaves."""

    reason: Reason = Field(title="解聘原因", json_schema_extra=TEXTAREA)
