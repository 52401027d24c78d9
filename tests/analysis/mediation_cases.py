"""Instruments of an exposure and a gene, and the rows of all three traits, with known steps."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.mediation_inputs import Inputs
from scripts.analysis.mediators import Cis
from scripts.table import sumstats
from scripts.table.correlations import Correlations

HARMONISE = {"palindromic": "infer", "palindromic_maf_max": 0.42}
SETTINGS: dict[str, Any] = {
    **{"mediators": ["m"], "controls": [], "mediators_act": "not_asked", "fdr": 0.05},
    **{"clump_r2": 0.01, "secondary_p": 1e-5, "draws": 2000, "nominal_p": 0.05},
}
N = {"x": 200_000, "m": 200_000, "y": 300_000}


def standard(beta: np.ndarray, n: float, chromosome: np.ndarray, position: np.ndarray) -> pd.DataFrame:
    """A standard table: A/G variants of frequency 0.3, effects in SD per allele."""
    se = np.full(len(beta), 1.0 / np.sqrt(2 * 0.3 * 0.7 * n))
    z = beta / se
    rows = pd.DataFrame(
        {
            "chromosome": chromosome,
            "position": position,
            "rsid": [f"rs{c}_{p}" for c, p in zip(chromosome, position, strict=True)],
            "effect_allele": "A",
            "other_allele": "G",
            "eaf": 0.3,
            "beta": beta,
            "se": se,
            "neglog10_p": z**2 / 4.6,
            "n": float(n),
        }
    )
    return rows.astype(sumstats.COLUMNS)


def instruments(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reset_index(drop=True).assign(
        f_statistic=(rows["beta"] / rows["se"]) ** 2, in_mhc=False, row=np.arange(len(rows))
    )


def three_traits(
    a: float, b: float, direct: float, seed: int = 1, n_own: int = 20, n_cis: int = 2
) -> dict[str, pd.DataFrame]:
    """Rows of x, m and y at the instruments of x (chromosomes 1 to 20) and of the gene m (chromosome 22)."""
    rng = np.random.default_rng(seed)
    own = np.arange(n_own + n_cis) < n_own
    chromosome = np.where(own, np.arange(n_own + n_cis) + 1, 22)
    position = np.where(own, 1_000_000, 5_000_000 + 20_000_000 * (np.arange(n_own + n_cis) - n_own))
    size = rng.choice([-1.0, 1.0], len(own)) * rng.uniform(0.06, 0.12, len(own))
    x = np.where(own, size, 0.0)
    m = a * x + np.where(own, 0.0, 2.0 * size)
    y = direct * x + b * m
    effects = {"x": x, "m": m, "y": y}
    return {
        trait: standard(
            beta + rng.standard_normal(len(own)) / np.sqrt(2 * 0.3 * 0.7 * N[trait]),
            N[trait],
            chromosome,
            position,
        )
        for trait, beta in effects.items()
    }


def inputs_of(traits: Mapping[str, pd.DataFrame], n_own: int = 20, **changed: Any) -> Inputs:
    """A study of one exposure, one gene and one outcome without instruments of its own."""
    given: dict[str, Any] = {
        "exposures": {"x": instruments(traits["x"].iloc[:n_own])},
        "mediators": {"m": instruments(traits["m"].iloc[n_own:])},
        "outcomes": {"y": instruments(traits["y"].iloc[:0])},
        "followed": {"y": ["x"]},
        "rows": traits,
        "cis": {"m": Cis("M", 22, 4_000_000, 30_000_000)},
        "panel": None,
        "correlations": Correlations({}, {}),
        "diseases": {},
        "settings": SETTINGS,
        "clump_window_kb": 10_000.0,
        "harmonise": HARMONISE,
        "seed": 1,
    }
    return Inputs(**{**given, **changed})
