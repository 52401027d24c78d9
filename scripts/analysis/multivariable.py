"""Multivariable Mendelian randomization of one analysis: from the members' tables to tidy rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align, mark_without_effect
from scripts.analysis.diagnostics import attempt
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import Estimate
from scripts.method.heterogeneity import Heterogeneity
from scripts.method.ivw import ivw
from scripts.method.mvmr import MvmrFit, mvmr_egger, mvmr_ivw
from scripts.method.mvmr_median import mvmr_median
from scripts.method.mvmr_weak import MinimumQFit, conditional_f, mvmr_minimum_q, q_a
from scripts.method.wald import wald_ratio
from scripts.table.status import ErrorCorrelation, VariantStatus

NUMBERS = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")
VARIANT = ["chromosome", "position", "rsid", "effect_allele", "other_allele"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Joint:
    """Effects of n variants on k exposures, (n, k), and on one outcome, (n), and what was lost on the way.

    `correlation` (k, k) is that of the exposures' errors, None where they are taken as independent.
    """

    beta_x: FloatArray
    se_x: FloatArray
    beta_y: FloatArray
    se_y: FloatArray
    correlation: FloatArray | None
    n_union: int
    n_lost_in_exposures: int
    n_lost_in_outcome: int

    @property
    def both(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """(beta_x, se_x, beta_y, se_y)."""
        return self.beta_x, self.se_x, self.beta_y, self.se_y


def member_effects(
    union: pd.DataFrame, rows: Mapping[str, pd.DataFrame], harmonise: Mapping[str, Any]
) -> pd.DataFrame:
    """Each trait's effect at each variant of the union, for the union's effect allele: a row for each two.

    `rows` are the traits' standard tables at the variants' places. `status` is a VariantStatus.
    """
    parts = [
        align(union, table, **harmonise)[[*VARIANT, "beta_outcome", "se_outcome", "status"]]
        .rename(columns={"beta_outcome": "beta", "se_outcome": "se"})
        .assign(trait=trait)
        for trait, table in rows.items()
    ]
    return pd.concat(parts, ignore_index=True)


def joint(
    effects: pd.DataFrame, exposures: Sequence[str], outcome: str, correlation: FloatArray | None
) -> Joint:
    """The variants that all exposures and the outcome have, from `member_effects`."""
    traits = [*exposures, outcome]
    beta, se, status = (
        np.column_stack([effects.loc[effects["trait"] == trait, name].to_numpy(object) for trait in traits])
        for name in ("beta", "se", "status")
    )
    kept: BoolArray = np.asarray(status == VariantStatus.KEPT, dtype=np.bool_)
    in_exposures = np.asarray(kept[:, :-1].all(axis=1), dtype=np.bool_)
    used = in_exposures & kept[:, -1]
    beta, se = beta[used].astype(np.float64), se[used].astype(np.float64)
    return Joint(
        beta[:, :-1],
        se[:, :-1],
        beta[:, -1],
        se[:, -1],
        correlation,
        n_union=len(status),
        n_lost_in_exposures=int(np.sum(~in_exposures)),
        n_lost_in_outcome=int(np.sum(in_exposures & ~used)),
    )


def total_effect(instruments: pd.DataFrame, outcome: pd.DataFrame, harmonise: Mapping[str, Any]) -> Row:
    """Effect of one exposure by its own instruments, with nothing held: IVW, or the Wald ratio of one."""
    aligned = mark_without_effect(align(instruments, outcome, **harmonise))
    kept = aligned[aligned["status"] == VariantStatus.KEPT]
    effects = [kept[name].to_numpy(float) for name in ("beta_exposure", "beta_outcome", "se_outcome")]
    method = wald_ratio if len(kept) == 1 else ivw
    return _row("total", len(kept), lambda: method(*effects))


class JointFits:
    """What is fitted to the exposures together, once for all of them, when first asked for."""

    def __init__(self, data: Joint, draws: int, rng: np.random.Generator) -> None:
        """Nothing is fitted yet. `draws` and `rng` are the median's."""
        self.data = data
        self._draws = draws
        self._rng = rng
        self._lines: dict[int, MvmrFit] = {}

    @cached_property
    def ivw(self) -> MvmrFit:
        """Multivariable IVW."""
        return mvmr_ivw(self.data.beta_x, self.data.beta_y, self.data.se_y)

    def egger(self, exposure: int) -> MvmrFit:
        """Multivariable MR-Egger, oriented to the exposure in this column."""
        if exposure not in self._lines:
            self._lines[exposure] = mvmr_egger(self.data.beta_x, self.data.beta_y, self.data.se_y, exposure)
        return self._lines[exposure]

    @cached_property
    def median(self) -> tuple[Estimate, ...]:
        """Multivariable median."""
        return mvmr_median(*self.data.both, self._draws, self._rng)

    @cached_property
    def minimum_q(self) -> MinimumQFit:
        """The estimates that minimise Q_A."""
        return mvmr_minimum_q(*self.data.both, self.data.correlation)

    @cached_property
    def q_a(self) -> Heterogeneity:
        """Q_A around multivariable IVW."""
        return q_a(*self.data.both, self.data.correlation)

    @cached_property
    def conditional_f(self) -> FloatArray:
        """Conditional F of each exposure."""
        return conditional_f(self.data.beta_x, self.data.se_x, self.data.correlation)


def direct_effects(fits: JointFits, exposure: int) -> list[Row]:
    """One row a method for the exposure in this column; MR-Egger is oriented to it."""
    methods: dict[str, Callable[[], Estimate]] = {
        "mvmr_ivw": lambda: fits.ivw.estimates[exposure],
        "mvmr_egger": lambda: fits.egger(exposure).estimates[exposure],
        "mvmr_median": lambda: fits.median[exposure],
        "mvmr_minimum_q": lambda: fits.minimum_q.estimates[exposure],
    }
    return [_row(method, len(fits.data.beta_y), run) for method, run in methods.items()]


def joint_diagnostics(fits: JointFits, exposure: int) -> Row:
    """What the direct effect of the exposure in this column rests on; NaN where variants are too few."""
    data = fits.data
    strength, _ = attempt(lambda: fits.conditional_f)
    fit, _ = attempt(lambda: fits.ivw)
    line, _ = attempt(lambda: fits.egger(exposure))
    weak, _ = attempt(lambda: fits.q_a)
    least, _ = attempt(lambda: fits.minimum_q)
    given = ErrorCorrelation.TAKEN_AS_ZERO if data.correlation is None else ErrorCorrelation.GIVEN
    return {
        "n_union": data.n_union,
        "n_lost_in_exposures": data.n_lost_in_exposures,
        "n_lost_in_outcome": data.n_lost_in_outcome,
        "n_instruments": len(data.beta_y),
        "conditional_f": np.nan if strength is None else strength[exposure],
        "error_correlation": given.value,
        **{f"q{name}": value for name, value in _heterogeneity(fit.q if fit else None).items()},
        **{f"q_a{name}": value for name, value in _heterogeneity(weak).items()},
        "minimum_q_tau2": least.tau2 if least else np.nan,
        **_intercept(line),
    }


def _row(method: str, n: int, run: Callable[[], Estimate]) -> Row:
    estimate, status = attempt(run)
    numbers = {name: getattr(estimate, name) if estimate else np.nan for name in NUMBERS}
    return {"method": method, "status": status.value, "n_instruments": n, **numbers}


def _heterogeneity(found: Any) -> Row:
    return {
        "": found.q if found else np.nan,
        "_df": found.df if found else np.nan,
        "_neglog10_p": found.neglog10_p if found else np.nan,
    }


def _intercept(fit: MvmrFit | None) -> Row:
    found = fit.intercept if fit else None
    return {
        "egger_intercept": found.beta if found else np.nan,
        "egger_intercept_se": found.se if found else np.nan,
        "egger_intercept_neglog10_p": found.neglog10_p if found else np.nan,
    }
