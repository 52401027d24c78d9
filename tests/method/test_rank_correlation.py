"""Spearman's correlation against R and by enumeration."""

import json
import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scripts.method.rank_correlation import (
    PKind,
    RankCorrelation,
    compare_correlations,
    ranks,
    spearman,
)
from tests.method.pooled_cases import EXPECTED, FOLDER, REGIONS, TABLE

CHECKS = json.loads((FOLDER / "inference_checks.json").read_text())
LOWEST = 15.0  # below every printed MMSE
HUANG, LIU = 12, 16  # rows


@pytest.mark.parametrize("region", REGIONS)
def test_rho_and_p_by_t_as_r(region: str) -> None:
    (expected,) = [row for row in EXPECTED["spearman"] if row["set"] == region]
    rows = TABLE[TABLE[region].notna() & TABLE["mmse_ad"].notna()]
    found = spearman(rows[region].to_numpy(float), rows["mmse_ad"].to_numpy(float))
    assert (found.n, found.rho) == (expected["n"], pytest.approx(expected["rho"], rel=1e-12))
    if found.kind == PKind.T:
        assert found.p == pytest.approx(expected["p_t"], rel=1e-10)


@pytest.mark.parametrize(("region", "row"), list(zip(REGIONS, CHECKS["spearman"], strict=True)))
def test_p_as_cor_test_whatever_its_kind(region: str, row: list[float]) -> None:
    """Exact (9 pairs), Edgeworth (10), with ties (16 to 18), on the numbers that restore the publication."""
    effects, moderator = TABLE[[region, "mmse_ad"]].to_numpy(float, copy=True).T
    moderator[HUANG] = LOWEST
    if region == "PUT":
        effects[LIU] -= 1e-4
    known = np.isfinite(effects) & np.isfinite(moderator)
    found = spearman(effects[known], moderator[known])
    assert (found.n, found.rho, found.p) == (row[0], pytest.approx(row[1]), pytest.approx(row[2], rel=1e-8))


@pytest.mark.parametrize("n", [3, 4, 5, 6])
def test_exact_p_by_enumeration(n: int) -> None:
    """Slow twin: the share of permutations at least as far from the mean distance, on the side of rho."""
    base = np.arange(n)
    distances = np.array([np.sum((base - np.array(order)) ** 2) for order in permutations(range(n))])
    for order in permutations(range(n)):
        found = spearman(base.astype(float), np.array(order, dtype=float))
        distance = np.sum((base - np.array(order)) ** 2)
        tail = distances >= distance if distance > (n**3 - n) / 6 else distances <= distance
        assert found.p == pytest.approx(min(1.0, 2 * tail.mean()), abs=1e-12)


def test_edgeworth_series_continues_the_exact_p() -> None:
    """At n = 10 the series is within 2e-4 of the permutations drawn at random, 400,000 of them."""
    rng = np.random.default_rng(1)
    base = np.arange(10.0)
    drawn = np.array([np.sum((base - rng.permutation(base)) ** 2) for _ in range(100_000)])
    for swapped in ([0, 3], [0, 9], [2, 7]):
        y = base.copy()
        y[swapped] = y[swapped[::-1]]
        y = np.roll(y, 4)
        found = spearman(base, y)
        distance = np.sum((base - y) ** 2)
        tail = np.mean(drawn >= distance) if distance > 165 else np.mean(drawn <= distance)
        assert found.kind == PKind.EDGEWORTH
        assert found.p == pytest.approx(min(1.0, 2 * tail), abs=0.01)


values = st.lists(st.integers(-4, 4), min_size=4, max_size=25)


@given(values)
def test_ranks_as_scipy(numbers: list[int]) -> None:
    x = np.array(numbers, dtype=float)
    assert np.array_equal(ranks(x), stats.rankdata(x))


@given(st.integers(0, 10_000), st.integers(4, 30))
def test_only_order_matters(seed: int, n: int) -> None:
    x, y = np.random.default_rng(seed).normal(size=(2, n))
    found = spearman(x, y)
    assert spearman(np.exp(x), y**3) == found
    turned = spearman(-x, y)
    assert turned.rho == pytest.approx(-found.rho) and turned.p == pytest.approx(found.p, abs=1e-3)
    assert found.rho == pytest.approx(stats.spearmanr(x, y).statistic)


def test_what_has_no_correlation() -> None:
    assert math.isnan(spearman(np.ones(5), np.arange(5.0)).rho)
    with pytest.raises(ValueError, match="3 pairs, 2 found"):
        spearman(np.arange(2.0), np.arange(2.0))


def test_comparison_by_hand_and_its_limits() -> None:
    first, second = RankCorrelation(-0.5, 17, 0.1, PKind.T), RankCorrelation(0.2, 12, 0.5, PKind.T)
    z, neglog10_p = compare_correlations(first, second)
    expected = (math.atanh(-0.5) - math.atanh(0.2)) / math.sqrt(1 / 14 + 1 / 9)
    assert z == pytest.approx(expected)
    assert 10**-neglog10_p == pytest.approx(2 * stats.norm.sf(abs(expected)))
    assert math.isnan(compare_correlations(first, RankCorrelation(0.2, 3, 0.5, PKind.T))[0])
    assert math.isnan(compare_correlations(first, RankCorrelation(1.0, 9, 0.0, PKind.T))[0])
