"""How often each interval of a mediated effect and of its proportion holds the truth.

    python -m tests.benchmarks.mediation

writes docs/mediation.md. A study is a triple of exposure, mediator and outcome measured in three samples,
simulated by tests/method/mediation_cases.py; the steps are estimated as the workflow does.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.method.printed_proportion import Printed, check_printed_proportion
from tests.method.mediation_cases import INTERVALS, Truth, coverage

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = {
    "38% mediated, strong instruments": Truth(0.4, 0.3, 0.2, z=20.0),
    "38% mediated": Truth(0.4, 0.3, 0.2),
    "38% mediated, one variant of the mediator": Truth(0.3, 0.2, 0.1, own=20, others=1, z=15.0),
    "half mediated, a small study of the outcome": Truth(0.4, 0.3, 0.12, own=12, z=10.0, se_y=0.012),
    "71% mediated, few weak instruments": Truth(0.4, 0.3, 0.05, own=12, z=8.0),
    "38% mediated, instruments disagree on the mediator": Truth(0.4, 0.3, 0.2, pleiotropy=0.02),
    "none mediated": Truth(0.4, 0.0, 0.3),
}
TEXT = """\
# Mediation: what the intervals hold

{studies:,} simulated triples a scenario: share (%) whose 95% interval holds the truth. SIMULATED data;
one standard error of a share is {error:.1f} points. `python -m tests.benchmarks.mediation` repeats this.

{table}

- *Printed*: the share of studies in which the total is at least 3 standard errors from 0 and no part
  works against another, so that the workflow prints a proportion at all.
- The delta, Fieller and Monte-Carlo intervals of the proportion count the total's own error and what it
  has in common with both steps: with step 2 the errors of the outcome, with step 1 what the exposure's
  instruments do to the mediator beside the exposure (where they disagree on the mediator), which reaches
  the outcome through it.
- The last column takes the total as known, which is how such intervals are often printed: it is there for
  comparison and labelled too narrow wherever it appears. How much it lacks depends on the total: little
  where the total is many standard errors from 0, most where it is few. Only where the instruments disagree
  on the mediator do its two mistakes, no error of the total and nothing in common with it, undo each other.
- The difference method (total less direct) is less well covered with few or weak instruments: measurement
  error of the effects on exposure and mediator moves its direct effect. The workflow reports the product
  and prints the difference beside it.

## A printed proportion and the total beside it

`scripts.method.printed_proportion.check_printed_proportion` compares a published proportion with the
total effect published beside it. With 41.8% (95% CI 19.9 to 63.7) of a total odds ratio of 0.87 (0.76 to
0.99):

> {sentence}

The arithmetic: ln 0.87 = -0.139 with a standard error of (ln 0.99 - ln 0.76)/3.92 = 0.0674, so z = 2.06.
The relative error of the total is 1/2.06 = 48%, and 48% of 41.8 is 20.2 points, before any error of the
indirect effect. The printed interval has (63.7 - 19.9)/3.92 = 11.2 points. No rounding of the printed
numbers makes up the difference. Here no proportion would be printed of such a total, which is below 3
standard errors.
"""


def table_of(studies: int) -> str:
    """One row a scenario, one column an interval."""
    heads = ["scenario", "z of the total", "printed", *INTERVALS]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for seed, (name, truth) in enumerate(SCENARIOS.items(), start=1):
        found = coverage(truth, studies, seed)
        lines.append([name, f"{found['z']:.0f}", *(f"{100 * found[key]:.1f}" for key in heads[2:])])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Write docs/mediation.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=2000)
    studies = parser.parse_args().studies
    check = check_printed_proportion(Printed(41.8, 19.9, 63.7, 1), Printed(0.87, 0.76, 0.99, 2), ratio=True)
    error = 100 * (0.95 * 0.05 / studies) ** 0.5
    text = TEXT.format(studies=studies, error=error, table=table_of(studies), sentence=check.sentence)
    (ROOT / "docs" / "mediation.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
