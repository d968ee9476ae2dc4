"""The acts of those who give help and of those who ask for it."""

from makerspace.matters.support.operations.capital import (
    ask_entering,
    enter_financing,
    enter_listing,
    keep_evidence,
    strike_fact,
)
from makerspace.matters.support.operations.engagements import (
    ask_as_tenant,
    ask_booking,
    ask_session,
    cancel,
    complete,
    confirm,
    lapse_due,
    miss,
    rate,
    refuse,
    warn_silent,
    withdraw,
)
from makerspace.matters.support.operations.facilities import (
    change_facility,
    change_offer,
    close_days,
    close_offer,
    end_keeper,
    enter_facility,
    invite_keeper,
    publish_offer,
)
from makerspace.matters.support.operations.mentors import appoint_mentor, change_mentor, end_mentor, invite_mentor
from makerspace.matters.support.operations.tenants import make_link, revoke_link

__all__ = [
    "appoint_mentor",
    "ask_as_tenant",
    "ask_booking",
    "ask_entering",
    "ask_session",
    "cancel",
    "change_facility",
    "change_mentor",
    "change_offer",
    "close_days",
    "close_offer",
    "complete",
    "confirm",
    "end_keeper",
    "end_mentor",
    "enter_facility",
    "enter_financing",
    "enter_listing",
    "invite_keeper",
    "invite_mentor",
    "keep_evidence",
    "lapse_due",
    "make_link",
    "miss",
    "publish_offer",
    "rate",
    "refuse",
    "revoke_link",
    "strike_fact",
    "warn_silent",
    "withdraw",
]
