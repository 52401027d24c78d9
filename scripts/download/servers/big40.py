"""BIG40: one imaging phenotype of UK Biobank, and the variants that all of its files share."""

from __future__ import annotations

import re

from scripts.download.found import Found
from scripts.download.remote import Remote
from scripts.download.store import Store
from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata


def resolve(name: str, store: Store) -> Found:
    """The statistics of `0001` (33,000 people), then the variants with frequencies, row by row the same."""
    if not re.fullmatch(r"\d{4}", name):
        raise SourceError(f"'{name}' is no phenotype of BIG40: write its number with four digits, e.g. 0001")
    bases = store.settings.server("big40")
    statistics = tuple(f"{base}stats33k/{name}.txt.gz" for base in bases)
    variants = tuple(f"{base}variants.txt.gz" for base in bases)
    least = store.settings.least_rows
    own = Remote(statistics, least_rows=least, key=f"big40:{name}")
    common = Remote(variants, least_rows=least, shared=True)
    return Found((own, common), Metadata(build="GRCh37", ancestry="EUR"))
