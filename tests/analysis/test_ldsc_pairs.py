"""Which pairs of traits are correlated, by which job, and how often a table is read."""

from collections import Counter

import numpy as np
import pandas as pd

from scripts.analysis import ldsc_pairs
from scripts.analysis.ldsc import Settings
from scripts.analysis.ldsc_pairs import correlate_pairs, pairs_to_correlate
from scripts.analysis.zscores import ZScores
from scripts.method.ld_score import LdScores

SCREEN = pd.DataFrame(
    {
        "exposure": ["a", "a", "b", "c", "d", "e"],
        "outcome": ["y", "z", "y", "y", "y", "z"],
        "hit": [True, False, True, False, False, True],
        "nominal": [True, True, True, True, False, True],
        "n_instruments": [5, 5, 5, 5, 5, 0],
    }
)
EXPOSURES = ["a", "b", "c", "d", "e"]


def test_hits_with_their_outcomes_and_each_pair_of_hits_in_one_batch_alone() -> None:
    found = [pairs_to_correlate(SCREEN, batch, EXPOSURES, [], []) for batch in (["a", "c"], ["b", "d", "e"])]
    assert found[0] == {("a", "b"): False, ("a", "e"): False, ("a", "y"): True}
    assert found[1] == {("b", "e"): False, ("b", "y"): True, ("e", "z"): True}
    assert pairs_to_correlate(SCREEN, EXPOSURES, [], [], []).keys() == {("a", "y"), ("b", "y"), ("e", "z")}


def test_what_corrections_need_is_added_once_and_stays_a_hit() -> None:
    nominal = pairs_to_correlate(SCREEN, ["a", "c", "d", "e"], [], [("a", "cov"), ("a", "y")], "nominal")
    assert nominal == {
        ("a", "cov"): False,
        ("a", "y"): True,
        ("a", "z"): False,
        ("c", "y"): False,
        ("e", "z"): True,  # a hit, though without instruments to correct
    }
    assert pairs_to_correlate(SCREEN, ["d"], [], [], ["d"]) == {("d", "y"): False}
    assert pairs_to_correlate(SCREEN, ["d"], EXPOSURES, [], []) == {}


def test_few_traits_are_held_and_a_second_one_is_read_once_for_them(monkeypatch) -> None:
    monkeypatch.setattr(ldsc_pairs, "HELD", 2)
    rng = np.random.default_rng(3)
    ld = LdScores(1.0 + rng.gamma(2.0, 20.0, 400), np.ones(400), 1e5)
    traits = {
        name: ZScores(rng.normal(size=400), np.full(400, 1e4), np.zeros(400, dtype=bool), {})
        for name in ("a", "b", "c", "y")
    }
    reads: Counter[str] = Counter()

    def read(trait: str) -> ZScores:
        reads[trait] += 1
        return traits[trait]

    pairs = {("a", "b"): False, ("a", "c"): False, ("b", "c"): False} | {(x, "y"): True for x in "abc"}
    rows = list(correlate_pairs(pairs, read, ld, Settings(20, 30.0, None)))
    assert {(row["trait_1"], row["trait_2"]): row["hit"] for row in rows} == pairs
    assert len(rows) == 6
    assert reads == {"a": 1, "b": 1, "c": 2, "y": 2}  # a and b with b, c, y; then c with y
