"""A full disk, a folder that cannot be written to, exposures that come and go: nothing finished is lost."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.workflow.conftest import Checkout
from tests.workflow.test_rerun import NOTHING, SIZE, edit

SMALL, BALLAST = 16 * 4096, 15 * 4096  # bytes of a small disk, and of what is on it already


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small disk of its own over the folder, whose content is back afterwards."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def settings(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "more.yaml").write_text(text)
    return ("--configfile", "config/small.yaml", str(folder / "more.yaml"))


def jobs(checkout: Checkout) -> dict[str, int]:
    """Rules that a dry run would run, and how often."""
    done = checkout.run("--dry-run", "--quiet", "rules")
    assert done.returncode == 0, done.stdout
    table = done.stdout.split("Job stats:")[1].split("\n\n")[0]
    return {line.split()[0]: int(line.split()[1]) for line in table.splitlines()[3:] if line.strip()}


def test_a_full_disk_stops_the_run_with_what_to_do_and_leaves_no_half_file(copied: Checkout, tmp_path: Path):
    before = copied.tables()
    folder = copied.results / "screen" / "estimates"
    with mounted(folder, f"size={SMALL}"):
        ballast = folder / "ballast"
        ballast.write_bytes(b"0" * BALLAST)
        full = copied.run(
            "screen", "--forcerun", "screen_batch", *settings(tmp_path, "disk: {reserve_gb: 0}")
        )
        assert full.returncode == 1
        assert "the disk is full" in full.stdout and "What is finished stays: make room" in full.stdout
        assert list(folder.iterdir()) == [ballast]
        near = copied.run("screen", "--forcerun", "screen_batch")  # a gigabyte is to be left
        assert near.returncode == 1 and "nearly full" in near.stdout
        assert list(folder.iterdir()) == [ballast]
    done = copied.run("screen")
    assert done.returncode == 0, done.stdout
    assert copied.tables() == before
    assert NOTHING in copied.run("screen", "--dry-run").stdout


def test_a_folder_that_cannot_be_written_to_is_named_before_the_first_job(copied: Checkout):
    before = copied.tables()
    with mounted(copied.results, "ro"):
        refused = copied.run()
        assert refused.returncode == 1
        assert "Nothing can be written to results/small (Read-only file system)" in refused.stdout
    assert NOTHING in copied.run("--dry-run").stdout and copied.tables() == before


def test_an_exposure_that_comes_is_one_chain_and_one_batch_and_one_that_goes_reads_nothing(copied: Checkout):
    edit(copied, "config/small.yaml", SIZE, "demo: null")  # the files are now the user's own
    table = copied.folder / "config/small_exposures.tsv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join([*lines, lines[-1].replace("sim_010", "sim_011", 1)]))
    more = jobs(copied)
    assert [more.get(rule) for rule in ("reduce_exposure", "select_instruments", "screen_batch")] == [1, 1, 1]
    assert not {"standardise", "find_lookups", "index_panel", "compute_ld_scores"} & set(more)
    table.write_text("".join(lines[:-1]))
    fewer = jobs(copied)
    assert "reduce_exposure" not in fewer
    assert [fewer.get(rule) for rule in ("select_instruments", "screen_batch")] == [1, 1]
