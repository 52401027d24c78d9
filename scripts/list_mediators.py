"""Step: variants that may be instruments of each mediator, which every exposure's one pass keeps."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd

from scripts.analysis.mediators import check_genes, cis_eqtls, windows_of
from scripts.step import run
from scripts.table import sumstats
from scripts.table.frames import write_parquet
from scripts.table.genes import read_genes
from scripts.table.windows import Windows, rows_within


def list_mediators(
    tables: list[Path],
    genes: list[Path],
    candidates: Path,
    names: dict[str, str],
    settings: dict[str, Any],
    p_max: float,
) -> None:
    """Write each mediator's candidates: a standard table with `mediator`.

    `names` gives the name of each mediator, in the order of `tables`. Those of a gene are the significant
    variants of its window, those of others all with P below `p_max`. Raises ValueError as `check_genes`.
    """
    known = read_genes(genes[0]) if genes else pd.DataFrame()
    cis = windows_of(known, names, settings["cis_window_kb"])
    check_genes(names, cis)
    found = []
    for mediator, path in zip(names, tables, strict=True):
        if gene := cis.get(mediator):
            window = Windows.of([gene.chromosome], [max(gene.start, 1)], [gene.end])
            rows = cis_eqtls(rows_within(path, window), settings["fdr"])
        else:
            rows = sumstats.read_significant(path, p_max)
        kind = f"cis-eQTLs of {gene.symbol}" if gene else "variants of no gene"
        logging.info("%s: %d candidates, %s", mediator, len(rows), kind)
        found.append(rows.assign(mediator=mediator))
    every = pd.concat(found, ignore_index=True)
    write_parquet(every.sort_values(["chromosome", "position"], kind="stable"), candidates)


if __name__ == "__main__":
    run(list_mediators)
