"""The makerspaces of the demo city, all invented: name, operator, district, kind, and how far each has come."""

from typing import NamedTuple


class Space(NamedTuple):
    """One makerspace; ``end`` is the stage it is to reach, ``turn`` what is special about its way."""

    name: str
    operator: str
    authority: str
    category: str
    theme: str
    end: str
    turn: str = ""


# 已公布，其中四家早一年
ANNOUNCED = (
    Space(
        "滇云创客咖啡众创空间",
        "昆明滇云创业服务有限公司",
        "wuhua",
        "comprehensive",
        "面向高校毕业生的软件与数字内容创业",
        "recognised",
    ),
    Space(
        "翠湖智造众创空间", "云南翠湖智造科技有限公司", "wuhua", "technical", "小批量硬件试制与检验检测", "recognised"
    ),
    Space(
        "盘龙江畔众创空间", "昆明盘江创业孵化有限公司", "panlong", "comprehensive", "文化创意与电子商务", "recognised"
    ),
    Space(
        "金马碧鸡创业工场",
        "昆明金碧企业管理有限公司",
        "guandu",
        "comprehensive",
        "现代物流与跨境电商服务",
        "recognised",
        "correction",
    ),
    Space("西山云谷众创空间", "云南云谷信息技术有限公司", "xishan", "comprehensive", "信息安全与云服务", "recognised"),
    Space("呈贡大学城青创汇", "昆明青创汇科技有限公司", "chenggong", "comprehensive", "大学生科技创业", "recognised"),
    Space(
        "高新生物医药众创空间",
        "云南本草源生物科技有限公司",
        "hightech_zone",
        "technical",
        "中药与天然药物研发中试",
        "recognised",
    ),
    Space(
        "经开先进制造众创空间",
        "昆明精工智联装备有限公司",
        "economic_zone",
        "technical",
        "机器人与专用装备",
        "recognised",
        "dismissed",
    ),
    Space("滇池湾区众创空间", "昆明湾区文旅科技有限公司", "dianchi_resort", "comprehensive", "智慧文旅", "recognised"),
    Space("安宁绿能众创空间", "安宁绿能新材料有限公司", "anning", "technical", "新能源材料检测与中试", "recognised"),
    Space(
        "晋宁花卉科技众创空间",
        "昆明斗南花卉科技服务有限公司",
        "jinning",
        "comprehensive",
        "花卉种业与数字交易",
        "recognised",
    ),
    Space(
        "青创汇二期众创空间",
        "昆明青创汇科技有限公司",
        "chenggong",
        "comprehensive",
        "大学生文创与直播电商",
        "recognised",
    ),
    Space(
        "宜良乡村创客空间",
        "宜良山水田园创业服务有限公司",
        "yiliang",
        "comprehensive",
        "农业技术服务",
        "not_recommended",
        "declined",
    ),
    Space(
        "东川矿冶众创空间",
        "昆明东川再生资源科技有限公司",
        "dongchuan",
        "technical",
        "尾矿综合利用",
        "not_recognised",
        "rejected",
    ),
    Space(
        "嵩明职教园创客空间",
        "嵩明职教园创业管理有限公司",
        "songming",
        "comprehensive",
        "职业技能创业",
        "not_recognised",
        "upheld",
    ),
)
# 公示中
IN_NOTICE = (
    Space(
        "五华文林创业社区",
        "昆明文林街创业服务有限公司",
        "wuhua",
        "comprehensive",
        "数字出版与文化创意",
        "public_notice",
    ),
    Space(
        "盘龙松华众创空间",
        "云南松华环保科技有限公司",
        "panlong",
        "comprehensive",
        "水环境治理",
        "public_notice",
        "objection",
    ),
    Space(
        "官渡古镇非遗创客空间",
        "昆明古渡文化发展有限公司",
        "guandu",
        "comprehensive",
        "传统工艺与新设计",
        "public_notice",
    ),
    Space(
        "西山滇缅智慧物流众创空间",
        "云南滇缅供应链科技有限公司",
        "xishan",
        "comprehensive",
        "供应链数字化",
        "public_notice",
        "correction",
    ),
    Space("呈贡信息谷众创空间", "昆明信息谷科技园有限公司", "chenggong", "comprehensive", "工业软件", "public_notice"),
    Space("高新光电众创空间", "云南晶明光电有限公司", "hightech_zone", "technical", "红外与光电器件", "public_notice"),
    Space("阳宗海康养众创空间", "昆明阳宗海康养科技有限公司", "yangzonghai", "comprehensive", "健康服务", "approved"),
    Space("富民绿色食品众创空间", "富民绿源食品技术有限公司", "fumin", "comprehensive", "食品加工技术", "approved"),
)
# 评审中
UNDER_REVIEW = (
    Space(
        "石林彝绣创客空间",
        "石林阿诗玛文化创意有限公司",
        "shilin",
        "comprehensive",
        "民族工艺设计",
        "district_review",
        "visited",
    ),
    Space(
        "禄劝乌蒙高原特色农业众创空间",
        "禄劝乌蒙农业科技有限公司",
        "luquan",
        "comprehensive",
        "高原特色农业",
        "district_review",
    ),
    Space(
        "寻甸牛栏江众创空间",
        "寻甸牛栏江创业服务有限公司",
        "xundian",
        "comprehensive",
        "绿色养殖技术",
        "correction",
        "correction",
    ),
    Space("倘甸光伏众创空间", "昆明倘甸光伏科技有限公司", "liangqu", "technical", "光伏运维检测", "city_review"),
    Space("盘龙金刀营创新工坊", "昆明金刀营文化科技有限公司", "panlong", "comprehensive", "影视制作", "city_review"),
    Space(
        "五华科技产业园众创空间",
        "云南五华科创园运营有限公司",
        "wuhua",
        "comprehensive",
        "软件与人工智能",
        "expert_review",
        "convened",
    ),
    Space(
        "经开医疗器械众创空间",
        "昆明康桥医疗器械有限公司",
        "economic_zone",
        "technical",
        "医疗器械检测",
        "expert_review",
        "scoring",
    ),
    Space("官渡会展数字创意众创空间", "昆明巫家坝数字科技有限公司", "guandu", "comprehensive", "数字会展", "decision"),
    Space("西山海口智能装备众创空间", "云南海口精密机械有限公司", "xishan", "technical", "精密加工", "decision"),
    Space(
        "度假区数字体育众创空间",
        "昆明海埂体育科技有限公司",
        "dianchi_resort",
        "comprehensive",
        "体育科技",
        "withdrawn",
        "withdrawn",
    ),
)
# 申报中
OPEN = (
    Space("五华莲花池众创空间", "昆明莲花池创业服务有限公司", "wuhua", "comprehensive", "教育科技", "district_review"),
    Space(
        "盘龙白塔众创空间", "昆明白塔科技服务有限公司", "panlong", "comprehensive", "企业数字化服务", "district_review"
    ),
    Space(
        "呈贡三台山众创空间", "云南三台山科技有限公司", "chenggong", "technical", "电子设计与样机", "district_review"
    ),
    Space(
        "滇云数智众创空间",
        "昆明滇云创业服务有限公司",
        "wuhua",
        "comprehensive",
        "数据服务与智能应用",
        "draft",
        "nearly",
    ),
    Space(
        "翠湖无人机众创空间",
        "云南翠湖智造科技有限公司",
        "wuhua",
        "technical",
        "无人机整机与零部件试制",
        "draft",
        "half",
    ),
    Space(
        "官渡螺蛳湾电商众创空间", "昆明螺蛳湾电子商务有限公司", "guandu", "comprehensive", "电子商务", "draft", "short"
    ),
    Space(
        "高新细胞技术众创空间",
        "昆明滇䶮生物技术有限公司",
        "hightech_zone",
        "technical",
        "细胞技术服务",
        "correction",
        "correction",
    ),
    Space(
        "安宁职教创客空间",
        "安宁㛃昇创业服务有限公司",
        "anning",
        "comprehensive",
        "装备运维人才创业",
        "district_review",
        "paper",
    ),
)

EXPERTS = (
    ("expert1", "何文渊", "云南理工大学信息学院", "教授", ("软件", "人工智能")),
    ("expert2", "段雪梅", "昆明创业投资协会", "高级经济师", ("投资", "财务")),
    ("expert3", "和志强", "云南省装备制造研究院", "正高级工程师", ("先进制造", "检验检测")),
    ("expert4", "李雁", "滇中会计师事务所", "注册会计师", ("财务",)),
    ("expert5", "尹江涛", "云南生物医药研究所", "研究员", ("生物医药",)),
    ("expert6", "木春华", "西南科技孵化器联盟", "高级工程师", ("孵化服务", "投资")),
    ("expert7", "沐天成", "昆明数字经济促进会", "高级工程师", ("软件", "电子商务")),
    ("expert8", "岩温", "云南农业大学", "副教授", ("农业技术",)),
    ("expert9", "赵𬭎", "云南翠湖智造科技有限公司", "高级工程师", ("先进制造",)),
)
