"""Finds the few third-party files that pages use, in node_modules; the rest of those packages is not published."""

import builtins
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage


class VendorFinder(BaseFinder):
    """``settings.VENDOR_FILES`` maps a static name to a path below node_modules."""

    def check(self, **kwargs: Any) -> builtins.list[Any]:
        """Nothing to configure."""
        return []

    def find(  # type: ignore[override]
        self, path: str, find_all: bool = False, **kwargs: Any
    ) -> str | builtins.list[str] | None:
        """The file of that static name."""
        source = settings.VENDOR_FILES.get(path)
        found = str(settings.NODE / source) if source and (settings.NODE / source).exists() else None
        return [found] if found and find_all else (found or [])

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Every file with a storage rooted where it lies."""
        for name, source in settings.VENDOR_FILES.items():
            place = Path(settings.NODE / source)
            storage = FileSystemStorage(location=place.parent)
            storage.prefix = str(Path(name).parent)  # type: ignore[attr-defined]
            yield place.name, storage
