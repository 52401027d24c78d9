"""What a simulated study found of its truth, in words and numbers for readers."""

from __future__ import annotations

from typing import Any

import pandas as pd

from scripts.figure.truth import CLASSES, results_of
from scripts.figure.words import expected
from scripts.table.status import TruthVerdict

ACTING = (TruthVerdict.FOUND, TruthVerdict.WRONG_SIGN, TruthVerdict.MISSED)
Cells = dict[str, str]


def truth_findings(truth: pd.DataFrame, p_max: float) -> dict[str, Any]:
    """A simulated study's answers: sentences, and a row for each class; `p_max` is the nominal P."""
    results, n = results_of(truth), truth["verdict"].value_counts()
    n_acting = sum(int(n.get(verdict, 0)) for verdict in ACTING)
    false_positive = truth["verdict"] == TruthVerdict.FALSE_POSITIVE
    null = (truth["class"] == "no_effect") & (results != "not_testable")
    n_null, n_wrong = int(null.sum()), int((null & false_positive).sum())
    # Whatever the other gates do, an exposure without effect passes the nominal one with P of at most p_max.
    by_chance = n_null * p_max
    return {
        "power": f"Of {n_acting} exposures that act on the outcome and could be tested, "
        f"{int(n.get(TruthVerdict.FOUND, 0))} were found and validated with the right sign.",
        "chance": f"Of {n_null} exposures without any effect that could be tested, "
        f"{n_wrong} passed every gate; at most {expected(by_chance)} were expected by chance.",
        "wrong": _wrong(truth[false_positive], int((results == "hit").sum())),
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
