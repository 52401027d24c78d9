"""What a study that is simulated by its causes must find, in the layout of a table of published results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.table.comparison import COLUMNS

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Roles:
    """Ids of the traits by what the study asks of them; `multivariable` as in the config."""

    exposures: Sequence[str]
    outcomes: Sequence[str]
    mediators: Sequence[str]
    multivariable: Sequence[Mapping[str, Any]]


def known_answers(total: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    """The true effects (COLUMNS); `total` has each trait's (rows) on each trait (columns)."""
    rows = [*_pairs(total, roles), *_direct(total, roles), *_mediated(total, roles)]
    return pd.DataFrame(rows).reindex(columns=COLUMNS).assign(source="SIMULATED truth")


def direct_effects(total: pd.DataFrame, exposures: Sequence[str], outcome: str) -> pd.Series[float]:
    """Effect of each exposure on the outcome with the others held.

    The own loci of exposure i act on exposure j as total[i, j] and on the outcome as total[i, outcome], which
    the direct effects d must sum to: total[i, outcome] = sum over j of total[i, j] d[j].
    """
    names = list(exposures)
    found = np.linalg.solve(total.loc[names, names].to_numpy(), total.loc[names, outcome].to_numpy())
    return pd.Series(found, index=names)


def _pairs(total: pd.DataFrame, roles: Roles) -> Iterator[Row]:
    for outcome in roles.outcomes:
        for exposure in roles.exposures:
            pair = {"exposure": exposure, "outcome": outcome, "quantity": "effect"}
            yield {"analysis": "screen", **pair, "value": total[outcome][exposure]}
            yield {"analysis": "reverse", **pair, "value": total[exposure][outcome]}


def _direct(total: pd.DataFrame, roles: Roles) -> Iterator[Row]:
    for analysis in roles.multivariable:
        for outcome in analysis["outcomes"]:
            for exposure, value in direct_effects(total, analysis["exposures"], outcome).items():
                yield {
                    "analysis": analysis["name"],
                    "exposure": exposure,
                    "outcome": outcome,
                    "quantity": "effect",
                    "value": value,
                }


def _mediated(total: pd.DataFrame, roles: Roles) -> Iterator[Row]:
    """The parts of every effect that truly passes through a mediator."""
    for exposure in (name for name in roles.exposures if name not in roles.mediators):
        for mediator in roles.mediators:
            for outcome in roles.outcomes:
                held = direct_effects(total, [exposure, mediator], outcome)
                indirect = float(total[mediator][exposure] * held[mediator])
                if indirect == 0:
                    continue
                parts = {"indirect": indirect, "direct": float(held[exposure])}
                parts["proportion"] = indirect / float(total[outcome][exposure])
                triple = {"exposure": exposure, "mediator": mediator, "outcome": outcome}
                for quantity, value in parts.items():
                    yield {"analysis": "mediation", **triple, "quantity": quantity, "value": value}
