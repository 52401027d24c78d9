"""A sieve answers as a set does."""

import numpy as np
import pytest

from scripts.table.sieve import Sieve
from scripts.table.sumstats import place


@pytest.mark.parametrize("n_values", [0, 1, 50, 100_000])
def test_a_sieve_answers_as_a_set(n_values: int):
    rng = np.random.default_rng(n_values)
    known = place(rng.integers(1, 26, n_values), rng.integers(1, 250_000, n_values))
    asked = np.concatenate([known[::2], place(rng.integers(1, 26, 5_000), rng.integers(1, 250_000, 5_000))])
    members = set(known.tolist())
    expected = [value in members for value in asked.tolist()]
    assert Sieve.of(known).has(asked).tolist() == expected


def test_hashes_up_to_the_largest():
    rng = np.random.default_rng(3)
    values = rng.integers(0, 2**64, 1000, dtype=np.uint64)
    asked = np.concatenate([values, values + np.uint64(1), np.array([2**64 - 1], dtype=np.uint64)])
    assert Sieve.of(values).has(asked).tolist() == np.isin(asked, values).tolist()
