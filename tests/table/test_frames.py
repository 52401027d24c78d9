"""Tables come back as they were, and the same rows are always the same bytes."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.table import frames


def test_floats_come_back_exactly(tmp_path: Path):
    rng = np.random.default_rng(1)
    values = np.concatenate(
        [rng.normal(size=2000), 10.0 ** rng.uniform(-300, 300, 2000), [5e-324, 0.1 + 0.2]]
    )
    frames.write_tsv(pd.DataFrame({"beta": values}), tmp_path / "t.tsv")
    assert (frames.read_tsv(tmp_path / "t.tsv")["beta"].to_numpy() == values).all()


def test_tsv_spelling(tmp_path: Path):
    table = pd.DataFrame(
        {
            "exposure": ["0017", None],
            "hit": [True, False],
            "nominal": [True, None],
            "beta": [0.1, math.nan],
            "n": [3, 4],
            "message": ["", "NA"],
        }
    )
    frames.write_tsv(table, tmp_path / "t.tsv")
    expected = "exposure\thit\tnominal\tbeta\tn\tmessage\n0017\ttrue\ttrue\t0.1\t3\t\n\tfalse\t\t\t4\tNA\n"
    assert (tmp_path / "t.tsv").read_text() == expected
    back = frames.read_tsv(tmp_path / "t.tsv")
    assert back["exposure"][0] == "0017"  # an id is text even when it looks like a number
    assert back["hit"].tolist() == [True, False]
    assert back["message"][1] == "NA"  # only '' is missing
    assert math.isnan(back["beta"][1])


def test_parquet_bytes_are_deterministic_and_carry_no_pandas_metadata(tmp_path: Path):
    table = pd.DataFrame({"a": np.arange(100_000), "b": ["x", "y"] * 50_000})
    frames.write_parquet(table, tmp_path / "one.parquet")
    frames.write_parquet(table.set_index(table.index + 7), tmp_path / "two.parquet")
    first = (tmp_path / "one.parquet").read_bytes()
    assert first == (tmp_path / "two.parquet").read_bytes()
    assert b"pandas" not in first
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "one.parquet"), table)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
def test_any_float_round_trips(tmp_path_factory: pytest.TempPathFactory, values: list[float]):
    path = tmp_path_factory.mktemp("t") / "t.tsv"
    frames.write_tsv(pd.DataFrame({"beta": values}), path)
    assert frames.read_tsv(path)["beta"].astype(float).tolist() == values
