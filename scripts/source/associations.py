"""The GWAS Catalog's table of associations: which variant is known for which trait."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.source.error import SourceError

NEEDED = ["SNPS", "PVALUE_MLOG", "DISEASE/TRAIT", "PUBMEDID"]
SEVERAL = re.compile(r"\s*(?:;|,|\bx\b)\s*")  # rs1; rs2 (a haplotype) or rs1 x rs2 (an interaction)


def read_associations(path: Path) -> pd.DataFrame:
    """Columns rsid, trait, neglog10_p and pubmed_id, one row a variant of an association.

    Rsids are all that does not depend on the build. P comes from PVALUE_MLOG, since P-VALUE underflows.
    """
    table = pd.read_csv(path, sep="\t", dtype="str", usecols=lambda name: name in NEEDED, quoting=3)
    missing = [name for name in NEEDED if name not in table]
    if missing:
        raise SourceError(
            f"{path}: column {', '.join(missing)} is missing; expected the GWAS Catalog's table"
        )
    rows = pd.DataFrame(
        {
            "rsid": table["SNPS"].fillna("").str.split(SEVERAL, regex=True),
            "trait": table["DISEASE/TRAIT"].fillna(""),
            "neglog10_p": pd.to_numeric(table["PVALUE_MLOG"], errors="coerce").astype(np.float64),
            "pubmed_id": table["PUBMEDID"].fillna(""),
        }
    ).explode("rsid", ignore_index=True)
    return rows[rows["rsid"].str.startswith("rs", na=False)].drop_duplicates().reset_index(drop=True)
