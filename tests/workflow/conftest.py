"""A small simulated study in a copy of the repository, and a way to run Snakemake there as a user would."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("Snakefile", "config", "envs", "profiles", "report", "rules", "scripts", "resources/biobanks.tsv")
# Ten exposures on six chromosomes: every class of the simulation, in seconds instead of a minute.
SMALL = """
study: small
exposures: config/small_exposures.tsv
demo: {people: 200, chromosomes: 6, island_spacing_mb: 20, island_kb: 150, variants_per_island: 60}
estimators: {bootstrap_draws: 50}
screen: {batches: 4}
data_dir: resources/small
multivariable: [{name: pair, exposures: [sim_001, sim_002], outcomes: [disease]}]
quality: {expected_chromosomes: [1, 2, 3, 4, 5, 6]}
"""


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
        """Every final table, byte for byte, and the figures."""
        files = [*self.results.glob("tables/*"), *self.results.glob("figures/**/*.svg")]
        return {str(file.relative_to(self.results)): file.read_bytes() for file in files}


def make_checkout(folder: Path) -> Checkout:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / part)
    (folder / "config/small.yaml").write_text(SMALL)
    lines = (ROOT / "config/demo/exposures.tsv").read_text().splitlines(keepends=True)
    (folder / "config/small_exposures.tsv").write_text("".join(lines[:11]))
    return Checkout(folder)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The small study, run to its end once; tests that change it work on a copy."""
    checkout = make_checkout(tmp_path_factory.mktemp("finished") / "mrscape")
    done = checkout.run()
    assert done.returncode == 0, done.stdout
    return checkout


@pytest.fixture
def fresh(tmp_path: Path) -> Checkout:
    """The small study, not yet run."""
    return make_checkout(tmp_path / "mrscape")


@pytest.fixture
def copied(finished: Checkout, tmp_path: Path) -> Checkout:
    """The finished study with its history, free to be changed."""
    shutil.copytree(finished.folder, tmp_path / "mrscape", copy_function=shutil.copy2)
    return Checkout(tmp_path / "mrscape")
