"""What runs again, and what does not."""

import contextlib
import gzip
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.workflow.conftest import Checkout

NOTHING = "Nothing to be done"


def rules_to_run(checkout: Checkout, *arguments: str) -> set[str]:
    """Names of the rules that a dry run would run."""
    done = checkout.run("--dry-run", "--quiet", "rules", *arguments)
    assert done.returncode == 0, done.stdout
    table = done.stdout.split("Job stats:")[1].split("\n\n")[0] if "Job stats:" in done.stdout else ""
    return {line.split()[0] for line in table.splitlines()[3:] if line.strip()} - {"total", "all"}


def edit(checkout: Checkout, file: str, old: str, new: str) -> None:
    path = checkout.folder / file
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_second_run_finds_nothing_to_do(copied: Checkout):
    assert NOTHING in copied.run().stdout


def test_editing_a_comment_or_a_docstring_reruns_nothing(copied: Checkout):
    edit(copied, "scripts/method/ivw.py", '"""IVW estimate of', '# A remark.\n    """Of another text:')
    assert NOTHING in copied.run().stdout


AFTER_SCREEN = {
    *("screen_batch", "collect_screen", "judge_evidence", "check_truth", "plot_screen", "plot_hits"),
    "plot_validation",
    *("flip_signs", "reverse_hits", "weigh_evidence", "summarise", "build_report", "give_verdict"),
    *("correct_overlap", "plot_overlap", "write_methods", "write_workbook"),
    *("standardise_lead", "find_pleiotropy", "define_loci", "annotate_loci"),
    *("share_pleiotropy", "plot_pleiotropy", "colocalise", "plot_coloc"),
    *("correlate_batch", "collect_ldsc", "show_ldsc"),
    *("mediate", "plot_mediation"),
}
MULTIVARIABLE = {"analyse_multivariable", "plot_multivariable"}


AFTER_SELECTION = {"collect_quality", "show_quality", "freeze_config", *AFTER_SCREEN, *MULTIVARIABLE}
SIZE = "demo: {people: 200, chromosomes: 6, island_spacing_mb: 20, island_kb: 150, variants_per_island: 60}"
TWO = ("sim_001", "sim_002")
BEFORE_SCREEN = ("config.yaml", "genes.tsv", "hapmap3", "instruments", "ld_scores.json", "ld_scores.parquet")
BEFORE_SCREEN += ("lookup.parquet", "mediators.parquet", "panel.parquet", "passes", "reduced", "traits")


@pytest.mark.parametrize(
    ("file", "old", "new", "rules"),
    [
        (
            "scripts/method/ivw.py",
            "    weight = 1.0 / se_y**2",
            "    weight = 2.0 / se_y**2",
            AFTER_SCREEN | MULTIVARIABLE,
        ),
        (
            "scripts/analysis/gates.py",
            '"Files that could be read"',
            '"Files that were read"',
            {"weigh_evidence", "plot_screen", "summarise", "write_methods", "build_report", "give_verdict"},
        ),
        (
            "scripts/analysis/truth.py",
            "TruthVerdict.RIGHTLY_NOT_FOUND.value",
            "TruthVerdict.MISSED.value",
            {"check_truth", "plot_screen", "summarise", "build_report", "give_verdict"},
        ),
        (
            "scripts/method/heritability.py",
            "MEDIAN_CHI2 = 0.4549",
            "MEDIAN_CHI2 = 0.455",
            {"estimate_heritability", "correlate_batch", "collect_ldsc", "show_ldsc", "weigh_evidence"}
            | {"plot_screen", "summarise", "write_methods", "write_workbook", "build_report", "give_verdict"},
        ),
    ],
)
def test_editing_a_formula_reruns_exactly_what_uses_it(
    copied: Checkout, file: str, old: str, new: str, rules: set[str]
):
    edit(copied, file, old, new)
    assert rules_to_run(copied) == rules


@pytest.mark.parametrize("change", ["mhc: exclude", "instruments: {clump_r2: 0.01}"])
def test_other_instruments_read_no_raw_file(finished: Checkout, tmp_path: Path, change: str):
    (tmp_path / "change.yaml").write_text(change)
    rules = rules_to_run(finished, "--configfile", "config/small.yaml", str(tmp_path / "change.yaml"))
    assert rules == {"select_instruments", *AFTER_SELECTION}


@pytest.mark.parametrize(
    "change", ["quality: {eaf_from_panel: false}", "on_bad_exposure: stop", "coloc: {traits: [sim_005]}"]
)
def test_a_flag_that_changes_reads_the_raw_files_again(finished: Checkout, tmp_path: Path, change: str):
    """Also where another flag of the rule has had the new value all along."""
    (tmp_path / "change.yaml").write_text(change)
    rules = rules_to_run(finished, "--configfile", "config/small.yaml", str(tmp_path / "change.yaml"))
    assert "reduce_exposure" in rules


def passes(checkout: Checkout) -> dict[str, int]:
    """When each exposure's raw file was last read as a whole."""
    keys = (checkout.results / "passes").glob("*/key")
    return {key.parent.name: key.stat().st_mtime_ns for key in keys}


def test_a_raw_file_is_read_again_when_its_content_changed_and_not_when_it_was_touched(copied: Checkout):
    edit(copied, "config/small.yaml", SIZE, "demo: null")  # the files are now the user's own
    counts = "tables/quality_counts.tsv"
    target = f"results/small/{counts}"  # what is made of the files themselves
    assert copied.run(target).returncode == 0
    before, tables = passes(copied), copied.tables()
    touched, edited = (copied.folder / f"resources/small/exposures/SIMULATED_{x}.tsv.gz" for x in TWO)
    os.utime(touched)
    lines = gzip.decompress(edited.read_bytes()).splitlines(keepends=True)
    edited.write_bytes(gzip.compress(b"".join(lines[:-1])))
    done = copied.run(target)
    assert done.returncode == 0, done.stdout
    again = {exposure for exposure, time_of in passes(copied).items() if time_of != before[exposure]}
    assert len(before) == 10 and again == {TWO[1]}
    assert copied.tables()[counts] != tables[counts]
    assert NOTHING in copied.run(target).stdout


def test_more_batches_rerun_only_the_screen_and_give_the_same_bytes(finished: Checkout, copied: Checkout):
    edit(copied, "config/small.yaml", "batches: 4", "batches: 64")
    assert "reduce_exposure" not in rules_to_run(copied)
    done = copied.run("screen")
    assert done.returncode == 0, done.stdout
    assert copied.tables() == finished.tables()


def test_a_run_killed_with_its_steps_ends_on_one_core_and_in_one_batch_with_the_same_bytes(
    finished: Checkout, fresh: Checkout
):
    """The figures too, and of what was finished nothing is made again."""
    edit(fresh, "config/small.yaml", "batches: 4", "batches: 1")
    kill_after(fresh, "reduced/*.json", "all")
    reduced = times(fresh, "reduced/*.json")
    done = fresh.run("--cores", "1")
    assert done.returncode == 0, done.stdout
    assert fresh.tables() == finished.tables()
    # Two jobs may have been under way; every other exposure was finished and must not be made again.
    again = [path for path, time_of in reduced.items() if path.stat().st_mtime_ns != time_of]
    assert len(again) <= 2
    assert NOTHING in fresh.run().stdout


@pytest.mark.parametrize(
    ("after", "killed"), [("screen/estimates/*.parquet", "snakemake"), ("tables/screen.tsv", "worker")]
)
def test_a_killed_run_resumes_and_gives_the_same_bytes(
    finished: Checkout, copied: Checkout, after: str, killed: str
):
    """SIGKILL to Snakemake or to a step when the first file of a stage is there, up to the last tables."""
    for path in copied.results.iterdir():
        if path.name not in BEFORE_SCREEN:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    kill_after(copied, after, killed)
    reduced = times(copied, "reduced/*.json")
    done = copied.run("summarise")
    assert done.returncode == 0, done.stdout
    assert times(copied, "reduced/*.json") == reduced
    tables = copied.tables()
    assert len(tables) > 30 and tables.items() <= finished.tables().items()
    assert NOTHING in copied.run("summarise").stdout


def times(checkout: Checkout, pattern: str) -> dict[Path, int]:
    """When these files were written; what is not whole yet has a hidden name."""
    files = [path for path in checkout.results.glob(pattern) if not path.name.startswith(".")]
    return {path: path.stat().st_mtime_ns for path in files}


def kill_after(checkout: Checkout, after: str, whom: str) -> None:
    """Start a run and kill it when the first of these files is there."""
    process = subprocess.Popen(
        checkout.command(),
        cwd=checkout.folder,
        env=checkout.environment(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 900
    while not list(checkout.results.glob(after)):
        assert process.poll() is None and time.monotonic() < deadline, f"{after} did not come"
        time.sleep(0.02)
    kill(process, whom)
    assert process.wait() == (1 if whom == "worker" else -signal.SIGKILL), "the run ended too soon"


def kill(process: subprocess.Popen[bytes], whom: str) -> None:
    """The whole process group at once, Snakemake alone (its steps go on), or one of its steps."""
    if whom == "all":
        os.killpg(process.pid, signal.SIGKILL)
    elif whom == "snakemake":
        process.kill()
    else:
        step(process).kill()


def step(process: subprocess.Popen[bytes]) -> psutil.Process:
    """A step that runs now."""
    snakemake = psutil.Process(process.pid)
    while True:
        for child in snakemake.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if any(".snakemake/scripts/" in word for word in child.cmdline()):
                    return child
        assert process.poll() is None, "the run ended too soon"
        time.sleep(0.02)


def test_a_second_run_at_the_same_time_is_kept_out(fresh: Checkout):
    first = subprocess.Popen(
        fresh.command(),
        cwd=fresh.folder,
        env=fresh.environment(),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (fresh.results / ".lock").exists() and first.poll() is None:
            time.sleep(0.02)
        time.sleep(0.5)
        second = fresh.run()
        assert second.returncode != 0
        assert "Another run is writing to results/small" in second.stdout
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
