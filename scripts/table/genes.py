"""Tables of genes: where each begins and ends."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

# Accepted names of each column, in any case; a table without a header is MAGMA's .gene.loc.
NAMES = {
    "gene": ("ensgid", "gene_id", "gene", "id"),
    "symbol": ("name", "symbol", "gene_name"),
    "chromosome": ("chr", "chromosome", "chrom"),
    "start": ("start", "gene_start"),
    "end": ("end", "gene_end"),
}
MAGMA = ["gene", "chromosome", "start", "end", "strand", "symbol"]
CHROMOSOMES = {"X": 23, "Y": 24, "MT": 25, "M": 25, **{str(code): code for code in range(1, 26)}}


def read_genes(path: Path) -> pd.DataFrame:
    """Columns gene (id without version), symbol, chromosome, start, end, one row a gene, in genome order.

    Genes on other sequences than chromosomes are left out. Raises ValueError where a column is missing.
    """
    with path.open(encoding="utf-8") as lines:
        gap = "\t" if "\t" in lines.readline() else r"\s+"
    head = pd.read_csv(path, sep=gap, nrows=1, header=None, dtype=str).iloc[0]
    headless = str(head.iloc[1]).removeprefix("chr") in CHROMOSOMES and len(head) == len(MAGMA)
    table = pd.read_csv(path, sep=gap, dtype=str, header=None if headless else 0)
    table = table.set_axis(MAGMA, axis=1) if headless else table.rename(columns=_known(path, table))
    chromosome = table["chromosome"].str.removeprefix("chr").str.upper().map(CHROMOSOMES)
    genes = table[chromosome.notna()].assign(
        gene=table["gene"].str.partition(".")[0], chromosome=chromosome.astype("Int8")
    )
    genes = genes[list(NAMES)].astype({"chromosome": "int8", "start": "int64", "end": "int64"})
    return genes.sort_values(["chromosome", "start", "end"], kind="stable").reset_index(drop=True)


def _known(path: Path, table: pd.DataFrame) -> dict[str, str]:
    """The table's own name of each column, and ours."""
    lower = {str(name).lower(): str(name) for name in table.columns}
    found = {
        ours: next((lower[name] for name in names if name in lower), None) for ours, names in NAMES.items()
    }
    missing = [ours for ours, name in found.items() if name is None]
    if missing:
        raise ValueError(
            f"{path}: no column of {', '.join(missing)} among {', '.join(map(str, table.columns))}; expected "
            "a table of genes with id, symbol, chromosome, start and end, or MAGMA's .gene.loc"
        )
    return {str(name): ours for ours, name in found.items()}
