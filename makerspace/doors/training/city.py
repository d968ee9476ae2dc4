"""The demo city: five calls, forty makerspaces, two years of assessment, every stage reached through real acts over the past months."""

from collections.abc import Callable
from datetime import date, timedelta

from makerspace.doors.training.cast import ANNOUNCED, IN_NOTICE, OPEN, UNDER_REVIEW, Space
from makerspace.doors.training.changes import Changes
from makerspace.doors.training.funding import Grants
from makerspace.doors.training.helping import Helping
from makerspace.doors.training.letters import Letters
from makerspace.doors.training.lives import Life
from makerspace.doors.training.people import People
from makerspace.doors.training.raising import Raising
from makerspace.doors.training.registers import Books
from makerspace.doors.training.schemes import schemes
from makerspace.doors.training.settings import settings
from makerspace.doors.training.timeline import Timeline
from makerspace.doors.training.years import Years
from makerspace.matters.application import operations as application
from makerspace.matters.application.models import Call
from makerspace.matters.recognition import operations as recognition
from makerspace.matters.review import operations as review
from makerspace.matters.review.models import Objection, PublicNotice
from makerspace.office.casework.models import Case
from makerspace.office.record import clock
from makerspace.regulation.counting import count_days

REGULATION = "kunkefa-2017-55"
CONTACTS = [{"name": "周敏", "phone": "0871-63100001"}]
TEXT = (
    "为推动全市众创空间建设，现组织申报昆明市众创空间。凡在昆明市注册、具有独立法人资格的企事业单位，符合办法第五条及"
    "第六条或第七条条件的，均可申报。请于截止日期前在线提交申报材料，并将纸件报送运营所在地科技主管部门。"
)
FACTS = "公示名单所列该单位的部分入驻企业已于两个月前迁出，实际在驻数量与公示情况不符，附现场照片说明。"
OLDER = ("滇云创客咖啡众创空间", "盘龙江畔众创空间", "安宁绿能众创空间", "晋宁花卉科技众创空间")
KEPT = 4
BATCHES = "一二三四五六"
Step = Callable[[date], None]


class City:
    """Plans everything on one timeline and lives through it. ``given``: the day of the older titles, a year's end before."""

    def __init__(self, today: date) -> None:
        self.people = People().make()
        self.timeline = Timeline(today)
        self.today = today
        self.given = min(date(self.timeline.workday(195).year - 1, 12, 10), today - timedelta(days=260))

    def build(self) -> None:
        """The five calls, the oldest first."""
        self.announced()
        self.in_notice()
        self.under_review()
        self.open()
        Helping(self.people, self.timeline).build()
        Raising(self.people, self.timeline).plan()
        schemes(self)
        Grants(self.people, self.timeline).plan()
        Years(self).plan_before()
        Years(self).plan()
        Changes(self).plan()
        Letters(self).plan()
        settings(self)
        self.timeline.live()

    # -- calls ---------------------------------------------------------------------------------------------------------
    def call(self, opens: int, closes: int) -> Call:
        """A call, drafted and published on the day it opens (days ago; a negative number lies ahead).

        Calls are made in the order of their days, so that the batches of a year are counted.
        """
        officer, day = self.people.named("bureau1"), self.timeline.workday(opens)
        batch = BATCHES[Call.objects.filter(year=day.year).count()]
        title = f"关于组织申报{day.year}年度第{batch}批昆明市众创空间的通知"
        with clock.pretending(clock.now() - timedelta(days=opens)):
            call = application.draft_call(
                by=officer, on=day, title=title, year=day.year, categories=["comprehensive", "technical"], opens_on=day,
                closes_on=self.today - timedelta(days=closes), text=TEXT, materials=[], contacts=CONTACTS,
                regulation=REGULATION,
            )  # fmt: skip
        self.timeline.plan(opens, 8, lambda on: self._publish(call, on))
        return call

    def _publish(self, call: Call, on: date) -> None:
        application.publish_call(call, by=self.people.named("bureau1"), on=on)
        call.refresh_from_db()

    def lives(self, call: Call, spaces: tuple[Space, ...]) -> list[Life]:
        """One life a makerspace, not yet begun."""
        return [Life(self.people, call, space) for space in spaces]

    def steps(self, *planned: tuple[int, int, Step]) -> None:
        """Plan (days ago, hour, step) each."""
        for days_ago, hour, step in planned:
            self.timeline.plan(days_ago, hour, step)

    def to_submission(self, life: Life, days_ago: int) -> None:
        """Draft, files, submission, the paper copy at the counter."""
        self.steps((days_ago + 3, 10, life.draft), (days_ago + 2, 14, life.attach), (days_ago, 11, life.submit))

    def to_recommendation(self, life: Life, days_ago: int) -> None:
        """Paper, correction where there was one, visit, countersignature, recommendation."""
        self.steps((days_ago + 16, 10, life.register_paper))
        if life.space.turn == "correction":
            self.steps((days_ago + 14, 11, life.correct), (days_ago + 9, 15, life.resubmit))
        self.steps((days_ago + 5, 10, life.visit), (days_ago + 3, 16, life.countersign))

    def to_conclusion(self, life: Life, days_ago: int) -> None:
        """Panel, declarations, study on site, scores, conclusion."""
        self.steps(
            (days_ago + 14, 10, life.convene), (days_ago + 12, 15, life.declare), (days_ago + 5, 10, life.study),
            (days_ago + 3, 14, life.score), (days_ago, 11, life.conclude),
        )  # fmt: skip

    # -- the five batches ----------------------------------------------------------------------------------------------
    def announced(self) -> None:
        """Two batches with titles: a small one of last year, then one with a decline, a rejection and two objections.

        This year's programmes (article 17) and assessments beyond a first year (article 18) need titles of last year.
        """
        older = tuple(space for space in ANNOUNCED if space.name in OLDER)
        self._to_titles(older, (self.today - self.given).days - 195)
        self._to_titles(tuple(space for space in ANNOUNCED if space not in older), 0)

    def _to_titles(self, spaces: tuple[Space, ...], earlier: int) -> None:
        """From a call to the announcement, so many days before the second batch."""
        call = self.call(330 + earlier, 300 + earlier)
        lives = self.lives(call, spaces)
        for life in lives:
            self.to_submission(life, 305 + earlier)
            self.to_recommendation(life, 270 + earlier)
            if life.space.turn == "declined":
                self.steps((268 + earlier, 10, life.decline))
                continue
            self.steps((268 + earlier, 10, life.recommend))
            self.to_conclusion(life, 235 + earlier)
            self.steps((225 + earlier, 10, life.reject if life.space.turn == "rejected" else life.approve))
        shown = [life for life in lives if life.space.turn not in {"declined", "rejected"}]
        published = self.timeline.workday(220 + earlier)
        last = count_days(published, 7).last_day
        self.steps((220 + earlier, 10, lambda on: self.publish(shown, on)))
        for life in shown:
            if life.space.turn in {"upheld", "dismissed"}:
                self.timeline.plan_on(published + timedelta(days=2), 15, self._object(life))
        self.timeline.plan_on(last + timedelta(days=1), 0, lambda on: self.close())
        for life in shown:
            if life.space.turn in {"upheld", "dismissed"}:
                self.timeline.plan(205 + earlier, 10, self._dispose(life))
        named = [life for life in shown if life.space.end == "recognised"]
        self.steps(
            (195 + earlier, 10, lambda on: self.announce(named, f"昆科发〔{on.year}〕{18 + earlier // 10}号", on))
        )
        for life in named[:KEPT]:
            self.keep_registers(Books(life), 188 + earlier)

    def keep_registers(self, books: Books, filled: int) -> None:
        """Filled the week after the title was given, and kept since."""
        self.steps(
            (filled, 10, books.fill), (152, 17, books.host), (121, 9, books.arrive), (110, 16, books.report), (95, 17, books.host),
            (63, 15, books.graduate), (61, 17, books.host), (33, 17, books.host), (20, 16, books.grow), (6, 17, books.host),
        )  # fmt: skip

    def in_notice(self) -> None:
        """In its seven days now, one case with an objection; two more are approved and wait."""
        call = self.call(150, 115)
        lives = self.lives(call, IN_NOTICE)
        for life in lives:
            self.to_submission(life, 118)
            self.to_recommendation(life, 80)
            self.steps((78, 10, life.recommend))
            self.to_conclusion(life, 40)
            self.steps((12 if life.space.end == "public_notice" else 3, 10, life.approve))
        shown = [life for life in lives if life.space.end == "public_notice"]
        self.steps((3, 15, lambda on: self.publish(shown, on)))
        for life in shown:
            if life.space.turn == "objection":
                self.steps((1, 16, self._object(life)))

    def under_review(self) -> None:
        """Everywhere between the district and the decision."""
        call = self.call(85, 50)
        for life in self.lives(call, UNDER_REVIEW):
            self.to_submission(life, 52)
            self._as_far_as(life)

    def _as_far_as(self, life: Life) -> None:
        """Each to the stage it is cast for."""
        end, turn = life.space.end, life.space.turn
        if end == "withdrawn":
            self.steps((30, 10, life.withdraw))
        elif end == "correction":
            self.steps((6, 10, life.correct))
        elif end == "district_review":
            self.steps((12, 10, life.register_paper))
            if turn == "visited":
                self.steps((5, 10, life.visit))
        else:
            self.to_recommendation(life, 26)
            self.steps((25, 10, life.recommend))
            self._panel(life)

    def _panel(self, life: Life) -> None:
        end, turn = life.space.end, life.space.turn
        if end == "decision":
            self.to_conclusion(life, 3)
        elif turn == "convened":
            self.steps((4, 10, life.convene))
        elif turn == "scoring":
            self.steps((12, 10, life.convene), (10, 10, life.declare), (4, 10, life.study), (2, 10, life.score_some))

    def open(self) -> None:
        """Open now, with drafts, submissions, a correction and a paper copy."""
        call = self.call(12, -25)
        for life in self.lives(call, OPEN):
            if life.space.turn == "half":
                self.steps((9, 15, Books(life).begin))
            self.steps((8, 10, life.draft), (7, 14, life.attach))
            if life.space.end == "draft":
                continue
            self.steps((6, 11, life.submit))
            if life.space.turn == "paper":
                self.steps((5, 10, life.register_paper))
            if life.space.end == "correction":
                self.steps((3, 10, life.correct))

    # -- batch acts ----------------------------------------------------------------------------------------------------
    def publish(self, lives: list[Life], on: date) -> None:
        """A notice: prepared by one officer, read and published by another."""
        cases = [life.now() for life in lives]
        review.publish_notice(
            cases, publish_on=on, by=self.people.named("bureau2"), on=on, second_reader=self.people.named("bureau1")
        )

    def close(self) -> None:
        """What the clock does after the last minute of the last day."""
        review.close_notices(clock.now())

    def announce(self, lives: list[Life], document_number: str, on: date) -> None:
        """The announcement gives the titles."""
        recognition.announce(
            [life.now() for life in lives], document_number=document_number, by=self.people.named("leader1"), on=on
        )

    def _object(self, life: Life) -> Step:
        def act(on: date) -> None:
            notice = PublicNotice.objects.get(items__case__number=life.number, state="published")
            review.object_to(
                notice, Case.objects.get(number=life.number), on=on, name="周国强", contact="objector@demo.invalid", facts=FACTS,
            )  # fmt: skip

        return act

    def _dispose(self, life: Life) -> Step:
        def act(on: date) -> None:
            handler, leader = self.people.named("bureau3"), self.people.named("leader2")
            objection = Objection.objects.get(case__number=life.number)
            review.admit_objection(
                life.now(), by=handler, on=on, objection=objection.pk, reason="实名提出，有具体事实。"
            )
            upheld = life.space.turn == "upheld"
            review.investigate_objection(
                life.now(), by=handler, on=on, objection=objection.pk, steps="现场复核，调阅入驻协议和缴费记录。",
                findings="反映情况属实。" if upheld else "反映情况不属实，所列企业仍在驻。",
                reply_to_objector="经核查，已形成处理意见，感谢监督。", reply_to_applicant="已完成核查，处理结果将另行告知。",
            )  # fmt: skip
            if upheld:
                review.uphold_objection(
                    life.now(), by=leader, on=on, objections=[objection.pk],
                    reasons=[{"condition": "7.2.count", "text": "复核时实际在驻企业和团队不足10家。"}],
                )  # fmt: skip
            else:
                review.dismiss_objections(life.now(), by=leader, on=on, reason="经核查，异议所列事实不成立。")

        return act
