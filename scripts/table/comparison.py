"""Known results, of a paper or of a simulated study, and how the study's own compare with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from scripts.table.status import Status

COLUMNS = [
    *("analysis", "exposure", "mediator", "outcome", "quantity", "value", "low", "high", "p", "source"),
]
TEXT = ["analysis", "exposure", "mediator", "outcome", "quantity", "source"]
NEEDED = ["analysis", "exposure", "outcome", "quantity", "value"]
SCREEN, REVERSE, MEDIATION = "screen", "reverse", "mediation"
QUANTITIES = ("effect", "odds_ratio", "direct", "indirect", "proportion")
FOUND = ["found", "found_low", "found_high", "found_p", "verdict"]


class Agreement(Status):
    """How a known result and the study's own compare; a ratio is compared by its logarithm."""

    AGREES = "agrees", "The known value lies within the study's 95% interval."
    OUTSIDE = "outside", "The same direction, but the known value lies outside the study's 95% interval."
    OPPOSITE = "opposite", "The other direction, and the known value lies outside the study's 95% interval."
    NOT_ESTIMATED = "not_estimated", "The study has no such estimate; its own tables say why."


def read_known(path: Path) -> pd.DataFrame:
    """COLUMNS of a table of known results; those that it lacks are empty.

    Raises ValueError with the line and column of the first fault.
    """
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise ValueError(f"{path}, line 1: no column {', '.join(missing)}; expected {', '.join(COLUMNS)}")
    table = table.reindex(columns=COLUMNS, fill_value="")
    for line, quantity in enumerate(table["quantity"], start=2):
        if quantity not in QUANTITIES:
            raise ValueError(
                f"{path}, line {line}: `quantity` is '{quantity}', expected one of {', '.join(QUANTITIES)}"
            )
    for name in ("value", "low", "high", "p"):
        table[name] = _numbers(table[name], path)
    return table


def _numbers(cells: pd.Series[str], path: Path) -> pd.Series[float]:
    numbers = pd.to_numeric(cells.where(cells != "", "nan"), errors="coerce")
    wrong = numbers.isna() & (cells != "")
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise ValueError(
            f"{path}, line {at + 2}: `{cells.name}` is '{cells.iloc[at]}', expected a number or nothing"
        )
    return numbers
