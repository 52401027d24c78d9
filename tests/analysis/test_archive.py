"""An archive of results: whole, described, and any change to it is found."""

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from scripts.archive_results import archive_results
from scripts.study.crate import METADATA, faults
from scripts.table.files import digest_of, write_json

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    results = tmp_path / "results/s"
    for name in (
        "report.html",
        "methods.rst",
        "tables.xlsx",
        "tables/hits.tsv",
        "workbook/table_1.tsv",
        "figures/hits/a/y/forest.svg",
        "traits/a.parquet",
    ):
        path = results / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    (results / "config.yaml").write_text("title: A study\nseed: 7\n")
    (tmp_path / "raw.tsv").write_text("raw")
    write_json({"files": [{"locator": "gwas_catalog:GCST1", "sha256": "ab"}]}, results / "fetch/a.json")
    made = tmp_path / "s.zip"
    archive_results(
        frozen=results / "config.yaml",
        report=results / "report.html",
        receipts=[results / "fetch/a.json"],
        files=[tmp_path / "raw.tsv"],
        lock=ROOT / "requirements.lock",
        archive=made,
        release="1.2.3",
    )
    return made


def test_it_says_what_is_in_it_and_what_made_it(archive: Path):
    with ZipFile(archive) as opened:
        names = sorted(opened.namelist())
        graph = {part["@id"]: part for part in json.loads(opened.read(METADATA))["@graph"]}
    assert names == sorted(
        [
            METADATA,
            "config.yaml",
            "figures/hits/a/y/forest.svg",
            "methods.rst",
            "report.html",
            "tables.xlsx",
            "tables/hits.tsv",
            "workbook/table_1.tsv",
        ]
    )
    assert graph["tables/hits.tsv"]["contentSize"] == len("content of tables/hits.tsv")
    assert graph["#mrscape"]["version"] == "1.2.3"
    assert graph["#mrscape"]["sha256OfLock"] == digest_of(ROOT / "requirements.lock")
    assert {part["@id"] for part in graph["./"]["hasPart"]} == set(names) - {METADATA}
    inputs = {graph[one["@id"]]["name"]: graph[one["@id"]]["sha256"] for one in graph["#run"]["object"]}
    assert inputs["gwas_catalog:GCST1"] == "ab" and len(inputs) == 2
    assert list(faults(archive)) == []


def changed(archive: Path, name: str, content: str | None, target: Path) -> Path:
    with ZipFile(archive) as old, ZipFile(target, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info.filename, old.read(info))
        if content is not None:
            new.writestr(name, content)
    return target


def test_every_change_is_found(archive: Path, tmp_path: Path):
    other = tmp_path / "other.zip"
    assert list(faults(changed(archive, "tables/hits.tsv", "other", other))) == [
        "tables/hits.tsv: changed (its SHA-256 is another)"
    ]
    assert list(faults(changed(archive, "tables/hits.tsv", None, other))) == ["tables/hits.tsv: missing"]
    assert list(faults(changed(archive, "new.txt", "new", other))) == ["new.txt: not listed"]
    with pytest.raises(ValueError, match="cannot be read as an archive of results"):
        list(faults(ROOT / "README.md"))


def test_the_command(archive: Path, tmp_path: Path):
    def verify(path: Path) -> tuple[int, str]:
        command = [sys.executable, "-m", "scripts.study.verify", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    code, said = verify(archive)
    assert code == 0 and "every file is as it was archived" in said
    code, said = verify(changed(archive, "methods.rst", "x", tmp_path / "x.zip"))
    assert code == 1 and said.startswith("methods.rst: changed")
    assert verify(tmp_path / "none.zip")[0] == 1
