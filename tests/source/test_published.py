"""Published files of several layouts, read whole."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.source import plain
from scripts.source.standardise import load
from scripts.table import sumstats
from tests.source.raw import trait

EXPOSURE = {
    "rsid": "SNP",
    "chromosome": "chr.exposure",
    "position": "pos.exposure",
    "effect_allele": "effect_allele.exposure",
    "other_allele": "other_allele.exposure",
    "eaf": "eaf.exposure",
    "beta": "beta.exposure",
    "se": "se.exposure",
    "p": "pval.exposure",
    "n": "samplesize.exposure",
}
OUTCOME = {name: column.replace("exposure", "outcome") for name, column in EXPOSURE.items()} | {
    "chromosome": "chr",
    "position": "pos",
}
FASTGWA = {
    "rsid": "SNP",
    "chromosome": "CHR",
    "position": "POS",
    "effect_allele": "A1",
    "other_allele": "A2",
    "eaf": "AF1",
    "beta": "BETA",
    "se": "SE",
    "p": "P",
    "n": "N",
}
EQTL = {
    "rsid": "rsid",
    "chromosome": "chromosome",
    "position": "position",
    "effect_allele": "alt",
    "other_allele": "ref",
    "eaf": "alt_af",
    "beta": "slope",
    "se": "slope_se",
    "p": "pval_nominal",
    "n": "n",
}


def test_coronary_exposure_and_outcome(shared_data: Path):
    folder = shared_data / "coronary"
    exposure, report = load(
        trait(format="instruments", columns=EXPOSURE), [folder / "bmi_exposure.tsv.gz"], build="GRCh37"
    )
    outcome, _ = load(trait(columns=OUTCOME), [folder / "bmi_chd_outcome.tsv.gz"], build="GRCh37")
    sumstats.check(exposure)
    sumstats.check(outcome)
    assert len(exposure) == len(outcome) == report.rows_read == 79
    # P of the file and that of beta and se agree as far as two digits of se allow
    assert report.metrics["p_disagrees"] == 0
    first = exposure.set_index("rsid").loc["rs977747"]
    assert (first["position"], first["beta"], first["se"]) == (47684677, -0.0168, 0.003)
    assert set(exposure["rsid"]) == set(outcome["rsid"])
    assert exposure["position"].tolist() == outcome["position"].tolist()


def test_lipids_without_places_take_them_from_the_outcome(shared_data: Path):
    folder = shared_data / "coronary"
    outcome, _ = load(trait(columns=OUTCOME), [folder / "lipids_chd_outcome.tsv.gz"], build="GRCh37")
    columns = {name: EXPOSURE[name] for name in EXPOSURE if name not in ("chromosome", "position", "n")}
    hdl = trait(columns=columns, n=180_000.0, filter=("id.exposure", "ieu-a-299"))
    table, report = load(hdl, [folder / "lipids_exposure.tsv.gz"], build="GRCh37", positions=outcome)
    sumstats.check(table)
    places = outcome.set_index("rsid")["position"]
    assert (table["position"].to_numpy() == places[table["rsid"]].to_numpy()).all()
    assert report.rows_read == len(table) + report.counts["no_position"] and len(table) > 100


def test_height_chr22(shared_data: Path):
    path = shared_data / "gwas_height_chr22" / "ukb_height_chr22.fastGWA.gz"
    table, report = load(trait(columns=FASTGWA), [path], build="GRCh37")
    sumstats.check(table)
    assert len(table) == report.rows_read == 15_935
    raw = pd.read_csv(path, sep="\t").set_index("SNP").loc[table["rsid"]]
    np.testing.assert_array_equal(table["beta"], raw["BETA"])
    np.testing.assert_array_equal(table["n"], raw["N"])
    # the file prints P with six digits
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(table["neglog10_p"], -np.log10(raw["P"]), rtol=1e-4, atol=1e-5)
    assert report.metrics["p_disagrees"] == 0
    assert report.metrics["lambda_gc"] == pytest.approx(
        np.median((raw["BETA"] / raw["SE"]) ** 2) / 0.4549364, rel=1e-3
    )


def test_one_gene_of_many_is_read(shared_data: Path):
    path = shared_data / "eqtl_geuvadis_chr22" / "geuvadis_lcl_eqtl_chr22.tsv.gz"
    gene = trait(columns=EQTL, filter=("gene_id", "ENSG00000215270.3"))
    table, report = load(gene, [path], build="GRCh37")
    assert report.rows_read == 206
    sumstats.check(table)
    chunk = next(plain.read([path], gene))
    assert chunk.index.tolist() == list(range(2, 208))  # the first gene of the file
    assert table["n"].unique().tolist() == [358.0]


def test_two_height_gwas_of_different_layouts_agree(shared_data: Path):
    """BOLT-LMM names its columns ALLELE1, fastGWA A1: a wrong effect allele in either would turn the sign."""
    bolt, _ = load(
        trait(format="auto", columns={}, n=450_000.0),
        [shared_data / "gwas_height_22regions" / "bolt.sumstats.txt.gz"],
        build="GRCh37",
    )
    fast, _ = load(
        trait(format="auto", columns={}),
        [shared_data / "gwas_height_chr22" / "ukb_height_chr22.fastGWA.gz"],
        build="GRCh37",
    )
    assert len(bolt) > 80_000 and len(fast) > 15_000
    both = bolt.merge(fast, on=["chromosome", "position"], suffixes=("", "_fast"))
    same = (both["effect_allele"] == both["effect_allele_fast"]).to_numpy()
    turned = (both["effect_allele"] == both["other_allele_fast"]).to_numpy()
    assert len(both) > 100 and (same | turned).all()
    sign = np.where(same, 1.0, -1.0)
    z, z_fast = both["beta"] / both["se"], sign * both["beta_fast"] / both["se_fast"]
    assert len(both) == 291  # the dense region of chromosome 22 has HapMap3 variants of the other file
    assert np.corrcoef(z, z_fast)[0, 1] > 0.93
    assert 0.8 < np.polyfit(sign * both["beta_fast"], both["beta"], 1)[0] < 1.25
    frequency = np.where(same, both["eaf_fast"], 1 - both["eaf_fast"])
    assert np.abs(both["eaf"] - frequency).max() < 0.01
