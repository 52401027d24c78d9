"""Step: the bias that shared people can give every pair, and corrected estimates of those that matter."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.fingerprint import Declared, read_biobanks
from scripts.analysis.overlap_corrections import bounds_table, effects_of
from scripts.analysis.overlap_study import Corrector, chosen_pairs
from scripts.analysis.selection import open_panel
from scripts.step import run
from scripts.table.correlations import read_correlations
from scripts.table.frames import read_tsv, write_tsv


def correct_overlap(
    screen: Path,
    instruments: Path,
    reduced: list[Path],
    outcomes: list[Path],
    panel: list[Path],
    bed: list[Path],
    fam: list[Path],
    correlations: list[Path],
    biobanks: Path,
    bounds: Path,
    estimates: Path,
    declared: list[dict[str, Any]],
    cohorts: dict[str, list[str]],
    independent: list[str],
    overlap: dict[str, Any],
    selection: dict[str, Any],
    mhc: str,
    harmonise: dict[str, Any],
    p_max: float,
    seed: int,
) -> None:
    """Write a row for each pair of the screen, and a row for each correction of the pairs that are corrected.

    `reduced` has what the pass kept of each exposure (P below `p_max`), `outcomes` the primary outcomes'
    standard tables, both named by ids. `declared` and `cohorts` as in `collect_quality`; `independent` are
    the exposures whose tables hold selected variants only.
    """
    tested = read_tsv(screen)
    used = pd.read_parquet(instruments)
    effects = {pair: effects_of(rows) for pair, rows in used.groupby(["exposure", "outcome"], sort=False)}
    known = read_correlations(correlations)
    people = {fields["id"]: Declared.of(fields) for fields in declared}
    about = {outcome: [people[part] for part in parts] for outcome, parts in cohorts.items()}
    write_tsv(bounds_table(tested, effects, people, about, read_biobanks(biobanks), known), bounds)
    corrector = Corrector(
        variants={path.stem: path for path in reduced if path.stem not in independent},
        outcomes={path.stem: path for path in outcomes},
        panel=open_panel(panel[0], bed[0], fam[0]) if panel else None,
        correlations=known,
        overlap=overlap,
        selection={**selection, "p_thresholds": [p_max], "min_count": 1},
        mhc=mhc,
        harmonise=harmonise,
        seed=seed,
    )
    chosen = chosen_pairs(tested, overlap["exposures"])
    logging.info("%d of %d pairs are corrected", len(chosen), len(tested))
    write_tsv(corrector.table(chosen, effects), estimates)


if __name__ == "__main__":
    run(correct_overlap)
