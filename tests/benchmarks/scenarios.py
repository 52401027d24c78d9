"""The simulated exposures of the calibration: scenarios, and the instruments of one exposure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from scripts.analysis.estimators import Instruments

PEOPLE = 50_000
INSTRUMENTS = 25
PHENOTYPIC = 0.5  # correlation of exposure and outcome by confounding, which shared people carry into errors
GENOME_WIDE = 5.451310438  # |z| at P = 5e-8


@dataclass(frozen=True)
class Scenario:
    """`strength`: SD of the true z of variants, of which those beyond `selection` become instruments.

    A share `invalid` of them acts on the outcome directly: with a mean `shift` for the allele that raises the
    exposure and an SD `scatter`, both in standard errors of the outcome, and with `confounded` times the
    effect on the exposure. `overlap`: share of people in both studies.
    """

    name: str
    strength: float = 8.0
    selection: float = GENOME_WIDE
    invalid: float = 0.0
    shift: float = 0.0
    scatter: float = 0.0
    confounded: float = 0.0
    overlap: float = 0.0


WEAK = Scenario("weak, overlap 0%", strength=2.5, selection=0.0)
SCENARIOS = (
    Scenario("valid"),
    Scenario("balanced pleiotropy", invalid=0.3, scatter=4.0),
    Scenario("directional pleiotropy", invalid=0.3, shift=3.0, scatter=1.0),
    Scenario("correlated pleiotropy", invalid=0.3, confounded=0.3),
    WEAK,
    replace(WEAK, name="weak, overlap 50%", overlap=0.5),
    replace(WEAK, name="weak, overlap 100%", overlap=1.0),
)


def how() -> str:
    """What was simulated, for the page."""
    head = (
        f"Each exposure has {INSTRUMENTS} independent instruments; effects on both traits are in standard "
        f"deviations, from {PEOPLE:,} people each. Confounding correlates the traits by {PHENOTYPIC:g}, and "
        "so the errors of people in both studies. Direct effects on the outcome are in its standard errors, "
        "for the allele that raises the exposure; `+ 0.3 x` adds 0.3 times the effect on the exposure."
    )
    lines = [
        "| scenario | SD of true z | selected at | invalid | direct effects | overlap |",
        "|---|---|---|---|---|---|",
    ]
    for one in SCENARIOS:
        selected = f"absolute z above {one.selection:.2f}" if one.selection else "no selection"
        direct = f"mean {one.shift:g}, SD {one.scatter:g}" + (
            f" + {one.confounded:g} x" if one.confounded else ""
        )
        invalid = math.ceil(one.invalid * INSTRUMENTS)
        shares = str(invalid), direct if one.invalid else "none", f"{one.overlap:.0%}"
        lines.append(f"| {one.name} | {one.strength:g} | {selected} | {' | '.join(shares)} |")
    return head + "\n\n" + "\n".join(lines)


def simulate(scenario: Scenario, effect: float, rng: np.random.Generator) -> Instruments:
    """The instruments of one exposure with this effect on the outcome."""
    true, error = np.empty(0), np.empty(0)
    while len(true) < INSTRUMENTS:
        z, noise = rng.normal(0.0, scenario.strength, INSTRUMENTS), rng.standard_normal(INSTRUMENTS)
        kept = np.abs(z + noise) > scenario.selection
        true, error = np.append(true, z[kept]), np.append(error, noise[kept])
    true, error = true[:INSTRUMENTS], error[:INSTRUMENTS]
    invalid = np.arange(INSTRUMENTS) < scenario.invalid * INSTRUMENTS
    direct = np.sign(true) * rng.normal(scenario.shift, scenario.scatter, INSTRUMENTS)
    correlation = scenario.overlap * PHENOTYPIC
    own_error = rng.normal(0.0, math.sqrt(1.0 - correlation**2), INSTRUMENTS)
    z_y = effect * true + invalid * (direct + scenario.confounded * true) + correlation * error + own_error
    se = np.full(INSTRUMENTS, 1 / math.sqrt(PEOPLE))
    return Instruments((true + error) * se, se, z_y * se, se, ld=None, n_ref=None, n_people=PEOPLE)
