"""Minimum detectable effect: the power that it promises."""

import numpy as np
import pytest
from scipy import stats

from scripts.method.power import minimum_detectable_effect


@pytest.mark.parametrize("alpha", [0.05, 1e-3, 5e-8])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_the_effect_is_found_with_the_promised_power(alpha: float, power: float) -> None:
    effect = minimum_detectable_effect(0.02, alpha, power)
    critical = stats.norm.isf(alpha / 2) * 0.02
    assert stats.norm.sf(critical, loc=effect, scale=0.02) == pytest.approx(power, rel=1e-7)


def test_the_usual_case() -> None:
    assert minimum_detectable_effect(1.0) == pytest.approx(2.8015852, rel=1e-7)


def test_simulated_power() -> None:
    effect = minimum_detectable_effect(0.1)
    estimates = np.random.default_rng(91).normal(effect, 0.1, 4000)
    # Binomial SD 0.6%.
    assert np.mean(np.abs(estimates) > 1.959964 * 0.1) == pytest.approx(0.8, abs=0.02)
