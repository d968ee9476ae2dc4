"""What stories share with the tests of the API."""

from tests.doors.api.conftest import many_at_once

__all__ = ["many_at_once"]
