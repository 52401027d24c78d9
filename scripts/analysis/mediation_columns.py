"""What the steps put into a row of mediation.tsv."""

from __future__ import annotations

from typing import Any

import numpy as np

from scripts.method.estimate import Estimate
from scripts.method.fieller import fieller
from scripts.method.heterogeneity import Heterogeneity
from scripts.method.mediation import (
    monte_carlo,
    product_effect,
    proportion_case,
    proportion_mediated,
    proportion_total_fixed,
)
from scripts.method.two_step import TwoStep
from scripts.table.interval import to_text
from scripts.table.mediation import NUMBERS

Row = dict[str, Any]


def estimate_row(name: str, estimate: Estimate | None) -> Row:
    """beta, se, interval and P of one effect; NaN where there is none."""
    return {f"{name}_{key}": getattr(estimate, key) if estimate else np.nan for key in NUMBERS}


def reverse_row(name: str, estimate: Estimate | None) -> Row:
    """beta, se, P and number of instruments of a reverse direction."""
    values = {key: getattr(estimate, key) if estimate else np.nan for key in ("beta", "se", "neglog10_p")}
    count = estimate.n_instruments if estimate else 0
    return {f"{name}_{key}": value for key, value in {**values, "n": count}.items()}


def heterogeneity_row(name: str, found: Heterogeneity | None) -> Row:
    """Q, its degrees of freedom and P."""
    return {
        name: found.q if found else np.nan,
        f"{name}_df": found.df if found else np.nan,
        f"{name}_neglog10_p": found.neglog10_p if found else np.nan,
    }


def effects_row(fit: TwoStep) -> Row:
    """Step 2, total, direct and indirect effect."""
    effects = {"step_2": fit.step_2, "total": fit.total, "direct": fit.direct, "indirect": fit.indirect}
    return {key: value for name, found in effects.items() for key, value in estimate_row(name, found).items()}


def proportion_row(fit: TwoStep, draws: int, rng: np.random.Generator) -> Row:
    """Intervals of the indirect effect, and of the proportion where `proportion_case` lets it be printed."""
    other = fit.indirect_by_difference
    covariances = fit.covariance_step_1, fit.covariance_step_2
    drawn = monte_carlo(fit.step_1, fit.step_2, fit.total, draws, rng, covariances)
    case = proportion_case(fit.indirect, fit.direct, fit.total)
    return {
        "proportion_case": case,
        "indirect_se_aroian": product_effect(fit.step_1, fit.step_2, "second").se,
        **dict(zip(("indirect_mc_low", "indirect_mc_high"), drawn.indirect, strict=True)),
        "indirect_difference": other.beta,
        "indirect_difference_se": other.se,
        **(_shares(fit, drawn.proportion) if case == "printed" else {}),
    }


def _shares(fit: TwoStep, drawn: tuple[float, float]) -> Row:
    """The proportion with all its intervals; `drawn` is that of Monte Carlo."""
    share = proportion_mediated(fit.indirect, fit.total, fit.covariance_indirect)
    narrow = proportion_total_fixed(fit.indirect, fit.total)
    parts = fieller(fit.indirect, fit.total, fit.covariance_indirect)
    return {
        "proportion": share.beta,
        "proportion_se": share.se,
        "proportion_low": share.ci_low,
        "proportion_high": share.ci_high,
        "proportion_fieller_low": parts[0][0],
        "proportion_fieller_high": parts[-1][1],
        "proportion_fieller_parts": to_text(parts),
        **dict(zip(("proportion_mc_low", "proportion_mc_high"), drawn, strict=True)),
        "proportion_too_narrow_low": narrow.ci_low,
        "proportion_too_narrow_high": narrow.ci_high,
    }
