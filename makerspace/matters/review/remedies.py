"""救济途径: what every refusal prints about reconsideration and suit. Edit the wording here and nowhere else.

Reconsideration lies with the government of the office's own level (行政复议法第二十四条): for the city's bureau the
city's, for a county's or district's authority the county's. A development zone has no government of its own; the city
set it up, and the city's government hears it. A lawyer of the bureau should confirm the wording before first use.
"""

from makerspace.office.people.models import Authority

CITY = "昆明市人民政府"
RECONSIDERATION = (
    "如不服本告知书，可以自知道本告知书之日起60日内向{government}申请行政复议"
    "（《中华人民共和国行政复议法》，2023年9月1日修订，2024年1月1日起施行，第二十条、第二十四条）。"
)
SUIT = (
    "也可以自知道本告知书之日起6个月内依法向有管辖权的人民法院提起行政诉讼"
    "（《中华人民共和国行政诉讼法》，2017年6月27日修正，2017年7月1日起施行，第四十六条）。"
)
ONLINE = (
    "行政复议申请可以邮寄，也可以通过行政复议机关指定的互联网渠道提交，如“掌上复议”（行政复议法第二十二条）；"
    "行政诉讼可以通过“人民法院在线服务”网上立案。"
)
AFTER = "先申请行政复议的，对复议决定不服，可以自收到复议决定书之日起15日内提起行政诉讼（同法第四十五条）。"


def remedies(authority: Authority | None = None) -> list[str]:
    """The sentences to print; ``authority`` is who decided, the city's bureau where none is given."""
    return [RECONSIDERATION.format(government=_government(authority)), SUIT, AFTER, ONLINE]


def _government(authority: Authority | None) -> str:
    return f"{authority.name}人民政府" if authority is not None and authority.division else CITY
