"""The acts of article 13, and what is done about the year's budget."""

from makerspace.matters.funding.operations.account import (
    accept_account,
    confirm_account,
    number_of,
    open_account,
    reseal_accounts,
    return_account,
    tell_of_change,
)
from makerspace.matters.funding.operations.budget import confirm_ceiling, propose_ceiling, withdraw_ceiling
from makerspace.matters.funding.operations.ending import recover, release_hold, stop_payment, waive
from makerspace.matters.funding.operations.opening import look_for_holds, open_for, open_grant, open_grants
from makerspace.matters.funding.operations.payment import (
    approve_payment,
    approve_payments,
    ask_all,
    confirm_unpaid,
    in_order,
    over,
    recheck_account,
    record_bounce,
    record_payment,
)
from makerspace.matters.funding.operations.repayment import record_repayment, strike_repayment, warn_owed
from makerspace.matters.funding.operations.use import accept_use, report_use, return_use

__all__ = [
    "accept_account",
    "accept_use",
    "approve_payment",
    "approve_payments",
    "ask_all",
    "confirm_account",
    "confirm_ceiling",
    "confirm_unpaid",
    "in_order",
    "look_for_holds",
    "number_of",
    "open_account",
    "open_for",
    "open_grant",
    "open_grants",
    "over",
    "propose_ceiling",
    "recheck_account",
    "record_bounce",
    "record_payment",
    "record_repayment",
    "recover",
    "release_hold",
    "report_use",
    "reseal_accounts",
    "return_account",
    "return_use",
    "stop_payment",
    "strike_repayment",
    "tell_of_change",
    "waive",
    "warn_owed",
    "withdraw_ceiling",
]
