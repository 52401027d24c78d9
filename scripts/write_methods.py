"""Step: the Methods section, references, limitations and the STROBE-MR list of this run."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from scripts.figure.methods_text import (
    References,
    limitations,
    methods_page,
    methods_text,
    source_table,
)
from scripts.figure.words import MISSING, count
from scripts.step import run
from scripts.table.files import read_json, write_text
from scripts.table.frames import read_tsv

PACKAGES = ("numpy", "scipy", "pandas", "matplotlib")


def write_methods(
    frozen: Path,
    hits: Path,
    overlap: Path,
    receipts: list[Path],
    template: Path,
    references: Path,
    strobe: Path,
    page: Path,
    text: Path,
    bibliography: Path,
    facts: dict[str, Any],
    traits: list[dict[str, Any]],
    n_sources: int,
    release: str,
) -> None:
    """Write the page, the section as reStructuredText and its BibTeX, of the sources `traits`."""
    config = yaml.safe_load(frozen.read_text(encoding="utf-8"))
    known = {row["key"]: {name: str(value) for name, value in row.items()} for row in _rows(references)}
    cited = References(known)
    sums = {path.stem: _checksum(path) for path in receipts}
    told = {
        **facts,
        "exposures": count(facts["n_exposures"], "exposure"),
        "sources": source_table([_source(row, sums.get(row["id"], "")) for row in traits]),
        "hidden": count(n_sources - len(traits), "source") if n_sources > len(traits) else "",
        "version": release,
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }
    written = methods_text(template.read_text(encoding="utf-8"), config, told, cited)
    cited.cite("strobe_mr")
    limits = limitations(read_tsv(hits), read_tsv(overlap), [row["ancestry"] for row in traits])
    write_text(methods_page(config["title"], written, cited, limits, _rows(strobe)), page)
    write_text(written, text)
    write_text(cited.bibtex(), bibliography)


def _rows(path: Path) -> list[dict[Any, Any]]:
    rows: list[dict[Any, Any]] = read_tsv(path).to_dict("records")
    return rows


def _source(row: dict[str, Any], checksum: str) -> list[str]:
    numbers = [MISSING if row[name] is None else f"{row[name]:,.0f}" for name in ("n", "n_case")]
    words = [row["ancestry"], row["build"], row["paths"], checksum[:12] or MISSING]
    return [row["name"], row["role"], *numbers, *words]


def _checksum(receipt: Path) -> str:
    """Of the first file; empty where the download failed."""
    files = read_json(receipt)["files"]
    return str(files[0]["sha256"]) if files else ""


if __name__ == "__main__":
    run(write_methods)
