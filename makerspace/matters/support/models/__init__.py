"""What a makerspace is helped with (articles 14–17): facilities, mentors, financing, priority."""

from makerspace.matters.support.models.capital import Board, CapitalFact, Financing, Listing, Round
from makerspace.matters.support.models.engagements import CalendarKey, Engagement, Stars, State
from makerspace.matters.support.models.facilities import (
    BookedSlot,
    Booking,
    Closure,
    Facility,
    FacilityKind,
    Keeper,
    Offer,
    OpenHours,
    Weekday,
)
from makerspace.matters.support.models.letters import Letter, LetterState, Use
from makerspace.matters.support.models.mentors import Field, Mentor, Session, SessionSlot
from makerspace.matters.support.models.tenants import TenantLink

__all__ = [
    "Board",
    "BookedSlot",
    "Booking",
    "CalendarKey",
    "CapitalFact",
    "Closure",
    "Engagement",
    "Facility",
    "FacilityKind",
    "Field",
    "Financing",
    "Keeper",
    "Letter",
    "LetterState",
    "Listing",
    "Mentor",
    "Offer",
    "OpenHours",
    "Round",
    "Session",
    "SessionSlot",
    "Stars",
    "State",
    "TenantLink",
    "Use",
    "Weekday",
]
