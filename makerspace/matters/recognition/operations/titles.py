"""What happens to a title itself, within the act that decides it: its sheet, its places, how it ends."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from makerspace.matters.recognition.models import Category, Certificate, Rectification, Title, TitleSite, TitleState
from makerspace.office.casework.models import Case
from makerspace.office.casework.refusals import refused
from makerspace.office.documents.models import Paper
from makerspace.office.documents.operations import order_paper, replace
from makerspace.office.prepared import Prepared


def issue_certificate(title: Title, *, on: date) -> Certificate:
    """Order the sheet and keep its code; the one in use, if any, is replaced by it. The caller holds the title's act."""
    former = next(iter(_in_use(title=title.pk)), None)
    content = {
        "office": settings.SITE["sponsor"], "makerspace": title.name, "operator": title.holder,
        "category": Category(title.category).label, "recognised_on": title.since,
        "announcement": title.announcement.document_number,
    }  # fmt: skip
    paper = order_paper("certificate", title.case.number, title.number, content, on, title="昆明市众创空间证书")
    if former:
        replace(former.paper, paper)
    return Certificate.objects.create(title=title, code=paper.code, paper=paper, issued_on=on, replaces=former)


_in_use = Prepared(
    lambda title: Certificate.objects.filter(title=title, replaced_by=None).select_related("paper").order_by("pk")
)


def search_text(number: str, *names: str) -> str:
    """What a title is found by: number, names, and the pinyin of each in full and by first letters.

    The dictionaries take half a second to load: the web server does so as it starts, commands that name nothing never do.
    """
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    spelt = [
        "".join(lazy_pinyin(name, style=style, errors="ignore"))
        for name in names
        for style in (Style.NORMAL, Style.FIRST_LETTER)
    ]
    return " ".join([number, *names, *spelt]).lower()


def sites_of(title: Title, sites: Sequence[Mapping[str, Any]], on: date) -> list[TitleSite]:
    """The premises of a dossier as the title's own from that day, yet to be kept; nameless ones are left out."""
    return [
        TitleSite(title=title, address=site["address"], area_m2=site.get("area_m2"), since=on)
        for site in sites
        if site.get("address")
    ]


def lock_title(title: Title) -> None:
    """Lock the title until the transaction ends. Whoever changes it or what follows it locks it before any case: a change
    that is carried out holds the title and then writes to its open cases, and neither may wait for the other. No key changes:
    rows that only point to the title, and are checked when their transaction commits, need not wait for it."""
    Title.objects.select_for_update(no_key=True).get(pk=title.pk)


def begin_rectification(title: Title, case: Case, *, on: date, shown: bool = True) -> None:
    """From today the title is under rectification (article 18), and unless not ``shown`` registry and check page say so."""
    Rectification.objects.create(title=title, case=case, since=on, shown=shown)


def end_rectification(title: Title, *, on: date) -> None:
    """From today it no longer is."""
    Rectification.objects.filter(title=title, until=None).update(until=on)


def revoke_title(title: Title, *, on: date, paper: Paper) -> None:
    """The title is revoked today; its history stays. Refused where it has ended already."""
    end_title(title, TitleState.REVOKED, on=on, paper=paper)


def end_title(title: Title, state: TitleState, *, on: date, paper: Paper) -> None:
    """The title ends today in that state, by that document. Refused where it has ended already."""
    end_rectification(title, on=on)
    if not Title.objects.filter(pk=title.pk, ended_on=None).update(state=state, ended_on=on, ended_by=paper):
        raise refused("wrong_stage", "这个称号已经终止，不能再次终止。", 12)
