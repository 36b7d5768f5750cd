"""The demonstration persons: one for each role, colleagues who recorded the sixty days of history, and leaders."""

from dataclasses import dataclass

from webapp.kernel.access import Role


@dataclass(frozen=True, slots=True)
class Member:
    """A person. `unit` or `place` is the code of the role's scope, `home` the code of the person's own unit.

    `title` ends with the person's post, unless `office` is another one.
    """

    username: str
    name: str
    role: Role
    title: str
    unit: str | None = None
    place: str | None = None
    home: str = "DISTRICT"
    office: str = ""

    @property
    def post(self) -> str:
        return self.office or self.title.split()[-1]


CAST = (
    Member("inspector", "李建国", Role.INSPECTOR, "生态环境执法大队 监督员", unit="EPB", home="EPB-LAW"),
    Member("gatekeeper", "王秀英", Role.GATEKEEPER, "城北高速卡口 值守志愿者", place="CP-01", home="CITY"),
    Member("keeper", "赵永强", Role.KEEPER, "应急物资中心仓库 保管员", place="WH-01", home="EMERGENCY"),
    Member("approver", "陈立新", Role.APPROVER, "应急保障组 副组长", unit="SUP", home="SUP", office="区应急管理局局长"),
    Member("commander", "周文涛", Role.COMMANDER, "疫情处置指挥部 值班主任"),
    Member("auditor", "孙慧敏", Role.AUDITOR, "督查督办专班 督查员", home="AUDIT"),
    Member("administrator", "刘志远", Role.ADMINISTRATOR, "区大数据中心 系统管理员"),
    Member("clerk", "何晓琳", Role.CLERK, "开发区管委会 信息员", unit="ZONE", home="ZONE"),
    Member("requester", "黄建军", Role.REQUESTER, "城北高速卡口 物资申领人", place="CP-01", home="TRAFFIC"),
    Member("liaison", "胡桂芳", Role.LIAISON, "开发区管委会 一对一责任人", unit="ZONE", home="ZONE"),
    Member("site_contact", "郑永红", Role.SITE_CONTACT, "第三人民医院 总务科科长", place="H-01", home="HEALTH"),
    Member("waste_handler", "罗玉梅", Role.WASTE_HANDLER, "第三人民医院 医废管理员", place="W-01", home="HEALTH"),
    Member("driver", "谢长江", Role.DRIVER, "应急保障组 驾驶员", unit="SUP", home="SUP"),
    Member("disposal_operator", "唐国平", Role.DISPOSAL_OPERATOR, "绿安处置中心 操作员", place="D-01", home="EPB"),
    Member("traffic_police", "韩志刚", Role.TRAFFIC_POLICE, "交警大队 通行证民警", unit="TRAFFIC", home="TRAFFIC"),
)
COLLEAGUES = (
    Member("inspector2", "张海燕", Role.INSPECTOR, "生态环境执法大队 监督员", unit="EPB", home="EPB-LAW"),
    Member("inspector3", "马晓东", Role.INSPECTOR, "卫生监督所 监督员", unit="EPB", home="HEALTH"),
    Member("gatekeeper2", "郭志强", Role.GATEKEEPER, "城北高速卡口 值守民警", place="CP-01", home="TRAFFIC"),
    Member("gatekeeper3", "杨丽娟", Role.GATEKEEPER, "国道南卡口 值守志愿者", place="CP-02", home="CITY"),
    Member("gatekeeper4", "徐大伟", Role.GATEKEEPER, "开发区东门卡口 值守保安", place="CP-03", home="ZONE"),
    Member("keeper2", "高翠兰", Role.KEEPER, "开发区物资点 保管员", place="WH-02", home="ZONE"),
    Member("clerk2", "彭晓燕", Role.CLERK, "社会防控专班 信息员", unit="CONTROL", home="CONTROL"),
    Member("clerk3", "董建华", Role.CLERK, "生态环境分局 信息员", unit="EPB", home="EPB"),
)
# Who leads a unit: after the others, whose telephone numbers are by their places.
LEADERS = (
    Member("mayor", "沈国栋", Role.APPROVER, "云川区 区长", unit="DISTRICT"),
    Member("vice-mayor", "曹志明", Role.APPROVER, "云川区 副区长", unit="SUP"),
    Member("finance-head", "叶永华", Role.APPROVER, "财政局 局长", unit="FINANCE", home="FINANCE"),
    Member("industry-head", "魏晓明", Role.APPROVER, "工业和信息化局 局长", unit="INDUSTRY", home="INDUSTRY"),
    Member("trade-head", "薛丽华", Role.APPROVER, "商务局 局长", unit="TRADE", home="TRADE"),
    Member("market-head", "阎建军", Role.APPROVER, "市场监督管理局 局长", unit="MARKET", home="MARKET"),
    Member("health-head", "程淑英", Role.APPROVER, "卫生健康局 局长", unit="HEALTH", home="HEALTH"),
    Member("epb-head", "傅文博", Role.APPROVER, "生态环境分局 局长", unit="EPB", home="EPB"),
    Member("zone-head", "苏海涛", Role.APPROVER, "经济开发区 管委会主任", unit="ZONE", home="ZONE"),
)
