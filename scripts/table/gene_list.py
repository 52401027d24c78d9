"""The user's list of genes, and what is said of an instrument's gene."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from scripts.table.status import Status

NEEDED = ("gene", "log2_fold_change", "p_adjusted")
COLUMNS = [
    *("exposure", "outcome", "rsid", "chromosome", "position", "raising_allele", "other_allele"),
    *("beta_exposure", "se_exposure", "beta_outcome", "se_outcome", "ratio", "used"),
    *("gene", "symbol", "distance", "side", "status", "log2_fold_change", "p_adjusted", "expression"),
]
TESTS = [
    *("exposure", "outcome", "n_instruments", "n_with_gene", "n_universe", "n_near", "n_differing"),
    *("n_shared", "n_expected", "fold", "neglog10_p", "p", "shared"),
]


class GeneStatus(Status):
    """What is known of the expression of the gene nearest to an instrument."""

    DIFFERS = "differs", "Its expression differs, by the list."
    SAME = "same", "Its expression was tested and does not differ."
    NOT_LISTED = "not_listed", "The list does not have it: it takes no part in the test."
    NO_GENE = "no_gene", "No gene lies within the window."


def read_gene_list(path: Path) -> pd.DataFrame:
    """Columns gene (id without version, or symbol), log2_fold_change and p_adjusted, each gene once.

    Of a gene that is listed twice the row with the smaller P counts. Raises ValueError with the line and
    column of the first fault; a P that is missing (not tested, as DESeq2 says NA) leaves the gene out.
    """
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise ValueError(
            f"{path}, line 1: no column {', '.join(missing)}; found {', '.join(table.columns)}; expected a "
            f"tab-separated table with {', '.join(NEEDED)}"
        )
    numbers = {name: _numbers(table[name], path) for name in NEEDED[1:]}
    outside = numbers["p_adjusted"].notna() & ~numbers["p_adjusted"].between(0, 1)
    if outside.any():
        at = int(outside.to_numpy().argmax())
        raise ValueError(
            f"{path}, line {at + 2}: `p_adjusted` is '{table['p_adjusted'].iloc[at]}', expected 0 to 1"
        )
    genes = table["gene"].str.strip()
    versioned = genes.str.fullmatch(r"ENSG\d+\.\d+(_.*)?")
    listed = pd.DataFrame({"gene": genes.where(~versioned, genes.str.partition(".")[0]), **numbers})
    tested = listed[(listed["gene"] != "") & listed["p_adjusted"].notna()]
    return tested.sort_values("p_adjusted", kind="stable").drop_duplicates("gene").reset_index(drop=True)


def _numbers(cells: pd.Series[str], path: Path) -> pd.Series[float]:
    empty = cells.str.strip().isin(["", "NA", "NaN", "nan"])
    numbers = pd.to_numeric(cells.where(~empty, "nan"), errors="coerce")
    wrong = numbers.isna() & ~empty
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise ValueError(
            f"{path}, line {at + 2}: `{cells.name}` is '{cells.iloc[at]}', expected a number or NA"
        )
    return numbers
