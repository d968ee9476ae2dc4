"""What tests of the gate share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.threads import shared_database


@pytest.fixture
def many_at_once(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Threads may act at once."""
    with shared_database(tmp_path):
        yield
