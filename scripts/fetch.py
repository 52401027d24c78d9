"""Step: bring a trait's remote files here. A download that fails becomes a receipt that says why."""

import logging
from pathlib import Path
from typing import Any

from scripts.source.error import SourceError
from scripts.source.fetch import fetch as fetch_file
from scripts.step import run
from scripts.table.files import write_json


def fetch(receipt: Path, trait: dict[str, Any], paths: list[str], folder: str, tolerate: bool) -> None:
    """Download the files of one trait that are URLs, verify them and write the receipt."""
    checksums = trait["sha256"] or [None] * len(paths)
    copies, message = {}, ""
    try:
        for path, checksum in zip(paths, checksums, strict=True):
            copies[path] = str(fetch_file(path, Path(folder) / trait["id"], checksum).path)
    except SourceError as error:
        if not tolerate:
            raise
        logging.exception("The download failed")
        message = f"trait {trait['id']}: {error}"
    write_json({"message": message, "copies": copies}, receipt)


if __name__ == "__main__":
    run(fetch)
