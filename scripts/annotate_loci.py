"""Step: pleiotropic loci with their nearest and best scored genes, and what is known of them."""

from pathlib import Path

import pandas as pd

from scripts.analysis.annotation import annotate, known_associations, shared_signals
from scripts.analysis.coloc_loci import genes_of_traits
from scripts.source.associations import read_associations
from scripts.source.pops import read_scores
from scripts.step import run
from scripts.table.coloc import LOCI as COLOC
from scripts.table.files import read_json
from scripts.table.frames import read_tsv, write_tsv
from scripts.table.genes import read_genes
from scripts.table.pleiotropy import KNOWN


def annotate_loci(
    loci: Path,
    variants: Path,
    note: Path,
    genes: list[Path],
    scores: list[Path],
    associations: list[Path],
    colocalised: list[Path],
    annotated: Path,
    known: Path,
    window_kb: float,
    traits: dict[str, str],
) -> None:
    """Write the loci with their genes, and the known associations of their variants.

    `traits` gives the name of each trait that is colocalised. `genes`, `scores`, `associations` and
    `colocalised` are empty where the study has none; what they would say is missing.
    """
    table = read_genes(genes[0]) if genes else None
    found = pd.DataFrame(columns=KNOWN)
    if associations:
        found = known_associations(read_tsv(variants), read_associations(associations[0]))
    scored = read_scores(scores[0]) if scores else None
    pair = read_json(note)
    coloc = read_tsv(colocalised[0]) if colocalised else pd.DataFrame(columns=COLOC)
    about: dict[str, str] = {}
    if table is not None:
        about = dict(genes_of_traits(traits, table)[["trait", "symbol"]].to_numpy().tolist())
    shared = shared_signals(coloc, pair["exposure"], pair["outcome"], about)
    write_tsv(annotate(read_tsv(loci), found, table, scored, shared, window_kb), annotated)
    write_tsv(found, known)


if __name__ == "__main__":
    run(annotate_loci)
