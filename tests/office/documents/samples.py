"""A filled content for each kind of paper, with names that fonts like to lose."""

from datetime import date
from typing import Any

RARE = "䶮㛃𬭎𠅤"
BUREAU = {"office": "昆明市科学技术局", "contact": "高新处", "phone": "0871-00000000", "address": "昆明市呈贡区"}
DISTRICT = {"office": "昆明市五华区科学技术和工业信息化局", "phone": "0871-00000002"}
SPACE = f"{RARE}众创空间"
OPERATOR = f"昆明{RARE}科技孵化有限公司"
ARTICLE_12 = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十二条"
ARTICLE_17 = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十七条"
ARTICLE_18 = "《昆明市众创空间认定管理办法》（昆科发〔2017〕55号）第十八条"
REMEDIES = [
    "如不服本决定，可自收到之日起60日内向昆明市人民政府申请行政复议。",
    "也可自收到之日起6个月内依法向人民法院提起行政诉讼。",
]
REASONS = [
    {
        "about": "场地面积",
        "article": "第七条第一项",
        "text": "申报面积320平方米，其中租期不足3年的80平方米不计入，计入240平方米，与300平方米相差60平方米。",
    },
    {"about": "导师团队", "article": "第五条第五项", "text": "申报当日在聘导师1人，未形成导师团队。"},
]


def listed(count: int) -> list[dict[str, str]]:
    """Lines of an annex."""
    return [
        {
            "makerspace": SPACE if n == 1 else f"春城第{n}众创空间",
            "operator": OPERATOR if n == 1 else f"昆明春城第{n}企业孵化管理有限公司",
            "category": "综合服务类" if n % 3 else "技术支撑类",
            "authority": "五华区" if n % 2 else "昆明高新技术产业开发区",
            "number": f"KM-2026-{n:04}",
        }
        for n in range(1, count + 1)
    ]


FILES = [
    {"name": f"{RARE}运营方案.pdf", "about": "建设运营方案", "pages": 12, "digest": "ab12" * 16},
    {"name": "租赁合同.pdf", "about": "第七条第一项", "pages": 8, "digest": "cd34" * 16},
    {"name": "入驻企业清单.xlsx", "about": "第七条第二项", "pages": None, "digest": "ef56" * 16},
]

SAMPLES: dict[str, dict[str, Any]] = {
    "receipt": {
        **BUREAU,
        "applicant": OPERATOR,
        "makerspace": SPACE,
        "category": "综合服务类",
        "call": "关于申报2026年度昆明市众创空间的通知",
        "authority": "五华区科技主管部门",
        "submitted_at": "2026年3月16日 10:32",
        "submitted_by": f"李{RARE[0]}",
        "dossier_digest": "9f3c" * 16,
        "materials": FILES,
        "next_step": "五华区科技主管部门进行初审和实地查验",
        "next_by": date(2026, 4, 10),
        "notes": ["需要补正时，将一次性告知全部内容。"],
    },
    "correction_notice": {
        **DISTRICT,
        "addressee": OPERATOR,
        "makerspace": SPACE,
        "faults": REASONS,
        "due_on": date(2026, 3, 30),
    },
    "recommendation_letter": {
        **DISTRICT,
        "addressee": "昆明市科学技术局",
        "call": "关于申报2026年度昆明市众创空间的通知",
        "items": listed(1),
        "visit": f"2026年3月20日，王{RARE[1]}、李明两名工作人员到现场查验，情况与申报材料一致。",
        "opinion": "该空间服务主题明确，入驻项目符合条件，我单位同意推荐。",
        "rank": "第1位（共6家）",
    },
    "decline_notice": {
        **DISTRICT,
        "addressee": OPERATOR,
        "makerspace": SPACE,
        "visit": "我单位已于2026年3月20日实地查验。",
        "reasons": REASONS,
        "remedies": REMEDIES,
        "readings": ["R-07：租赁场地自起租日至到期日满3年方可计入。"],
    },
    "rejection_notice": {
        **BUREAU,
        "addressee": OPERATOR,
        "makerspace": SPACE,
        "meeting": "局长办公会",
        "meeting_on": date(2026, 4, 20),
        "reasons": REASONS,
        "remedies": REMEDIES,
    },
    "public_notice": {
        **BUREAU,
        "items": listed(12),
        "first_day": date(2026, 4, 22),
        "last_day": date(2026, 4, 28),
        "counting": ["2026年4月21日发布，当日不计入。", "4月22日为第1日，第7日为4月28日（星期二），是工作日，不顺延。"],
        "discipline_phone": "0871-00000001",
        "page_url": "http://127.0.0.1:8000/notices/1",
        "head": "2026-04-21 sm3 " + "0a1b" * 16,
        "digest": "77ee" * 16,
    },
    "announcement": {
        **BUREAU,
        "items": listed(30),
        "requirements": ["请各科技主管部门做好跟踪服务和绩效统计，各众创空间不断提升服务能力。"],
        "copies_to": "昆明市人民政府办公室，昆明市财政局",
    },
    "certificate": {
        "office": "昆明市科学技术局",
        "makerspace": SPACE,
        "operator": OPERATOR,
        "category": "综合服务类",
        "recognised_on": date(2026, 5, 6),
        "announcement": "昆科发〔2026〕12号",
    },
    "print_set": {
        "applicant": OPERATOR,
        "makerspace": SPACE,
        "category": "综合服务类",
        "authority": "五华区科技主管部门",
        "call": "关于申报2026年度昆明市众创空间的通知",
        "version": "第1版，2026年3月16日 10:32",
        "dossier_digest": "9f3c" * 16,
        "materials": FILES,
        "sections": [
            {
                "title": "申报单位",
                "rows": [
                    {"label": "名称", "value": OPERATOR},
                    {"label": "统一社会信用代码", "value": "91530100MA6K00000X"},
                ],
            },
            {
                "title": "入驻团队和企业",
                "columns": ["序号", "名称", "类型", "入驻日期", "技术领域", "188重点产业", "从业人数"],
                "lines": [
                    [
                        str(n),
                        f"{RARE}第{n}科技有限公司",
                        "小微企业",
                        "2025-03-01",
                        "电子信息技术 软件",
                        "软件和信息服务",
                        "12",
                    ]
                    for n in range(1, 31)
                ],
            },
            {
                "title": "服务主题",
                "paragraphs": ["面向生物医药和数字经济早期团队，提供从场地、导师到小额投资的全程服务。" * 4],
            },
            {"title": "线上平台"},
        ],
    },
    "objection_receipt": {
        **BUREAU,
        "notice": "关于2026年度拟认定昆明市众创空间的公示",
        "makerspace": SPACE,
        "received_at": "2026年4月23日 09:15",
        "next_step": "由未参与该申报办理的人员核实",
        "query_url": "http://127.0.0.1:8000/objections/7K3M-9QXD-04TZ-BWHE",
    },
    "objection_reply": {
        **BUREAU,
        "addressee": f"张{RARE[2]}",
        "notice": "关于2026年度拟认定昆明市众创空间的公示",
        "makerspace": SPACE,
        "objection": "反映该空间场地面积与实际不符。",
        "steps": ["2026年4月24日调取租赁合同和平面图。", "2026年4月25日到现场复测。"],
        "findings": "复测面积326平方米，与申报一致。",
        "result": "异议所述情况不成立，公示程序继续。",
        "remedies": REMEDIES,
    },
    "rectification_notice": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_18,
        "opening": f"你单位运营的“{SPACE}”2025年度考核结果为不合格。现依据{ARTICLE_18}，请在2026年6月18日前完成下列整改。",
        "points": [{"about": "第1项", "text": "补足创业导师"}, {"about": "第2项", "text": "公示服务内容"}],
        "closing": "整改期间称号仍然有效，名录标注“整改中”。",
    },
    "revocation_intent": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_18,
        "opening": f"我局拟取消“{SPACE}”的昆明市众创空间称号，依据{ARTICLE_18}。",
        "points": [{"about": "事实", "text": "复查时整改任务没有完成"}, {"about": "理由", "text": "整改不合格"}],
        "closing": "你单位可以在2026年7月6日前提出陈述和申辩。",
    },
    "revocation_decision": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_18,
        "opening": f"关于“{SPACE}”，我局依据{ARTICLE_18}，决定取消称号。",
        "points": [
            {"about": "理由", "text": "整改后仍不合格"},
            {"about": "对陈述申辩的答复", "text": "意见没有改变事实"},
        ],
        "closing": "自决定之日起称号终止，证书失效。",
        "remedies": REMEDIES,
    },
    "change_decision": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_12,
        "opening": f"你单位于2026年3月2日提出的“{SPACE}”称号变更申请（CH-2026-0001）收悉。依据{ARTICLE_12}，现决定同意变更。",
        "points": [{"about": "众创空间更名", "text": f"由“{SPACE}”变更为“{RARE}智造众创空间”"}],
        "closing": "自今日起按变更后的内容列入名录。新证书随本决定生成，原证书同时停止使用。",
    },
    "change_refusal": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_12,
        "opening": f"你单位于2026年3月2日提出的“{SPACE}”称号变更申请（CH-2026-0001）收悉。依据{ARTICLE_12}，现决定不予变更。",
        "points": [{"about": "审定意见", "text": "新场地面积不足"}],
        "closing": "称号仍按变更前的内容列入名录。",
        "remedies": REMEDIES,
    },
    "relinquishment": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_12,
        "opening": f"你单位于2026年3月2日提出放弃“{SPACE}”（KMZC-2026-001）昆明市众创空间称号，依据{ARTICLE_12}，现予确认。",
        "points": [{"about": "放弃的理由", "text": "业务调整，不再运营"}],
        "closing": "自今日起称号终止，证书失效。",
    },
    "priority_letter": {
        **BUREAU,
        "addressee": "各有关科技项目主管单位",
        "basis": ARTICLE_17,
        "opening": f"{OPERATOR}（统一社会信用代码91530102MA6K000001）运营的“{SPACE}”于2026年3月16日公布认定为昆明市众创空间。"
        f"依据{ARTICLE_17}，该单位申报2027年度科技项目，同等条件下予以优先。",
        "points": [
            {"about": "使用", "text": "优先不是加分，只在其他条件相同时适用。"},
            {"about": "期限", "text": "自2027年1月1日起至2027年12月31日止。"},
        ],
    },
    "priority_refusal": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_17,
        "opening": f"你单位于2026年12月1日提出的2027年度优先支持凭证申请（PR-2026-0001）收悉。依据{ARTICLE_17}，现决定不予出具。",
        "points": [{"about": "理由", "text": "所列项目不属市级科技项目"}],
        "closing": f"“{SPACE}”的称号不受影响。",
        "remedies": REMEDIES,
    },
    "keeping_decision": {
        **BUREAU,
        "addressee": OPERATOR,
        "basis": ARTICLE_18,
        "opening": f"关于“{SPACE}”，我局依据{ARTICLE_18}，决定保留称号。",
        "points": [{"about": "理由", "text": "听证查明任务已经完成"}],
    },
    "recovery_decision": {
        **BUREAU,
        "addressee": OPERATOR,
        "makerspace": SPACE,
        "paid_on": date(2026, 6, 18),
        "voucher": "PZ-2026-0618",
        "amount": "30,000.00元（人民币叁万元整）",
        "reason": "经核查，其中30,000.00元用于发放工资，不属于众创空间条件建设。",
        "basis": "《财政违法行为处罚处分条例》第十四条（挪用财政资金）",
        "pay_back_by": date(2027, 3, 31),
        "remedies": REMEDIES,
    },
    "payment_sheet": {
        "office": BUREAU["office"],
        "batch": "ZF-2026-001",
        "basis": "局长办公会2026年第8次会议",
        "approved_by": "王国栋",
        "approved_on": date(2026, 6, 10),
        "lines": [
            {
                "makerspace": SPACE,
                "payee": OPERATOR,
                "bank": "中国工商银行昆明翠湖支行",
                "account": f"**** **** {7890 + n}",
                "amount": "100,000.00",
                "capitals": "人民币壹拾万元整",
            }
            for n in range(14)
        ],
        "total": "1,400,000.00",
        "total_capitals": "人民币壹佰肆拾万元整",
    },
    "expert_opinion": {
        "office": "昆明市众创空间认定专家组",
        "applicant": OPERATOR,
        "makerspace": SPACE,
        "category": "综合服务类",
        "panel": [f"赵{RARE[3]}", "钱学文", "孙敏"],
        "visit": [
            {"label": "调研日期", "value": "2026年4月10日"},
            {"label": "查看内容", "value": "公共办公区、路演厅、入驻团队工位"},
        ],
        "criteria": [
            {"name": "服务能力", "weight": "30%", "score": "27.3", "remark": "服务体系完整，活动按季开展。"},
            {"name": "入驻质量", "weight": "40%", "score": "35.0", "remark": "项目集中在软件和生物医药领域。"},
        ],
        "total": "86.3",
        "conclusion": "专家组同意该空间认定为昆明市众创空间。",
        "suggestions": ["完善导师考核办法。"],
    },
}
TITLES = {
    "public_notice": "关于2026年度拟认定昆明市众创空间的公示",
    "announcement": "昆明市科学技术局关于公布2026年度昆明市众创空间名单的通知",
}
NUMBERS = {
    "announcement": "昆科发〔2026〕12号",
    "recommendation_letter": "五科工信函〔2026〕3号",
    "certificate": "KMZC-2026-001",
}
