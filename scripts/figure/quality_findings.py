"""What became of the rows of the source files, and which files stand out, in words for readers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from scripts.figure.words import MISSING, Labels, label_of, number

Cells = dict[str, str]
MOST_CHECKS = 10  # lines of files that stand out
MOST_OF_ONE = 3  # of one check, while others wait
SAID = {"allowed": " (Allowed by quality.allow.)"}

# The accounts of a meta-analysis: its rows are those of its cohorts.
ACCOUNTS = {
    "read": "rows of its cohorts",
    "combined": "went into the variant of another cohort's row",
    "palindromic_ambiguous": "dropped as palindromic with an unclear strand",
    "on_both_strands": "dropped since their cohort has the variant on the other strand too",
    "kept": "variants kept",
}


def dropped_rows(counts: pd.DataFrame, meta_analyses: Collection[str]) -> list[Cells]:
    """Rows of the source files by what became of them; a meta-analysis reads its cohorts' rows again."""
    counts = counts[~counts["trait"].isin(meta_analyses)]
    sums = counts.groupby(["reason", "sentence"], sort=False)["n_rows"].sum().reset_index()
    read = int(sums.loc[sums["reason"] == "read", "n_rows"].sum())
    rows: list[dict[Any, Any]] = sums.to_dict("records")
    return [
        {"sentence": row["sentence"], "n": f"{row['n_rows']:,}", "share": share(row["n_rows"], read)}
        for row in rows
    ]


def meta_accounts(counts: pd.DataFrame, meta_analyses: Collection[str], labels: Labels) -> list[str]:
    """A line for each meta-analysis: rows of its cohorts, what became of them, variants kept."""
    lines = []
    for trait in meta_analyses:
        rows = counts[counts["trait"] == trait]
        n = dict(zip(rows["reason"], rows["n_rows"], strict=True))
        order = [
            *(key for key in ACCOUNTS if key != "kept"),
            *(key for key in n if key not in ACCOUNTS),
            "kept",
        ]
        parts = [f"{n[key]:,} {ACCOUNTS.get(key, key.replace('_', ' '))}" for key in order if key in n]
        if parts:
            lines.append(f"{label_of(trait, labels).name}: {', '.join(parts)}.")
    return lines


def outstanding(findings: pd.DataFrame, labels: Labels) -> dict[str, Any]:
    """The findings but for notes, the most serious first, at most MOST_CHECKS; and how many more.

    Of a check that fires for many files, MOST_OF_ONE come before the first of the next one.
    """
    serious = findings[findings["severity"] != "note"]
    rank = serious.groupby("check", sort=False).cumcount() >= MOST_OF_ONE
    lines = written(serious.iloc[rank.argsort(kind="stable")], labels)
    return {"lines": lines[:MOST_CHECKS], "more": len(lines[MOST_CHECKS:])}


def written(findings: pd.DataFrame, labels: Labels) -> list[Cells]:
    """Findings as rows of text."""
    rows: list[dict[Any, Any]] = findings.to_dict("records")
    return [
        {
            "trait": label_of(row["trait"], labels).name,
            "found": row["found"] + SAID.get(row["severity"], ""),
            "meaning": row["meaning"],
        }
        for row in rows
    ]


def share(part: int, whole: int) -> str:
    """A part of the whole in percent."""
    return f"{number(100 * part / whole)}%" if whole else MISSING
