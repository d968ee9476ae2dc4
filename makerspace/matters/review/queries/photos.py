"""The photos taken on the spot."""

from makerspace.matters.application.models import Material
from makerspace.office.casework.models import Case


def photos_of(case: Case) -> dict[str, Material]:
    """The photos of a case by digest, oldest first; for whoever may see its content."""
    rows = Material.objects.filter(case=case, kind=Material.Kind.SITE_PHOTO, removed_at=None).order_by("id")
    return {row.blob_id: row for row in rows}
