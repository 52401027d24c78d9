"""Step: the screen repeated with the outcomes' signs flipped at random, to see what chance alone finds."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.flips import sign_flips
from scripts.analysis.null_z import known_number
from scripts.step import run
from scripts.table.frames import read_tsv, write_tsv

COLUMNS = [
    *("exposure", "outcome", "chromosome", "position", "status", "gsmr_status"),
    *("beta_exposure", "se_exposure", "beta_outcome", "se_outcome"),
]


def flip_signs(
    screen: Path,
    instruments: Path,
    effective_number: Path,
    table: Path,
    pairs: Path,
    methods: list[str],
    validation_signs: dict[str, int],
    error_budget: dict[str, Any],
    ridge: float,
    seed: int,
) -> None:
    """Write a row per gate that can be repeated and one per testable pair; none where no draws are asked."""
    by_gate, by_pair = sign_flips(
        read_tsv(screen),
        pd.read_parquet(instruments, columns=COLUMNS),
        methods,
        validation_signs,
        error_budget,
        ridge,
        known_number(read_tsv(effective_number)),
        seed,
    )
    write_tsv(by_gate, table)
    write_tsv(by_pair, pairs)


if __name__ == "__main__":
    run(flip_signs)
