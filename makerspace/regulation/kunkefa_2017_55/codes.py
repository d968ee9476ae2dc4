"""The codes of a dossier and what they are called: authorities, divisions, high-tech fields, kinds."""

from typing import NamedTuple

from makerspace.regulation.sizes import INDUSTRIES as SIZES


class AuthorityCode(NamedTuple):
    """One of the 19 recommenders of article 4: its area, kind, and division code where it has one (GB/T 2260)."""

    name: str
    kind: str
    division: str | None = None


CATEGORIES = {"comprehensive": "综合服务类", "technical": "技术支撑类"}
OPERATOR_KINDS = {
    "enterprise": "企业",
    "public_institution": "事业单位",
    "social_organisation": "社会组织",
    "government": "机关",
    "individual": "个体工商户或个人",
    "other": "其他",
}
TENURES = {"owned": "自有", "leased": "租赁"}
TENANT_KINDS = {"team": "创业团队", "enterprise": "企业"}
INDUSTRIES = {code: row.label for code, row in SIZES.items()}
PARTNER_KINDS = {
    "angel": "天使投资",
    "venture": "风险投资",
    "private_equity": "私募基金",
    "investment": "投资机构",
    "guarantee": "担保机构",
    "bank": "银行",
}
EVENT_KINDS = {
    "roadshow": "项目路演",
    "salon": "沙龙",
    "training": "训练营",
    "competition": "创业大赛",
    "other": "其他活动",
}
FACILITIES = {"office_equipment": "办公设备", "meeting_room": "会议室", "negotiation_room": "洽谈室"}
SERVICES = {"business_registration": "工商注册", "legal": "法律法务", "finance": "金融服务", "policy": "政策咨询"}
PROFESSIONAL_SERVICES = {
    "r_and_d": "研发设计",
    "testing": "检验检测",
    "model_making": "模型加工",
    "pilot_production": "中试生产",
}

DISTRICT, COUNTY, ZONE = "district", "county", "zone"
AUTHORITIES = {
    "wuhua": AuthorityCode("五华区", DISTRICT, "530102"),
    "panlong": AuthorityCode("盘龙区", DISTRICT, "530103"),
    "guandu": AuthorityCode("官渡区", DISTRICT, "530111"),
    "xishan": AuthorityCode("西山区", DISTRICT, "530112"),
    "dongchuan": AuthorityCode("东川区", DISTRICT, "530113"),
    "chenggong": AuthorityCode("呈贡区", DISTRICT, "530114"),
    "jinning": AuthorityCode("晋宁区", DISTRICT, "530115"),
    "anning": AuthorityCode("安宁市", COUNTY, "530181"),
    "fumin": AuthorityCode("富民县", COUNTY, "530124"),
    "yiliang": AuthorityCode("宜良县", COUNTY, "530125"),
    "songming": AuthorityCode("嵩明县", COUNTY, "530127"),
    "shilin": AuthorityCode("石林彝族自治县", COUNTY, "530126"),
    "luquan": AuthorityCode("禄劝彝族苗族自治县", COUNTY, "530128"),
    "xundian": AuthorityCode("寻甸回族彝族自治县", COUNTY, "530129"),
    "hightech_zone": AuthorityCode("昆明高新技术产业开发区", ZONE),
    "economic_zone": AuthorityCode("昆明经济技术开发区", ZONE),
    "dianchi_resort": AuthorityCode("昆明滇池国家旅游度假区", ZONE),
    "liangqu": AuthorityCode("“两区”（倘甸产业园区和轿子山旅游开发区）", ZONE),
    "yangzonghai": AuthorityCode("昆明阳宗海风景名胜区", ZONE),
}
AUTHORITY_NAMES = {code: row.name for code, row in AUTHORITIES.items()}
DIVISIONS = {"530100": "昆明市"} | {row.division: row.name for row in AUTHORITIES.values() if row.division}

# 国家重点支持的高新技术领域, revision of 2016, the first two levels.
HIGHTECH_FIELDS = {
    "10": "电子信息",
    "101": "软件",
    "102": "微电子技术",
    "103": "计算机产品及其网络应用技术",
    "104": "通信技术",
    "105": "广播影视技术",
    "106": "新型电子元器件",
    "107": "信息安全技术",
    "108": "智能交通和轨道交通技术",
    "20": "生物与新医药",
    "201": "医药生物技术",
    "202": "中药、天然药物",
    "203": "化学药研发技术",
    "204": "药物新剂型与制剂创制技术",
    "205": "医疗仪器、设备与医学专用软件",
    "206": "轻工和化工生物技术",
    "207": "农业生物技术",
    "30": "航空航天",
    "301": "航空技术",
    "302": "航天技术",
    "40": "新材料",
    "401": "金属材料",
    "402": "无机非金属材料",
    "403": "高分子材料",
    "404": "生物医用材料",
    "405": "精细和专用化学品",
    "406": "与文化艺术产业相关的新材料",
    "50": "高技术服务",
    "501": "研发与设计服务",
    "502": "检验检测认证与标准服务",
    "503": "信息技术服务",
    "504": "高技术专业化服务",
    "505": "知识产权与成果转化服务",
    "506": "电子商务与现代物流技术",
    "507": "城市管理与社会服务",
    "508": "文化创意产业支撑技术",
    "60": "新能源与节能",
    "601": "可再生清洁能源",
    "602": "核能及氢能",
    "603": "新型高效能量转换与储存技术",
    "604": "高效节能技术",
    "70": "资源与环境",
    "701": "水污染控制与水资源利用技术",
    "702": "大气污染控制技术",
    "703": "固体废弃物处置与综合利用技术",
    "704": "物理性污染防治技术",
    "705": "环境监测及环境事故应急处理技术",
    "706": "生态环境建设与保护技术",
    "707": "清洁生产技术",
    "708": "资源勘查、高效开采与综合利用技术",
    "80": "先进制造与自动化",
    "801": "工业生产过程控制系统",
    "802": "安全生产技术",
    "803": "高性能、智能化仪器仪表",
    "804": "先进制造工艺与装备",
    "805": "新型机械",
    "806": "电力系统与设备",
    "807": "汽车及轨道车辆相关技术",
    "808": "高技术船舶与海洋工程装备设计制造技术",
    "809": "传统文化产业改造技术",
}


def is_hightech_field(code: str) -> bool:
    """Whether a code of 2, 3 or 5 digits is on the list; the third level is checked by its first three digits."""
    return code in HIGHTECH_FIELDS or (
        len(code) == 5 and code.isascii() and code.isdigit() and code[:3] in HIGHTECH_FIELDS
    )


def hightech_name(code: str) -> str:
    """The Chinese name of a field code, at the deepest level known; KeyError for an unknown code."""
    return HIGHTECH_FIELDS[code if code in HIGHTECH_FIELDS else code[:3]]
