"""GWAS-SSF version 1, the GWAS Catalog's standard format (Hayhurst et al., doi 10.1101/2022.07.15.500230)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from scripts.source import plain, text
from scripts.source.error import SourceError
from scripts.source.layout import Layout, layout, require
from scripts.table.trait import Trait

REQUIRED = {
    "chromosome": "chromosome",
    "base_pair_location": "position",
    "effect_allele": "effect_allele",
    "other_allele": "other_allele",
}
OPTIONAL = {"effect_allele_frequency": "eaf", "standard_error": "se", "n": "n"}
EFFECTS = {"beta": "beta", "odds_ratio": "odds_ratio", "hazard_ratio": "hazard_ratio"}
P_VALUES = {"p_value": "p", "neg_log_10_p_value": "neglog10_p"}
LABELS = ("rsid", "rs_id", "variant_id")


def read(path: Path, trait: Trait) -> Iterator[pd.DataFrame]:
    """Yield blocks of a GWAS-SSF file under standard names; the index is the line number.

    The effect is beta, or the log of odds_ratio or hazard_ratio (whose standard_error is that of the log);
    where a file has several, a row takes the first that it fills. p_value and neg_log_10_p_value both serve.
    """
    found = layout(path)
    columns = _columns(path, found)
    chunks = text.read(
        path,
        found,
        labels=[name for name, standard in columns.items() if standard in plain.LABELS],
        categories=[name for name, standard in columns.items() if standard in plain.CATEGORIES],
        numbers=[name for name, standard in columns.items() if standard in (*plain.NUMBERS, "hazard_ratio")],
        row_filter=trait.filter,
    )
    for chunk in chunks:
        renamed = pd.DataFrame({standard: chunk[name] for name, standard in columns.items()})
        yield plain.log_of_ratio(plain.log_of_ratio(renamed, "odds_ratio"), "hazard_ratio")


def _columns(path: Path, found: Layout) -> dict[str, str]:
    """The file's columns that are read, and their standard names."""
    require(path, found, REQUIRED)
    chosen = dict(REQUIRED)
    for alternatives in (EFFECTS, P_VALUES):
        present = {name: standard for name, standard in alternatives.items() if name in found.columns}
        if not present:
            raise SourceError(
                f"{path}: none of the columns {', '.join(alternatives)}, of which GWAS-SSF needs one; "
                f"the file has: {', '.join(found.columns)}"
            )
        chosen |= present
    chosen |= {name: standard for name, standard in OPTIONAL.items() if name in found.columns}
    label = next((name for name in LABELS if name in found.columns), None)
    return chosen | ({} if label is None else {label: "rsid"})
