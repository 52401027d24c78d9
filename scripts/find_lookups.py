"""Step: the places to keep of every exposure, so that the reverse direction needs no second reading."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from scripts.step import run
from scripts.table.frames import write_parquet


def find_lookups(outcomes: list[Path], lookup: Path, p_max: float) -> None:
    """Write chromosome and position of the primary outcomes' variants with P below `p_max`.

    They hold the outcomes' instruments, whatever the settings by which these are selected later.
    """
    significant = [("neglog10_p", ">", -np.log10(p_max))]
    tables = [
        pq.read_table(path, columns=["chromosome", "position"], filters=significant).to_pandas()
        for path in outcomes
    ]
    places = pd.concat(tables).drop_duplicates().sort_values(["chromosome", "position"])
    logging.info("%d places with P below %g in %d outcomes", len(places), p_max, len(outcomes))
    write_parquet(places, lookup)


if __name__ == "__main__":
    run(find_lookups)
