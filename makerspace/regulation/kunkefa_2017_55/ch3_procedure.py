"""Chapter 3, articles 8 to 12: the table of moves from a draft to a title. Read it aloud."""

from makerspace.regulation.terms import Duty, Move, Procedure, Role, Stage

APPLICANT, DISTRICT, BUREAU, LEADER = Role.APPLICANT, Role.DISTRICT, Role.BUREAU, Role.LEADER
EXPERT, DISCIPLINE, PUBLIC, CLOCK = Role.EXPERT, Role.DISCIPLINE, Role.PUBLIC, Role.CLOCK

STAGES = (
    Stage("draft", "填报中", APPLICANT, (8, 9)),
    Stage("district_review", "区县初审与查验", DISTRICT, (10,), term="TERM_DISTRICT_REVIEW"),
    Stage("correction", "补正中", APPLICANT, (10,), term="TERM_CORRECTION"),
    Stage("city_review", "市局受理", BUREAU, (10, 11), term="TERM_CITY_REVIEW"),
    Stage("expert_review", "专家现场调研", EXPERT, (11,), term="TERM_EXPERT_REVIEW"),
    Stage("decision", "局长审定", LEADER, (11, 12), term="TERM_DECISION"),
    Stage("approved", "拟公示", BUREAU, (11,), term="TERM_APPROVED"),
    Stage("public_notice", "公示中", CLOCK, (11,)),
    Stage("objection_review", "异议处理", DISCIPLINE, (11, 12), term="TERM_OBJECTION_REVIEW"),
    Stage("announcement", "待公布", LEADER, (12,), term="TERM_ANNOUNCEMENT"),
    Stage("recognised", "已认定", None, (12,), final=True),
    Stage("not_recommended", "未获推荐", None, (10,), final=True),
    Stage("not_recognised", "未予认定", None, (11, 12), final=True),
    Stage("withdrawn", "已撤回", None, (), final=True),
    Stage("lapsed", "逾期未提交", None, (8,), final=True),
)
OPEN = tuple(stage.code for stage in STAGES if not stage.final)

# One row a line, so that the table can be read at a glance.
# fmt: off
MOVES = (
    Move("submit", "提交申报", (8, 9, 10), ("draft",), ("district_review",), (APPLICANT,)),
    Move("lapse", "逾期未提交", (8,), ("draft",), ("lapsed",), (CLOCK,)),
    Move("register_paper", "登记纸件", (8,), OPEN, (), (DISTRICT, BUREAU), duty=Duty.COUNTER),
    Move("request_correction", "出具补正通知", (10,), ("district_review",), ("correction",), (DISTRICT,), handles=True),
    Move("resubmit", "提交补正", (10,), ("correction",), ("district_review",), (APPLICANT,)),
    Move("close_correction", "结束补正", (10,), ("correction",), ("district_review",), (DISTRICT,), handles=True),
    Move("record_visit", "登记实地查验", (10,), ("district_review",), (), (DISTRICT,), handles=True),
    Move("countersign_visit", "会签查验记录", (10,), ("district_review",), (), (APPLICANT,)),
    Move("decline", "不予推荐", (10,), ("district_review",), ("not_recommended",), (DISTRICT,), decides=True, handles=True),
    Move("recommend", "推荐上报", (10,), ("district_review",), ("city_review",), (DISTRICT,), handles=True),
    Move("return_to_district", "退回区县", (10,), ("city_review",), ("district_review",), (BUREAU,), handles=True),
    Move("convene", "组织专家", (11,), ("city_review",), ("expert_review",), (BUREAU,), handles=True),
    Move("declare_interest", "申明利害关系", (11,), ("expert_review",), (), (EXPERT,)),
    Move("replace_expert", "更换专家", (11,), ("expert_review",), (), (BUREAU,), handles=True),
    Move("record_expert_visit", "登记现场调研", (11,), ("expert_review",), (), (EXPERT,), handles=True),
    Move("score", "提交评分", (11,), ("expert_review",), (), (EXPERT,), handles=True),
    Move("conclude", "形成专家组意见", (11,), ("expert_review",), ("decision",), (EXPERT,), handles=True),
    Move("remit", "退回重审", (11,), ("decision",), ("expert_review", "city_review"), (LEADER,), decides=True),
    Move("approve", "审定通过", (11, 12), ("decision",), ("approved",), (LEADER,), decides=True),
    Move("reject", "不予认定", (11, 12), ("decision",), ("not_recognised",), (LEADER,), decides=True),
    Move("publish_notice", "发布公示", (11,), ("approved",), ("public_notice",), (BUREAU,), decides=True),
    Move("reissue_notice", "重新公示", (11,), ("public_notice",), ("public_notice",), (BUREAU, LEADER), decides=True),
    Move("object", "提出异议", (11,), ("public_notice",), (), (PUBLIC,)),
    Move("admit_objection", "受理异议", (11,), ("public_notice", "objection_review"), (), (BUREAU, DISCIPLINE), handles=True),
    Move("not_admit_objection", "不予受理异议", (11,), ("public_notice", "objection_review"), (), (BUREAU, DISCIPLINE), handles=True),
    Move("investigate_objection", "登记异议核查", (11,), ("public_notice", "objection_review"), (), (BUREAU, DISCIPLINE), handles=True),
    Move("close_notice", "公示期满", (11,), ("public_notice",), ("announcement", "objection_review"), (CLOCK,)),
    Move("dismiss_objections", "异议不成立", (11, 12), ("objection_review",), ("announcement",), (LEADER,), decides=True),
    Move("uphold_objection", "异议成立", (11, 12), ("objection_review",), ("not_recognised",), (LEADER,), decides=True),
    Move("announce", "公布并授予称号", (12,), ("announcement",), ("recognised",), (LEADER,), decides=True),
    Move("withdraw", "撤回申报", (), OPEN, ("withdrawn",), (APPLICANT,)),
)
# fmt: on

RECOGNITION = Procedure("recognition", "昆明市众创空间认定", "KM", STAGES, MOVES)
