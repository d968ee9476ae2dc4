"""Chapter 4, article 17: the table of moves of the letter that says who goes first among equals. Read it aloud."""

from makerspace.regulation.terms import Move, Procedure, Role, Stage

APPLICANT, BUREAU, AGENCY = Role.APPLICANT, Role.BUREAU, Role.AGENCY

STAGES = (
    Stage("draft", "填报中", APPLICANT, (17,)),
    Stage("requested", "凭证核对", BUREAU, (17,), term="TERM_LETTER"),
    Stage("issued", "已出具凭证", None, (17,), final=True),
    Stage("letter_refused", "不予出具", None, (17,), final=True),
    Stage("withdrawn", "已撤回", None, (), final=True),
)

# One row a line. A letter that was issued is closed; its uses are still written on it. Beyond the table that was handed
# down, a holder may take the request back before it is answered.
# fmt: off
MOVES = (
    Move("request_letter", "申请优先支持凭证", (17,), ("draft",), ("requested",), (APPLICANT,)),
    Move("withdraw_letter", "撤回凭证申请", (17,), ("draft", "requested"), ("withdrawn",), (APPLICANT,)),
    Move("issue_letter", "出具优先支持凭证", (17,), ("requested",), ("issued",), (BUREAU,), decides=True),
    Move("refuse_letter", "不予出具凭证", (17,), ("requested",), ("letter_refused",), (BUREAU,), decides=True),
    Move("record_use", "登记凭证使用", (17,), ("issued",), (), (AGENCY,)),
)
# fmt: on

PRIORITY = Procedure("priority", "优先支持凭证", "PR", STAGES, MOVES)
