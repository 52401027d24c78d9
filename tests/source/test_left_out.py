"""Copies of kept rows among those that were left out, whatever the order of the file."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.source import lines
from scripts.source.left_out import LeftOut
from scripts.source.standardise import load
from scripts.table.status import DropReason
from tests.source.raw import row, trait, write


def read_in(pieces: list[np.ndarray], places: np.ndarray, chosen: np.ndarray) -> LeftOut:
    """Rows of two chromosomes, whose place is their variant, read in pieces of row numbers."""
    left = LeftOut()
    for piece in pieces:
        at, kept = places[piece], chosen[piece]
        rows = pd.DataFrame({"chromosome": (1 + at // 100).astype("int8"), "position": 1 + at % 100})
        left.add(rows, at.astype(np.uint64), kept)
    return left


@pytest.mark.parametrize("seed", range(40))
def test_copies_are_found_or_said_to_be_lost(seed: int):
    rng = np.random.default_rng(seed)
    places, chosen = rng.integers(0, 200, 300), rng.random(300) < 0.1
    order = np.argsort(places, kind="stable") if seed % 2 else np.arange(300)
    if seed % 4 == 1:  # sorted, but for a few rows at the end
        order = np.roll(order, -5)
    left = read_in(np.array_split(order, 12), places, chosen)
    found = set(np.concatenate(left.variants()).tolist())
    copies = set(places[chosen]) & set(places[~chosen])
    assert found == copies or left.lost
    if seed % 4 == 3:
        assert not left.lost and found == copies


def test_a_sorted_file_is_forgotten_as_it_goes():
    places, left = np.arange(200), LeftOut()
    for piece in np.array_split(places, 20):
        rows = pd.DataFrame({"chromosome": (1 + piece // 100).astype("int8"), "position": 1 + piece % 100})
        left.add(rows, piece.astype(np.uint64), np.zeros(len(piece), dtype=bool))
        assert sum(map(len, left.left)) == len(piece)


def test_a_copy_that_comes_late_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog):
    """Its first occurrence, which is not significant, lies blocks behind it."""
    monkeypatch.setattr(lines, "BLOCK_BYTES", 2_000)
    rows = [row(position=i, p=0.5, beta=0.01, se=0.015) for i in range(1, 400)]
    late = row(position=7, p=1e-9, beta=0.09, se=0.015)
    path = write(tmp_path / "a.tsv", [*rows, late])
    with caplog.at_level("INFO"):
        table, report = load(trait(), [path], build="GRCh37", keep=lambda some: some["neglog10_p"] > 5)
    assert table.empty and "read once more" in caplog.text
    assert report.counts[DropReason.CONFLICTING_DUPLICATE] == 1
    assert report.counts[DropReason.NOT_SIGNIFICANT] == 399
