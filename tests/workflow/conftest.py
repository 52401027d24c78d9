"""A small simulated study in a copy of the repository, and a way to run Snakemake there as a user would."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(".snakemake/mrscape_sources.json")  # what scripts/provenance.py found, by content
PARTS = ("Snakefile", "config", "envs", "profiles", "report", "rules", "scripts", "resources/biobanks.tsv")
# Ten exposures on six chromosomes: every class of the simulation, in seconds instead of a minute.
SMALL = """
study: small
exposures: config/small_exposures.tsv
demo: {people: 200, chromosomes: 6, island_spacing_mb: 20, island_kb: 150, variants_per_island: 60}
estimators: {bootstrap_draws: 50}
screen: {batches: 4}
data_dir: resources/small
multivariable: [{name: pair, exposures: [sim_005, sim_009], outcomes: [disease]}]
controls: {positive: [{exposure: sim_005, outcome: disease, sign: 1}]}
quality: {expected_chromosomes: [1, 2, 3, 4, 5, 6]}
"""
# The same without the questions to its hits that other tests ask: half of its jobs.
SCREEN_ALONE: dict[str, Any] = {
    "multivariable": [],
    "placo": {"exposure": None},
    "mediation": {"mediators": [], "controls": []},
    "ldsc": {"ld_scores": None},
}


@dataclass(frozen=True)
class Checkout:
    """A copy of the repository with a small study."""

    folder: Path

    def command(self, *arguments: str) -> list[str]:
        options = ["--configfile", "config/small.yaml"] if "--configfile" not in arguments else []
        return [sys.executable, "-m", "snakemake", "--cores", "2", *arguments, *options]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Snakemake to its end; `output` is what the terminal shows."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment(),
            check=False,
        )

    @staticmethod
    def environment() -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    @property
    def results(self) -> Path:
        return self.folder / "results" / "small"

    def tables(self) -> dict[str, bytes]:
        """Every final table, byte for byte, the workbook of them, and the figures."""
        patterns = ("tables/*", "workbook/*", "*.xlsx", "figures/**/*.svg")
        files = [file for pattern in patterns for file in self.results.glob(pattern)]
        return {str(file.relative_to(self.results)): file.read_bytes() for file in files}


def make_checkout(folder: Path) -> Checkout:
    """The small study, not yet run, with what Python and provenance keep of modules: seconds of each run."""
    unfinished = shutil.ignore_patterns("*.pyc.*")
    for part in (*PARTS, KEPT):
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=unfinished)
        elif source.exists():
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / part)
    (folder / "config/small.yaml").write_text(SMALL)
    lines = (ROOT / "config/demo/exposures.tsv").read_text().splitlines(keepends=True)
    (folder / "config/small_exposures.tsv").write_text("".join(lines[:11]))
    return Checkout(folder)


def once(factory: pytest.TempPathFactory, name: str, run: Callable[[Checkout], None]) -> Checkout:
    """A checkout that `run` was called with by the first process of the tests that asked, for all of them."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, ran = shared / name, shared / f"{name}.ran"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ran.exists():
            shutil.rmtree(folder, ignore_errors=True)
            run(make_checkout(folder))
            ran.touch()
    return Checkout(folder)


def run_to_the_end(checkout: Checkout, *arguments: str) -> None:
    done = checkout.run(*arguments)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The small study, run to its end once; tests that change it work on a copy."""
    return once(tmp_path_factory, "finished", run_to_the_end)


@pytest.fixture
def fresh(tmp_path: Path) -> Checkout:
    """The small study, not yet run."""
    return make_checkout(tmp_path / "mrscape")


@pytest.fixture
def copied(finished: Checkout, tmp_path: Path) -> Checkout:
    """The finished study with its history, free to be changed."""
    shutil.copytree(finished.folder, tmp_path / "mrscape", copy_function=shutil.copy2)
    return Checkout(tmp_path / "mrscape")
