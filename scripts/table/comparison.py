"""Known results, of a paper or of a simulated study, and how the study's own compare with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from scripts.table.status import Status

COLUMNS = [
    *("analysis", "exposure", "mediator", "outcome", "method", "quantity", "value", "low", "high", "p"),
    "source",
]
NEEDED = ["analysis", "exposure", "outcome", "quantity", "value"]
SCREEN, REVERSE, MEDIATION = "screen", "reverse", "mediation"
QUANTITIES = ("effect", "odds_ratio", "direct", "indirect", "proportion")
LOCI = ["rsid", "nearest_gene", "pops_gene", "pp_h4"]  # of a printed locus, each if it is there
LOCI_FOUND = ["locus", *LOCI, "coloc_verdict", "p"]
FOUND = ["found", "found_low", "found_high", "found_p", "verdict"]


class Agreement(Status):
    """How a known result and the study's own compare; a ratio is compared by its logarithm."""

    AGREES = "agrees", "The known value lies within the study's 95% interval."
    OUTSIDE = "outside", "The same direction, but the known value lies outside the study's 95% interval."
    OPPOSITE = "opposite", "The other direction, and the known value lies outside the study's 95% interval."
    NOT_ESTIMATED = "not_estimated", "The study has no such estimate; its own tables say why."


class LocusFound(Status):
    """Whether a printed locus is among the study's pleiotropic ones."""

    SAME_LEAD = "same_lead", "Found, with the same lead variant."
    SAME_LOCUS = "same_locus", "Found, with another lead variant."
    NOT_FOUND = "not_found", "No pleiotropic locus of the study holds it."


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


def known_of_printed(printed: pd.DataFrame, source: str) -> pd.DataFrame:
    """COLUMNS of a printed table (`scripts.source.published`): effects of the screen, where it has any.

    A ratio is taken where there is no effect, and its interval is that of the ratio.
    """
    has = [name for name in ("beta", "odds_ratio") if name in printed]
    if not has or not {"exposure", "outcome"} <= set(printed):
        return pd.DataFrame(columns=COLUMNS)
    known = printed.reindex(columns=COLUMNS, fill_value="")
    ratio = printed.get("beta", pd.Series("", printed.index)) == ""
    known["value"] = printed[has[0]].where(~ratio, printed[has[-1]])
    of_ratio = "odds_ratio" in printed
    ends = {"low": "ci_low", "high": "ci_high"}
    for name, column in ends.items():  # of a ratio: not beside an effect
        known[name] = printed[column].where(ratio | (not of_ratio), "") if column in printed else ""
    known = known.assign(
        analysis=SCREEN, source=source, quantity=ratio.map({True: "odds_ratio", False: "effect"})
    )
    known = known[known["value"] != ""].copy()
    for name in ("value", "low", "high", "p"):
        plain = known[name].str.removeprefix("<").str.replace("\N{MINUS SIGN}", "-")
        known[name] = pd.to_numeric(plain, errors="coerce")
    return known


def _numbers(cells: pd.Series[str], path: Path) -> pd.Series[float]:
    numbers = pd.to_numeric(cells.where(cells != "", "nan"), errors="coerce")
    wrong = numbers.isna() & (cells != "")
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        raise ValueError(
            f"{path}, line {at + 2}: `{cells.name}` is '{cells.iloc[at]}', expected a number or nothing"
        )
    return numbers
