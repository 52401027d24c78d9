"""Loci of a table with LD from genotypes: by the method's own rules, whatever the window reads."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.loci import Found, risk_loci
from scripts.analysis.panel import index_panel
from scripts.analysis.selection import PanelFile, open_panel
from scripts.table.frames import write_parquet
from scripts.table.pleiotropy import LOCUS, LOCUS_VARIANT, TESTED
from tests.analysis.tables import write_panel

PEOPLE = 500
SETTINGS: dict[str, Any] = {
    "p_lead": 5e-8,
    "p_candidate": 0.05,
    "r2_independent": 0.6,
    "r2_lead": 0.1,
    "merge_kb": 250,
    "ld": "allele_count",
    "ld_window_kb": 1000,
}
# Position and how much of the genotype is the first one's: candidates of it, and a locus of its own.
PLACES = {1_000_000: 1.0, 1_050_000: 0.97, 1_080_000: 0.95, 1_090_000: 0.0, 3_000_000: 0.0}


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> PanelFile:
    folder, rng = tmp_path_factory.mktemp("panel"), np.random.default_rng(1)
    first = rng.binomial(2, 0.4, PEOPLE)
    columns = [
        np.where(rng.random(PEOPLE) < share, first, rng.binomial(2, 0.4, PEOPLE)) for share in PLACES.values()
    ]
    files = write_panel(folder, np.column_stack(columns), [("6", place, "A", "G") for place in PLACES])
    write_parquet(index_panel(*files), folder / "panel.parquet")
    return open_panel(folder / "panel.parquet", files[0], files[2])


def rows_of(p: dict[int, float], chromosome: int = 6) -> pd.DataFrame:
    """Tested variants with these -log10 P; of alleles G/A, the panel's the other way round."""
    n = len(p)
    columns: dict[str, Any] = {
        "chromosome": [chromosome] * n,
        "position": list(p),
        "rsid": [f"rs{place}" for place in p],
        "effect_allele": ["G"] * n,
        "other_allele": ["A"] * n,
        "eaf": [0.6] * n,
        **dict.fromkeys(("z_exposure", "z_outcome"), [6.0] * n),
        "neglog10_p_exposure": [8.7] * n,
        "neglog10_p_outcome": [3.0] * n,
        "neglog10_p": list(p.values()),
    }
    return pd.DataFrame(columns).astype(TESTED)


def found(panel: PanelFile, p: dict[int, float], mhc: str = "keep", **changed: Any) -> Found:
    return risk_loci([rows_of(p)], panel, SETTINGS | changed, mhc)


def test_candidates_panel_variants_and_single_traits_are_told(panel: PanelFile) -> None:
    """1,050,000 was not tested: it is in the locus without a P. 1,090,000 is not in LD, and no candidate."""
    result = found(panel, {1_000_000: 12.0, 1_080_000: 9.0, 1_090_000: 4.0, 3_000_000: 8.0})
    assert list(result.loci.columns) == LOCUS and list(result.variants.columns) == LOCUS_VARIANT
    first, second = result.loci.to_dict("records")
    assert (first["start"], first["end"], first["lead_position"]) == (1_000_000, 1_080_000, 1_000_000)
    assert (first["n_candidates"], first["n_panel_only"], first["n_independent"]) == (3, 1, 1)
    assert (second["locus"], second["start"], second["end"]) == (2, 3_000_000, 3_000_000)
    assert not first["both_traits"] and first["p_outcome"] == pytest.approx(1e-3)
    roles = result.variants.set_index("position")["role"]
    assert dict(roles) == {
        1_000_000: "lead",
        1_050_000: "panel_only",
        1_080_000: "candidate",
        3_000_000: "lead",
    }
    r2 = result.variants.set_index("position")["r2"]
    assert 0.8 < r2[1_050_000] < 1 and r2[1_000_000] == 1


def test_significant_variants_that_the_panel_lacks_are_listed_in_no_locus(panel: PanelFile) -> None:
    result = found(panel, {999_999: 10.0, 1_000_000: 9.0, 1_000_001: 2.0})
    absent = result.variants[result.variants["role"] == "not_in_panel"]
    assert list(absent["position"]) == [999_999] and absent["locus"].isna().all()
    assert len(result.loci) == 1


def test_both_definitions_of_r2_are_offered(panel: PanelFile) -> None:
    places = {1_000_000: 12.0, 1_080_000: 9.0}
    counts, haplotypes = (
        found(panel, places, ld=ld).variants["r2"] for ld in ("allele_count", "haplotype_em")
    )
    assert not np.array_equal(counts, haplotypes)
    np.testing.assert_allclose(counts, haplotypes, atol=0.05)


def test_mhc_is_kept_left_out_or_made_one_locus(panel: PanelFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.analysis.selection.MHC", (6, 900_000, 4_000_000))
    monkeypatch.setattr("scripts.analysis.loci.MHC", (6, 900_000, 4_000_000))
    p = {1_000_000: 12.0, 3_000_000: 8.0}
    assert len(found(panel, p, "keep").loci) == 2
    assert len(found(panel, p, "exclude").loci) == 0
    (one,) = found(panel, p, "flag").loci.to_dict("records")
    assert (one["start"], one["end"], one["in_mhc"], one["n_lead"]) == (1_000_000, 3_000_000, True, 2)


def test_no_significant_variant_gives_empty_tables_with_columns(panel: PanelFile, tmp_path: Path) -> None:
    result = found(panel, {1_000_000: 3.0})
    assert list(result.loci.columns) == LOCUS and result.loci.empty
    assert list(result.variants.columns) == LOCUS_VARIANT and result.variants.empty
