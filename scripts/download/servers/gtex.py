"""GTEx version 8: one tissue's eQTL tables, which are files of two archives."""

from __future__ import annotations

from scripts.download.datasets import dataset
from scripts.download.found import Found
from scripts.download.store import Store
from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata

TABLES = {
    "pairs": ("gtex_v8_eqtl", "GTEx_Analysis_v8_eQTL/{}.v8.signif_variant_gene_pairs.txt.gz"),
    "egenes": ("gtex_v8_eqtl", "GTEx_Analysis_v8_eQTL/{}.v8.egenes.txt.gz"),
    "independent": (
        "gtex_v8_eqtl_independent",
        "GTEx_Analysis_v8_eQTL_independent/{}.v8.independent_eqtls.txt.gz",
    ),
}


def resolve(name: str, store: Store) -> Found:
    """A table of `<Tissue>/<pairs|egenes|independent>`, on GRCh38."""
    tissue, _, table = name.partition("/")
    if table not in TABLES or not tissue:
        raise SourceError(f"'{name}' is no tissue and table of GTEx: write Tissue/{'|'.join(TABLES)}")
    archive, member = TABLES[table]
    return Found((dataset(archive, member.format(tissue), store.settings),), Metadata(build="GRCh38"))
