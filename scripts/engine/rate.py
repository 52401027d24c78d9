"""How often Snakemake looks for the next job."""

from __future__ import annotations

from typing import Any

SNAKEMAKES_OWN = (100, 1)  # new jobs, seconds: its default --max-jobs-per-timespan


def look_only_when_a_job_ends(scheduler: Any) -> None:
    """Lift Snakemake's default limit of new jobs a second; another one, that the user set, stays.

    Under a limit each look at the ready jobs is repeated after the time span, for as long as any are ready,
    and each job that ends adds one more: among thousands of ready jobs a core soon does nothing but look.
    """
    limiter = scheduler.job_rate_limiter
    if limiter and (limiter.max_jobs, limiter.timespan) == SNAKEMAKES_OWN:
        scheduler.job_rate_limiter = None
