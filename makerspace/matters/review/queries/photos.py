"""The photos taken on the spot."""

from makerspace.matters.application.models import Material
from makerspace.matters.review.models import ExpertVisit, Visit
from makerspace.office.casework.memory import remember
from makerspace.office.casework.models import Case


def photos_of(case: Case) -> dict[str, Material]:
    """The photos of a case by digest, oldest first; for whoever may see its content."""
    rows = Material.objects.filter(case=case, kind=Material.Kind.SITE_PHOTO, removed_at=None).order_by("id")
    return {row.blob_id: row for row in rows}


def new_photos_of(case: Case) -> dict[str, Material]:
    """The photos that no record of a visit names yet."""
    return remember(case, "new_photos", lambda: _unnamed(case))


def _unnamed(case: Case) -> dict[str, Material]:
    rows = [
        *Visit.objects.filter(case=case).values_list("photos", flat=True),
        *ExpertVisit.objects.filter(panel__case=case).values_list("photos", flat=True),
    ]
    used = {digest for photos in rows for digest in photos}
    return {digest: photo for digest, photo in photos_of(case).items() if digest not in used}
