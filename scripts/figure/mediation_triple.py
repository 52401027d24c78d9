"""All figures of one triple: effects, both steps, and the locus that mediator and outcome share or do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from scripts.figure.coloc_locus import Along, draw_locus
from scripts.figure.mediation_effects import draw_effects
from scripts.figure.mediation_steps import draw_steps
from scripts.figure.mediation_words import names_of
from scripts.figure.words import Labels, label_of
from scripts.table.coloc import PAIR, LocusStatus
from scripts.table.mediation import TRIPLE


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind mediation.tsv: its further tables, the loci's, and what lies along the genome."""

    variants: pd.DataFrame
    leave_one_out: pd.DataFrame
    loci: pd.DataFrame
    priors: pd.DataFrame
    points: pd.DataFrame
    along: Along
    min_posterior: float


def draw_triple(row: Mapping[str, Any], behind: Behind, labels: Labels) -> Iterator[tuple[str, Figure, str]]:
    """Name, figure and title of each figure of a row of mediation.tsv with a second step."""
    exposure, mediator, outcome = names_of(row, labels)
    said = f"{exposure} through {mediator} on {outcome}"
    yield "effects", draw_effects(row, labels), f"Total, direct and mediated effect: {said}"
    roles = tuple(label_of(str(row[role]), labels) for role in TRIPLE)
    own, without = (_of(table, TRIPLE, row) for table in (behind.variants, behind.leave_one_out))
    for name, figure in draw_steps((roles[0], roles[1], roles[2]), own, without):
        yield name, figure, f"{name.replace('_', ' ').capitalize()}: {said}"
    pair = {"trait_1": row["mediator"], "trait_2": row["outcome"]}
    loci = _of(behind.loci, list(pair), pair)
    for locus in loci[loci["status"] == LocusStatus.TESTED].head(1).to_dict("records"):
        at = {str(name): value for name, value in locus.items()}
        points, priors = (_of(table, PAIR, at) for table in (behind.points, behind.priors))
        figure = draw_locus(at, points, priors, behind.along, labels, behind.min_posterior)
        yield "colocalisation", figure, f"Colocalisation of {mediator} and {outcome}"


def _of(table: pd.DataFrame, columns: list[str], row: Mapping[str, Any]) -> pd.DataFrame:
    """The rows of a table that have these values of a row."""
    chosen = pd.Series(True, index=table.index)
    for name in columns:
        chosen &= table[name] == row[name]
    return table[chosen]
