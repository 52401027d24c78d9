"""What psi, the assumed scatter of invalid ratios, does to the contamination mixture."""

from __future__ import annotations

import numpy as np
import pandas as pd

from scripts.method.contamination_mixture import PSI_FACTOR, contamination_mixture
from tests.benchmarks.calibration_page import EFFECT, by_scenario, markdown
from tests.benchmarks.scenarios import SCENARIOS, simulate

FACTORS = (0.5, 1.0, PSI_FACTOR, 2.0, 3.0, 5.0, 10.0)
WHY = f"""\
The published method ([Burgess et al. 2020](https://doi.org/10.1038/s41467-019-14156-4)) takes each
variant for whichever is likelier, valid or invalid, with invalid ratios scattered around 0 by psi =
{PSI_FACTOR:g} standard deviations of all ratios. Our numbers are those of its R program, estimate,
valid set and interval, in every reference case, and those of a slow twin written from the formulas. The
interval treats that choice as known. Where an effect is no larger than the ratios' standard errors,
valid variants that fall near 0 by chance count as invalid and their share of the information is lost on
one side: estimates are too large and intervals too short and misplaced. A larger psi leaves fewer valid
variants out; a very large one protects less against invalid ones. The default is the published one, so
that results are those of the method as others know it."""
TABLES = (
    ("Type-I error at P < 0.05", 0.0, "p<0.05", 3),
    (f"Bias with an effect of {EFFECT:g}", EFFECT, "bias", 4),
    (f"Coverage of the 95% interval with an effect of {EFFECT:g}", EFFECT, "coverage", 3),
)


def by_psi(exposures: int) -> pd.DataFrame:
    """One row for each scenario, effect (0 and `EFFECT`) and factor (`method`), over the page's exposures."""
    rows = []
    for number, scenario in enumerate(SCENARIOS):
        for effect in (0.0, EFFECT):
            seeds = ([number, int(effect > 0), k] for k in range(exposures))
            data = [simulate(scenario, effect, np.random.default_rng(seed)) for seed in seeds]
            for factor in FACTORS:
                cell = {"scenario": scenario.name, "effect": effect, "method": factor}
                fits = [_fit(one.beta_x, one.beta_y, one.se_y, factor, effect) for one in data]
                beta, rejected, covered = np.array(fits).T
                bias = np.median(beta) - effect
                rows.append(cell | {"p<0.05": rejected.mean(), "bias": bias, "coverage": covered.mean()})
    return pd.DataFrame(rows)


def _fit(
    x: np.ndarray, y: np.ndarray, se_y: np.ndarray, factor: float, effect: float
) -> tuple[float, bool, bool]:
    """Estimate, whether P < 0.05, and whether the confidence set, gaps left out, has the effect."""
    fit = contamination_mixture(x, y, se_y, psi=factor * float(np.std(y / x, ddof=1)))
    return fit.beta, fit.p < 0.05, any(low <= effect <= high for low, high in fit.intervals)


def psi_section(table: pd.DataFrame) -> str:
    """The page's section: why, and a table each of error rate, bias and coverage."""
    parts = ["## Contamination mixture: the choice of psi", WHY]
    for title, effect, column, digits in TABLES:
        wide = by_scenario(table, effect, column)
        wide.index = pd.Index([f"psi = {factor:g} SD" for factor in wide.index])
        parts += [f"### {title}", markdown(wide, digits)]
    return "\n\n".join(parts) + "\n"
