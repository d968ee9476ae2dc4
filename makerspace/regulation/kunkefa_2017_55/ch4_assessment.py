"""Chapter 4, article 18: the table of moves of a year's assessment, to a pass or to the end of a title. Read it aloud."""

from makerspace.regulation.terms import Move, Procedure, Role, Stage

APPLICANT, DISTRICT, BUREAU, LEADER = Role.APPLICANT, Role.DISTRICT, Role.BUREAU, Role.LEADER

STAGES = (
    Stage("reporting", "填报年度报告", APPLICANT, (18,), term="TERM_YEARLY_REPORT"),
    Stage("district_check", "区县核实报告", DISTRICT, (18,), term="TERM_REPORT_CHECK"),
    Stage("scoring", "考核评分", BUREAU, (18,), term="TERM_SCORING"),
    Stage("decision", "考核审定", LEADER, (18,), term="TERM_ASSESSMENT_DECISION"),
    Stage("rectification", "整改", APPLICANT, (18,), term="TERM_RECTIFICATION"),
    Stage("reinspection", "整改复查", BUREAU, (18,), term="TERM_REINSPECTION"),
    Stage("failed", "拟取消称号", BUREAU, (18,), term="TERM_SERVE_INTENT"),
    Stage("defence", "陈述申辩", APPLICANT, (18,), term="TERM_DEFENCE"),
    Stage("revocation_decision", "取消审定", LEADER, (18,), term="TERM_REVOCATION_DECISION"),
    Stage("passed", "考核合格", None, (18,), final=True),
    Stage("deferred", "暂缓考核", None, (18,), final=True),
    Stage("kept", "保留称号", None, (18,), final=True),
    Stage("revoked", "取消称号", None, (18,), final=True),
)

# One row a line, so that the table can be read at a glance. Article 18 names rectification and revocation; what lies
# between them is the system's default, as fair hearing asks for it.
# fmt: off
MOVES = (
    Move("open_assessment", "启动年度考核", (18,), ("reporting",), (), (BUREAU,), handles=True),
    Move("defer", "暂缓考核", (18,), ("reporting",), ("deferred",), (LEADER,), decides=True),
    Move("file_report", "提交年度报告", (18,), ("reporting",), ("district_check",), (APPLICANT,)),
    Move("record_no_report", "登记逾期未报", (18,), ("reporting",), ("decision",), (BUREAU,), handles=True),
    Move("return_report", "退回年度报告", (18,), ("district_check",), ("reporting",), (DISTRICT,), handles=True),
    Move("return_overdue", "代为退回年度报告", (18,), ("district_check",), ("reporting",), (BUREAU,), handles=True),
    Move("verify_report", "核实年度报告", (18,), ("district_check",), ("scoring",), (DISTRICT,), handles=True),
    Move("verify_overdue", "代为核实逾期报告", (18,), ("district_check",), ("scoring",), (BUREAU,), handles=True),
    Move("score_report", "考核评分", (18,), ("scoring",), ("decision",), (BUREAU,), handles=True),
    Move("pass_assessment", "审定合格", (18,), ("decision",), ("passed",), (LEADER,), decides=True),
    Move("fail_assessment", "审定不合格，限期整改", (18,), ("decision",), ("rectification",), (LEADER,), decides=True),
    Move("file_rectification", "提交整改报告", (18,), ("rectification",), ("reinspection",), (APPLICANT,)),
    Move("record_no_rectification", "登记逾期未整改", (18,), ("rectification",), ("reinspection",), (BUREAU,), handles=True),
    Move("reinspect_pass", "复查合格", (18,), ("reinspection",), ("passed",), (BUREAU,), decides=True, handles=True),
    Move("reinspect_fail", "复查不合格", (18,), ("reinspection",), ("failed",), (BUREAU,), decides=True, handles=True),
    Move("serve_intent", "送达拟取消称号告知书", (18,), ("failed",), ("defence",), (BUREAU,), decides=True, handles=True),
    Move("state_defence", "陈述申辩", (18,), ("defence",), (), (APPLICANT,)),
    Move("request_hearing", "申请听证", (18,), ("defence",), (), (APPLICANT,)),
    Move("record_hearing", "登记听证", (18,), ("defence",), (), (BUREAU,), handles=True),
    Move("close_defence", "陈述申辩期满", (18,), ("defence",), ("revocation_decision",), (BUREAU,), handles=True),
    Move("revoke", "取消称号", (18,), ("revocation_decision",), ("revoked",), (LEADER,), decides=True),
    Move("keep", "保留称号", (18,), ("revocation_decision",), ("kept",), (LEADER,), decides=True),
)
# fmt: on

ASSESSMENT = Procedure("assessment", "众创空间年度考核", "AS", STAGES, MOVES)
