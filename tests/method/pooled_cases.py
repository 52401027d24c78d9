"""The published experiments, and what metafor says of them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.method.arrays import FloatArray
from scripts.method.effect_sizes import variance_of_g

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "meta_analysis"
TABLE = pd.read_csv(FOLDER / "input.tsv", sep="\t")
EXPECTED: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text())
REGIONS = ("PUT", "CN", "GP", "HIP", "THAL")


@dataclass(frozen=True)
class Region:
    """Effects, variances and metafor's answers for one region; `egger` by name of the variant."""

    name: str
    y: FloatArray
    v: FloatArray
    all: dict[str, float]
    without_outliers: dict[str, float]
    egger: dict[str, dict[str, float]]
    outliers: list[str]


def region(name: str) -> Region:
    rows = TABLE[TABLE[name].notna()]
    y = rows[name].to_numpy(float)
    (without,) = [row for row in EXPECTED["no_outliers"] if row["set"] == f"{name}_noout"]
    (full,) = [row for row in EXPECTED["table2"] if row["set"] == name]
    (seven,) = [row for row in EXPECTED["outliers"] if (row["roi"], row["type"]) == (name, "7")]
    egger = {row["variant"]: row for row in EXPECTED["egger"] if row["roi"] == name}
    v = variance_of_g(y, rows["n_ad"].to_numpy(), rows["n_hc"].to_numpy())
    return Region(name, y, v, full, without, egger, seven["who"].split("; "))


CASES = [region(name) for name in REGIONS]


def drawn(seed: int, k: int = 12, tau: float = 0.4) -> tuple[FloatArray, FloatArray]:
    """Effects of k simulated experiments around 0.5, and their variances."""
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.02, 0.3, k)
    return rng.normal(0.5, np.sqrt(v + tau**2)), v
