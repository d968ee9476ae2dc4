"""The grants of the demo city: one in every stage, a batch paid, one bounced, one held, one to come back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile

from makerspace.doors.training.lives import small_pdf
from makerspace.doors.training.people import People
from makerspace.doors.training.timeline import Timeline
from makerspace.matters.funding import operations as funding
from makerspace.matters.funding.models import Ceiling
from makerspace.office.casework import attachments
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Person

WAN = 1_000_000  # fen
CLOSED, RECOVERED = "盘龙江畔众创空间", "金马碧鸡创业工场"
PAID, USE_CHECK, RETURNED = "滇云创客咖啡众创空间", "西山云谷众创空间", "高新生物医药众创空间"
BOUNCED, LATE = "呈贡大学城青创汇", "经开先进制造众创空间"
PAYABLE, CHECK, AWAITING = "滇池湾区众创空间", "晋宁花卉科技众创空间", "翠湖智造众创空间"
WAIVED, HELD = "安宁绿能众创空间", "青创汇二期众创空间"
FIRST = (CLOSED, RECOVERED, PAID, USE_CHECK, RETURNED, BOUNCED)
BANKS = ("中国工商银行昆明南屏支行", "中国建设银行昆明滇池路支行", "中国农业银行昆明北市区支行", "富滇银行昆明翠湖支行")
USES = (
    ("equipment", "三维打印机、激光切割机", 4.2), ("premises", "路演厅和公共会议室改造", 3.6), ("network", "无线网络和门禁改造", 2.2),
)  # fmt: skip
Step = Callable[[date], Any]


class Grants:
    """Plans the acts of article 13 upon titles that were given before."""

    def __init__(self, people: People, timeline: Timeline) -> None:
        self.people, self.timeline = people, timeline
        self.vouchers = 0
        self.proposed: list[Ceiling] = []

    def plan(self) -> None:
        """From the ceiling to the recovery, over half a year."""
        self._steps((194, 1, funding.open_grants), (193, 10, self._propose), (192, 10, self._confirm))
        for place, name in enumerate((*FIRST, LATE, PAYABLE, CHECK, AWAITING, HELD)):
            early = name in (*FIRST, LATE)
            self._steps((185 - place if early else 9 - place // 4, 9, self._account(name, place)))
        for name in FIRST:
            self._steps((165, 10, self._accept(name)), (150, 10, self._pay(name)))
        self._steps((155, 10, self._approve("局长办公会研究同意", *FIRST)))
        self._steps((140, 15, self._bounce(BOUNCED)), (120, 9, self._account(BOUNCED, 40)))
        self._steps((170, 11, self._waive), (110, 10, self._accept(BOUNCED)), (109, 10, self._accept(LATE)))
        for name in (CLOSED, RECOVERED):
            self._steps((60, 10, self._report(name)), (50, 10, self._accept_use(name)))
        self._steps(
            (9, 10, self._approve("局长办公会研究同意，列第二批", BOUNCED, LATE)), (7, 10, self._pay(LATE)),
            (25, 10, self._report(RETURNED)), (15, 10, self._return_use(RETURNED)), (6, 10, self._report(USE_CHECK)),
            (12, 10, self._recover), (5, 15, self._repay), (4, 10, self._accept(PAYABLE)), (3, 10, self._return_account(AWAITING)),
        )  # fmt: skip

    def _steps(self, *planned: tuple[int, int, Step]) -> None:
        for days_ago, hour, step in planned:
            self.timeline.plan(days_ago, hour, step)

    def _case(self, name: str) -> Case:
        return Case.objects.select_related("organisation", "authority").get(grant__title__names__name=name)

    def _owner(self, case: Case) -> Person:
        return self.people.applicants[case.organisation.name]

    def _officer(self, name: str) -> Person:
        return self.people.named(name)

    def _paper(self, case: Case, name: str, by: Person, on: date) -> str:
        content = ContentFile(small_pdf(name, case.subject))
        return attachments.attach(case, content, f"{name}.pdf", by=by, on=on).blob_id

    # -- the budget ----------------------------------------------------------------------------------------------------
    def _propose(self, on: date) -> None:
        """For every year that the grants fall in."""
        for year in {on.year, self.timeline.today.year}:
            given: dict[str, Any] = {"amount": 120 * WAN, "basis": f"{year}年市级科技专项资金预算批复"}
            self.proposed.append(funding.propose_ceiling(year, by=self._officer("bureau1"), on=on, **given))

    def _confirm(self, on: date) -> None:
        for ceiling in self.proposed:
            funding.confirm_ceiling(ceiling, by=self._officer("leader2"), on=on)

    def _approve(self, basis: str, *names: str) -> Step:
        return lambda on: funding.approve_payments(
            [self._case(name) for name in names], basis=basis, by=self._officer("leader1"), on=on
        )

    # -- one grant -----------------------------------------------------------------------------------------------------
    def _account(self, name: str, place: int) -> Step:
        def act(on: date) -> None:
            case = self._case(name)
            owner = self._owner(case)
            papers = [self._paper(case, "账户确认函", owner, on)]
            funding.confirm_account(
                case, by=owner, on=on, payee=case.grant.title.holder, bank=BANKS[place % len(BANKS)],
                account_number=f"25020110090{place:02d}{10_452_387 + 7_919 * place}", papers=papers,
            )  # fmt: skip

        return act

    def _accept(self, name: str) -> Step:
        return lambda on: funding.accept_account(self._case(name), by=self._officer("bureau2"), on=on)

    def _return_account(self, name: str) -> Step:
        reason = "账户确认函未加盖公章，请盖章后重新上传。"
        return lambda on: funding.return_account(self._case(name), by=self._officer("bureau2"), on=on, reason=reason)

    def _pay(self, name: str) -> Step:
        def act(on: date) -> None:
            case, payer = self._case(name), self._officer("payer1")
            self.vouchers += 1
            funding.open_account(case, by=payer, on=on)
            papers = [self._paper(case, "国库集中支付凭证", payer, on)]
            voucher = f"ZC-{on.year}-{self.vouchers:05d}"
            funding.record_payment(case, by=payer, on=on, paid_on=on, voucher=voucher, papers=papers)

        return act

    def _bounce(self, name: str) -> Step:
        reason = "银行退汇：收款账户已销户。"
        return lambda on: funding.record_bounce(
            self._case(name), by=self._officer("payer1"), on=on, bounced_on=on, reason=reason
        )

    def _report(self, name: str) -> Step:
        def act(on: date) -> None:
            case = self._case(name)
            owner = self._owner(case)
            items = [
                {
                    "category": category, "content": content, "invoice": f"2553{case.pk:06d}{place:010d}",
                    "invoiced_on": on - timedelta(days=9 + place), "amount": int(wan * WAN),
                }
                for place, (category, content, wan) in enumerate(USES)
            ]  # fmt: skip
            funding.report_use(
                case, by=owner, on=on, items=items, papers=[self._paper(case, "发票汇总", owner, on)],
                summary="设备和公共空间已投入使用，服务在孵企业和团队二十余家，公共会议室每月使用四十余场次。",
            )  # fmt: skip

        return act

    def _return_use(self, name: str) -> Step:
        reason = "第2项含办公家具租赁费，请剔除后按实际改造支出重报。"
        return lambda on: funding.return_use(self._case(name), by=self._officer("bureau2"), on=on, reason=reason)

    def _accept_use(self, name: str) -> Step:
        return lambda on: funding.accept_use(
            self._case(name), by=self._officer("bureau2"), on=on, opinion="发票齐全，支出均属众创空间条件建设。"
        )

    # -- how it ends otherwise -----------------------------------------------------------------------------------------
    def _waive(self, on: date) -> None:
        case = self._case(WAIVED)
        funding.waive(case, by=self._owner(case), on=on, reason="已获得其他市级资金支持，自愿放弃。")

    def _repay(self, on: date) -> None:
        case, payer = self._case(RECOVERED), self._officer("payer1")
        funding.record_repayment(
            case, by=payer, on=on, amount=WAN, paid_back_on=on - timedelta(days=1), voucher=f"JK-{on.year}-0007",
            papers=[self._paper(case, "缴款书", payer, on)],
        )  # fmt: skip

    def _recover(self, on: date) -> None:
        funding.recover(
            self._case(RECOVERED), by=self._officer("leader3"), on=on, basis="misuse", amount=int(2.2 * WAN),
            pay_back_by=on + timedelta(days=45),
            reason="专项审计发现，列支的无线网络和门禁改造费22,000.00元实际用于发放人员工资，不属于众创空间条件建设。",
        )  # fmt: skip
