"""The simulated multivariable cases of the R peers (tests/reference/mvmr, see its ORIGIN.md)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "mvmr"
# The same least squares in double precision.
RELATIVE = 1e-12


@dataclass(frozen=True, repr=False)
class MultivariableCase:
    name: str
    beta_x: np.ndarray
    se_x: np.ndarray
    beta_y: np.ndarray
    se_y: np.ndarray
    correlation: np.ndarray
    expected: dict[str, Any]

    def __repr__(self) -> str:
        return self.name

    @property
    def exposures(self) -> int:
        return self.beta_x.shape[1]

    @property
    def first_order(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.beta_x, self.beta_y, self.se_y

    @property
    def second_order(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return self.beta_x, self.se_x, self.beta_y, self.se_y

    def changed(
        self, sign: np.ndarray, order: np.ndarray, unit: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Alleles swapped where sign is -1, rows in another order, exposures in other units."""
        x, se_x = sign[:, None] * self.beta_x * unit, self.se_x * unit
        return x[order], se_x[order], (sign * self.beta_y)[order], self.se_y[order]


def load(name: str) -> MultivariableCase:
    table = np.genfromtxt(
        FOLDER / name / "input.tsv", names=True, delimiter="\t", dtype=None, encoding="utf-8"
    )
    expected = json.loads((FOLDER / name / "expected.json").read_text())
    correlation = np.array(expected["phenotypic_correlation"])
    columns = range(1, len(correlation) + 1)
    beta_x, se_x = (np.column_stack([table[f"{kind}_x{i}"] for i in columns]) for kind in ("beta", "se"))
    return MultivariableCase(
        name, beta_x, se_x, table["beta_outcome"], table["se_outcome"], correlation, expected
    )


CASES = [load(name) for name in ("m01", "m02")]


def case_id(case: MultivariableCase) -> str:
    return case.name


def simulated(
    rng: np.random.Generator, theta: np.ndarray, n: int, strength: float, pleiotropy: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Instruments of len(theta) exposures with these direct effects; `strength` is true beta_x over se_x."""
    k = len(theta)
    se_x, se_y = np.full((n, k), 0.01), rng.uniform(0.008, 0.016, n)
    true_x = rng.normal(0.0, strength * 0.01, (n, k))
    beta_y = true_x @ theta + rng.normal(0.0, np.hypot(se_y, pleiotropy))
    return rng.normal(true_x, se_x), se_x, beta_y, se_y
