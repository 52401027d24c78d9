"""Step: the results as one archive with a manifest that another machine can verify."""

import json
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import yaml

from scripts.step import run
from scripts.study.crate import METADATA, Run, crate
from scripts.table.files import atomic, digest_of, read_json

PACKAGES = ("snakemake", "numpy", "scipy", "pandas", "matplotlib", "pyarrow")
# Of the results, what readers need; standard tables of whole GWAS are made again from the sources.
PATTERNS = (
    *("*.html", "*.yaml", "*.rst", "*.bib", "*.txt", "*.xlsx"),
    *("tables/*", "workbook/*", "figures/**/*.svg"),
)


def archive_results(
    frozen: Path,
    report: Path,
    receipts: list[Path],
    files: list[Path],
    lock: Path,
    archive: Path,
    release: str,
) -> None:
    """Write the archive of the folder of `report`; `files` are sources on this machine."""
    folder = report.parent
    config = yaml.safe_load(frozen.read_text(encoding="utf-8"))
    named = {
        path.relative_to(folder).as_posix(): path for pattern in PATTERNS for path in folder.glob(pattern)
    }
    fetched = {file["locator"]: file["sha256"] for path in receipts for file in read_json(path)["files"]}
    inputs = fetched | {path.as_posix(): digest_of(path) for path in files}
    told = Run(
        title=config["title"],
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        release=release,
        commit=_commit(lock.parent),
        packages={name: version(name) for name in PACKAGES},
        lock_sha256=digest_of(lock),
        seed=config["seed"],
    )
    listed = dict(sorted(named.items()))
    with atomic(archive) as part, ZipFile(part, "w", ZIP_DEFLATED) as opened:
        opened.writestr(METADATA, json.dumps(crate(told, listed, inputs), indent=1))
        for name, path in listed.items():
            opened.write(path, name)


def _commit(folder: Path) -> str:
    """The commit of the workflow, and whether files were changed since; empty outside of git."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude", "*"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()


if __name__ == "__main__":
    run(archive_results)
