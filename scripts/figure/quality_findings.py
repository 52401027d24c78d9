"""What became of the rows of the source files, and which files stand out, in words for readers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scripts.figure.words import MISSING, Labels, label_of, number

Cells = dict[str, str]
MOST_CHECKS = 10  # lines of files that stand out

# The accounts of a meta-analysis: its rows are those of its cohorts.
ACCOUNTS = {
    "read": "rows of its cohorts",
    "combined": "went into the variant of another cohort's row",
    "palindromic_ambiguous": "dropped as palindromic with an unclear strand",
    "on_both_strands": "dropped since their cohort has the variant on the other strand too",
    "kept": "variants kept",
}


@dataclass(frozen=True, slots=True)
class Check:
    """When a metric of a source file stands out (beyond `bound`), and what that may mean."""

    metric: str
    side: str  # below | above
    bound: float
    found: str
    meaning: str
    percent: bool = False


# The most serious first.
CHECKS = (
    Check(
        "disagreement",
        "above",
        0.01,
        "The P of {} of its rows differs from that of effect and standard error.",
        "A column may hold something else, or the P come from another test or be corrected for inflation.",
        percent=True,
    ),
    Check(
        "eaf_correlation",
        "below",
        0.9,
        "Its frequencies correlate with the panel's by {} only.",
        "They may be of the other allele or the minor one, or the ancestry differs from the panel's.",
    ),
    Check(
        "panel_alleles",
        "below",
        0.9,
        "At the panel's positions, {} of its rows have the panel's alleles.",
        "The genome build may be another than stated, or the alleles be coded differently.",
        percent=True,
    ),
    Check(
        "lambda_gc",
        "below",
        0.8,
        "Its genomic inflation is {}, below 1.",
        "Standard errors may be too large, or P be corrected twice.",
    ),
    Check(
        "lambda_gc",
        "above",
        1.5,
        "Its genomic inflation is {}.",
        "The trait may be polygenic, the file hold selected variants only, or the sample be stratified.",
    ),
)


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


def file_checks(metrics: pd.DataFrame, labels: Labels) -> dict[str, Any]:
    """The files that stand out, the most serious checks first, at most MOST_CHECKS; and how many more."""
    wide = metrics.drop_duplicates("trait")[["trait"]].set_index("trait")
    for metric in ("p_compared", "p_disagrees", "eaf_correlation", "panel_alleles", "lambda_gc"):
        values = metrics[metrics["metric"] == metric].set_index("trait")["value"]
        wide[metric] = values.reindex(wide.index).astype(float)
    wide["disagreement"] = wide["p_disagrees"] / wide["p_compared"]  # 0 / 0 is NaN and stands out nowhere
    lines = [line for check in CHECKS for line in _lines(check, wide[check.metric], labels)]
    return {"lines": lines[:MOST_CHECKS], "more": len(lines[MOST_CHECKS:])}


def _lines(check: Check, values: pd.Series[float], labels: Labels) -> list[Cells]:
    below = check.side == "below"
    outstanding = values[values < check.bound if below else values > check.bound]
    outstanding = outstanding.sort_values(ascending=below, kind="stable")
    return [
        {
            "trait": label_of(str(trait), labels).name,
            "found": check.found.format(f"{number(100 * value)}%" if check.percent else number(value)),
            "meaning": check.meaning,
        }
        for trait, value in outstanding.items()
    ]


def share(part: int, whole: int) -> str:
    """A part of the whole in percent."""
    return f"{number(100 * part / whole)}%" if whole else MISSING
