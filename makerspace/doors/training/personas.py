"""The people of the demo city, to switch between on the sign-in page; they exist in demo mode only."""

from dataclasses import dataclass

from django.db.models import QuerySet

from makerspace.doors.training.cast import EXPERTS
from makerspace.office.people.models import Person, Post
from makerspace.regulation.terms import Duty, Role

PASSWORD = "Dianchi-2026-demo"  # noqa: S105  everybody may know it: these accounts exist in demo mode only


@dataclass(frozen=True)
class Persona:
    """One demo account: who it is, in which capacity, and what one can try with it."""

    username: str
    name: str
    title: str
    role: Role
    authority: str = ""
    duties: tuple[Duty, ...] = ()
    organisation: str = ""


PERSONAS = (
    Persona(
        "applicant1",
        "李云山",
        "申报单位：昆明滇云创业服务有限公司（填报、补正、查看进度）",
        Role.APPLICANT,
        organisation="昆明滇云创业服务有限公司",
    ),
    Persona(
        "applicant2",
        "杨子墨",
        "申报单位：云南翠湖智造科技有限公司（技术支撑类）",
        Role.APPLICANT,
        organisation="云南翠湖智造科技有限公司",
    ),
    Persona(
        "district_wuhua",
        "张晓岚",
        "五华区科技主管部门（初审、查验、推荐，兼窗口）",
        Role.DISTRICT,
        "wuhua",
        (Duty.COUNTER,),
    ),
    Persona(
        "district_panlong",
        "陈建国",
        "盘龙区科技主管部门（初审、查验、推荐，兼窗口）",
        Role.DISTRICT,
        "panlong",
        (Duty.COUNTER,),
    ),
    Persona("district_guandu", "马文斌", "官渡区科技主管部门", Role.DISTRICT, "guandu", (Duty.COUNTER,)),
    Persona(
        "district_chenggong",
        "李志强",
        "呈贡区科技主管部门（核对年度报告）",
        Role.DISTRICT,
        "chenggong",
        (Duty.COUNTER,),
    ),
    Persona("bureau1", "周敏", "市科技局经办（受理、组织专家、拟公示）", Role.BUREAU, "", (Duty.COUNTER,)),
    Persona("bureau2", "赵志远", "市科技局经办（公示复核）", Role.BUREAU),
    Persona("bureau3", "孙丽萍", "市科技局经办（异议受理，未经办任何申报）", Role.BUREAU),
    Persona("payer1", "李春梅", "市科技局财务（查看账号、拨付引导资金）", Role.BUREAU, "", (Duty.PAYER,)),
    Persona("leader1", "王国栋", "市科技局负责人（审定、公布）", Role.LEADER),
    Persona("leader2", "刘静", "市科技局负责人", Role.LEADER),
    Persona("leader3", "普建华", "市科技局负责人", Role.LEADER),
    Persona("expert1", "何文渊", "评审专家（手机现场评审）", Role.EXPERT),
    Persona("expert2", "段雪梅", "评审专家", Role.EXPERT),
    Persona("expert3", "和志强", "评审专家", Role.EXPERT),
    Persona(
        "provider1", "冯立新", "平台单位：昆明市红外光电器件重点实验室等（开放项目、答复预约、登记使用）", Role.PROVIDER
    ),
    Persona("provider2", "谢春燕", "平台单位：昆明市天然药物工程技术研究中心", Role.PROVIDER),
    Persona("mentor1", "苏明远", "梦想导师（答复约请、登记辅导）", Role.MENTOR),
    Persona("mentor2", "杞丽华", "梦想导师", Role.MENTOR),
    Persona("mentor3", "方泽宇", "梦想导师", Role.MENTOR),
    Persona("mentor4", "施慧", "梦想导师", Role.MENTOR),
    Persona("discipline1", "高翔", "驻局纪检（异议与举报）", Role.DISCIPLINE),
    Persona("discipline2", "罗静宜", "驻局纪检（复核不予受理）", Role.DISCIPLINE),
    Persona("auditor1", "钱卫东", "审计人员（可查看全部，不能办理）", Role.AUDITOR),
    Persona("agency1", "郑洁", "其他部门：科技项目主管单位（查询优先支持、登记凭证使用）", Role.AGENCY),
    Persona("sysadmin", "吴涛", "系统管理员（邀请人员、设置）", Role.SYSTEM_ADMIN),
    Persona("secadmin", "林岚", "安全管理员", Role.SECURITY_ADMIN),
    Persona("auditadmin", "方正", "审计管理员", Role.AUDIT_ADMIN),
)


def everyone() -> QuerySet[Person]:
    """All whom one may be in the demo: the people above, every officer of a district, every expert of the pool."""
    named = {persona.username for persona in PERSONAS} | {username for username, *_ in EXPERTS}
    return Person.objects.filter(username__in=named | set(_districts().values_list("person__username", flat=True)))


def others() -> tuple[list[Persona], list[Persona]]:
    """The officers of the districts and the experts who are not named above: whoever a case needs can be chosen."""
    named = {persona.username for persona in PERSONAS}
    districts = [
        Persona(post.person.username, post.person.name, post.authority.office, Role.DISTRICT)
        for post in _districts().exclude(person__username__in=named).order_by("authority__division", "authority__code")
        if post.authority
    ]
    experts = [
        Persona(username, name, f"评审专家：{employer}", Role.EXPERT)
        for username, name, employer, *_ in EXPERTS
        if username not in named
    ]
    return districts, experts


def _districts() -> QuerySet[Post]:
    posts = Post.objects.filter(role=Role.DISTRICT, person__username__startswith="district_")
    return posts.select_related("person", "authority")
