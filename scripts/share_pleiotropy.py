"""Step: the test of pleiotropy as a GWAS-SSF file with its metadata, for use elsewhere."""

from pathlib import Path
from typing import Any

import pandas as pd

from scripts.step import run
from scripts.table import sumstats
from scripts.table.files import read_json
from scripts.table.frames import read_tsv
from scripts.table.gwas_ssf import write_metadata, write_ssf

NOTES = (
    "P of PLACO, a test of the composite null that a variant affects at most one of two traits. beta and "
    "standard_error do not exist: the statistic is z_exposure times z_outcome, both for the effect allele. "
    "Variants that were not tested (placo.z2_max) are left out."
)


def share_pleiotropy(
    tested: Path,
    note: Path,
    summary: Path,
    data: Path,
    metadata: Path,
    labels: dict[str, str],
    build: str,
    settings: dict[str, Any],
) -> None:
    """Write the file, a chromosome at a time, and its metadata."""
    pieces = (
        pd.read_parquet(tested, filters=[("chromosome", "=", chromosome)]).dropna(subset=["neglog10_p"])
        for chromosome in sumstats.CHROMOSOMES
    )
    write_ssf(pieces, data)
    chosen, numbers = read_json(note), read_tsv(summary).set_index("quantity")["value"]
    names = [labels.get(chosen[role], chosen[role]) for role in ("exposure", "outcome") if chosen[role]]
    facts = {
        "trait_description": [f"Pleiotropy of {' and '.join(names)}"],
        "genome_assembly": build,
        "author_notes": NOTES,
        "analysis_software": "mrscape",
        "placo": {**settings, **{str(name): float(value) for name, value in numbers.dropna().items()}},
    }
    write_metadata(facts, data, metadata)


if __name__ == "__main__":
    run(share_pleiotropy)
