"""Step: how many independent exposures the screen is worth, from z scores at variants without effect."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.analysis.null_z import effective_number_of, thinned, z_at
from scripts.step import run
from scripts.table import sumstats
from scripts.table.frames import write_tsv

COLUMNS = ["chromosome", "position", "effect_allele", "other_allele", "beta", "se"]


def correlate_exposures(lookup: Path, outcome: Path, reduced: list[Path], table: Path) -> None:
    """Write one row. The z are those at the looked-up places, which every exposure has in common."""
    places = pd.read_parquet(lookup)
    reference = thinned(sumstats.lookup(outcome, places["chromosome"], places["position"]))
    z = np.column_stack([z_at(reference, _looked_up(path)) for path in reduced])
    found = effective_number_of(z)
    logging.info("%d exposures at %d variants: %s", len(reduced), len(reference), found.iloc[0].to_dict())
    write_tsv(found, table)


def _looked_up(path: Path) -> pd.DataFrame:
    rows: pd.DataFrame = pq.read_table(
        path, columns=COLUMNS, filters=[("looked_up", "==", True)], use_threads=False
    ).to_pandas()
    return rows


if __name__ == "__main__":
    run(correlate_exposures)
