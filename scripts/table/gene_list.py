"""The user's list of genes, and what is said of an instrument's gene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from scripts.table.status import Status

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
    """Columns gene (id without version, or symbol), log2_fold_change, p_adjusted and direction, a gene once.

    A list without p_adjusted is one of genes that differ, all of them; then p_adjusted is NaN throughout.
    Elsewhere a missing one (DESeq2's NA: not tested) leaves the gene out. `direction` (up or down) is given,
    or the sign of the fold change. Of a gene that is listed twice the row with the smaller P counts. Raises
    ValueError with the line and column of the first fault.
    """
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    if "gene" not in table or not {"log2_fold_change", "direction"} & set(table):
        raise ValueError(
            f"{path}, line 1: found {', '.join(table.columns)}; expected a tab-separated table with gene, "
            "log2_fold_change (or direction: up or down) and, where all tested genes are listed, p_adjusted"
        )
    empty = pd.Series("", index=table.index)
    change, p = (
        _numbers(table.get(name, empty).rename(name), path) for name in ("log2_fold_change", "p_adjusted")
    )
    _refuse(~(p.isna() | p.between(0, 1)), table, "p_adjusted", "0 to 1", path)
    direction = np.select([change > 0, change < 0], ["up", "down"], "")
    if "direction" in table:
        _refuse(~table["direction"].isin(["up", "down", ""]), table, "direction", "up or down", path)
        direction = np.where(table["direction"] != "", table["direction"], direction)
    genes = table["gene"].str.strip()
    versioned = genes.str.fullmatch(r"ENSG\d+\.\d+(_.*)?")
    genes = genes.where(~versioned, genes.str.partition(".")[0])
    listed = pd.DataFrame(
        {"gene": genes, "log2_fold_change": change, "p_adjusted": p, "direction": direction}
    )
    tested = listed[(listed["gene"] != "") & (listed["p_adjusted"].notna() | ("p_adjusted" not in table))]
    return tested.sort_values("p_adjusted", kind="stable").drop_duplicates("gene").reset_index(drop=True)


def _refuse(wrong: pd.Series[bool], table: pd.DataFrame, name: str, wanted: str, path: Path) -> None:
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise ValueError(f"{path}, line {at + 2}: `{name}` is '{table[name].iloc[at]}', expected {wanted}")


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
