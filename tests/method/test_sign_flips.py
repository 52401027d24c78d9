"""Sign flips: the fast sums against regressions done again, and the level that they keep."""

import numpy as np
import pytest

from scripts.method.gsmr import gsmr
from scripts.method.ivw import ivw
from scripts.method.sign_flips import draw_signs, flippable_gsmr, flippable_ivw, z_under
from scripts.method.wald import wald_ratio

N_BLOCKS = 40


def instruments(seed: int, sizes: list[int]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = sum(sizes)
    return {
        "test": np.repeat(np.arange(len(sizes)), sizes),
        "block": rng.integers(0, N_BLOCKS, n),
        "beta_x": rng.choice([-1, 1], n) * rng.uniform(0.05, 0.2, n),
        "se_x": rng.uniform(0.005, 0.01, n),
        "beta_y": rng.normal(0, 0.02, n),
        "se_y": rng.uniform(0.008, 0.02, n),
    }


def test_every_flip_is_the_regression_done_again():
    sizes = [1, 5, 0, 12, 30]
    rows = instruments(1, sizes)
    shape = (len(sizes), N_BLOCKS)
    used = {name: rows[name] for name in ("test", "block", "beta_x", "beta_y", "se_y")}
    signs = draw_signs(N_BLOCKS, 6, np.random.default_rng(2))
    by_ivw = z_under(flippable_ivw(**used, shape=shape), signs)
    by_gsmr = z_under(flippable_gsmr(**rows, shape=shape, ridge=1e-6), signs)
    assert np.isnan(by_ivw[2]).all() and np.isnan(by_gsmr[2]).all()
    for t in (0, 1, 3, 4):
        at = rows["test"] == t
        x, sx, y, sy = (rows[name][at] for name in ("beta_x", "se_x", "beta_y", "se_y"))
        for draw in range(6):
            flipped = y * signs[rows["block"][at], draw]
            twin = ivw(x, flipped, sy) if at.sum() > 1 else wald_ratio(x, flipped, sy)
            assert by_ivw[t, draw] == pytest.approx(twin.beta / twin.se, rel=1e-9)
            fit = gsmr(x, sx, flipped, sy, heidi=False, min_instruments=1).estimate
            assert by_gsmr[t, draw] == pytest.approx(fit.beta / fit.se, rel=1e-9)


def test_flips_do_not_depend_on_effect_alleles():
    rows = instruments(3, [8, 9])
    turned = {**rows, "beta_x": -rows["beta_x"], "beta_y": -rows["beta_y"]}
    signs = draw_signs(N_BLOCKS, 50, np.random.default_rng(1))
    one, two = (
        z_under(flippable_gsmr(**given, shape=(2, N_BLOCKS), ridge=0.0), signs) for given in (rows, turned)
    )
    np.testing.assert_allclose(one, two, rtol=1e-12)


def test_tests_of_shared_variants_stay_correlated_and_keep_their_level():
    rng = np.random.default_rng(7)
    x, y, se = rng.uniform(0.05, 0.2, 30), rng.normal(0, 0.01, 30), np.full(30, 0.01)
    test, block = np.repeat([0, 1], 30), np.tile(np.arange(30), 2)
    tests = flippable_ivw(test, block, np.concatenate([x, x * 1.1]), np.tile(y, 2), np.tile(se, 2), (2, 30))
    z = z_under(tests, draw_signs(30, 4000, rng))
    assert np.corrcoef(z)[0, 1] == pytest.approx(1.0, abs=1e-6)
    assert np.mean(np.abs(z[0]) > 1.96) == pytest.approx(0.045, abs=0.015)
    assert set(np.unique(draw_signs(3, 9, rng))) == {-1.0, 1.0}
