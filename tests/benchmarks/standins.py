"""Whether the studies' stand-ins recover their truth, seed by seed.

    PYTHONPATH=. python tests/benchmarks/standins.py [seeds] [first seed] [study ...]

Each stand-in is simulated and run up to the comparison with its truth, with another seed each time: the jobs
that Snakemake plans, with their own inputs and params, but one after another in one process, which spares the
start of some forty. Printed for each study: of the true effects that are not 0 how many have the true sign
and how many lie in the 95% interval; of those that are 0 how many do; and of each mediated share and each
adjusted effect in how many seeds its interval holds the truth.
"""

import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scripts.step import perform
from scripts.table.frames import read_tsv
from tests.workflow.conftest import ROOT, make_checkout

STUDIES = ("iron_ms", "immune_pain", "hb_als")
KEY = ["analysis", "exposure", "mediator", "outcome", "quantity"]
TINY = 1e-9


def one_seed(study: str, seed: int, folder: Path) -> pd.DataFrame:
    """The known answers beside what one run found."""
    checkout = make_checkout(folder / "mrscape")
    call = [sys.executable, __file__, "--run", study, str(seed)]
    environment = checkout.environment() | {"PYTHONPATH": f"{checkout.folder}:{ROOT}"}
    done = subprocess.run(
        call, cwd=checkout.folder, env=environment, text=True, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return read_tsv(checkout.folder / f"results/{study}_standin/tables/published.tsv").assign(seed=seed)


def run_here(study: str, seed: int) -> None:
    """Every job of the comparison, in order, in this process and folder."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.types import (
        ConfigSettings,
        DAGSettings,
        OutputSettings,
        Quietness,
        ResourceSettings,
    )

    configs = [Path(f"config/studies/{study}/{name}.yaml") for name in ("study", "standin")]
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(configfiles=configs, config={"seed": seed}),
            snakefile=Path("Snakefile"),
        )
        planned = workflow.dag(dag_settings=DAGSettings(targets={"compare_published"}))
        planned.execute_workflow(executor="dryrun")
        dag = workflow._workflow.dag
        for job in (job for level in dag.toposorted() for job in sorted(level, key=str)):
            if job.rule.script:
                _call(job)


def _call(job: Any) -> None:
    """One step, as Snakemake would call its script."""
    for path in job.output:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    here: Any = sys.modules["__main__"]
    here.snakemake = job
    module = import_module(f"scripts.{job.rule.name}")
    perform(getattr(module, job.rule.name))


def judged(found: pd.DataFrame) -> pd.DataFrame:
    """The rows with an estimate: `sign` (the true one, of effects that are not 0) and `inside`."""
    rows = found[found["found"].notna()]
    return rows.assign(
        null=rows["value"].abs() < TINY,
        sign=np.sign(rows["value"]) == np.sign(rows["found"]),
        inside=rows["verdict"] == "agrees",
    )


def told(study: str, found: pd.DataFrame) -> str:
    """The counts over all seeds, in lines."""
    rows = judged(found)
    lines = [f"{study}: {found['seed'].nunique()} seeds, {len(found) - len(rows)} without an estimate"]
    for (analysis, null), part in rows.groupby(["analysis", "null"]):
        what = "effects of 0" if null else "true effects"
        signs = "" if null else f"{part['sign'].sum()} of {len(part)} with the true sign, "
        lines.append(f"  {analysis}, {what}: {signs}{part['inside'].sum()} of {len(part)} in the interval")
    kept = rows[(rows["quantity"] == "proportion") | (~rows["null"] & ~rows["analysis"].isin(["reverse"]))]
    named = kept.assign(mediator=kept["mediator"].astype("object").fillna(""))
    for key, part in named.groupby(KEY, sort=False):
        name = " ".join(filter(None, map(str, key)))
        held = f"{part['inside'].sum()} of {len(part)}"
        lines.append(
            f"  {name}: truth {part['value'].iloc[0]:.3g}, mean {part['found'].mean():.3g}, held {held}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print each study's counts when its last seed is done."""
    if sys.argv[1:2] == ["--run"]:
        run_here(sys.argv[2], int(sys.argv[3]))
        return
    seeds, first = (int(text) for text in (sys.argv[1:3] + ["10", "1"][len(sys.argv[1:3]) :]))
    for study in sys.argv[3:] or STUDIES:
        parts = []
        for seed in range(first, first + seeds):
            with tempfile.TemporaryDirectory() as folder:
                parts.append(one_seed(study, seed, Path(folder)))
        print(told(study, pd.concat(parts, ignore_index=True)), flush=True)


if __name__ == "__main__":
    main()
