"""Step: the LD scores of the panel's own variants."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.ld_table import from_panel, panel_coordinates
from scripts.source.ld_scores import lifted
from scripts.source.places import read_places
from scripts.step import run
from scripts.table.files import write_json
from scripts.table.frames import write_parquet


def compute_ld_scores(
    panel: list[Path],
    bed: list[Path],
    bim: list[Path],
    fam: list[Path],
    variants: list[Path],
    chain: list[Path],
    table: Path,
    facts: Path,
    window: dict[str, Any],
    maf_min: float,
) -> None:
    """Write chromosome, position, LD score and weight of each variant; `facts`: M and how many there are.

    With a `chain`, which leads to the study's build, the list of variants is in the other one.
    """
    columns = ["chromosome", "position", "allele_1", "allele_2", "index", "frequency"]
    index = pd.read_parquet(panel[0], columns=columns)
    only = read_places(variants[0]) if variants else None
    if only is not None and chain:
        only = lifted(only, chain[0])
    coordinates, width = panel_coordinates(index, bim[0], window)
    rows, m = from_panel(index, coordinates, width, bed[0], fam[0], only, maf_min)
    logging.info("%d LD scores; %d common variants in the panel", len(rows), m)
    write_parquet(rows, table)
    write_json({"m": m, "n_variants": len(rows)}, facts)


if __name__ == "__main__":
    run(compute_ld_scores)
