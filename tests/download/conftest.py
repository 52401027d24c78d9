"""The test server as a fixture."""

from collections.abc import Iterator

import pytest

from tests.download.server import Site, running


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as served:
        yield served
