"""Words for how published results compare with computed ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from scripts.figure.pooled_tables import Names, PooledTables, set_words
from scripts.figure.words import MISSING, count, number
from scripts.table.pooling import Agreement

Cells = dict[str, Any]
AGREEMENT_WORDS = {
    Agreement.EQUAL: "come out to the last printed digit",
    Agreement.WITHIN_ROUNDING: "within what rounding of the printed effects can do",
    Agreement.DIFFERS: "do not follow from the printed effects",
    Agreement.NO_NUMBER: "have no counterpart here",
}


def published_cells(tables: PooledTables, names: Names) -> Cells | None:
    """What the page says of published results; None where there are none to compare with."""
    checks, restorations = tables.checks, tables.restorations
    if checks is None or restorations is None:
        return None
    counts = checks["agreement"].value_counts()
    parts = [f"{counts.get(each, 0)} {words}" for each, words in AGREEMENT_WORDS.items() if each in counts]
    others = checks[checks["agreement"] != Agreement.EQUAL]
    return {
        "lead": f"Of {count(len(checks), 'published number')}, {', '.join(parts)}.",
        "rows": [_check(row, names) for row in others.to_dict("records")],
        "restored": [restoration_words(row, names) for row in _best(restorations).to_dict("records")],
    }


def _best(restorations: pd.DataFrame) -> pd.DataFrame:
    """The changes that restore most, of each measure and moderator."""
    most = restorations.groupby(["kind", "measure", "moderator"], dropna=False)["n_restored"].transform("max")
    return restorations[restorations["n_restored"] == most]


def _check(row: Mapping[Any, Any], names: Names) -> Cells:
    moderator = "" if pd.isna(row["moderator"]) else names.moderator(row["moderator"])
    reach = MISSING if pd.isna(row["rounding_reach"]) else number(row["rounding_reach"])
    return {
        **{"measure": names.measure(row["measure"]), "set": set_words(row["set"]), "moderator": moderator},
        **{"quantity": row["quantity"].replace("_percent", " (%)").replace("_", " "), "reach": reach},
        **{"printed": row["printed"], "computed": _computed(row)},
        "agreement": Agreement.of(row["agreement"]).sentence,
    }


def _computed(row: Mapping[Any, Any]) -> str:
    """With two more decimals than were printed."""
    return number(row["computed"], len(row["printed"].partition(".")[2]) + 2)


def restoration_words(row: Mapping[Any, Any], names: Names) -> str:
    """One row of pooled_restorations.tsv as a sentence."""
    of = names.measure(row["measure"]) if row["kind"] == "effect" else names.moderator(row["moderator"])
    counts = f"{int(row['n_restored'])} of {int(row['n_printed'])} published numbers"
    if pd.isna(row["experiment"]):
        return f"{of}: no other value of a single experiment restores more of the {counts}."
    if row["kind"] == "effect":
        change = f"{row['printed']} were {row['restored_by']:.10g}"
        ends = f"anything from {row['restored_low']:g} to {row['restored_high']:g}"
        return f"{of}: {counts} would come out if {row['experiment']}'s effect of {change} ({ends} does)."
    low, high = row["restored_low"], row["restored_high"]
    place = f"between {number(low)} and {number(high)}"
    place = f"below {number(high)}" if pd.isna(low) else f"above {number(low)}" if pd.isna(high) else place
    value = number(float(row["printed"]))
    return f"{of}: {counts} would come out if {row['experiment']}'s {value} were {place}."
