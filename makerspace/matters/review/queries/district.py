"""Reading the district's part: visits, recommendations and their ranks."""

from django.db.models import Max, QuerySet

from makerspace.matters.application.models import Call
from makerspace.matters.review.models import Recommendation, Visit
from makerspace.office.casework.models import Case
from makerspace.office.people.models import Authority
from makerspace.office.prepared import Prepared
from makerspace.office.record.models import Entry

NO_VISIT = "尚未登记实地查验，不能推荐上报。"


def visits_of(case: Case) -> QuerySet[Visit]:
    """The visits to a case, latest first, with their countersignatures; for whoever may see its content."""
    return Visit.objects.filter(case=case).select_related("countersignature", "by").order_by("-id")


def latest_visit(case: Case) -> Visit | None:
    """The visit that stands."""
    return next(iter(_latest(case=case.pk)), None)


_latest = Prepared(
    lambda case: Visit.objects.filter(case=case).select_related("countersignature", "by").order_by("-id")[:1]
)


def corrected_since_visit(case: Case) -> bool:
    """Whether the application was handed in anew after its latest visit; by the record, since both may fall on one day."""
    return _visited_or_corrected(stream=case.number) == ["resubmit"]


_visited_or_corrected = Prepared(
    lambda stream: (
        Entry.objects.filter(stream=stream, act__in=("record_visit", "resubmit"))
        .order_by("-seq")
        .values_list("act", flat=True)[:1]
    )
)


def countersigned(visit: Visit | None) -> str:
    """What became of the countersignature: agrees, objects, silent; empty without a visit."""
    if visit is None:
        return ""
    signature = getattr(visit, "countersignature", None)
    if signature is None:
        return "silent"
    return "agrees" if signature.agrees else "objects"


def recommendations_standing(authority: Authority, call: Call) -> QuerySet[Recommendation]:
    """What an authority recommends in a call, in its order; for the authority and the bureau."""
    return Recommendation.objects.filter(authority=authority, call=call, returned_on=None).order_by("rank")


def next_rank(authority: Authority, call: Call) -> int:
    """The rank after the last one given."""
    return (recommendations_standing(authority, call).aggregate(last=Max("rank"))["last"] or 0) + 1
