"""Hudson's F_ST: a slow twin, its symmetries, and the F of populations that drifted apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.method.fst import fst, fst_parts

FREQUENCIES = st.lists(st.floats(min_value=0.001, max_value=0.999), min_size=1, max_size=30)


@given(p=FREQUENCIES, shift=st.floats(min_value=0.0, max_value=0.5))
def test_as_a_loop_symmetric_and_blind_to_the_counted_allele(p: list[float], shift: float) -> None:
    first = np.array(p)
    second = np.clip(first + shift, 0.0, 1.0)
    apart = sum((a - b) ** 2 for a, b in zip(first, second, strict=True))
    total = sum(a * (1 - b) + b * (1 - a) for a, b in zip(first, second, strict=True))
    found = float(fst(fst_parts(first, second)))
    assert found == pytest.approx(apart / total, rel=1e-12, abs=1e-15)
    assert float(fst(fst_parts(second, first))) == pytest.approx(found, rel=1e-9, abs=1e-15)
    assert float(fst(fst_parts(1 - first, 1 - second))) == pytest.approx(found, rel=1e-9, abs=1e-12)
    assert -1e-15 <= found <= 1.0


def test_parts_add_up_over_blocks_and_leave_out_what_is_missing() -> None:
    rng = np.random.default_rng(1)
    p, q = rng.random(100), rng.random((100, 3))
    q[4] = np.nan
    whole = fst_parts(p[:, None], q)
    assert whole == pytest.approx(
        fst_parts(p[:40, None], q[:40]) + fst_parts(p[40:, None], q[40:]), rel=1e-12
    )
    kept = np.arange(100) != 4
    assert whole == pytest.approx(fst_parts(p[kept, None], q[kept]), rel=1e-12)
    assert np.isnan(fst(fst_parts(p[:0], p[:0])))


@pytest.mark.parametrize("drift", [0.01, 0.1])
def test_drift_is_recovered(drift: float) -> None:
    """Balding-Nichols: F_ST of two populations that each drifted by F from one ancestor is F."""
    rng = np.random.default_rng(2)
    ancestral = rng.uniform(0.05, 0.95, 40_000)
    first, second = (
        rng.beta(ancestral * (1 - drift) / drift, (1 - ancestral) * (1 - drift) / drift) for _ in range(2)
    )
    assert float(fst(fst_parts(first, second))) == pytest.approx(drift, rel=0.03)
