"""Chapter 4, article 13: the table of moves of the one grant, from a title to the use accepted. Read it aloud."""

from makerspace.regulation.terms import Duty, Move, Procedure, Role, Stage

APPLICANT, BUREAU, LEADER, CLOCK = Role.APPLICANT, Role.BUREAU, Role.LEADER, Role.CLOCK

STAGES = (
    Stage("awaiting_account", "待确认账户", APPLICANT, (13,), term="TERM_GRANT_ACCOUNT"),
    Stage("account_check", "账户核对", BUREAU, (13,), term="TERM_ACCOUNT_CHECK"),
    Stage("payable", "待批准拨付", LEADER, (13,), term="TERM_PAYABLE"),
    Stage("approved", "待拨付", BUREAU, (13,), term="TERM_PAYMENT"),
    Stage("paid", "待报告使用", APPLICANT, (13,), term="TERM_USE_REPORT"),
    Stage("use_check", "使用核查", BUREAU, (13,), term="TERM_USE_CHECK"),
    Stage("closed", "已办结", None, (13,), final=True),
    Stage("waived", "不再拨付", None, (13,), final=True),
    Stage("recovered", "决定追回", None, (13,), final=True),
)

# One row a line, so that the table can be read at a glance. Two rows say how a hold ends: a second grant of one unit
# or site, or a title that has ended, is for a leader to decide; nothing else may stop a payment. An accepted account that turns
# out wrong, or no longer suits whoever holds the title, is named anew; what was approved for it is approved again,
# once whoever opened the number has confirmed that nothing was paid.
# fmt: off
MOVES = (
    Move("open_grant", "启动引导资金拨付", (13,), ("awaiting_account",), (), (CLOCK,)),
    Move("confirm_account", "确认收款账户", (13,), ("awaiting_account",), ("account_check",), (APPLICANT,)),
    Move("return_account", "退回账户", (13,), ("account_check",), ("awaiting_account",), (BUREAU,), handles=True),
    Move("accept_account", "账户核对无误", (13,), ("account_check",), ("payable",), (BUREAU,), handles=True),
    Move("recheck_account", "退回重新确认账户", (13,), ("payable", "approved"), ("awaiting_account",), (BUREAU,), handles=True),
    Move("release_hold", "核定不属重复资助", (13,), ("awaiting_account", "account_check", "payable"), (), (LEADER,), decides=True),
    Move("stop_payment", "决定不予拨付", (13,), ("awaiting_account", "account_check", "payable", "approved"), ("waived",), (LEADER,), decides=True),
    Move("approve_payment", "批准拨付", (13,), ("payable",), ("approved",), (LEADER,), decides=True),
    Move("record_payment", "登记拨付", (13,), ("approved",), ("paid",), (BUREAU,), duty=Duty.PAYER, decides=True, handles=True),
    Move("confirm_unpaid", "确认未付款", (13,), ("approved",), (), (BUREAU,), duty=Duty.PAYER, handles=True),
    Move("record_bounce", "登记退汇", (13,), ("paid",), ("awaiting_account",), (BUREAU,), duty=Duty.PAYER, handles=True),
    Move("report_use", "报告资金使用", (13,), ("paid",), ("use_check",), (APPLICANT,)),
    Move("return_use", "退回使用报告", (13,), ("use_check",), ("paid",), (BUREAU,), handles=True),
    Move("accept_use", "使用核查通过", (13,), ("use_check",), ("closed",), (BUREAU,), handles=True),
    Move("waive", "放弃引导资金", (13,), ("awaiting_account",), ("waived",), (APPLICANT, LEADER), decides=True),
    Move("recover", "决定追回", (13,), ("paid", "use_check", "closed"), ("recovered",), (LEADER,), decides=True),
    Move("record_repayment", "登记退缴", (13,), ("recovered",), (), (BUREAU,), duty=Duty.PAYER, decides=True, handles=True),
    Move("strike_repayment", "更正退缴登记", (13,), ("recovered",), (), (BUREAU,), duty=Duty.PAYER, decides=True, handles=True),
)
# fmt: on

GRANT = Procedure("grant", "众创空间引导资金拨付", "GR", STAGES, MOVES)
