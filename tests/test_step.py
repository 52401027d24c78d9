"""What a step's function is called with, and what becomes of its errors."""

import atexit
import errno
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.step import perform, run


class Named(list):
    """As Snakemake's own: a list that tells names and values where it has any."""

    def __init__(self, *unnamed: Any, **named: Any) -> None:
        super().__init__([*unnamed, *named.values()])
        self._named = named

    def items(self) -> Iterable[tuple[str, Any]]:
        return self._named.items()


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """`perform` takes the root logger over, as a process may; the handlers of pytest come back after."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A job as Snakemake describes it to a script, with its names and values."""
    described = SimpleNamespace(
        rule="screen_batch",
        input=Named(table="a.tsv", cohorts=Named("b.tsv", "c.tsv"), panel=[]),
        output=Named(result="out/d.tsv"),
        params=Named(seed=3, names={"x": "X"}, ids=["p"], flags={"whole": True}, source="0123456789abcdef"),
        log=Named(str(tmp_path / "logs" / "screen_batch" / "7.log")),
        wildcards=Named(batch="7"),
    )
    monkeypatch.setattr(sys.modules["__main__"], "snakemake", described, raising=False)
    return described


def called_with() -> dict[str, Any]:
    seen: dict[str, Any] = {}
    perform(lambda **named: seen.update(named))
    return seen


def test_inputs_outputs_and_params_are_keywords(job: SimpleNamespace):
    assert called_with() == {
        "table": Path("a.tsv"),
        "cohorts": [Path("b.tsv"), Path("c.tsv")],
        "panel": [],
        "result": Path("out/d.tsv"),
        "seed": 3,
        "names": {"x": "X"},
        "ids": ["p"],
        "whole": True,
    }


def test_a_list_of_one_file_stays_a_list(job: SimpleNamespace):
    job.input = Named(cohorts=Named("only.tsv"))
    assert called_with()["cohorts"] == [Path("only.tsv")]


def test_a_rule_without_inputs_or_named_files(job: SimpleNamespace):
    job.input, job.output = Named("unnamed.html"), Named()
    assert set(called_with()) == {"seed", "names", "ids", "whole"}


def test_a_keyword_that_the_function_does_not_know_is_an_error(job: SimpleNamespace):
    def step(table: Path) -> None: ...

    with pytest.raises(SystemExit, match="unexpected keyword argument"):
        perform(step)


def test_progress_goes_to_the_log_of_the_rule(job: SimpleNamespace):
    path = Path(job.log[0])
    path.parent.mkdir(parents=True)
    path.write_text("of an earlier run\n")

    def step(**_: Any) -> None:
        logging.info("%d rows kept", 12)
        logging.debug("a detail")

    perform(step)
    kept, took = path.read_text().splitlines()
    assert kept.endswith("INFO 12 rows kept")
    assert re.search(r"INFO The step took \d+\.\d\d s of CPU and at most \d+ MB$", took)


def test_an_error_is_one_line_for_people_and_a_traceback_in_the_log(
    job: SimpleNamespace, capsys: pytest.CaptureFixture[str]
):
    def step(**_: Any) -> None:
        raise ValueError("a.tsv, line 7: `x` is no number")

    with pytest.raises(SystemExit) as stopped:
        perform(step)
    # Python prints such a code to standard error and ends with exit status 1.
    assert stopped.value.code == "Error in screen_batch (7): a.tsv, line 7: `x` is no number"
    log = Path(job.log[0]).read_text()
    assert "ERROR The step failed" in log and "Traceback" in log and "ValueError: a.tsv, line 7" in log
    assert capsys.readouterr().out == ""


def test_a_rule_without_wildcards_is_named_with_the_study(job: SimpleNamespace):
    job.wildcards = Named()

    def step(**_: Any) -> None:
        raise RuntimeError("gone")

    with pytest.raises(SystemExit, match=r"Error in screen_batch \(study\): gone"):
        perform(step)


def test_an_interrupt_is_not_taken_for_an_error(job: SimpleNamespace):
    def step(**_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        perform(step)


def test_names_that_sources_tell_take_the_place_of_the_table_s(job: SimpleNamespace, tmp_path: Path):
    told = tmp_path / "names.json"
    told.write_text(json.dumps({"x": "Thickness of x", "of_no_interest": "y"}))
    job.input = Named(told_names=Named(str(told)))
    assert called_with()["names"] == {"x": "Thickness of x"}
    job.input = Named(told_names=[])
    assert called_with()["names"] == {"x": "X"}


def test_a_disk_that_is_nearly_full_stops_the_step_before_it_begins(
    job: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MRSCAPE_LEAVE_FREE", str(10**18))
    with pytest.raises(SystemExit, match=r"Error in screen_batch \(7\): the disk of .*out is nearly full"):
        perform(lambda **_: pytest.fail("it began"))


def test_a_full_disk_is_told_with_what_to_do(job: SimpleNamespace):
    def step(**_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(SystemExit, match=r"the disk is full .* make room"):
        perform(step)


def test_a_step_that_is_done_leaves_at_once_and_well(job: SimpleNamespace, capfd: pytest.CaptureFixture[str]):
    child = os.fork()
    if not child:
        atexit._clear()  # those of pytest are not the child's
        run(lambda **_: print("the last word"))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert capfd.readouterr().out == "the last word\n"


def test_a_step_that_is_done_cleans_up_as_any_process_does(job: SimpleNamespace, tmp_path: Path):
    left = tmp_path / "temporary"
    left.mkdir()
    child = os.fork()
    if not child:
        atexit._clear()  # those of pytest are not the child's
        run(lambda **_: atexit.register(left.rmdir))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert not left.exists()


def test_the_memory_told_is_that_of_the_step_not_of_what_started_it():
    ballast = b"x" * 400_000_000
    told = subprocess.run(
        [sys.executable, "-c", "from scripts.step import peak_megabytes; print(peak_megabytes())"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ballast and 5 < float(told.stdout) < 200
