"""Step: bring a trait's remote files here. A download that fails becomes a receipt that says why."""

import logging
from pathlib import Path
from typing import Any

from scripts.download.fetch import fetch_trait
from scripts.download.receipt import FetchReceipt
from scripts.download.settings import Settings
from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata
from scripts.step import run
from scripts.table.trait import Trait


def fetch(receipt: Path, trait: dict[str, Any], paths: list[str], catalog: str, tolerate: bool) -> None:
    """Fetch the remote files of one trait, verify them and write the receipt."""
    gwas = Trait.from_dict(trait)
    try:
        fetched = fetch_trait(gwas, paths, catalog, Settings.from_environment())
    except SourceError as error:
        if not tolerate:
            raise
        logging.exception("The download failed")
        fetched = FetchReceipt(f"trait {gwas.id}: {error}", catalog, (), Metadata())
    fetched.write(receipt)


if __name__ == "__main__":
    run(fetch)
