"""Variants that are known for a confounder, by the GWAS Catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fnmatch import translate
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.finding import Finding, Severity

COLUMNS = ["rsid", "trait", "neglog10_p", "pubmed_id"]
LISTED = ["exposure", "rsid", "chromosome", "position", "neglog10_p", "known_traits", "pubmed_ids"]
MOST_NAMED = 5  # variants in a finding


def confounded(associations: pd.DataFrame, traits: Sequence[str], p_max: float) -> pd.DataFrame:
    """Columns COLUMNS: associations with one of the traits, P at most `p_max`, by variant, strongest first.

    `associations` has these columns and `mapped_traits`, which holds names of the ontology joined by commas.
    `traits` are whole names, reported or mapped, whatever the case, in which * stands for any text.
    """
    pattern = re.compile("|".join(translate(name.casefold()) for name in traits) or "(?!)")

    def matches(names: str) -> bool:
        return any(pattern.match(name.strip().casefold()) for name in (names, *names.split(",")))

    named = pd.concat([associations["trait"], associations["mapped_traits"]]).drop_duplicates()
    wanted = set(named[named.map(matches)])
    asked = associations["trait"].isin(wanted) | associations["mapped_traits"].isin(wanted)
    found = associations[asked & (associations["neglog10_p"] >= -np.log10(p_max))]
    order: pd.DataFrame = found.sort_values(
        ["rsid", "neglog10_p", "trait"], ascending=[True, False, True], kind="stable"
    )
    return order[COLUMNS].drop_duplicates(ignore_index=True)


def has_rsid(variants: pd.DataFrame) -> pd.Series[bool]:
    """Whether a variant (a standard table) has the name by which associations are looked up."""
    return variants["rsid"].str.startswith("rs", na=False)


def left_out(variants: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The columns LISTED but the first: variants (a standard table), each with what it is `known` for."""
    joined = known.groupby("rsid", sort=False).agg(
        known_traits=("trait", lambda names: "; ".join(dict.fromkeys(names))),
        pubmed_ids=("pubmed_id", lambda names: "; ".join(dict.fromkeys(names))),
    )
    return variants.merge(joined, left_on="rsid", right_index=True)[LISTED[1:]].reset_index(drop=True)


def unnamed_note(exposure: str, count: int) -> Finding:
    """That so many instruments of the exposure could not be looked up."""
    return Finding(
        "confounded",
        Severity.NOTE,
        exposure,
        f"{count:,} of its instruments have no rsid.",
        "Whether the GWAS Catalog knows them for a trait of `confounders` could not be looked up.",
        float(count),
    )


def left_out_note(exposure: str, rows: Sequence[Mapping[str, Any]]) -> Finding:
    """That these rows (columns LISTED but the first) are no instruments of the exposure."""
    named = ", ".join(f"{row['rsid']} ({row['known_traits']})" for row in rows[:MOST_NAMED])
    more = f" and {len(rows) - MOST_NAMED} more" if len(rows) > MOST_NAMED else ""
    return Finding(
        "confounded",
        Severity.NOTE,
        exposure,
        f"Left out: {named}{more}.",
        "The GWAS Catalog knows these instruments for a trait of `confounders` (tables/confounded.tsv).",
        float(len(rows)),
    )
