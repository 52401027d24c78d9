"""A trait survives the trip through JSON."""

import json

import pytest

from scripts.table.trait import Trait

FULL = Trait(
    id="0017",
    name="Volume",
    paths=("a.tsv", "b.tsv"),
    format="plain",
    columns={"beta": "B"},
    filter=("gene", "X"),
    n=100.0,
    n_case=20.0,
    build="GRCh37",
    ancestry="EUR",
    unit="log odds",
    cohorts=("UKB",),
    positions_from="other",
    sha256=("ab", "cd"),
)
BARE = Trait("t", "t", ("a",), "gwas_ssf", {}, None, None, None, "GRCh38", "EUR", "SD", (), None, ())


@pytest.mark.parametrize("trait", [FULL, BARE])
def test_json_round_trip(trait: Trait):
    assert Trait.from_dict(json.loads(json.dumps(trait.to_dict()))) == trait


def test_binary_means_cases_are_counted():
    assert FULL.is_binary and not BARE.is_binary
