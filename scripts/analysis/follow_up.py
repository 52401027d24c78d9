"""What the stages that follow hits say of each: tables of exposure, outcome and whether it passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.analysis.evidence import PAIR
from scripts.table.coloc import ColocVerdict, LocusStatus

FROM_LDSC = {
    **{"rg": "rg", "rg_se": "rg_se", "p": "rg_p"},
    **{"covariance_intercept": "ldsc_intercept", "covariance_intercept_se": "ldsc_intercept_se"},
}
BESIDE = [*FROM_LDSC.values(), "n_coloc_tested", "n_coloc_shared"]


def genetically_correlated(correlations: pd.DataFrame, p_max: float) -> pd.DataFrame:
    """Rows of genetic_correlation.tsv that have a P."""
    known = correlations[correlations["p"].notna()]
    return _asked(known["trait_1"], known["trait_2"], known["p"] < p_max)


def pleiotropic(loci: pd.DataFrame, pair: Mapping[str, Any]) -> pd.DataFrame:
    """Whether the lead exposure and the outcome that `pair` names have a locus; empty without any."""
    asked = [pair["exposure"]] if pair["exposure"] else []
    return _asked(asked, [pair["outcome"]] * len(asked), [len(loci) > 0] * len(asked))


def colocalised(coloc: pd.DataFrame) -> pd.DataFrame:
    """Whether any locus of coloc.tsv that was tested is shared."""
    tested = coloc[coloc["status"] == LocusStatus.TESTED]
    shared = tested.groupby(["trait_1", "trait_2"], sort=False)["verdict"].agg(
        lambda verdicts: bool((verdicts == ColocVerdict.SHARED).any())
    )
    traits = shared.index.to_frame(index=False)
    return _asked(traits["trait_1"], traits["trait_2"], shared.to_numpy(bool))


def beside_hits(correlations: pd.DataFrame, coloc: pd.DataFrame) -> pd.DataFrame:
    """One row a pair (PAIR and BESIDE) of genetic_correlation.tsv and coloc.tsv; either may have no rows."""
    related = correlations.rename(columns={"trait_1": "exposure", "trait_2": "outcome"} | FROM_LDSC)
    tested = coloc[coloc["status"] == LocusStatus.TESTED]
    shared = tested.assign(shared=tested["verdict"] == ColocVerdict.SHARED)
    loci = shared.groupby(["trait_1", "trait_2"], as_index=False).agg(
        n_coloc_tested=("shared", "size"), n_coloc_shared=("shared", "sum")
    )
    loci = loci.rename(columns={"trait_1": "exposure", "trait_2": "outcome"})
    names = dict.fromkeys(PAIR, "str")  # of an empty table they have no type
    return related[[*PAIR, *FROM_LDSC.values()]].astype(names).merge(loci.astype(names), on=PAIR, how="outer")


def _asked(exposure: Any, outcome: Any, passed: Any) -> pd.DataFrame:
    table = pd.DataFrame({"exposure": list(exposure), "outcome": list(outcome), "passed": list(passed)})
    return table.astype({"exposure": "str", "outcome": "str", "passed": "bool"})
