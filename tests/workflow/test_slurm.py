"""The rehearsal on a real one-node SLURM that the test starts: a failure, a cancelled job, a killed run."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workflow.conftest import ROOT
from tests.workflow.rehearsal import Rehearsal, rehearsal

EXPOSURES, BATCHES = int(os.environ.get("MRSCAPE_SLURM_EXPOSURES", "60")), 4
SLURM = ROOT / "tests" / "slurm"
PLUGIN = "snakemake_executor_plugin_slurm"
PROGRAMS = ("slurmctld", "slurmd", "squeue", "scancel", "munge")
# Of this SLURM, which has no accounting database, and of this test, which does not want to wait.
SITE = ("--workflow-profile", "profiles/slurm", "--default-resources", "runtime=60")
SITE += ("slurm_partition=main",)
SITE += ("--slurm-no-account", "--slurm-status-command", "squeue", "--seconds-between-status-checks", "3")
SITE += ("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "10")
VALIDATION = ("heel", "total", "neck", "spine", "forearm")
OUTCOMES = ("panel", "ld_scores", "traits/disease", *(f"traits/density_{part}" for part in VALIDATION))
ONCE = """\
from pathlib import Path as _Path
with _Path("attempts").open("a") as _attempts:
    _attempts.write(f"{snakemake.resources.mem_mb}\\n")
if len(_Path("attempts").read_text().split()) == 1:
    raise SystemExit("SIMULATED failure")
"""


@pytest.fixture
def slurm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SLURM on 127.0.0.1, ended after the test; skips where it cannot be started."""
    monkeypatch.setenv("PATH", os.environ["PATH"] + ":/usr/sbin")
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if os.geteuid() or missing or not importlib.util.find_spec(PLUGIN):
        pytest.skip(
            f"SLURM is not tested: root, {', '.join(PROGRAMS)} and {PLUGIN} are needed "
            f"(tests/slurm/README.md); missing: {', '.join(missing) or 'the plugin, or to be root'}"
        )
    if subprocess.run(["pidof", "slurmctld"], capture_output=True, check=False).returncode == 0:
        pytest.skip("SLURM is not tested: another slurmctld runs on this machine")
    try:
        subprocess.run(["sh", str(SLURM / "start.sh")], check=True, env=os.environ | {"CPUS": "4"})
        yield
    finally:
        subprocess.run(["scancel", "--user", "root"], check=False)
        subprocess.run(["sh", str(SLURM / "stop.sh")], check=False)


def wait_for(what: Callable[[], object], process: subprocess.Popen[str], log: Path) -> None:
    """Until it is so; fails where the run ended or half an hour went by."""
    deadline = time.monotonic() + 1800
    while not what():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def running(comment: str) -> list[str]:
    """Ids of the running jobs of a rule or group."""
    told = subprocess.run(["squeue", "-h", "-t", "R", "-o", "%i %k"], capture_output=True, text=True)
    return [line.split()[0] for line in told.stdout.splitlines() if comment in line]


def passes(study: Rehearsal) -> dict[str, int]:
    """When each exposure's file was last read."""
    keys = study.results.glob("passes/*/key")
    return {path.parent.name: path.stat().st_mtime_ns for path in keys}


def test_a_study_on_slurm_survives_a_failure_a_cancelled_job_and_a_kill(slurm: None, tmp_path: Path):
    with rehearsal(tmp_path / "mrscape", EXPOSURES) as study:
        config = study.folder / "config/studies/rehearsal/study.yaml"
        config.write_text(config.read_text().replace("batches: 64", f"batches: {BATCHES}"))
        script = study.folder / "scripts/find_lookups.py"
        whole = script.read_text()
        script.write_text(
            whole.replace('if __name__ == "__main__":\n', 'if __name__ == "__main__":\n' + indented(ONCE))
        )
        tables = [f"results/rehearsal/{name}.parquet" for name in OUTCOMES]
        status, words = study.run(
            *tables, "--cores", "2"
        )  # on this machine: SLURM is there for the exposures
        assert status == 0, words
        log = tmp_path / "first.log"
        first = study.start("screen", *SITE, log=log)
        wait_for(lambda: running("reduce"), first, log)
        cancelled = running("reduce")[0]
        subprocess.run(["scancel", cancelled], check=True)
        wait_for(lambda: len(passes(study)) >= EXPOSURES // 4, first, log)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
        subprocess.run(["scancel", "--user", "root"], check=True)
        time.sleep(5)
        attempts = [int(megabytes) for megabytes in (study.folder / "attempts").read_text().split()]
        assert attempts == [2000, 4000], "a job that failed is tried again with more memory"
        assert cancelled in log.read_text()
        before = passes(study)
        status, words = study.run("screen", *SITE)
        assert status == 0, words
        after = passes(study)
        assert len(after) == EXPOSURES
        # Jobs of a submission that was under way run again, but what they had finished is not read again.
        assert all(after[exposure] == time_of for exposure, time_of in before.items())
        assert not list(study.results.rglob(".[0-9]*.*")), "nothing half written is left"
        status, words = study.run("screen", "--cores", "1")
        assert status == 0 and "Nothing to be done" in words, words


def indented(lines: str) -> str:
    return "".join(f"    {line}\n" for line in lines.splitlines())
