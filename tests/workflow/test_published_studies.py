"""The studies of published data, run as a user would; they need the published files."""

from pathlib import Path

import pytest

from scripts.table.frames import read_tsv
from tests.workflow.conftest import make_checkout


def run_study(name: str, data: Path, folder: Path) -> Path:
    """Run a study in a copy of the repository and return its folder of results."""
    checkout = make_checkout(folder / "mrscape")
    done = checkout.run("--configfile", f"config/studies/{name}/study.yaml", "--config", f"data_dir={data}")
    assert done.returncode == 0, done.stdout
    return checkout.folder / "results" / name


def test_coronary_gives_the_published_numbers(shared_data: Path, tmp_path: Path):
    """TwoSampleMR's body mass index on coronary heart disease, to the digits that were published."""
    results = run_study("coronary", shared_data, tmp_path)
    estimates = read_tsv(results / "tables/estimates.tsv")
    bmi = estimates[estimates["exposure"] == "bmi"].set_index("method")
    half_digit = 5e-9
    assert bmi.loc["ivw", "beta"] == pytest.approx(0.44590910, abs=half_digit)
    assert bmi.loc["ivw", "se"] == pytest.approx(0.05898302, abs=half_digit)
    assert bmi.loc["egger", "beta"] == pytest.approx(0.50249351, abs=half_digit)
    assert bmi.loc["egger", "se"] == pytest.approx(0.14396056, abs=half_digit)
    assert bmi.loc["weighted_median", "beta"] == pytest.approx(0.38700648, abs=half_digit)
    diagnostics = read_tsv(results / "tables/diagnostics.tsv").set_index("exposure").loc["bmi"]
    assert diagnostics["egger_intercept"] == pytest.approx(-0.00171930, abs=half_digit)
    assert 10 ** -diagnostics["egger_intercept_neglog10_p"] == pytest.approx(0.667, abs=5e-4)
    assert diagnostics["q"] == pytest.approx(143.65084, abs=5e-6)
    assert (diagnostics["q_df"], diagnostics["n_instruments"]) == (78, 79)
    # The lipids' numbers as the study's README gives them.
    ivw = estimates[estimates["method"] == "ivw"].set_index("exposure")
    lipids = {"hdl": (79, -0.1757), "ldl": (68, 0.4113), "triglycerides": (42, 0.2388)}
    for exposure, (n_instruments, beta) in lipids.items():
        assert ivw.loc[exposure, "n_instruments"] == n_instruments
        assert ivw.loc[exposure, "beta"] == pytest.approx(beta, abs=5e-5)
    assert (results / "report.html").exists()


def test_expression_on_height_accounts_for_every_gene(shared_data: Path, tmp_path: Path):
    """The counts that the study's notes give."""
    results = run_study("expression_height_chr22", shared_data, tmp_path)
    screen = read_tsv(results / "tables/screen.tsv")
    assert len(screen) == 246
    assert screen["status"].value_counts().to_dict() == {
        "estimated": 218,
        "none_in_panel": 27,
        "none_in_outcome": 1,
    }
    testable = screen[screen["status"] == "estimated"]
    assert testable["n_instruments"].value_counts().to_dict() == {1: 216, 2: 2}
    assert (int(testable["nominal"].sum()), int(testable["hit"].sum())) == (100, 91)
    counts = read_tsv(results / "tables/quality_counts.tsv")
    genes = counts[counts["trait"] != "height"].groupby("reason")["n_rows"].sum()
    assert genes.to_dict() == {"read": 300_820, "kept": 28_929, "not_significant": 271_891}
    loci = read_tsv(results / "tables/coloc.tsv")
    assert loci["trait_1"].nunique() == 246
    assert (loci["status"] == "no_locus").sum() == 246 - 218
    tested = loci[loci["status"] == "tested"]
    verdicts = {"trait_1_only": 76, "undecided": 68, "distinct": 53, "shared": 20, "neither": 1}
    assert tested["verdict"].value_counts().to_dict() == verdicts
    assert "fitted" in set(tested["susie"]) and (tested[["mismatch_1", "mismatch_2"]].max() < 0.1).all()


def test_mark3_and_heel_bone_density_share_a_variant(shared_data: Path, tmp_path: Path):
    """The counts and posteriors that the study's notes give."""
    results = run_study("bone_density_mark3", shared_data, tmp_path)
    (locus,) = read_tsv(results / "tables/coloc.tsv").to_dict("records")
    assert (locus["locus"], locus["status"], locus["verdict"]) == ("MARK3", "tested", "shared")
    assert (locus["susie"], locus["notes"]) == ("no_panel", "prior_sensitive")
    assert (locus["n_1"], locus["n_2"], locus["n_shared"]) == (4249, 7532, 3694)
    assert (locus["n_palindromic_ambiguous"], locus["n_allele_mismatch"]) == (464, 6)
    assert locus["pp_h4"] == pytest.approx(0.964, abs=5e-4)
    assert (locus["n_credible"], locus["top_h4"]) == (9, "rs2273699")
    assert locus["p12_needed"] == pytest.approx(1.5e-6, rel=0.01)
    assert (results / "figures/coloc/ENSG00000075413.13/heel_bone_density/MARK3.svg").exists()


def test_a_study_without_its_data_says_which_folder_it_wanted(tmp_path: Path):
    checkout = make_checkout(tmp_path / "mrscape")
    done = checkout.run("--configfile", "config/studies/coronary/study.yaml", "--config", "data_dir=nowhere")
    assert done.returncode == 1
    assert "nowhere" in done.stdout and "data_dir" in done.stdout
