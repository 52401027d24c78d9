"""Do a gene's expression and the outcome share the causal variant, around the gene's own instruments?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.coloc_loci import loci_of_instruments
from scripts.analysis.coloc_tables import Inputs, Tables, colocalise_traits
from scripts.table.coloc import ColocVerdict, SusieStatus
from scripts.table.status import VariantStatus

# Of several loci of one gene the first of these that occurs is the verdict.
ORDER = (
    *(ColocVerdict.SHARED, ColocVerdict.UNDECIDED, ColocVerdict.TRAIT_1_ONLY, ColocVerdict.NOT_TESTED),
    *(ColocVerdict.DISTINCT, ColocVerdict.TRAIT_2_ONLY, ColocVerdict.NEITHER),
)


@dataclass(slots=True)
class Colocalised:
    """Each pair of mediator and outcome once: (verdict, posterior of one shared variant), and all tables."""

    inputs: Inputs
    tables: Tables = field(default_factory=Tables)
    known: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)

    def verdict(self, mediator: str, outcome: str, instruments: pd.DataFrame) -> tuple[str, float]:
        """The verdict at the mediator's instruments, tested at the first asking."""
        pair = mediator, outcome
        if pair not in self.known:
            named = instruments.assign(exposure=mediator, outcome=outcome, status=VariantStatus.KEPT.value)
            loci = loci_of_instruments(named, [mediator], outcome, self.inputs.settings["window_kb"])
            before = len(self.tables.loci)
            colocalise_traits(mediator, outcome, loci, self.inputs, self.tables)
            self.known[pair] = best_of(self.tables.loci[before:])
        return self.known[pair]


def best_of(loci: Sequence[dict[str, Any]]) -> tuple[str, float]:
    """The verdict on a gene from those on its loci, and the posterior of H4 (SuSiE's where it was fitted)."""
    best = min(loci, key=lambda row: ORDER.index(ColocVerdict.of(row["verdict"])))
    fitted = best["susie"] == SusieStatus.FITTED
    return str(best["verdict"]), float(best.get("susie_pp_h4" if fitted else "pp_h4", np.nan))
