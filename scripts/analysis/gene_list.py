"""The genes nearest to an exposure's instruments, crossed with a list of genes whose expression differs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.genes import BASES_PER_KB, distances
from scripts.method.hypergeometric import overlap
from scripts.table.gene_list import COLUMNS, TESTS, GeneStatus
from scripts.table.status import VariantStatus

Row = dict[Any, Any]
EFFECTS = ("beta_exposure", "beta_outcome")
PAIR = ["exposure", "outcome"]
SAID = ["log2_fold_change", "p_adjusted", "direction"]


def listed_genes(genes: pd.DataFrame, listed: pd.DataFrame, level: float) -> pd.DataFrame:
    """The genes (of `table.genes`) with what the list says of each, by its id or else by its symbol.

    Columns log2_fold_change, p_adjusted and direction, and `status`, a GeneStatus. Where the list has no P,
    its genes differ and all others do not.
    """
    said = listed.set_index("gene")
    by_id = said.reindex(genes["gene"]).set_axis(genes.index)
    by_symbol = said.reindex(genes["symbol"].fillna("")).set_axis(genes.index)
    there = genes["gene"].isin(said.index) | genes["symbol"].isin(said.index)
    table = genes.assign(**by_id.combine_first(by_symbol)[SAID])
    complete = bool(listed["p_adjusted"].notna().any())
    differs = there & (table["p_adjusted"] < level if complete else True)
    status = np.select(
        [differs, there | (not complete)],
        [GeneStatus.DIFFERS.value, GeneStatus.SAME.value],
        GeneStatus.NOT_LISTED.value,
    )
    return table.assign(status=status)


def instrument_genes(instruments: pd.DataFrame, genes: pd.DataFrame, window_kb: float) -> pd.DataFrame:
    """One row (COLUMNS) an instrument and outcome, with its nearest gene, by rising distance to it.

    `instruments` are the screen's rows, aligned with the outcome or not (`used`); effects are turned to the
    allele that raises the exposure. `genes` are those of `listed_genes`. `expression` says up or down where
    the gene's differs.
    """
    rows = [_row(row, genes, window_kb) for row in instruments.to_dict("records")]
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"distance": "Int64"})
    return table.sort_values([*PAIR, "distance", "chromosome", "position"], kind="stable", ignore_index=True)


def overlap_tests(crossed: pd.DataFrame, genes: pd.DataFrame) -> pd.DataFrame:
    """One row (TESTS) a pair: are genes whose expression differs more often nearest to an instrument?

    The universe are the genes that have a place and were tested for expression; a gene counts once, however
    many instruments it is nearest to, and only instruments that the outcome has count.
    """
    universe = genes[genes["status"] != GeneStatus.NOT_LISTED]
    differing = set(universe.loc[universe["status"] == GeneStatus.DIFFERS, "gene"])
    rows = []
    for (exposure, outcome), part in crossed.groupby(PAIR, sort=False):
        used = part[part["used"]]
        near = set(used["gene"]) & set(universe["gene"])
        shared = near & differing
        found = overlap(len(universe), len(near), len(differing), len(shared))
        rows.append(
            {
                **{"exposure": exposure, "outcome": outcome, "n_instruments": len(used)},
                "n_with_gene": int((used["status"] != GeneStatus.NO_GENE).sum()),
                **{"n_universe": len(universe), "n_near": len(near), "n_differing": len(differing)},
                **{"n_shared": found.shared, "n_expected": found.expected, "fold": found.fold},
                **{"neglog10_p": found.neglog10_p, "p": 10.0**-found.neglog10_p},
                "shared": ";".join(used.loc[used["gene"].isin(shared), "symbol"].drop_duplicates()),
            }
        )
    return pd.DataFrame(rows, columns=TESTS)


def _row(row: Row, genes: pd.DataFrame, window_kb: float) -> Row:
    turn = -1.0 if row["beta_exposure"] < 0 else 1.0
    alleles = (row["effect_allele"], row["other_allele"])
    raising, other = alleles if turn > 0 else alleles[::-1]
    turned = {name: turn * row[name] for name in EFFECTS}
    known = turned["beta_exposure"] != 0
    return {
        **{name: row[name] for name in (*PAIR, "rsid", "chromosome", "position")},
        **{"raising_allele": raising, "other_allele": other, **turned},
        **{name: row[name] for name in ("se_exposure", "se_outcome")},
        "ratio": turned["beta_outcome"] / turned["beta_exposure"] if known else np.nan,
        "used": row["status"] == VariantStatus.KEPT,
        **_nearest(genes, row["chromosome"], int(row["position"]), window_kb),
    }


def _nearest(genes: pd.DataFrame, chromosome: int, position: int, window_kb: float) -> Row:
    """The nearest gene within the window, of several around the position the shortest."""
    here = genes[genes["chromosome"] == chromosome]
    distance = distances(here, position)
    if here.empty or distance.min() > window_kb * BASES_PER_KB:
        return {"gene": "", "symbol": "", "side": "", "status": GeneStatus.NO_GENE.value, "expression": ""}
    length = (here["end"] - here["start"]).to_numpy(np.int64)
    at = int(np.lexsort((length, distance))[0])
    gene = here.iloc[at]
    differs = gene["status"] == GeneStatus.DIFFERS
    return {
        "gene": gene["gene"],
        "symbol": gene["gene"] if pd.isna(gene["symbol"]) or not gene["symbol"] else gene["symbol"],
        "distance": int(distance[at]),
        "side": _side(position, gene),
        **{name: gene[name] for name in ("status", "log2_fold_change", "p_adjusted")},
        "expression": gene["direction"] if differs else "",
    }


def _side(position: int, gene: Any) -> str:
    """Where the variant lies, along the chromosome: tables of genes need not know their strand."""
    if position < gene["start"]:
        return "before"
    return "after" if position > gene["end"] else "inside"
