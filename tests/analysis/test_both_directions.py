"""What the screen runs, and the reverse stage with roles exchanged, gives the numbers of gsmr2's bi_gsmr."""

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.estimators import Settings
from scripts.analysis.screening import BatchTables, Choices, screen_pairs
from scripts.method.normal import neglog10_p_from_z
from scripts.table import sumstats
from tests.analysis.tables import instruments, swapped
from tests.method.test_gsmr import NAMES, P_THRESHOLD, RELATIVE, Case

SETTINGS = Settings(
    methods=["gsmr"],
    bootstrap_draws=2,
    alpha=0.05,
    gsmr_min_instruments=3,
    gsmr_heidi_p=0.01,
    gsmr_ld_r2_max=0.05,
    gsmr_ld_fdr=0.05,
    gsmr_ridge=1e-6,
    presso_draws=2,
    presso_distortion="substitution",
    cml_perturbations=2,
)
CHOICES = Choices({"palindromic": "infer", "palindromic_maf_max": 0.42}, SETTINGS, seed=1)


def standard(case: Case, trait: str) -> pd.DataFrame:
    """One trait of the case as a standard table; places and alleles are made up."""
    beta, se = getattr(case, trait)
    n = len(beta)
    columns = {
        "chromosome": 1,
        "position": 1000 * np.arange(1, n + 1),
        "rsid": case.variants,
        "effect_allele": "A",
        "other_allele": "G",
        "eaf": 0.3,
        "beta": beta,
        "se": se,
        "neglog10_p": neglog10_p_from_z(beta / se),
        "n": 100_000.0,
    }
    return pd.DataFrame({name: columns[name] for name in sumstats.COLUMNS}, index=range(n)).astype(
        sumstats.COLUMNS
    )


def screened(case: Case, cause: str, effect: str) -> BatchTables:
    """One direction as the steps run it; the second trait is told for the other allele at every third."""
    table = standard(case, cause)
    rows = np.flatnonzero(table["neglog10_p"] > -np.log10(P_THRESHOLD))
    chosen = instruments(table.iloc[rows].reset_index(drop=True), case.ld[np.ix_(rows, rows)])
    other = swapped(standard(case, effect), np.arange(len(table)) % 3 == 0)
    return screen_pairs({cause: chosen}, {effect: other}, CHOICES, int(case.n_ref))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("way", "cause", "effect"), [("forward", "exposure", "outcome"), ("reverse", "outcome", "exposure")]
)
def test_both_directions_match_gsmr2(name: str, way: str, cause: str, effect: str) -> None:
    """In g03 the reverse direction has too few instruments: the peer gives neither, here the other stands."""
    case = Case(name)
    expected, tables = case.expected["bi"], screened(case, cause, effect)
    row = tables.estimates.iloc[0]
    if "error" in expected:
        forward = case.expected["default"] if way == "forward" else None
        assert row["status"] == ("estimated" if forward else "too_few_instruments")
        expected = {f"forward_{key}": value for key, value in (forward or {}).items()}
        expected |= {"forward_index": forward["used_index"]} if forward else {}
    if expected:
        for column, key in (("beta", "bxy"), ("se", "bxy_se")):
            assert row[column] == pytest.approx(expected[f"{way}_{key}"], rel=RELATIVE)
        assert row["p"] == pytest.approx(expected[f"{way}_bxy_pval"], rel=1e-8)
        statuses = tables.instruments.set_index("rsid")["gsmr_status"]
        used = [case.variants[row - 1] for row in expected[f"{way}_index"]]
        assert sorted(statuses.index[statuses == "used"]) == sorted(used)
        for status, key in (("in_ld", "linkage_snps"), ("heidi_outlier", "pleio_snps")):
            assert sorted(statuses.index[statuses == status]) == sorted(expected[f"{way}_{key}"] or [])
        assert sorted(set(case.variants) - set(statuses.index)) == sorted(expected[f"{way}_weak_snps"] or [])
