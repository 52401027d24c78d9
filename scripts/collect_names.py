"""Step: the names of traits as their sources tell them."""

from pathlib import Path

from scripts.step import run
from scripts.table.files import read_json, write_json


def collect_names(receipts: list[Path], names: Path) -> None:
    """Write the name of each trait whose receipt has one, by the trait's id."""
    told = {path.stem: (read_json(path).get("metadata") or {}).get("name") for path in receipts}
    write_json({trait: name for trait, name in told.items() if name}, names)


if __name__ == "__main__":
    run(collect_names)
