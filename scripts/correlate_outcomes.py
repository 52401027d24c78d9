"""Step: the correlation of the outcomes' z scores at variants without effect, as shared people give it."""

import logging
from pathlib import Path

import numpy as np

from scripts.analysis.null_z import correlations_of, thinned, z_at
from scripts.step import run
from scripts.table import sumstats
from scripts.table.frames import write_tsv


def correlate_outcomes(outcomes: list[Path], table: Path, outcome_ids: list[str]) -> None:
    """Write one row for each two outcomes, from one variant of each window of the first one's table."""
    variants = sumstats.read(outcomes[0], ["chromosome", "position", "effect_allele", "other_allele"])
    reference = thinned(variants)
    logging.info("%d variants", len(reference))
    rows = (sumstats.lookup(path, reference["chromosome"], reference["position"]) for path in outcomes)
    write_tsv(correlations_of(outcome_ids, np.column_stack([z_at(reference, part) for part in rows])), table)


if __name__ == "__main__":
    run(correlate_outcomes)
