"""Bad exposures are told and passed by; a bad outcome or config stops the run at once."""

import gzip
import json

import pytest

from scripts.table.frames import read_tsv
from tests.workflow.conftest import Checkout


def raw(checkout: Checkout, number: int):
    return checkout.folder / f"resources/small/exposures/SIMULATED_sim_{number:03d}.tsv.gz"


def rewrite(path, change) -> None:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("\n".join(change(lines)).encode()))


def without_beta(lines: list[str]) -> list[str]:
    column = lines[0].split("\t").index("beta")
    return ["\t".join(field for i, field in enumerate(line.split("\t")) if i != column) for line in lines]


def with_text(lines: list[str]) -> list[str]:
    fields = lines[5].split("\t")
    fields[lines[0].split("\t").index("beta")] = "oops"
    return [*lines[:5], "\t".join(fields), *lines[6:]]


@pytest.fixture
def damaged(copied: Checkout) -> tuple[Checkout, dict[int, bytes]]:
    """Four exposures damaged in four ways, the simulated files no longer made by the workflow itself."""
    whole = {number: raw(copied, number).read_bytes() for number in (1, 2, 3, 4)}
    raw(copied, 1).unlink()
    raw(copied, 2).write_bytes(whole[2][: len(whole[2]) // 2])
    rewrite(raw(copied, 3), without_beta)
    rewrite(raw(copied, 4), with_text)
    with (copied.folder / "config/small.yaml").open("a") as config:
        config.write("\n")
    text = (copied.folder / "config/small.yaml").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("demo:")) + "\ndemo: null\n"
    (copied.folder / "config/small.yaml").write_text(text)
    return copied, whole


def test_bad_exposures_are_reported_and_the_others_finish(damaged, finished: Checkout):
    checkout, whole = damaged
    for target in ("screen", "all"):  # each tries them again
        done = checkout.run(target)
        assert done.returncode == 1
        assert "4 of 10 exposures could not be read" in done.stdout
    screen = read_tsv(checkout.results / "tables/screen.tsv").set_index("exposure")
    bad = screen[screen["status"] == "unreadable"]
    assert list(bad.index) == ["sim_001", "sim_002", "sim_003", "sim_004"]
    expected = {
        "sim_001": ("SIMULATED_sim_001.tsv.gz", "exist"),
        "sim_002": ("SIMULATED_sim_002.tsv.gz", "truncated"),
        "sim_003": ("SIMULATED_sim_003.tsv.gz", "beta"),
        "sim_004": ("SIMULATED_sim_004.tsv.gz", "line 6", "beta", "oops"),
    }
    for exposure, words in expected.items():
        assert all(word in bad.loc[exposure, "message"] for word in words), bad.loc[exposure, "message"]
    before = read_tsv(finished.results / "tables/estimates.tsv")
    after = read_tsv(checkout.results / "tables/estimates.tsv")
    others = before[~before["exposure"].isin(expected)].reset_index(drop=True)
    assert after[~after["exposure"].isin(expected)].reset_index(drop=True).equals(others)
    assert after.loc[after["exposure"].isin(expected), "beta"].isna().all()
    assert (checkout.results / "report.html").exists()
    for number, content in whole.items():
        raw(checkout, number).write_bytes(content)
    mended = checkout.run()
    assert mended.returncode == 0, mended.stdout
    tables, expected_tables = checkout.tables(), finished.tables()
    assert tables.pop("tables.xlsx") != expected_tables.pop("tables.xlsx"), "only one says SIMULATED"
    assert tables == expected_tables
    assert "Nothing to be done" in checkout.run().stdout


def test_a_multivariable_analysis_says_which_member_could_not_be_read(copied: Checkout):
    """The pair of the small study, of which one exposure is cut short, and a pair that is whole."""
    config = copied.folder / "config/small.yaml"
    text = config.read_text().replace(
        "outcomes: [disease]}]",
        "outcomes: [disease]}, {name: whole, exposures: [sim_006, sim_009], outcomes: [disease]}]",
    )
    config.write_text(
        "\n".join(line for line in text.splitlines() if not line.startswith("demo:")) + "\ndemo: null\n"
    )
    raw(copied, 5).write_bytes(raw(copied, 5).read_bytes()[:5000])
    target = "results/small/tables/multivariable.tsv"
    done = copied.run(target, "results/small/figures/multivariable")
    assert done.returncode == 0, done.stdout
    status = read_tsv(copied.folder / target).groupby("analysis")["status"].unique().map(set).to_dict()
    assert status["pair"] == {"unreadable_member"} and "unreadable_member" not in status["whole"]
    behind = read_tsv(copied.results / "tables/multivariable_diagnostics.tsv").set_index("analysis")
    assert set(behind.loc["pair", "unreadable_members"]) == {"sim_005"}
    account = json.loads((copied.results / "traits/sim_005.json").read_text())
    assert account["status"] == "unreadable" and "SIMULATED_sim_005.tsv.gz" in account["message"]
    assert (copied.results / "figures/multivariable/pair/disease.svg").exists()
    strict = copied.run(target, "--config", "on_bad_exposure=stop")
    assert strict.returncode == 1 and "sim_005" in strict.stdout


def test_strict_mode_stops_at_a_bad_exposure(damaged):
    checkout, _ = damaged
    done = checkout.run("--config", "on_bad_exposure=stop")
    assert done.returncode == 1
    assert "sim_00" in done.stdout and "could not be read; " not in done.stdout


def test_a_bad_outcome_stops_the_run_with_one_message(damaged):
    checkout, whole = damaged
    for number, content in whole.items():
        raw(checkout, number).write_bytes(content)
    rewrite(checkout.folder / "resources/small/traits/SIMULATED_disease_a.tsv.gz", without_beta)
    done = checkout.run()
    assert done.returncode == 1
    messages = [line for line in done.stdout.splitlines() if line.startswith("Error in ")]
    assert len(messages) == 1
    assert "disease_a" in messages[0] and "beta" in messages[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--config", "sede=3"), ("sede", "seed")),
        (("--config", "instruments={clump_r3: 0.1}"), ("instruments.clump_r3", "clump_r2")),
        (("--config", "error_budget={nominal_p: 5}"), ("error_budget.nominal_p", "5")),
        (("--config", "outcomes=[diseas]"), ("diseas", "disease")),
    ],
)
def test_a_wrong_config_fails_before_any_job(fresh: Checkout, arguments, words):
    done = fresh.run(*arguments)
    assert done.returncode == 1
    assert all(word in done.stdout for word in words), done.stdout
    assert not fresh.results.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sim_002\t", "sim_001\t", ("sim_001", "line 3", "line 2")),
        ("gwas_ssf", "gwas_sff", ("gwas_sff", "gwas_ssf", "line 2")),
        ("\t31325\t", "\t\t", ("sim_002", "line 3", "`n`")),
    ],
)
def test_a_wrong_trait_table_fails_before_any_job(fresh: Checkout, old: str, new: str, words):
    table = fresh.folder / "config/small_exposures.tsv"
    table.write_text(table.read_text().replace(old, new, 1))
    done = fresh.run()
    assert done.returncode == 1
    assert all(word in done.stdout for word in words), done.stdout
    assert not fresh.results.exists()
