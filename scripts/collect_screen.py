"""Step: the batches' tables as one table each, in the order of the study's trait tables."""

from pathlib import Path

import pandas as pd

from scripts.step import run
from scripts.table.frames import write_parquet, write_tsv


def collect_screen(
    estimates: list[Path],
    diagnostics: list[Path],
    instruments: list[Path],
    leave_one_out: list[Path],
    estimates_table: Path,
    diagnostics_table: Path,
    instruments_table: Path,
    leave_one_out_table: Path,
    exposures: list[str],
    outcome_ids: list[str],
) -> None:
    """Write each kind of batch table as one, sorted by exposure and outcome so that batches do not show."""
    order = {name: place for place, name in enumerate([*exposures, *outcome_ids])}
    write_tsv(_joined(estimates, order), estimates_table)
    write_tsv(_joined(diagnostics, order).astype({"q_df": "Int64"}), diagnostics_table)
    write_parquet(_joined(instruments, order), instruments_table)
    write_parquet(_joined(leave_one_out, order), leave_one_out_table)


def _joined(paths: list[Path], order: dict[str, int]) -> pd.DataFrame:
    table = pd.concat(map(pd.read_parquet, paths), ignore_index=True)
    return table.sort_values(["exposure", "outcome"], key=lambda ids: ids.map(order), kind="stable")


if __name__ == "__main__":
    run(collect_screen)
