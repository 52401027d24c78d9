"""Pooling in a run: a study of published experiments alone, and families of outcomes in a finished screen."""

import copy
from typing import Any

import pytest
from snakemake.utils import update_config

from scripts.analysis.evidence import primary_estimates
from scripts.method.random_effects import pool
from scripts.study.load import load_study
from scripts.table.frames import read_tsv
from tests.workflow.conftest import SMALL, Checkout
from tests.workflow.test_study import ROOT, default, message_of, study_config

STUDY = ("--configfile", "config/studies/iron_ad_meta/study.yaml")


def test_a_study_of_experiments_runs_without_a_screen(fresh: Checkout) -> None:
    """The published effects, and what would restore the thalamus, from the study's own tables."""
    done = fresh.run(*STUDY)
    assert done.returncode == 0, done.stdout
    results = fresh.folder / "results" / "iron_ad_meta"
    pooled = read_tsv(results / "tables/pooled.tsv")
    lead = pooled[pooled["leads"] & (pooled["set"] == "all")].set_index("measure")["beta"].round(2)
    assert lead.to_dict() == {
        **{"putamen": 0.87, "caudate": 0.58, "pallidum": 0.44, "hippocampus": 0.60, "thalamus": 0.67}
    }
    rerun = pooled[pooled["leads"] & (pooled["set"] == "without_outliers")]["beta"].round(2)
    assert rerun.tolist() == [0.72, 0.50, 0.33, 0.30, 0.36]
    restored = read_tsv(results / "tables/pooled_restorations.tsv").iloc[0]
    assert (restored["experiment"], restored["restored_by"]) == ("Moon et al. (2012)", 0.94)
    page = (results / "pooled.html").read_text()
    assert "if Moon et al. (2012)&#39;s effect of 0.9 were 0.94" in page
    assert page.count("data:image/svg+xml") == 20
    assert {path.name for path in (results / "figures/pooled/thalamus").iterdir()} == {
        *("forest.svg", "funnel.svg", "moderator_mmse.svg", "moderator_mmse_case.svg")
    }
    assert "exposures: null" in (results / "config.yaml").read_text()
    assert fresh.run("fetch_only", "--dry-run", *STUDY).returncode == 0  # of nothing
    again = fresh.run(*STUDY)
    assert "Nothing to be done" in again.stdout


def test_a_finished_screen_gains_families_of_outcomes(copied: Checkout) -> None:
    family = "{id: density, name: Bone density, outcomes: [density_heel, density_total, density_neck]}"
    (copied.folder / "config/small.yaml").write_text(SMALL + f"pooling: {{outcome_families: [{family}]}}\n")
    done = copied.run()
    assert done.returncode == 0, done.stdout
    assert "rule reduce_exposure" not in done.stdout
    table = read_tsv(copied.results / "tables/pooled_outcomes.tsv").set_index("exposure")
    primary = primary_estimates(read_tsv(copied.results / "tables/estimates.tsv"))
    assert set(table["status"]) <= {"estimated", "too_few"} and len(table) == 10
    estimated = table[table["status"] == "estimated"]
    for exposure, row in estimated.iterrows():
        rows = primary[
            (primary["exposure"] == exposure)
            & primary["outcome"].isin(["density_heel", "density_total", "density_neck"])
        ]
        expected = pool(rows["beta"].to_numpy(), rows["se"].to_numpy() ** 2)
        assert (row["beta"], row["k"]) == (pytest.approx(expected.beta), len(rows))
    drawn = {path.stem for path in (copied.results / "figures/pooled_outcomes/density").iterdir()}
    assert drawn == set(estimated.index)
    assert "pooled_outcomes" in (copied.results / "report.html").read_text()


def with_pooling(**changes: Any) -> dict[str, Any]:
    config = copy.deepcopy(study_config("iron_ad_meta"))
    update_config(config, changes)
    return config


def test_a_study_without_exposures_has_no_roles() -> None:
    """Whatever the defaults, which are the demo's, say of outcomes, panels and controls."""
    study = load_study(study_config("iron_ad_meta"), ROOT)
    assert (study.exposures, study.outcomes, study.traits) == ((), (), {})
    assert (study.ld_panel, study.chain_file, study.truth, study.demo) == (None, None, None, None)
    assert set(study.pooling_files) == {"experiments", "effects", "published"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pooling": {"experiments": None, "effects": None, "published": None}}, "there is nothing to do"),
        ({"pooling": {"effects": None}}, "`pooling.experiments` needs `pooling.effects`"),
        ({"pooling": {"experiments": None}}, "`pooling.effects` needs `pooling.experiments`"),
        ({"pooling": {"effects": "none.tsv"}}, "`pooling.effects`: there is no file"),
        ({"data_dir": "nowhere"}, "there is no folder"),
        ({"pooling": {"tau2": "remle"}}, "paule_mandel, reml; did you mean `reml`?"),
        ({"pooling": {"test": 1}}, "`pooling.test` is 1, expected one of normal, knapp_hartung"),
        ({"pooling": {"measure": {}}}, "unknown key `pooling.measure`; did you mean `pooling.measures`?"),
        ({"traits": None}, "`traits` is empty (null), expected text"),
    ],
)
def test_faults_of_a_study_of_experiments(changes: dict[str, Any], message: str) -> None:
    assert message in message_of(with_pooling(**changes))


FAMILY = {"id": "f", "name": "F", "outcomes": ["density_heel", "density_total"]}


@pytest.mark.parametrize(
    ("families", "message"),
    [
        ([FAMILY, FAMILY], "`pooling.outcome_families[1].id` is f, which an earlier family has"),
        (
            [FAMILY | {"outcomes": ["density_heel", "density_hell"]}],
            "has density_hell, which is no outcome of the study; did you mean `density_heel`?",
        ),
        ([FAMILY | {"outcomes": ["disease", "density_heel"]}], "have different units (SD, log odds)"),
        ([FAMILY | {"outcomes": ["disease"]}], "expected a list of at least 2"),
    ],
)
def test_faults_of_families(families: list[dict[str, Any]], message: str) -> None:
    config = default()
    update_config(config, {"pooling": {"outcome_families": families}})
    assert message in message_of(config)
