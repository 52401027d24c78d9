"""Step: index the LD panel, so that each later job reads only the genotypes that it needs."""

import logging
from pathlib import Path

from scripts.analysis import panel
from scripts.source.panel import with_hashes
from scripts.step import run
from scripts.table.frames import write_parquet


def index_panel(bed: list[Path], bim: list[Path], fam: list[Path], index: Path) -> None:
    """Write the panel's variants, sorted by position, with frequency, missing share and allele numbers."""
    variants = panel.index_panel(bed[0], bim[0], fam[0])
    logging.info("%s variants in the LD panel", f"{len(variants):,}")
    write_parquet(with_hashes(variants), index)


if __name__ == "__main__":
    run(index_panel)
