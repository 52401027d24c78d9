"""Snakemake's scheduler looks for jobs when one ends, and as often as the user says."""

from types import SimpleNamespace

from snakemake.cli import get_argument_parser
from snakemake.scheduling.job_scheduler import JobRateLimiter

from scripts.engine.rate import look_only_when_a_job_ends


def scheduler(*arguments: str) -> SimpleNamespace:
    limit = get_argument_parser().parse_args([*arguments]).max_jobs_per_timespan
    return SimpleNamespace(job_rate_limiter=JobRateLimiter(limit))


def test_snakemakes_own_limit_of_new_jobs_is_lifted():
    unlimited = scheduler()
    look_only_when_a_job_ends(unlimited)
    assert unlimited.job_rate_limiter is None
    look_only_when_a_job_ends(unlimited)
    assert unlimited.job_rate_limiter is None


def test_the_users_limit_stays():
    limited = scheduler("--max-jobs-per-timespan", "10/1m")
    look_only_when_a_job_ends(limited)
    assert limited.job_rate_limiter.max_jobs == 10
