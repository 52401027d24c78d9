"""GWAS-SSF: the Catalog's own example, its choices of effect and P, its codes and its zero."""

import gzip
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.source.error import SourceError
from scripts.source.readers import READERS
from scripts.source.standardise import load
from tests.source.raw import equal, trait, write

TRAIT = trait(format="gwas_ssf", columns={}, n=1000.0)


def ssf_row(**fields: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "chromosome": "23",
        "base_pair_location": 24173186,
        "effect_allele": "A",
        "other_allele": "C",
        "beta": 0.00387762,
        "standard_error": 0.08757958,
        "effect_allele_frequency": 0.627178,
        "p_value": "2.3E-08",
        "variant_id": "23_24173186_C_A",
        "rsid": "rs5949233",
    }
    return {name: value for name, value in (usual | fields).items() if value != "absent"}


def read(path: Path) -> Any:
    return next(READERS["gwas_ssf"]([path], TRAIT))


def test_the_catalogs_example(shared_data: Path, tmp_path: Path):
    path = shared_data / "source_samples" / "text" / "gwas_ssf_example.tsv"
    table, report = load(TRAIT, [path], build="GRCh37")
    assert report.rows_read == len(table) == 5 and sum(report.counts.values()) == 0
    assert table["position"].tolist()[:3] == [869388, 205813916, 70478797]
    assert table["chromosome"].tolist()[-1] == 23
    assert table["rsid"].isna().tolist()[0]  # written #NA
    assert table["other_allele"].tolist()[2] == "TG"
    assert (table["n"] == 1000.0).all()
    (tmp_path / "a.tsv.gz").write_bytes(gzip.compress(path.read_bytes()))
    equal(load(TRAIT, [tmp_path / "a.tsv.gz"], build="GRCh37")[0], table)


@pytest.mark.parametrize("ratio", ["odds_ratio", "hazard_ratio"])
def test_ratios_become_logs(tmp_path: Path, ratio: str):
    path = write(tmp_path / "a.tsv", [ssf_row(beta="absent", **{ratio: 1.25})])
    assert read(path)["beta"].tolist() == [math.log(1.25)]


def test_a_row_takes_the_first_effect_that_it_fills(tmp_path: Path):
    rows = [ssf_row(odds_ratio=2), ssf_row(beta=None, odds_ratio=2), ssf_row(beta=None, odds_ratio=None)]
    np.testing.assert_array_equal(
        read(write(tmp_path / "a.tsv", rows))["beta"], [0.00387762, math.log(2), np.nan]
    )


def test_neg_log_10_p_value(tmp_path: Path):
    path = write(tmp_path / "a.tsv", [ssf_row(p_value="absent", neg_log_10_p_value=400.5)])
    assert read(path)["neglog10_p"].tolist() == [400.5]
    assert "p" not in read(path)


@pytest.mark.parametrize("code", ["#NA", "NA", "nan", ""])
def test_missing_codes(tmp_path: Path, code: str):
    fields = {"rsid": code, "effect_allele_frequency": code, "standard_error": code}
    chunk = read(write(tmp_path / "a.tsv", [ssf_row(**fields)]))
    assert chunk[["rsid", "eaf", "se"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({}, "rs5949233"),
        ({"rsid": "absent", "rs_id": "rs7"}, "rs7"),
        ({"rs_id": "rs7"}, "rs5949233"),
        ({"rsid": "absent"}, "23_24173186_C_A"),
    ],
)
def test_label(tmp_path: Path, fields: dict[str, Any], label: str):
    assert read(write(tmp_path / "a.tsv", [ssf_row(**fields)]))["rsid"].tolist() == [label]


def test_n_column_and_file_without_frequencies(tmp_path: Path):
    rows = [ssf_row(n=17, effect_allele_frequency="absent", rsid="absent", variant_id="absent")]
    table, _ = load(TRAIT, [write(tmp_path / "a.tsv", rows)], build="GRCh37")
    assert table["n"].tolist() == [17.0] and table[["eaf", "rsid"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        (["base_pair_location"], "no column 'base_pair_location'"),
        (["beta"], "none of the columns beta, odds_ratio, hazard_ratio"),
        (["standard_error", "p_value"], "none of the columns standard_error, se, p_value, p, neg_log"),
    ],
)
def test_missing_columns(tmp_path: Path, absent: list[str], message: str):
    with pytest.raises(SourceError, match=message):
        read(write(tmp_path / "a.tsv", [ssf_row(**dict.fromkeys(absent, "absent"))]))
