"""Discovery and validation as sets: the pairs that pass each gate, and what validates them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from scripts.analysis.evidence import PAIR
from scripts.table.discovery_sets import COLUMNS, SetPart
from scripts.table.status import Verdict

Row = dict[str, Any]
GATES = ("nominal", "concordant", "discovered")


def discovery_sets(screen: pd.DataFrame, validation: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """One row a gate, a validation outcome of `outcomes`, and a combination of these (COLUMNS).

    `agree` and `contradict` name the validation outcomes with that verdict, separated by spaces; a discovered
    pair is in one combination. `pairs` are exposure/outcome, of those discovered.
    """
    pair = screen["exposure"] + "/" + screen["outcome"]
    found = screen.assign(pair=pair)[screen["discovered"]][[*PAIR, "pair", "validation"]]
    for column, verdict in (("agree", Verdict.CONCORDANT), ("contradict", Verdict.DISCORDANT)):
        named = validation[validation["verdict"] == verdict].groupby(PAIR)["validation_outcome"].agg(" ".join)
        pairs = zip(found["exposure"], found["outcome"], strict=True)
        found[column] = [named.get(key, "") for key in pairs]
    gates: list[Row] = [{"part": SetPart.GATE, "name": gate, "n": int(screen[gate].sum())} for gate in GATES]
    agreeing = [agree.split() for agree in found["agree"]]
    alone: list[Row] = [
        {"part": SetPart.OUTCOME, "name": outcome} | _members(found.loc[[outcome in one for one in agreeing]])
        for outcome in outcomes
    ]
    together: list[Row] = [
        {"part": SetPart.COMBINATION, "agree": agree, "contradict": contradict, "validation": joint}
        | _members(rows)
        for (agree, contradict, joint), rows in found.groupby(["agree", "contradict", "validation"])
    ]
    together.sort(key=lambda row: (-row["n"], row["agree"], row["contradict"], row["validation"]))
    nothing = dict.fromkeys(COLUMNS, "")
    return pd.DataFrame([nothing | row for row in (*gates, *alone, *together)], columns=COLUMNS)


def _members(rows: pd.DataFrame) -> Row:
    return {"n": len(rows), "pairs": " ".join(rows["pair"])}
