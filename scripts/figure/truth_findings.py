"""What a simulated study found of its truth, in words and numbers for readers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from scripts.figure.truth import CLASSES, results_of
from scripts.figure.words import expected

Cells = dict[str, str]


def chance_of(gates: pd.DataFrame) -> float | None:
    """The number that chance alone would pass through the last gate (negative controls are not gates)."""
    flow = gates[~gates["gate"].str.contains(":") & gates["n_expected_by_chance"].notna()]
    return None if flow.empty else float(flow["n_expected_by_chance"].iloc[-1])


def truth_findings(truth: pd.DataFrame, gates: pd.DataFrame) -> dict[str, Any]:
    """A simulated study's answers: two sentences and a row for each class."""
    results = results_of(truth)
    testable = results != "not_testable"
    acts = (truth["effect"] != 0) & testable
    right = acts & (results == "hit") & (np.sign(truth["effect"]) == np.sign(truth["beta"]))
    null = (truth["class"] == "null") & testable
    false = int((null & (results == "hit")).sum())
    by_chance = (chance_of(gates) or 0.0) * int(null.sum()) / max(int(testable.sum()), 1)
    return {
        "power": f"Of {int(acts.sum())} exposures that act on the outcome and could be tested, "
        f"{int(right.sum())} were found and validated with the right sign.",
        "chance": f"Of {int(null.sum())} exposures without any effect that could be tested, {false} passed "
        f"every gate; at most {expected(by_chance)} were expected by chance.",
        "wrong": _wrong(truth[(results == "hit") & (truth["effect"] == 0)], int((results == "hit").sum())),
        "classes": [_truth_class(key, results[truth["class"] == key]) for key in _class_order(truth)],
    }


def _wrong(wrong: pd.DataFrame, n_hits: int) -> str:
    """Which of the hits do not act on the outcome at all ('' where all do)."""
    if wrong.empty:
        return ""
    classes = wrong["class"].value_counts()
    parts = [f"{CLASSES.get(key, (key, '', ''))[0].lower()} ({classes[key]})" for key in _class_order(wrong)]
    return (
        f"Of the {n_hits} that passed every gate, {len(wrong)} do not act on the outcome: "
        f"{', '.join(parts)}. Where variants break the assumptions of Mendelian randomization, passing the "
        "gates is no protection."
    )


def _class_order(truth: pd.DataFrame) -> list[str]:
    present = list(dict.fromkeys(truth["class"]))
    return [key for key in CLASSES if key in present] + [key for key in present if key not in CLASSES]


def _truth_class(key: str, results: pd.Series) -> Cells:
    n = results.value_counts()
    cells = {name: str(n.get(name, 0)) for name in ("hit", "discovered", "tested", "not_testable")}
    return {"class": CLASSES.get(key, (key, "", ""))[0], "total": str(len(results)), **cells}
