"""Chapter 3, article 12, lived on: the table of moves of a change in what a title rests on, and of giving it up.

The regulation is silent on changes; that they are filed, and how, is the system's own practice and shown as such.
"""

from makerspace.regulation.terms import Move, Procedure, Role, Stage

APPLICANT, DISTRICT, BUREAU, LEADER = Role.APPLICANT, Role.DISTRICT, Role.BUREAU, Role.LEADER

STAGES = (
    Stage("draft", "填报中", APPLICANT, (12,)),
    Stage("district_opinion", "区县意见", DISTRICT, (12,), term="TERM_CHANGE_OPINION"),
    Stage("decision", "变更审定", LEADER, (12,), term="TERM_CHANGE_DECISION"),
    Stage("confirmation", "放弃确认", BUREAU, (12,), term="TERM_RELINQUISH"),
    Stage("granted", "已同意变更", None, (12,), final=True),
    Stage("refused", "不予变更", None, (12,), final=True),
    Stage("relinquished", "已放弃称号", None, (12,), final=True),
    Stage("withdrawn", "已撤回", None, (), final=True),
)

# One row a line. Beyond the table that was handed down, a holder may take either back before it is decided.
# fmt: off
MOVES = (
    Move("file_change", "提交变更申请", (12,), ("draft",), ("district_opinion",), (APPLICANT,)),
    Move("withdraw_change", "撤回变更申请", (12,), ("draft", "district_opinion", "decision", "confirmation"), ("withdrawn",), (APPLICANT,)),
    Move("give_opinion", "提出变更意见", (12,), ("district_opinion",), ("decision",), (DISTRICT,), handles=True),
    Move("return_change", "退回变更申请", (12,), ("district_opinion",), ("draft",), (DISTRICT,), handles=True),
    Move("grant_change", "同意变更", (12,), ("decision",), ("granted",), (LEADER,), decides=True),
    Move("refuse_change", "不予变更", (12,), ("decision",), ("refused",), (LEADER,), decides=True),
    Move("relinquish", "放弃称号", (12,), ("draft",), ("confirmation",), (APPLICANT,)),
    Move("confirm_relinquish", "确认放弃称号", (12,), ("confirmation",), ("relinquished",), (BUREAU,), decides=True),
)
# fmt: on

CHANGE = Procedure("change", "众创空间称号变更", "CH", STAGES, MOVES)
