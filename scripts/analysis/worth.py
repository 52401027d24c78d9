"""What each hit is worth: one row that gathers everything known of it, and one plain sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.analysis.evidence import PAIR
from scripts.analysis.finding import number
from scripts.table.status import Flag, Reverse, Validation

FROM_SCREEN = [
    *("exposure", "name", "outcome", "n_instruments", "method", "beta", "se", "ci_low", "ci_high"),
    *("neglog10_p", "p", "p_adjusted", "adjust_method", "p_bh", "bh_m", "bh_rank", "validation"),
    *(
        "n_validation_concordant",
        "n_validation_discordant",
        "n_combined",
        "combined_z",
        "combined_p",
        "flags",
    ),
]
FROM_REVERSE = [
    *("n_instruments", "beta", "se", "p", "p_adjusted", "adjust_method", "m", "rank", "verdict"),
]
LEVELS = ("nothing speaks against it", "with reservations", "not to be believed as it stands")


def hit_table(
    screen: pd.DataFrame,
    validation: pd.DataFrame,
    reverse: pd.DataFrame,
    names: Mapping[str, str],
    units: Mapping[str, str],
) -> pd.DataFrame:
    """One row per hit: the screen's numbers, validation, reverse direction (`reverse_*`), flags, `worth`.

    `names` and `units` of all traits. `sentence` says it all in words, from the numbers of the row alone.
    """
    hits = screen.loc[screen["hit"], FROM_SCREEN].reset_index(drop=True)
    back = reverse[[*PAIR, *FROM_REVERSE]].rename(columns={name: f"reverse_{name}" for name in FROM_REVERSE})
    table = hits.merge(back, on=PAIR, how="left")
    tests = validation.assign(tested=validation["p"].notna(), same=validation["same_people"] != "")
    counts = tests.groupby(PAIR).agg(n_validation=("tested", "sum"), n_same_people=("same", "sum"))
    table = table.merge(counts.reset_index(), on=PAIR, how="left")
    table = table.fillna({"n_validation": 0, "n_same_people": 0})
    table = table.astype({"n_validation": "int64", "n_same_people": "int64"})
    rows: list[dict[Any, Any]] = table.to_dict("records")
    return table.assign(
        worth=pd.Series([worth_of(row) for row in rows], dtype="str"),
        sentence=pd.Series([sentence_of(row, names, units) for row in rows], dtype="str"),
    )


def worth_of(row: Mapping[Any, Any]) -> str:
    """One of LEVELS: the reverse direction or a control speak against a hit, flags make reservations."""
    flags = _flags(row)
    if row["reverse_verdict"] == Reverse.REVERSED or Flag.NEGATIVE_CONTROL in flags:
        return LEVELS[2]
    sound = not flags and row["reverse_verdict"] == Reverse.SILENT and row["n_same_people"] == 0
    return LEVELS[0] if sound else LEVELS[1]


def sentence_of(row: Mapping[Any, Any], names: Mapping[str, str], units: Mapping[str, str]) -> str:
    """The hit in words: effect, place among the tests, validation, reverse direction, what to mind."""
    said = [_effect(row, names, units), _validated(row), _reverse(row, names)]
    flags = _flags(row)
    if flags:
        said.append(f"Mind that {_listed([flag.sentence for flag in flags])}.")
    return " ".join(part for part in said if part)


def _flags(row: Mapping[Any, Any]) -> list[Flag]:
    words = row["flags"] if isinstance(row["flags"], str) else ""
    return [Flag.of(word) for word in words.split()]


def _effect(row: Mapping[Any, Any], names: Mapping[str, str], units: Mapping[str, str]) -> str:
    way = "higher" if row["beta"] > 0 else "lower"
    unit = (
        f"{units.get(row['outcome']) or 'outcome units'} per {units.get(row['exposure']) or 'exposure unit'}"
    )
    return (
        f"Genetically higher {row['name']} goes with {way} {names.get(row['outcome'], row['outcome'])}: "
        f"{number(row['beta'])} ({number(row['ci_low'])} to {number(row['ci_high'])}) {unit}, "
        f"P = {_p(row['p'])}, rank {row['bh_rank']} of {row['bh_m']:,} tests (adjusted {_p(row['p_bh'])})."
    )


def _validated(row: Mapping[Any, Any]) -> str:
    if row["validation"] == Validation.NOT_TESTED:
        return "No validation outcome was tested."
    against = row["n_validation_discordant"]
    people = (
        f", of which {row['n_same_people']:,} made of the same people as the discovery"
        if row["n_same_people"]
        else ""
    )
    return (
        f"{row['n_validation_concordant']:,} of {row['n_validation']:,} validation outcomes agree and "
        f"{against or 'none'} {'contradict' if against > 1 else 'contradicts'}{people}; taken together, with "
        f"their correlation, they give P = {_p(row['combined_p'])} in the "
        f"{'expected' if row['combined_z'] > 0 else 'opposite'} direction."
    )


def _reverse(row: Mapping[Any, Any], names: Mapping[str, str]) -> str:
    outcome = names.get(row["outcome"], row["outcome"])
    if row["reverse_verdict"] == Reverse.REVERSED:
        return (
            f"But {outcome} acts on it ({row['reverse_n_instruments']} instruments of the reverse direction, "
            f"adjusted P = {_p(row['reverse_p_adjusted'])}): it may be a consequence, not a cause."
        )
    if row["reverse_verdict"] == Reverse.SILENT:
        return (
            f"In the reverse direction {row['reverse_n_instruments']} instruments of {outcome} show no "
            f"effect on it (adjusted P = {_p(row['reverse_p_adjusted'])})."
        )
    return "The reverse direction could not be tested."


def _p(p: float) -> str:
    return "below 1e-300" if p == 0 else f"{p:.2g}"


def _listed(parts: list[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
