"""Every published study: its jobs are planned without a network, and its stand-in recovers its truth."""

from pathlib import Path

import pytest
import yaml

from scripts.table.frames import read_tsv
from tests.workflow.conftest import ROOT, Checkout, make_checkout, once, run_to_the_end

# rehearsal simulates its own trait table before it can be planned; tests/workflow/rehearsal.py does that.
STUDIES = sorted({path.parent.name for path in ROOT.glob("config/studies/*/study.yaml")} - {"rehearsal"})
STAND_INS = sorted(path.parent.name for path in ROOT.glob("config/studies/*/standin.yaml"))


def needs_data(name: str) -> bool:
    """Whether a study reads files that are published beside the repository."""
    settings = yaml.safe_load((ROOT / "config/studies" / name / "study.yaml").read_text())
    return str(settings.get("data_dir", "")).startswith("..")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return make_checkout(tmp_path_factory.mktemp("studies") / "mrscape")


@pytest.mark.parametrize("name", STUDIES)
def test_all_jobs_of_a_study_are_planned(name: str, checkout: Checkout, request: pytest.FixtureRequest):
    options = ["--configfile", f"config/studies/{name}/study.yaml"]
    if needs_data(name):
        options += ["--config", f"data_dir={request.getfixturevalue('shared_data')}"]
    done = checkout.run("-n", "--quiet", "rules", *options)
    assert done.returncode == 0, done.stdout
    assert "This was a dry-run" in done.stdout or "Job stats" in done.stdout, done.stdout


def test_immune_cells_are_the_731_accessions(checkout: Checkout):
    table = read_tsv(checkout.folder / "config/studies/immune_pain/exposures.tsv")
    cells = table[table["id"].str.startswith("GCST")]
    assert (len(cells), cells["id"].iloc[0], cells["id"].iloc[-1]) == (731, "GCST90001391", "GCST90002121")


@pytest.fixture(scope="module", params=STAND_INS)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The name of a study and the results of its stand-in; one runs to the end of the report."""
    name = str(request.param)
    configs = [f"config/studies/{name}/{part}.yaml" for part in ("study", "standin")]
    targets = [] if name == "hb_als" else ["compare_published", "plot_screen"]
    wanted = [*targets, "--configfile", *configs]
    checkout = once(tmp_path_factory, name, lambda new: run_to_the_end(new, *wanted))
    return name, checkout.folder / f"results/{name}_standin"


def test_a_stand_in_recovers_its_truth(ran: tuple[str, Path]):
    """Signs, adjusted effects and mediated shares; 95% intervals hold the truth in all but a few rows."""
    name, results = ran
    table = read_tsv(results / "tables/published.tsv")
    found = table[table["found"].notna()]
    assert len(found) >= 0.9 * len(table)
    true = found[(found["value"].abs() > 1e-9) & (found["analysis"] != "reverse")]
    assert len(true) >= 3
    assert ((true["value"] > 0) == (true["found"] > 0)).all()
    shares = found[found["quantity"] == "proportion"]
    adjusted = found[found["analysis"] == "adjusted"]
    assert (shares["verdict"] == "agrees").all() and len(shares) == (2 if name == "immune_pain" else 0)
    assert (adjusted["verdict"] == "agrees").all() and len(adjusted) == (7 if name == "hb_als" else 0)
    assert (found["verdict"] == "agrees").mean() >= 0.85
    assert (results / "published.html").exists()
    _own_checks(name, results)


def _own_checks(name: str, results: Path) -> None:
    {"iron_ms": _iron, "immune_pain": _immune, "hb_als": _haemoglobin}[name](results)


def _iron(results: Path) -> None:
    """One exposure: Bonferroni over nine regions, the reverse direction of every pair, one forest."""
    screen = read_tsv(results / "tables/screen.tsv")
    assert screen["exposure"].unique().tolist() == ["ms"] and len(screen) == 9
    expected = (screen["p"] * 9).clip(upper=1)
    assert screen["p_adjusted"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    assert set(screen.loc[screen["hit"], "outcome"]) >= {"qsm_thalamus_right", "serum_iron"}
    assert len(read_tsv(results / "tables/reverse.tsv")) == len(screen)
    assert "Effects of each exposure over its outcomes" in (results / "figures/overview.svg").read_text()


def _immune(results: Path) -> None:
    """Mediators that act are followed, the others say why not; no mediator is an exposure of a triple."""
    triples = read_tsv(results / "tables/mediation.tsv")
    mediated = triples[triples["status"] == "mediated"]
    assert set(zip(mediated["exposure"], mediated["mediator"], strict=True)) == {
        ("GCST90001391", "vitamin_d"),
        ("GCST90001392", "hydroxyvitamin_d"),
    }
    assert not set(triples["exposure"]) & set(triples["mediator"])
    silent = triples[triples["mediator"].isin(["vitamin_3", "vitamin_4", "zinc"])]
    assert set(silent["status"]) <= {"mediator_silent", "not_followed"}


def _haemoglobin(results: Path) -> None:
    """The lists share more genes than chance gives, and each shared gene has a distance and a direction."""
    assert (results / "report.html").exists()
    (test,) = read_tsv(results / "tables/gene_list_tests.tsv").to_dict("records")
    assert test["n_shared"] > test["n_expected"] and test["p"] < 0.01
    crossed = read_tsv(results / "tables/gene_list.tsv")
    shared = crossed[(crossed["status"] == "differs") & crossed["used"]]
    assert set(shared["symbol"]) == set(test["shared"].split(";"))
    assert shared["distance"].notna().all() and shared["expression"].isin(["up", "down"]).all()
    strength = read_tsv(results / "tables/multivariable_diagnostics.tsv")["conditional_f"]
    assert len(strength) == 7 and (strength > 3).all()
