"""The step that reads an exposure's raw file once: which rows go where."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scripts.reduce_exposure import reduce_exposure
from scripts.source.error import SourceError
from scripts.table import sumstats
from scripts.table.files import read_json
from scripts.table.frames import write_parquet
from tests.source.raw import row, trait, write


def reduce(folder: Path, raw: Path, **settings: Any) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Reduced table, HapMap3 rows and report; positions 2 and 4 are looked up, 3 and 4 are HapMap3's."""
    for name, positions in (("lookup", [2, 4]), ("hapmap3", [3, 4])):
        places = pd.DataFrame({"chromosome": [1, 1], "position": positions})
        write_parquet(places.astype({"chromosome": "int8", "position": "int32"}), folder / f"{name}.parquet")
    given: dict[str, Any] = {
        **{name: [] for name in ("receipt", "positions", "chain", "panel", "ancestries", "mediators")},
        **{"files": [raw], "lookup": folder / "lookup.parquet", "hapmap3": [folder / "hapmap3.parquet"]},
        **{"table": folder / "x.parquet", "report": folder / "x.json", "paths": [str(raw)]},
        **{"hapmap3_rows": [folder / "h.parquet"], "trait": replace(trait(), paths=(str(raw),)).to_dict()},
        **{"build": "GRCh37", "expected_chromosomes": [], "eaf_from_panel": False, "p_max": 1e-5},
        **{"keep_all": False, "passes_folder": str(folder / "passes"), "temporary": False},
        **{"tolerate": False, "code": ""},
    }
    reduce_exposure(**(given | settings))
    return (
        pd.read_parquet(folder / "x.parquet"),
        sumstats.read(folder / "h.parquet"),
        read_json(folder / "x.json"),
    )


def raw_file(folder: Path) -> Path:
    """Places 1 to 6, of which only the first is significant."""
    weak = {"beta": 0.01, "p": 0.6170750774519738}  # of z = 0.5
    return write(folder / "a.tsv", [row(position=1), *(row(position=i, **weak) for i in range(2, 7))])


def test_rows_that_are_significant_or_looked_up_and_those_of_hapmap3(tmp_path: Path) -> None:
    table, hapmap3, report = reduce(tmp_path, raw_file(tmp_path))
    marked = table[["position", "candidate", "looked_up"]].to_numpy().tolist()
    assert marked == [[1, True, False], [2, False, True], [4, False, True]]
    assert hapmap3["position"].tolist() == [3, 4]
    assert report["quality"]["rows_read"] == 6 and report["quality"]["counts"]["not_significant"] == 2


def test_rows_of_the_mediators_instruments_are_kept_but_not_looked_up(tmp_path: Path) -> None:
    places = pd.DataFrame({"chromosome": [1, 1], "position": [6, 4]})
    write_parquet(places.astype({"chromosome": "int8", "position": "int32"}), tmp_path / "m.parquet")
    table, hapmap3, _ = reduce(tmp_path, raw_file(tmp_path), mediators=[tmp_path / "m.parquet"])
    assert table["position"].tolist() == [1, 2, 4, 6]
    assert table["looked_up"].tolist() == [False, True, True, False] and len(hapmap3) == 2


def test_every_row_where_all_are_kept(tmp_path: Path) -> None:
    table, hapmap3, report = reduce(tmp_path, raw_file(tmp_path), keep_all=True)
    assert table["position"].tolist() == [1, 2, 3, 4, 5, 6]
    assert table["candidate"].tolist() == [True] + [False] * 5
    assert hapmap3["position"].tolist() == [3, 4] and report["quality"]["counts"]["not_significant"] == 0


def test_a_file_that_cannot_be_read_has_a_status_and_no_rows(tmp_path: Path) -> None:
    raw = write(tmp_path / "a.tsv", [row(beta="x")])
    table, hapmap3, report = reduce(tmp_path, raw, tolerate=True)
    assert table.empty and hapmap3.empty and report["quality"] is None
    assert "line 2, column beta" in report["message"]
    with pytest.raises(SourceError, match="line 2, column beta"):
        reduce(tmp_path, raw)
