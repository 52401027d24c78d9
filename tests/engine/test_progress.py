"""How far a run is, by the events that Snakemake tells."""

import logging
from pathlib import Path

import pytest

from scripts.engine.progress import Progress, duration
from scripts.engine.usage import Usage, mean_seconds, usage_by_rule, usage_of, write_usage

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def benchmark(path: Path, seconds: float, peak: str = "120.5", cpu: str = "1.5") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{HEADER}{seconds}\t0:00:02\t{peak}\t1\t1\t1\t0\t0\t0\t{cpu}\n")
    return path


class Run:
    """A run whose clock is set by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = 0.0
        self.said: list[str] = []
        self.folder = folder
        self.progress = Progress(
            folder / "progress.tsv", folder / "benchmarks", self.said.append, clock=lambda: self.now
        )
        self.progress.active = True

    def tell(self, event: str, **fields: object) -> None:
        record = logging.makeLogRecord({"event": event, **fields})
        self.progress.handle(record)

    def job(self, jobid: int, rule: str, seconds: float) -> None:
        """A job that takes so long, and says so."""
        path = benchmark(self.folder / "benchmarks" / rule / f"{jobid}.tsv", seconds)
        self.tell("job_info", jobid=jobid, rule_name=rule, benchmark=str(path))
        self.now += seconds
        self.tell("job_finished", job_id=jobid)

    def row(self, rule: str) -> list[str]:
        lines = (self.folder / "progress.tsv").read_text().splitlines()
        return next(line.split("\t") for line in lines if line.startswith(f"{rule}\t"))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_done_failed_and_left_are_counted(run: Run):
    run.tell("run_info", stats={"fetch": 3, "reduce": 3, "total": 6})
    run.job(1, "fetch", 10.0)
    run.tell("job_info", jobid=2, rule_name="fetch", benchmark=None)
    run.tell("job_error", jobid=2, rule_name="fetch")
    run.progress.tell(last=True)
    assert run.row("fetch") == ["fetch", "3", "1", "1", "0", "2", "10.0", "120.5", "20.0"]
    assert run.row("reduce") == ["reduce", "3", "0", "0", "0", "3", "", "", ""]
    assert run.progress.line() == "1 of 6 jobs are done, 1 failed, 5 are left: about 50 s"


def test_a_job_that_is_tried_again_is_not_counted_as_failed(run: Run):
    run.tell("run_info", stats={"fetch": 1, "total": 1})
    run.tell("job_info", jobid=1, rule_name="fetch", benchmark=None)
    run.tell("group_error", job_error_info=[{"jobid": 1, "rule_name": "fetch"}])
    assert "1 failed" in run.progress.line()
    run.job(1, "fetch", 4.0)
    assert run.progress.line() == "1 of 1 jobs are done, 0 failed, 0 are left: about 0 s"


def test_the_expected_time_counts_jobs_that_run_side_by_side(run: Run):
    run.tell("run_info", stats={"reduce": 8, "total": 8})
    for jobid in range(4):  # four jobs of 100 s in 100 s
        path = benchmark(run.folder / "benchmarks/reduce" / f"{jobid}.tsv", 100.0)
        run.tell("job_info", jobid=jobid, rule_name="reduce", benchmark=str(path))
    run.now = 100.0
    for jobid in range(4):
        run.tell("job_finished", job_id=jobid)
    assert run.progress.expected_s() == pytest.approx(100.0)


def test_earlier_runs_tell_how_long_a_rule_takes_before_its_first_job(run: Run):
    benchmark(run.folder / "benchmarks/reduce/old.tsv", 60.0)
    run.tell("run_info", stats={"fetch": 1, "reduce": 10, "total": 11})
    assert run.progress.expected_s() is None
    run.job(1, "fetch", 6.0)
    assert run.progress.expected_s() == pytest.approx(600.0)


def test_lines_come_now_and_then_and_none_from_a_dry_run(run: Run):
    run.tell("run_info", stats={"fetch": 100, "total": 100})
    for jobid in range(30):
        run.job(jobid, "fetch", 6.0)
    assert len(run.said) == 3 and run.said[-1].startswith("30 of 100 jobs are done")
    quiet = Run(run.folder / "dry")
    quiet.progress.active = False
    quiet.tell("run_info", stats={"fetch": 1, "total": 1})
    quiet.job(1, "fetch", 600.0)
    quiet.progress.tell(last=True)
    assert quiet.said == [] and not (run.folder / "dry/progress.tsv").exists()


def test_words_without_an_event_are_left_alone(run: Run):
    run.progress.handle(logging.makeLogRecord({"msg": "hello"}))
    assert run.progress.rules == {}


@pytest.mark.parametrize(
    ("seconds", "words"), [(7.4, "7 s"), (250.0, "250 s"), (660.0, "11 min"), (12_000.0, "3 h 20 min")]
)
def test_durations_are_said_in_words(seconds: float, words: str):
    assert duration(seconds) == words


def test_what_rules_took_is_summed_and_a_half_written_file_is_left_out(tmp_path: Path):
    for number, seconds in enumerate((2.0, 4.0)):
        benchmark(tmp_path / "reduce" / f"{number}.tsv", seconds, peak=str(100.0 + number))
    benchmark(tmp_path / "fetch" / "a.tsv", 0.4, peak="NA", cpu="NA")
    (tmp_path / "fetch" / "b.tsv").write_text(HEADER)
    assert usage_of(tmp_path / "fetch/b.tsv") is None and usage_of(tmp_path / "gone.tsv") is None
    used = usage_by_rule(tmp_path)
    assert used["fetch"] == [Usage(0.4, None, None)] and mean_seconds(used["reduce"]) == 3.0
    write_usage(used, tmp_path / "rules.tsv")
    assert (tmp_path / "rules.tsv").read_text().splitlines()[1:] == [
        "reduce\t2\t3.0\t6.0\t4.0\t3.0\t101.0",
        "fetch\t1\t0.4\t0.4\t0.4\t\t",
    ]
