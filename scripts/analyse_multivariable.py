"""Step: multivariable Mendelian randomization, every analysis of the study."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.multivariable_study import Analysis
from scripts.analysis.selection import open_panel
from scripts.step import run
from scripts.table.correlations import read_correlations
from scripts.table.files import read_json
from scripts.table.frames import write_parquet, write_tsv
from scripts.table.status import ExposureStatus


def analyse_multivariable(
    traits: list[Path],
    accounts: list[Path],
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    correlations: list[Path],
    estimates: Path,
    diagnostics: Path,
    effects: Path,
    analyses: list[dict[str, Any]],
    selection: dict[str, Any],
    mhc: str,
    harmonise: dict[str, Any],
    draws: int,
    seed: int,
) -> None:
    """Write direct and total effects, what they rest on, and every member's effects at the variants.

    `traits` are the standard tables of all exposures and outcomes of the `analyses`, named by their ids, and
    `accounts` what standardising them found.
    """
    unreadable = [
        path.stem for path in accounts if read_json(path).get("status") == ExposureStatus.UNREADABLE
    ]
    found = [
        Analysis(
            members=analysis,
            tables={path.stem: path for path in traits},
            unreadable=unreadable,
            panel=open_panel(panel[0], bed[0], fam[0]) if panel else None,
            correlations=read_correlations(correlations),
            selection=selection,
            mhc=mhc,
            harmonise=harmonise,
            draws=draws,
            seed=seed,
        ).run()
        for analysis in analyses
    ]
    write_tsv(pd.DataFrame([row for tables in found for row in tables[0]]), estimates)
    behind = pd.DataFrame([row for tables in found for row in tables[1]])
    write_tsv(behind.astype({"q_df": "Int64", "q_a_df": "Int64"}), diagnostics)
    write_parquet(pd.concat([tables[2] for tables in found], ignore_index=True), effects)


if __name__ == "__main__":
    run(analyse_multivariable)
