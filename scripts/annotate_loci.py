"""Step: pleiotropic loci with their nearest and best scored genes, and what is known of them."""

import logging
from pathlib import Path

import pandas as pd

from scripts.analysis.annotation import annotate, known_associations
from scripts.analysis.gene_build import build_of
from scripts.source.associations import read_associations
from scripts.source.error import SourceError
from scripts.source.genes import lift_genes
from scripts.source.liftover import open_chain
from scripts.source.pops import read_scores
from scripts.step import run
from scripts.table.files import read_tsv, write_tsv
from scripts.table.genes import read_genes
from scripts.table.pleiotropy import KNOWN


def annotate_loci(
    loci: Path,
    variants: Path,
    genes: list[Path],
    scores: list[Path],
    associations: list[Path],
    chain: list[Path],
    annotated: Path,
    known: Path,
    build: str,
    window_kb: float,
) -> None:
    """Write the loci with their genes, and the known associations of their variants.

    `genes`, `scores` and `associations` are empty where the study has none; what they would say is missing.
    """
    table = _genes(genes[0], build, next(iter(chain), None)) if genes else None
    found = pd.DataFrame(columns=KNOWN)
    if associations:
        found = known_associations(read_tsv(variants), read_associations(associations[0]))
    scored = read_scores(scores[0]) if scores else None
    write_tsv(annotate(read_tsv(loci), found, table, scored, window_kb), annotated)
    write_tsv(found, known)


def _genes(path: Path, build: str, chain: Path | None) -> pd.DataFrame:
    """The genes on the study's build."""
    genes = read_genes(path)
    own = build_of(genes) or build
    if own == build:
        return genes
    if chain is None:
        raise SourceError(
            f"{path} is on {own} by the places of well-known genes, but the study is on {build}: name a "
            f"table on {build}, or set chain_file to one that leads from {own} to {build}"
        )
    lifted = lift_genes(genes, open_chain(chain))
    logging.info("%s: %d of %d genes lifted from %s to %s", path, len(lifted), len(genes), own, build)
    return lifted


if __name__ == "__main__":
    run(annotate_loci)
