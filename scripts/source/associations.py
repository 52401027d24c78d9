"""The GWAS Catalog's table of associations: which variant is known for which trait."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.source.error import SourceError

NEEDED = ["SNPS", "PVALUE_MLOG", "DISEASE/TRAIT", "PUBMEDID"]
MAPPED = "MAPPED_TRAIT"  # in the table that is annotated by the ontology
MERGED = ["MERGED", "SNP_ID_CURRENT"]  # 1 where the rsid was merged into the one of this number
SEVERAL = re.compile(r"\s*(?:;|,|\bx\b)\s*")  # rs1; rs2 (a haplotype) or rs1 x rs2 (an interaction)


def read_associations(path: Path) -> pd.DataFrame:
    """Columns rsid, trait, mapped_traits, neglog10_p and pubmed_id, one row a variant of an association.

    The table, plain or compressed, is that of all associations. Rsids are all that does not depend on the
    build: a variant that has a new one is listed by both, one that has only a place is left out. P comes from
    PVALUE_MLOG, since P-VALUE underflows. The risk allele, often unknown (rs1-?), is not read. Mapped traits
    are names of the ontology, joined by commas, where the table has them.
    """
    wanted = [*NEEDED, *MERGED, MAPPED]
    table = pd.read_csv(path, sep="\t", dtype="str", usecols=lambda name: name in wanted, quoting=3)
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise SourceError(
            f"{path}: column {', '.join(missing)} is missing; expected the GWAS Catalog's table"
        )
    rows = pd.DataFrame(
        {
            "rsid": (table["SNPS"].fillna("") + _new_names(table)).str.split(SEVERAL, regex=True),
            "trait": table["DISEASE/TRAIT"].fillna(""),
            "mapped_traits": table[MAPPED].fillna("") if MAPPED in table else "",
            "neglog10_p": pd.to_numeric(table["PVALUE_MLOG"], errors="coerce").astype(np.float64),
            "pubmed_id": table["PUBMEDID"].fillna(""),
        }
    ).explode("rsid", ignore_index=True)
    return rows[rows["rsid"].str.startswith("rs", na=False)].drop_duplicates().reset_index(drop=True)


def _new_names(table: pd.DataFrame) -> pd.Series[str]:
    """ "; rs7" where the variant is rs7 by now, else nothing."""
    if not set(MERGED) <= set(table.columns):
        return pd.Series("", index=table.index)
    renamed = (table["MERGED"] == "1") & table["SNP_ID_CURRENT"].notna()
    return ("; rs" + table["SNP_ID_CURRENT"].fillna("")).where(renamed, "")
