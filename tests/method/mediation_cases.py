"""The mediation of the R peers (tests/reference/mediation), and simulated triples of known truth."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scripts.method.fieller import fieller
from scripts.method.mediation import (
    monte_carlo,
    product_effect,
    proportion_case,
    proportion_mediated,
    proportion_total_fixed,
)
from scripts.method.two_step import TwoStep, two_step

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "mediation"
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())
INPUT = np.genfromtxt(
    FOLDER / "input.tsv", names=True, delimiter="\t", dtype=None, encoding="utf-8", missing_values="NA"
)
SE = 0.005  # of effects on exposure and mediator, in SD


class Truth(NamedTuple):
    """Exposure to mediator, mediator to outcome, and direct effect; strength of the instruments (mean z)."""

    a: float
    b: float
    direct: float
    own: int = 30
    others: int = 8
    z: float = 12.0
    se_y: float = 0.006
    pleiotropy: float = 0.0

    @property
    def indirect(self) -> float:
        return self.a * self.b

    @property
    def proportion(self) -> float:
        return self.indirect / (self.indirect + self.direct)


def simulated(truth: Truth, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """beta_x (n, 2), se_m, beta_y, se_y, own, as `two_step` takes them, from three separate samples."""
    own = np.arange(truth.own + truth.others) < truth.own
    size = SE * truth.z * rng.uniform(0.5, 1.5, len(own)) * rng.choice([-1.0, 1.0], len(own))
    x = np.where(own, size, 0.0)
    m = truth.a * x + np.where(own, rng.normal(0.0, truth.pleiotropy, len(own)), size)
    y = truth.direct * x + truth.b * m
    se_y = np.full(len(own), truth.se_y)
    noise = rng.standard_normal((3, len(own)))
    beta_x = np.column_stack([x + SE * noise[0], m + SE * noise[1]])
    return beta_x, np.full(len(own), SE), y + se_y * noise[2], se_y, own


INTERVALS = (
    *("indirect, first order", "indirect, Aroian", "indirect, Monte Carlo", "indirect, difference"),
    *("proportion, delta with the total's error", "proportion, Fieller", "proportion, Monte Carlo"),
    "proportion, total as if known (too narrow)",
)


def covered(truth: Truth, fit: TwoStep, rng: np.random.Generator) -> dict[str, bool]:
    """Whether each interval holds the truth."""
    cov, total, indirect = fit.covariance_indirect, fit.total, fit.indirect
    covariances = fit.covariance_step_1, fit.covariance_step_2
    drawn = monte_carlo(fit.step_1, fit.step_2, total, 2000, rng, covariances)
    aroian, other = product_effect(fit.step_1, fit.step_2, "second"), fit.indirect_by_difference
    share, fixed = proportion_mediated(indirect, total, cov), proportion_total_fixed(indirect, total)
    parts = [
        *([(e.ci_low, e.ci_high)] for e in (indirect, aroian)),
        *([drawn.indirect], [(other.ci_low, other.ci_high)]),
        *([(share.ci_low, share.ci_high)], fieller(indirect, total, cov), [drawn.proportion]),
        [(fixed.ci_low, fixed.ci_high)],
    ]
    return {
        name: any(
            low <= (truth.indirect if name.startswith("indirect") else truth.proportion) <= high
            for low, high in part
        )
        for name, part in zip(INTERVALS, parts, strict=True)
    }


def coverage(truth: Truth, studies: int, seed: int) -> dict[str, float]:
    """Share of simulated studies whose intervals hold the truth; `printed`: whose proportion is printed.

    `z` is the median of the total in standard errors.
    """
    rng = np.random.default_rng(seed)
    held, printed, sizes = dict.fromkeys(INTERVALS, 0), 0, []
    for _ in range(studies):
        fit = two_step(*simulated(truth, rng))
        printed += proportion_case(fit.indirect, fit.direct, fit.total) == "printed"
        sizes.append(abs(fit.total.beta / fit.total.se))
        for name, inside in covered(truth, fit, rng).items():
            held[name] += inside
    shares = {name: count / studies for name, count in {**held, "printed": printed}.items()}
    return {**shares, "z": float(np.median(sizes))}
