"""The gates of the screen under sign flips of the outcomes: how many pass where nothing has a direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from scripts.analysis.corrections import HIERARCHICAL, corrected
from scripts.analysis.evidence import PAIR, PRIMARY_METHODS
from scripts.analysis.selection import in_mhc
from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.method.hierarchical import hierarchical_fdr
from scripts.method.normal import neglog10_p_from_z
from scripts.method.sign_flips import Flippable, draw_signs, flippable_gsmr, flippable_ivw, z_under
from scripts.table.methods import NEEDS_LD, PRIMARY
from scripts.table.status import ExposureStatus, GsmrStatus, VariantStatus

CHUNK = 100  # draws at a time: memory is pairs times this
BASES_PER_MB = 1_000_000
LEFT_OUT_BY_GSMR = (GsmrStatus.IN_LD.value, GsmrStatus.MISSING.value)
COLUMNS = ["gate", "n_observed", "n_mean", "n_low", "n_high", "p", "draws"]
GATES = ["nominal", "concordant", "corrected", "validated"]


@dataclass(frozen=True, slots=True)
class FlippedScreen:
    """The screen's tests as sums over blocks: those of each discovery method, and of each outcome.

    `tests` by method on the primary outcome, `primary` the screen's own, `validation` by outcome: all of
    one test for each of the testable pairs, in the same order.
    """

    tests: dict[str, Flippable]
    primary: Flippable
    validation: dict[str, Flippable]
    blocks: int


def sign_flips(
    screen: pd.DataFrame,
    instruments: pd.DataFrame,
    methods: Sequence[str],
    signs: Mapping[str, int],
    budget: Mapping[str, Any],
    ridge: float,
    n_effective: float | None,
    seed: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What passes each gate under sign flips, by gate (COLUMNS) and by testable pair (PAIR and GATES).

    Per gate: how many pass as observed, on average and in 95% of the draws, and the P of as many,
    (1 + draws with as many or more)/(1 + draws). Both are counted by the same rules from IVW and GSMR with
    all instruments that are not in LD, so that the observed number may differ from the ledger's, whose GSMR
    leaves out outliers; other methods take no part. Per pair: the share of the draws in which it passes. Of a
    pair without effect that is the error rate of its own tests, however much its instruments disagree; an
    effect makes it larger where a method's error knows no heterogeneity. Missing for a gate that the study
    has not. No rows where the config asks for no draws.
    """
    draws = budget["sign_flips"]["draws"]
    testable = screen[screen["status"] == ExposureStatus.ESTIMATED].reset_index(drop=True)
    if not draws or testable.empty:
        return pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=[*PAIR, *GATES])
    flipped = _flipped(testable, instruments, methods, list(signs), budget["sign_flips"]["block_mb"], ridge)
    tests = None if n_effective is None else n_effective * testable["outcome"].nunique()
    expected = np.array(list(signs.values()), dtype=float)
    observed = _passes(flipped, np.ones((flipped.blocks, 1)), expected, budget, tests)
    counts = {gate: [passed.sum(axis=0)] for gate, passed in observed.items()}
    times = {gate: np.zeros(len(testable)) for gate in observed}
    for drawn in _draws(flipped.blocks, draws, np.random.default_rng([seed, draws])):
        for gate, passed in _passes(flipped, drawn, expected, budget, tests).items():
            counts[gate].append(passed.sum(axis=0))
            times[gate] += passed.sum(axis=1)
    gates = [_row(gate, np.concatenate(parts)) for gate, parts in counts.items()]
    shares = pd.DataFrame({gate: passed / draws for gate, passed in times.items()}).reindex(columns=GATES)
    return pd.DataFrame(gates, columns=COLUMNS), pd.concat([testable[PAIR], shares], axis=1)


def _row(gate: str, counts: IntArray) -> dict[str, Any]:
    """One gate; the first count is the observed one."""
    observed, chance = counts[0], counts[1:]
    low, high = np.quantile(chance, [0.025, 0.975], method="inverted_cdf")  # counts that occurred
    p = (1 + int(np.sum(chance >= observed))) / (1 + len(chance))
    return dict(zip(COLUMNS, (gate, observed, chance.mean(), low, high, p, len(chance)), strict=True))


def _draws(blocks: int, draws: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """The draws, in parts."""
    for start in range(0, draws, CHUNK):
        yield draw_signs(blocks, min(CHUNK, draws - start), rng)


def _flipped(
    testable: pd.DataFrame,
    instruments: pd.DataFrame,
    methods: Sequence[str],
    validation: list[str],
    block_mb: float,
    ridge: float,
) -> FlippedScreen:
    kept = instruments[instruments["status"] == VariantStatus.KEPT]
    kept = kept.assign(block=blocks_of(kept, block_mb))
    shape = (len(testable), int(kept["block"].max()) + 1 if len(kept) else 0)

    def of(outcomes: pd.Series, by_gsmr: bool) -> Flippable:
        rows = kept[kept["outcome"].isin(outcomes.unique())]
        wanted = pd.MultiIndex.from_arrays([testable["exposure"], outcomes])
        test = wanted.get_indexer(pd.MultiIndex.from_frame(rows[PAIR]))
        used = (test >= 0) & ~(by_gsmr & rows["gsmr_status"].isin(LEFT_OUT_BY_GSMR).to_numpy(bool))
        rows = rows[used]
        names = ["beta_exposure", "se_exposure", "beta_outcome", "se_outcome"]
        beta_x, se_x, beta_y, se_y = (rows[name].to_numpy(float) for name in names)
        at, block = test[used].astype(np.int64), rows["block"].to_numpy(np.int64)
        if by_gsmr:
            return flippable_gsmr(at, block, beta_x, se_x, beta_y, se_y, shape, ridge)
        return flippable_ivw(at, block, beta_x, beta_y, se_y, shape)

    primary = of(testable["outcome"], by_gsmr=False)
    tests = {
        method: primary if method in (PRIMARY, *PRIMARY_METHODS) else of(testable["outcome"], by_gsmr=True)
        for method in methods
        if method in (PRIMARY, *PRIMARY_METHODS, *NEEDS_LD)
    }
    others = {name: of(pd.Series(name, index=testable.index), by_gsmr=False) for name in validation}
    return FlippedScreen(tests or {PRIMARY: primary}, primary, others, shape[1])


def blocks_of(variants: pd.DataFrame, block_mb: float) -> IntArray:
    """A number for the block of the genome that each variant is in; the MHC is one block."""
    chromosome = variants["chromosome"].to_numpy(np.int64)
    window = variants["position"].to_numpy(np.int64) // int(block_mb * BASES_PER_MB)
    window[in_mhc(variants)] = -1
    return np.unique(np.column_stack([chromosome, window]), axis=0, return_inverse=True)[1].reshape(-1)


def _passes(
    flipped: FlippedScreen,
    signs: FloatArray,
    expected: FloatArray,
    budget: Mapping[str, Any],
    tests: float | None,
) -> dict[str, BoolArray]:
    """Whether each pair passes each gate under each draw of the signs (B, draws): (t, draws)."""
    threshold = -special.ndtri(budget["nominal_p"] / 2.0)
    z = np.stack([z_under(method, signs) for method in flipped.tests.values()])
    primary = z_under(flipped.primary, signs)
    below = np.abs(z) > threshold
    passed = below.all(axis=0) & (np.abs(np.sign(z).sum(axis=0)) == len(z))
    passes = {"nominal": below[0], "concordant": passed}
    correction, level = budget["screen"]["correction"], budget["screen"]["level"]
    if correction != "none":
        logs = neglog10_p_from_z(primary)
        adjusted = np.column_stack([corrected(column, correction, tests).neglog10_p for column in logs.T])
        passed = passes["corrected"] = passed & (adjusted > -np.log10(level))
    if flipped.validation:
        others = np.stack([z_under(outcome, signs) for outcome in flipped.validation.values()], axis=1)
        passes["validated"] = np.column_stack(
            [
                _validated(primary[:, i], others[:, :, i], passed[:, i], expected, budget["validation"])
                for i in range(signs.shape[1])
            ]
        )
    return passes


def _validated(
    primary: FloatArray,
    others: FloatArray,
    discovered: BoolArray,
    expected: FloatArray,
    budget: Mapping[str, Any],
) -> BoolArray:
    """Whether a pair (t,) is discovered and has a significant outcome of the expected sign, none against it.

    `primary` (t,) and `others` (t, v) are z scores of one draw, `expected` (v,) the signs.
    """
    z, reference = others[discovered], np.sign(primary[discovered])
    logs = neglog10_p_from_z(z)
    if budget["correction"] == HIERARCHICAL:
        whole = neglog10_p_from_z(others)
        found = hierarchical_fdr(neglog10_p_from_z(primary), whole, discovered)
        adjusted = found.neglog10_p[discovered]
    else:
        adjusted = corrected(logs.ravel(), budget["correction"]).neglog10_p.reshape(logs.shape)
    significant = adjusted > -np.log10(budget["level"])
    agrees = np.sign(z) == expected * reference[:, None]
    validated = discovered.copy()
    validated[discovered] = (significant & agrees).any(axis=1) & ~(significant & ~agrees).any(axis=1)
    return validated
