"""The sample of a file's rows is the same however its rows come."""

import numpy as np
import pandas as pd
import pytest

from scripts.source import sample
from scripts.source.sample import Sample


def sampled(n_rows: int, cuts: list[int]) -> list[int]:
    rows = pd.DataFrame({"at": np.arange(n_rows), "effect_allele": "A", "other_allele": "G"})
    taken = Sample()
    for start, end in zip([0, *cuts], [*cuts, n_rows], strict=True):
        taken.add(rows.iloc[start:end])
    return taken.rows()["at"].tolist()


@pytest.mark.parametrize(("n_rows", "stride"), [(1, 1), (100, 1), (101, 2), (200, 2), (201, 4), (1000, 16)])
def test_every_stride_th_row_in_blocks_of_any_size(monkeypatch: pytest.MonkeyPatch, n_rows: int, stride: int):
    monkeypatch.setattr(sample, "LIMIT", 100)
    rng = np.random.default_rng(n_rows)
    for n_cuts in (0, 1, 5, 40):
        cuts = sorted(rng.integers(0, n_rows, n_cuts).tolist())
        assert sampled(n_rows, cuts) == list(range(0, n_rows, stride))
