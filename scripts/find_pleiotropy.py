"""Step: PLACO of the lead exposure and the outcome over all variants that both have."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis import pleiotropy
from scripts.step import run
from scripts.table import sumstats
from scripts.table.correlations import read_correlations
from scripts.table.files import read_json
from scripts.table.frames import write_pieces, write_tsv


def find_pleiotropy(
    exposure: Path,
    note: Path,
    outcome: Path,
    correlations: list[Path],
    tested: Path,
    summary: Path,
    qq: Path,
    settings: dict[str, Any],
    harmonise: dict[str, Any],
    seed: int,
) -> None:
    """Write the tested variants, the test's numbers and its quantiles; all empty without an exposure."""
    tables = {"exposure": exposure, "outcome": outcome}

    def read(role: str, chromosome: int) -> pd.DataFrame:
        return sumstats.read(tables[role], chromosome=chromosome)

    traits = read_json(note)
    if traits["exposure"] is None:
        found = pleiotropy.nothing()
    else:
        pairs = pleiotropy.pair_traits(read, harmonise["palindromic"], harmonise["palindromic_maf_max"])
        given = read_correlations(correlations).error(traits["exposure"], traits["outcome"])
        found = pleiotropy.find_pleiotropy(pairs, settings, seed, given.value if given else None)
    write_pieces(found.tables, tested)
    write_tsv(found.summary, summary)
    write_tsv(found.qq, qq)


if __name__ == "__main__":
    run(find_pleiotropy)
