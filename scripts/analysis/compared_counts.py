"""Printed counts, of exposures past a gate or of loci, beside those of the study."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from scripts.table.coloc import ColocVerdict
from scripts.table.status import GateStatus, Verdict

COLUMNS = ["subject", "counted", "outcome", "n_printed", "n_found"]
CONFIRMED, LOCI, COLOCALISED = "confirmed", "pleiotropic_loci", "colocalised_loci"
Counts = Mapping[tuple[str, str], int | None]


def counts_of(gates: pd.DataFrame, validation: pd.DataFrame, loci: pd.DataFrame | None) -> Counts:
    """What the study counts, by key and outcome; None where a stage did not run.

    The key of a gate counts the exposures past it, `confirmed` those that a validation outcome confirms, and
    two more the loci that PLACO found and those that colocalise (`loci` is None where they were not asked).
    """
    ran = gates["status"] == GateStatus.RUN
    counts: dict[tuple[str, str], int | None] = {
        (gate, ""): int(passed) if run else None
        for gate, passed, run in zip(gates["gate"], gates["n_passed"], ran, strict=True)
    }
    agreeing = validation[validation["verdict"] == Verdict.CONCORDANT]
    for outcome in validation["validation_outcome"].unique():
        counts[CONFIRMED, outcome] = int(agreeing["validation_outcome"].eq(outcome).sum())
    counts[LOCI, ""] = None if loci is None else len(loci)
    shared = None if loci is None else int((loci["coloc_verdict"] == ColocVerdict.SHARED).sum())
    return counts | {(COLOCALISED, ""): shared}


def compared_counts(printed: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """A row for each printed count (COLUMNS): rows of published tables that name what is `counted`.

    Raises ValueError where that is nothing that the study counts.
    """
    named = printed[printed["counted"] != ""] if "counted" in printed else printed.head(0)
    rows = named.reindex(columns=["subject", "counted", "outcome", "n_passed"], fill_value="")
    known = {CONFIRMED} | {key for key, _ in counts}
    unknown = sorted(set(rows["counted"]) - known)
    if unknown:
        raise ValueError(f"`counted` is {', '.join(unknown)}; expected one of {', '.join(sorted(known))}")
    pairs = zip(rows["counted"], rows["outcome"], strict=True)
    found = pd.array([counts.get(pair) for pair in pairs], dtype="Int64")
    table = rows.rename(columns={"n_passed": "n_printed"}).assign(n_found=found)
    return table[COLUMNS].reset_index(drop=True)
