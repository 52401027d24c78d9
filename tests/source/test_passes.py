"""What a pass left comes back for the same content, and for nothing else."""

from pathlib import Path

import pytest

from scripts.source import passes
from scripts.source.error import SourceError
from scripts.source.passes import RawFile


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_the_key_follows_content_tables_and_settings(tmp_path: Path):
    raw, made = write(tmp_path / "a.tsv", "1"), write(tmp_path / "lookup.parquet", "x")
    settings = {"p_max": 1e-5}
    key = passes.key_of([RawFile.of(raw)], [made], settings)
    write(raw, "1")
    assert passes.key_of([RawFile.of(raw)], [made], settings) == key
    assert passes.key_of([RawFile.of(raw)], [made], {"p_max": 1e-6}) != key
    write(raw, "2")
    assert passes.key_of([RawFile.of(raw)], [made], settings) != key
    write(raw, "1")
    write(made, "xy")
    assert passes.key_of([RawFile.of(raw)], [made], settings) != key


def test_outputs_come_back_after_they_were_removed(tmp_path: Path):
    outputs = [write(tmp_path / "x.parquet", "table"), write(tmp_path / "x.json", "report")]
    folder = tmp_path / "passes" / "x"
    assert not passes.restore(folder, "one", outputs)
    passes.keep(folder, "one", outputs)
    for output in outputs:
        output.unlink()
    assert not passes.restore(folder, "two", outputs) and not outputs[0].exists()
    assert passes.restore(folder, "one", outputs)
    assert [output.read_text() for output in outputs] == ["table", "report"]


def test_a_later_pass_takes_the_place_of_an_earlier_one(tmp_path: Path):
    folder, output = tmp_path / "passes" / "x", tmp_path / "x.json"
    for key in ("one", "two"):
        output.unlink(missing_ok=True)
        passes.keep(folder, key, [write(output, key)])
    assert not passes.restore(folder, "one", [output])
    assert passes.restore(folder, "two", [output]) and output.read_text() == "two"
    (folder / "0").unlink()
    assert not passes.restore(folder, "two", [output])


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(SourceError, match=r"none\.tsv does not exist"):
        RawFile.of(tmp_path / "none.tsv")
    with pytest.raises(SourceError, match="is a folder"):
        RawFile.of(tmp_path)
