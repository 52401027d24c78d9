"""Whether the studies' stand-ins recover their truth, seed by seed.

    PYTHONPATH=. python tests/benchmarks/standins.py [seeds] [first seed] [study ...]

Each stand-in is simulated and run as a user would, up to the comparison with its truth, with another seed
each time. Printed for each study: of the true effects that are not 0 how many have the true sign and how many
lie in the 95% interval; of those that are 0 how many do; and of each mediated share and each adjusted effect
in how many seeds its interval holds the truth.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from scripts.table.files import read_tsv
from tests.workflow.conftest import make_checkout

STUDIES = ("iron_ms", "immune_pain", "hb_als")
KEY = ["analysis", "exposure", "mediator", "outcome", "quantity"]
TINY = 1e-9


def one_seed(study: str, seed: int, folder: Path) -> pd.DataFrame:
    """The known answers beside what one run found."""
    checkout = make_checkout(folder / "mrscape")
    configs = [f"config/studies/{study}/{name}.yaml" for name in ("study", "standin")]
    done = checkout.run("compare_published", "--configfile", *configs, "--config", f"seed={seed}")
    if done.returncode:
        raise RuntimeError(done.stdout)
    return read_tsv(checkout.folder / f"results/{study}_standin/tables/published.tsv").assign(seed=seed)


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
    for key, part in kept.fillna({"mediator": ""}).groupby(KEY, sort=False):
        name = " ".join(filter(None, map(str, key)))
        held = f"{part['inside'].sum()} of {len(part)}"
        lines.append(
            f"  {name}: truth {part['value'].iloc[0]:.3g}, mean {part['found'].mean():.3g}, held {held}"
        )
    return "\n".join(lines)


def main() -> None:
    """Print each study's counts when its last seed is done."""
    seeds, first = (int(text) for text in (sys.argv[1:3] + ["10", "1"][len(sys.argv[1:3]) :]))
    for study in sys.argv[3:] or STUDIES:
        parts = []
        for seed in range(first, first + seeds):
            with tempfile.TemporaryDirectory() as folder:
                parts.append(one_seed(study, seed, Path(folder)))
        print(told(study, pd.concat(parts, ignore_index=True)), flush=True)


if __name__ == "__main__":
    main()
