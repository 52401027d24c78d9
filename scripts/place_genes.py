"""Step: the study's genes where its build has them."""

import logging
from pathlib import Path

from scripts.analysis.gene_build import build_of
from scripts.source.error import SourceError
from scripts.source.genes import lift_genes
from scripts.source.liftover import open_chain
from scripts.step import run
from scripts.table.frames import write_tsv
from scripts.table.genes import read_genes


def place_genes(table: list[Path], chain: list[Path], placed: Path, build: str) -> None:
    """Write the genes of `table` with their places on `build`, lifted by `chain` from the other one."""
    (path,) = table
    genes = read_genes(path)
    own = build_of(genes) or build
    if own != build:
        if not chain:
            raise SourceError(
                f"{path} is on {own} by the places of well-known genes, but the study is on {build}: name a "
                f"table on {build}, or set chain_file to one that leads from {own} to {build}"
            )
        known = len(genes)
        genes = lift_genes(genes, open_chain(chain[0]))
        logging.info("%s: %d of %d genes lifted from %s to %s", path, len(genes), known, own, build)
    write_tsv(genes, placed)


if __name__ == "__main__":
    run(place_genes)
