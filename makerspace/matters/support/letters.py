"""Hands the letters of priority in to casework; loaded once when the application starts."""

from django.db.models import Q

from makerspace.matters.recognition.following import HANDED_ON, HANDED_ON_LABEL, follow
from makerspace.matters.recognition.telling import tell_of
from makerspace.matters.support import guards, showing
from makerspace.matters.support.forms import letters as forms
from makerspace.matters.support.operations import letters as operations
from makerspace.matters.support.queries.letters import KIND, PAPER, verdict
from makerspace.office.casework.acts import register
from makerspace.office.casework.kinds import Kind, TabOf, register_kind

register(
    KIND, "request_letter", unnamed=True, operation=operations.request_letter, schema=forms.RequestLetter,
    guards=(guards.title_gives_it,), note="由市科技局核对称号后出具带校验码的凭证；凭证只用于公布认定的下一年度。",
)  # fmt: skip
register(
    KIND, "withdraw_letter", unnamed=True, operation=operations.withdraw_letter, schema=forms.WithdrawLetter,
    note="撤回后本件办结，称号不变；年度内可以再次申请。",
)  # fmt: skip
register(
    KIND, "issue_letter", unnamed=True, operation=operations.issue_letter, guards=(guards.title_gives_it,),
    note="生成带二维码和校验码的凭证，按今天的名称、运营单位和信用代码打印；任何人可以查验真伪、年度和现状。",
)  # fmt: skip
register(
    KIND, "refuse_letter", unnamed=True, operation=operations.refuse_letter, schema=forms.RefuseLetter,
    note="出具不予出具告知书，写明理由和救济途径；称号不变。",
)  # fmt: skip
register(
    KIND, "record_use", unnamed=True, operation=operations.record_use, schema=forms.RecordUse, guards=(guards.can_be_used,),
    note="只在其他条件相同、按优先作出取舍时登记；登记入案卷，运营单位会收到消息，不能删改。",
)  # fmt: skip
register_kind(
    Kind(
        KIND, facts=showing.facts, tabs=(TabOf("letter", "凭证", "support/_letter.html", showing.tab),),
        notes={HANDED_ON: HANDED_ON_LABEL},
    )
)  # fmt: skip
follow(lambda title: Q(letter__title=title))
tell_of(PAPER, verdict)
