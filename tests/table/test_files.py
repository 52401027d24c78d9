"""Files that exist are whole."""

import math
from pathlib import Path

import pytest

from scripts.table import files


def test_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "t.txt"
    files.write_text("old", path)
    with pytest.raises(RuntimeError), files.atomic(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_json_refuses_what_is_not_json(tmp_path: Path):
    files.write_json({"b": 1, "a": [None, "é"]}, tmp_path / "x.json")
    assert files.read_json(tmp_path / "x.json") == {"b": 1, "a": [None, "é"]}
    with pytest.raises(ValueError):
        files.write_json({"a": math.nan}, tmp_path / "y.json")
    assert not (tmp_path / "y.json").exists()


def test_parts_that_killed_writers_left_are_removed_and_nothing_else(tmp_path: Path):
    (tmp_path / "tables").mkdir()
    whole = [tmp_path / name for name in (".lock", "tables/a.tsv", "tables/.hidden", "tables/1.a.tsv")]
    parts = [tmp_path / ".12.verdict.txt", tmp_path / "tables/.30929.a.tsv"]
    for path in (*whole, *parts):
        path.touch()
    files.remove_parts(tmp_path)
    assert all(path.exists() for path in whole) and not any(path.exists() for path in parts)
