"""The traits of tests/reference/ldsc as arrays, aligned as the peer does: by name of the variant."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.method.genetic_correlation import Gwas
from scripts.method.ld_score import LdScores

COMPLEMENT = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True, slots=True)
class Case:
    """Variants of both traits, z scores of the first one's allele."""

    first: Gwas
    second: Gwas
    ld: LdScores


def expected(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "expected.json").read_text())


def one_trait(folder: Path, trait: str) -> tuple[Gwas, LdScores]:
    rows = _trait(folder, trait).merge(_scores(folder), on="SNP")
    return Gwas(rows["Z"].to_numpy(), rows["N"].to_numpy()), _ld(rows, folder)


def two_traits(folder: Path) -> Case:
    rows = _trait(folder, "t1").merge(_scores(folder), on="SNP")
    rows = rows.merge(_trait(folder, "t2"), on="SNP", suffixes=("", "_2"))
    same = [
        (b1, b2) in {(a1, a2), (a1.translate(COMPLEMENT), a2.translate(COMPLEMENT))}
        for a1, a2, b1, b2 in zip(rows["A1"], rows["A2"], rows["A1_2"], rows["A2_2"], strict=True)
    ]
    z = rows["Z_2"].to_numpy() * np.where(same, 1.0, -1.0)
    first = Gwas(rows["Z"].to_numpy(), rows["N"].to_numpy())
    return Case(first, Gwas(z, rows["N_2"].to_numpy()), _ld(rows, folder))


def subset(case: Case, rows: np.ndarray) -> Case:
    return Case(
        Gwas(case.first.z[rows], case.first.n[rows]),
        Gwas(case.second.z[rows], case.second.n[rows]),
        LdScores(case.ld.score[rows], case.ld.weight[rows], case.ld.m),
    )


def _trait(folder: Path, trait: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{trait}.sumstats.gz", sep="\t").dropna()


def _scores(folder: Path) -> pd.DataFrame:
    read = {name: pd.read_csv(folder / f"{name}.l2.ldscore.gz", sep="\t") for name in ("ref", "w")}
    return read["ref"].merge(read["w"][["SNP", "L2"]], on="SNP", suffixes=("", "_weight"))


def _ld(rows: pd.DataFrame, folder: Path) -> LdScores:
    m = float((folder / "ref.l2.M_5_50").read_text())
    return LdScores(rows["L2"].to_numpy(), rows["L2_weight"].to_numpy(), m)
