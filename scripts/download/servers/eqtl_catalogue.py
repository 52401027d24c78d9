"""eQTL Catalogue: a dataset through its table of paths."""

from __future__ import annotations

from scripts.download.found import Found, near
from scripts.download.remote import Remote
from scripts.download.store import Store
from scripts.download.tables import number, rows_of
from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata


def resolve(name: str, store: Store) -> Found:
    """The summary statistics of dataset `QTD000116`, on GRCh38; its ftp address is asked over https."""
    what = "the eQTL Catalogue's table of paths"
    bases = store.settings.server("eqtl_catalogue")
    document = store.document([f"{base}tabix_ftp_paths.tsv" for base in bases])
    rows = rows_of(document, what, ("dataset_id", "ftp_path", "sample_size"))
    found = {row["dataset_id"]: row for row in rows}.get(name)
    if found is None:
        raise SourceError(f"{what} has no dataset {name}{near(name, [row['dataset_id'] for row in rows])}")
    url = over_https(found["ftp_path"])
    return Found((Remote((url,)),), Metadata(number(found["sample_size"]), build="GRCh38"))


def over_https(url: str) -> str:
    """The same file of the same host over https: these servers give both."""
    return f"https://{url.removeprefix('ftp://')}" if url.startswith("ftp://") else url
