"""The rows of the numbered tables, against the tables that they come from."""

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.paper_frames import by_method, paper_frames
from tests.analysis.paper_study import METHODS, UNITS, study_tables

LEAD = {"exposure": "x000", "outcome": "disease"}


def frames_of(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return paper_frames(tables, LEAD, METHODS, UNITS, {"x000": "gwas_catalog:GCST1"})


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return frames_of(study_tables(9, 4))


def test_a_hit_comes_first_and_then_what_validates_it(frames: dict[str, pd.DataFrame]):
    shown = frames["results"][["exposure", "tested", "role"]].to_numpy().tolist()
    outcomes = [("disease", "primary"), ("density", "validation"), ("fracture", "validation")]
    assert shown == [[f"x00{i}", *outcome] for i in range(4) for outcome in outcomes]
    assert set(frames["results"]["said"]) == {
        "At least one validation outcome agrees and none contradicts.",
        "Significant, in the expected direction.",
    }


def test_each_method_has_its_own_estimate_on_each_outcome(frames: dict[str, pd.DataFrame]):
    estimates = study_tables(9, 4)["estimates"].set_index(["exposure", "outcome", "method"])
    rows = frames["results"].to_dict("records")
    assert len(rows) == 12
    for row in rows:
        for method in METHODS:
            true = estimates.loc[(row["exposure"], row["tested"], method)]
            for name in ("beta", "ci_low", "ci_high", "neglog10_p", "n_instruments"):
                assert row[f"{method}:{name}"] == true[name]
        assert row["beta"] == row["ivw:beta"] and row["n_instruments"] == row["ivw:n_instruments"]


def test_odds_ratios_are_of_log_odds_alone(frames: dict[str, pd.DataFrame]):
    rows = frames["results"]
    binary = rows["tested"] != "density"
    for ratio, effect in (("or", "beta"), ("gsmr:or_low", "gsmr:ci_low"), ("egger:or_high", "egger:ci_high")):
        assert np.array_equal(rows.loc[binary, ratio], np.exp(rows.loc[binary, effect]))
        assert rows.loc[~binary, ratio].isna().all()


def test_a_pair_that_could_not_be_tested_keeps_its_row(frames: dict[str, pd.DataFrame]):
    last = frames["pairs"].iloc[-1]
    assert len(frames["pairs"]) == 9 and last["message"] == "No variant."
    assert last["n_instruments"] == 0 and np.isnan(last["gsmr:beta"])


def test_correlations_between_exposures_are_left_to_their_own_table(frames: dict[str, pd.DataFrame]):
    assert list(frames["correlations"]["trait_2"]) == ["disease"] * 4


def test_correlations_between_outcomes_are_none_of_an_exposure():
    tables = study_tables(9, 4)
    between = tables["genetic_correlation"].head(1).assign(trait_1="disease", trait_2="density")
    tables["genetic_correlation"] = pd.concat([tables["genetic_correlation"], between])
    assert list(frames_of(tables)["correlations"]["trait_2"]) == ["disease"] * 4


def test_loci_have_the_posteriors_of_the_lead_exposure_and_the_genes(frames: dict[str, pd.DataFrame]):
    loci = frames["loci"]
    assert list(loci["lead"]) == ["rs1", "6:500", "rs3"]
    assert list(loci["pp_h4"]) == [0.2] * 3, "those of x001 are 0.77"
    assert list(loci["concluded_pp_h4"]) == [0.9, 0.85, 0.1]
    assert list(frames["shared_loci"]["nearest_gene"]) == ["ABC1", "SEPT2"]


def test_a_variant_is_used_or_left_out_with_a_reason(frames: dict[str, pd.DataFrame]):
    assert frames["instruments"]["rsid"].tolist() == ["rs0", "rs1", "rs3"] * 8
    left = frames["left_out"]
    assert left["rsid"].tolist() == ["rs9"] + ["rs2"] * 8
    assert left["reason"].iloc[0] == "The GWAS Catalog knows it for a trait that confounds."
    assert set(left["reason"].iloc[1:]) == {"The outcome has no variant at this position."}


def test_stages_that_did_not_run_have_no_frame():
    tables = study_tables(5, 2)
    for name in ("validation", "genetic_correlation", "loci", "pleiotropic_loci", "coloc"):
        del tables[name]
    frames = frames_of(tables)
    assert set(frames) == {"exposures", "pairs", "results", "instruments", "left_out", "reverse"}
    assert list(frames["results"]["exposure"]) == ["x000", "x001"]
    assert frames["exposures"]["source"].tolist()[0] == "gwas_catalog:GCST1"


def test_without_colocalisation_all_loci_are_printed():
    tables = study_tables(5, 2)
    del tables["coloc"]
    assert len(frames_of(tables)["shared_loci"]) == 3


def test_a_study_without_any_estimate_has_columns_for_them():
    wide = by_method(study_tables(5, 2)["estimates"].head(0), ["ivw", "gsmr"])
    assert len(wide) == 0 and {"ivw:beta", "gsmr:neglog10_p", "tested"} <= set(wide)
