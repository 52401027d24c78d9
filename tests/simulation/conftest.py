"""The small study, in memory and in files."""

from __future__ import annotations

import pytest

from scripts.simulation.genome import Size
from scripts.simulation.study import Simulation, make_cast, simulate
from tests.simulation.small_study import (
    COHORTS,
    SEED,
    SIZE,
    VALIDATION,
    Written,
    make_exposures,
    make_traits,
    write_study,
)


@pytest.fixture(scope="session")
def simulation() -> Simulation:
    """Twelve exposures of the small study, in memory."""
    signs = {str(entry["trait"]): int(str(entry["sign"])) for entry in VALIDATION}
    cast = make_cast(make_exposures(12), make_traits(), COHORTS, signs, SEED)
    return simulate(cast, Size(**SIZE), SEED)


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The same study in files."""
    return write_study(tmp_path_factory.mktemp("simulated"), SEED)
