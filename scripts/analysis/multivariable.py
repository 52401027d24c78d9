"""Multivariable Mendelian randomization of one analysis: from the members' tables to tidy rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align
from scripts.analysis.diagnostics import attempt
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import Estimate
from scripts.method.ivw import ivw
from scripts.method.mvmr import MvmrFit, mvmr_egger, mvmr_ivw
from scripts.method.mvmr_median import mvmr_median
from scripts.method.mvmr_weak import conditional_f, mvmr_minimum_q, q_a
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
    aligned = align(instruments, outcome, **harmonise)
    kept = aligned[aligned["status"] == VariantStatus.KEPT]
    effects = [kept[name].to_numpy(float) for name in ("beta_exposure", "beta_outcome", "se_outcome")]
    method = wald_ratio if len(kept) == 1 else ivw
    return _row("total", len(kept), lambda: method(*effects))


def direct_effects(data: Joint, exposure: int, draws: int, rng: np.random.Generator) -> list[Row]:
    """One row a method for the exposure in this column; MR-Egger is oriented to it."""
    n, first_order = len(data.beta_y), (data.beta_x, data.beta_y, data.se_y)
    methods: dict[str, Callable[[], Estimate]] = {
        "mvmr_ivw": lambda: mvmr_ivw(*first_order).estimates[exposure],
        "mvmr_egger": lambda: mvmr_egger(*first_order, exposure).estimates[exposure],
        "mvmr_median": lambda: mvmr_median(*data.both, draws, rng)[exposure],
        "mvmr_minimum_q": lambda: mvmr_minimum_q(*data.both, data.correlation).estimates[exposure],
    }
    return [_row(method, n, run) for method, run in methods.items()]


def joint_diagnostics(data: Joint, exposure: int) -> Row:
    """What the direct effect of the exposure in this column rests on; NaN where variants are too few."""
    first_order = (data.beta_x, data.beta_y, data.se_y)
    strength, _ = attempt(lambda: conditional_f(data.beta_x, data.se_x, data.correlation))
    fit, _ = attempt(lambda: mvmr_ivw(*first_order))
    line, _ = attempt(lambda: mvmr_egger(*first_order, exposure))
    weak, _ = attempt(lambda: q_a(*data.both, data.correlation))
    least, _ = attempt(lambda: mvmr_minimum_q(*data.both, data.correlation))
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
