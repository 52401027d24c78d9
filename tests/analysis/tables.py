"""Small standard tables for the tests of this folder."""

from pathlib import Path

import numpy as np
import pandas as pd
from bed_reader import to_bed

from scripts.method.estimate import Estimate
from scripts.table import sumstats

METHODS = ["gsmr", "ivw"]
BUDGET = {
    "nominal_p": 0.05,
    "screen": {"correction": "none", "level": 0.05, "tests": None},
    "validation": {"correction": "benjamini_hochberg", "level": 0.05},
    "reverse": {"pairs": "hits", "correction": "benjamini_hochberg", "level": 0.05},
    "sign_flips": {"draws": 0, "block_mb": 2.0},
}
CORRECTED = {**BUDGET, "screen": {"correction": "benjamini_hochberg", "level": 0.05, "tests": None}}


def standard(rows: list[tuple]) -> pd.DataFrame:
    """Rows of (chromosome, position, effect_allele, other_allele, eaf, beta, se)."""
    names = ["chromosome", "position", "effect_allele", "other_allele", "eaf", "beta", "se"]
    table = pd.DataFrame(rows, columns=names)
    table["rsid"] = [f"rs{position}" for position in table["position"]]
    table["neglog10_p"] = (table["beta"] / table["se"]) ** 2
    table["n"] = 1000.0
    return table[list(sumstats.COLUMNS)].astype(sumstats.COLUMNS)


def random_table(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    pairs = np.array([("A", "G"), ("C", "A"), ("T", "C"), ("A", "T"), ("G", "C"), ("AT", "A")], dtype=object)
    alleles = pairs[rng.integers(len(pairs), size=n)]
    rows = zip(
        rng.integers(1, 23, n),
        np.sort(rng.choice(10**6, n, replace=False)) + 1,
        alleles[:, 0],
        alleles[:, 1],
        rng.uniform(0.05, 0.4, n),
        rng.normal(0, 0.1, n),
        rng.uniform(0.01, 0.02, n),
        strict=True,
    )
    return sumstats.sort_rows(standard(list(rows))).reset_index(drop=True)


def swapped(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The same associations told for the other allele."""
    out = table.copy()
    out.loc[rows, ["effect_allele", "other_allele"]] = table.loc[
        rows, ["other_allele", "effect_allele"]
    ].to_numpy()
    out.loc[rows, "beta"] *= -1
    out.loc[rows, "eaf"] = 1 - out.loc[rows, "eaf"]
    return out


def on_other_strand(table: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    """The same associations with the letters of the other strand."""
    out = table.copy()
    complement = str.maketrans("ACGT", "TGCA")
    for column in ("effect_allele", "other_allele"):
        out.loc[rows, column] = [allele.translate(complement) for allele in table.loc[rows, column]]
    return out


def write_panel(folder: Path, genotypes: np.ndarray, variants: list[tuple]) -> tuple[Path, Path, Path]:
    """PLINK files of counts of allele_1 (people x variants, -127 missing).

    Variants are (chromosome code, position, allele_1, allele_2). Returns .bed, .bim and .fam.
    """
    chromosome, position, allele_1, allele_2 = zip(*variants, strict=True)
    bed = folder / "panel.bed"
    to_bed(
        bed,
        genotypes.astype("int8"),
        properties={
            "iid": [f"person_{i}" for i in range(len(genotypes))],
            "sid": [f"rs{i}" for i in range(len(variants))],
            "chromosome": list(chromosome),
            "bp_position": list(position),
            "allele_1": list(allele_1),
            "allele_2": list(allele_2),
        },
        count_A1=True,
    )
    return bed, bed.with_suffix(".bim"), bed.with_suffix(".fam")


def instruments(table: pd.DataFrame, ld: np.ndarray | None = None) -> pd.DataFrame:
    """A standard table as the instruments of one exposure, with LD where it is given."""
    n = len(table)
    return table.reset_index(drop=True).assign(
        f_statistic=(table["beta"] / table["se"]).to_numpy() ** 2,
        in_mhc=np.zeros(n, dtype=bool),
        row=np.arange(n),
        r=pd.Series([[] for _ in range(n)] if ld is None else list(ld), dtype=object),
    )


def estimates_table(rows: list[tuple]) -> pd.DataFrame:
    """Rows of (exposure, outcome, method, beta, se); a beta of None: too few instruments."""
    numbers = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")
    records = []
    for exposure, outcome, method, beta, se in rows:
        row = {"exposure": exposure, "outcome": outcome, "method": method, "n_instruments": 5}
        if beta is None:
            records.append({**row, "status": "too_few_instruments", **dict.fromkeys(numbers, np.nan)})
        else:
            estimate = Estimate(beta, se, 5)
            records.append({**row, "status": "estimated", **{n: getattr(estimate, n) for n in numbers}})
    columns = ["exposure", "outcome", "method", "status", "n_instruments", *numbers]
    return pd.DataFrame(records, columns=columns)


def no_single_estimates() -> pd.DataFrame:
    """A table of leave-one-out estimates without rows."""
    types = {"exposure": "str", "outcome": "str", "rsid": "str", "beta": "float64", "neglog10_p": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in types.items()})
