"""The rehearsal in a copy of the repository: its files, its server, and Snakemake with both."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from tests.workflow.conftest import ROOT, make_checkout


def launcher() -> ModuleType:
    """config/studies/rehearsal/rehearse.py as a module."""
    path = ROOT / "config" / "studies" / "rehearsal" / "rehearse.py"
    spec = importlib.util.spec_from_file_location("rehearse", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Rehearsal:
    """A copy of the repository with a served rehearsal in it."""

    folder: Path
    address: str

    @property
    def results(self) -> Path:
        return self.folder / "results" / "rehearsal"

    @property
    def table(self) -> Path:
        return self.folder / "resources" / "rehearsal" / "exposures.tsv"

    def start(self, *arguments: str, log: Path) -> subprocess.Popen[str]:
        """Snakemake in a process group of its own, its words in a file."""
        command = launcher().command(self.folder / "resources" / "rehearsal", self.address, arguments)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with log.open("w") as words:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                env=environment,
                start_new_session=True,
                stdout=words,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit status, and what the terminal shows."""
        log = self.folder / "terminal.log"
        status = self.start(*arguments, log=log).wait()
        return status, log.read_text()


@contextmanager
def rehearsal(folder: Path, exposures: int) -> Iterator[Rehearsal]:
    """A rehearsal of so many exposures, made unless it is there, and served while the block runs."""
    module = launcher()
    if not folder.exists():
        make_checkout(folder)
    data = folder / "resources" / "rehearsal"
    module.make(exposures, data)
    with module.served(data / "mirror") as address:
        yield Rehearsal(folder, address)
