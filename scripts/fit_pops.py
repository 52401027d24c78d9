"""Step: PoPS scores of genes, from MAGMA's results and a matrix of gene features."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.analysis.gene_scores import FeatureMatrix, outside_hla, score_genes
from scripts.source.error import SourceError
from scripts.source.pops import open_features, read_magma
from scripts.step import run
from scripts.table.frames import write_tsv
from scripts.table.genes import read_genes


def fit_pops(
    out: list[Path],
    raw: list[Path],
    genes: list[Path],
    control: list[Path],
    scores: Path,
    features: str,
) -> None:
    """Write PoPS_Score (each chromosome learned from the others) and PoPS_Score_all (one model)."""
    magma, matrix = read_magma(out[0], raw[0]), open_features(features)
    row_of = {gene: row for row, gene in enumerate(matrix.genes)}
    absent = [gene for gene in magma.ids if gene not in row_of]
    if absent:
        raise SourceError(
            f"{len(absent)} of {len(magma.ids)} genes of {out[0]} have no features, e.g. {absent[0]}"
        )
    places = read_genes(genes[0]).drop_duplicates("gene").set_index("gene").reindex(matrix.genes)
    rows = np.array([row_of[gene] for gene in magma.ids], dtype=np.int64)
    arranged = FeatureMatrix(
        names=[name for piece in matrix.names for name in piece],
        pieces=matrix.pieces,
        columns=lambda chosen: matrix.columns(chosen.tolist()),
        rows=rows,
        chromosome=places["chromosome"].fillna(0).to_numpy(np.int64),
    )
    always = [name for path in control for name in path.read_text().split()]
    found = score_genes(magma.genes, outside_hla(places.iloc[rows]), arranged, always)
    logging.info("%d genes scored", len(found))
    columns = {"ENSGID": matrix.genes, "PoPS_Score": found["score"], "PoPS_Score_all": found["score_all"]}
    write_tsv(pd.DataFrame(columns), scores)


if __name__ == "__main__":
    run(fit_pops)
