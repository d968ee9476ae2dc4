"""Article 12: announcing, and what becomes of a title afterwards."""

from makerspace.matters.recognition.operations.announcing import (
    Entrant,
    Preview,
    announce,
    announce_one,
    checked_number,
    headline,
    preview,
    text_of,
)
from makerspace.matters.recognition.operations.changing import (
    confirm_relinquish,
    file_change,
    give_opinion,
    grant_change,
    open_change,
    refuse_change,
    relinquish,
    return_change,
    withdraw_change,
)
from makerspace.matters.recognition.operations.titles import (
    begin_rectification,
    end_rectification,
    end_title,
    issue_certificate,
    lock_title,
    revoke_title,
    search_text,
)

__all__ = [
    "Entrant",
    "Preview",
    "announce",
    "announce_one",
    "begin_rectification",
    "checked_number",
    "confirm_relinquish",
    "end_rectification",
    "end_title",
    "file_change",
    "give_opinion",
    "grant_change",
    "headline",
    "issue_certificate",
    "lock_title",
    "open_change",
    "preview",
    "refuse_change",
    "relinquish",
    "return_change",
    "revoke_title",
    "search_text",
    "text_of",
    "withdraw_change",
]
