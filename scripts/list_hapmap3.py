"""Step: the places of the variants that LD score regression uses, from the tables that list them."""

import logging
from pathlib import Path

import pandas as pd

from scripts.source.places import read_places
from scripts.step import run
from scripts.table.files import write_parquet


def list_hapmap3(tables: list[Path], places: Path) -> None:
    """Write chromosome and position of every variant that the tables list, sorted, each place once."""
    found = pd.concat([read_places(path) for path in tables]).drop_duplicates()
    logging.info("%d places in %d tables", len(found), len(tables))
    write_parquet(found.sort_values(["chromosome", "position"]), places)


if __name__ == "__main__":
    run(list_hapmap3)
