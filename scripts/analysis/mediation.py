"""One exposure, one mediator, one outcome: their variants side by side, the steps, what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.alignment import align
from scripts.analysis.diagnostics import attempt
from scripts.analysis.direction import Disease, explained, points_back
from scripts.method.arrays import BoolArray, FloatArray
from scripts.method.estimate import Estimate
from scripts.method.heterogeneity import Heterogeneity, cochran_q
from scripts.method.mvmr_weak import conditional_f
from scripts.method.two_step import TwoStep, single_or_ivw, two_step
from scripts.table.status import VariantStatus

VARIANT = ["chromosome", "position", "rsid", "effect_allele", "other_allele", "in_mhc"]
ROLES = ("exposure", "mediator", "outcome")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Triple:
    """Variants (n rows) with their effects on exposure, mediator and outcome, all for one effect allele.

    `variants` has the columns VARIANT, `own` (an instrument of the exposure), and beta, se and n of each role
    (beta_mediator, ...), NaN where a trait lacks the variant, cannot be aligned with it, or Steiger's test
    leaves it out (`status`, a VariantStatus).
    """

    variants: pd.DataFrame

    def of(self, name: str, role: str) -> FloatArray:
        """A number of a role: beta, se or n."""
        return self.variants[f"{name}_{role}"].to_numpy(dtype=np.float64)

    @property
    def own(self) -> BoolArray:
        """The exposure's instruments; the others are the mediator's."""
        return self.variants["own"].to_numpy(dtype=bool)

    def known(self, *roles: str) -> BoolArray:
        """Variants with effects on all of these."""
        effects = np.column_stack([self.of("beta", role) for role in roles])
        return np.asarray(np.isfinite(effects).all(axis=1), dtype=np.bool_)

    @property
    def used(self) -> BoolArray:
        """Variants that step 2 rests on."""
        return self.known(*ROLES)

    @property
    def beta_x(self) -> FloatArray:
        """Effects on exposure and mediator, (n, 2)."""
        return np.column_stack([self.of("beta", "exposure"), self.of("beta", "mediator")])

    @property
    def se_x(self) -> FloatArray:
        """Their standard errors, (n, 2)."""
        return np.column_stack([self.of("se", "exposure"), self.of("se", "mediator")])


def triple_of(
    own: pd.DataFrame,
    others: pd.DataFrame,
    rows: Sequence[pd.DataFrame],
    harmonise: Mapping[str, Any],
    diseases: Sequence[Disease | None] | None,
) -> Triple:
    """The instruments of exposure (`own`) and mediator (`others`) with all effects.

    `rows` are the standard tables of the ROLES at these variants. With `diseases` (of the ROLES; None for a
    quantitative trait) Steiger's test leaves out instruments of the exposure that explain significantly more
    of the mediator, and instruments of the mediator that explain more of the exposure or the outcome.
    """
    union = pd.concat([own.assign(own=True), others.assign(own=False)], ignore_index=True)
    table = union[[*VARIANT, "own"]].copy()
    status = np.full(len(union), VariantStatus.KEPT.value, dtype=object)
    for role, known in zip(ROLES, rows, strict=True):
        aligned = align(union, known, **harmonise)
        kept = (aligned["status"] == VariantStatus.KEPT).to_numpy()
        for name in ("beta", "se", "n"):
            table[f"{name}_{role}"] = aligned[f"{name}_outcome"].where(kept).astype("float64")
        status = np.where((status == VariantStatus.KEPT) & ~kept, aligned["status"], status)
    found = Triple(table.assign(status=status))
    return found if diseases is None else _forward(found, diseases)


def _forward(triple: Triple, diseases: Sequence[Disease | None]) -> Triple:
    """The triple without the effects of instruments that point the other way."""
    side = {
        role: explained(triple.of("beta", role), triple.of("se", role), triple.of("n", role), disease)
        for role, disease in zip(ROLES, diseases, strict=True)
    }
    lost = triple.own & points_back(side["exposure"], side["mediator"])
    for other in ("exposure", "outcome"):
        lost |= ~triple.own & points_back(side["mediator"], side[other])
    table = triple.variants.copy()
    table.loc[lost, ["beta_mediator", "se_mediator"]] = np.nan
    table.loc[lost, "status"] = VariantStatus.STEIGER_FILTERED.value
    return Triple(table)


def step_one(triple: Triple) -> tuple[Estimate | None, Heterogeneity | None]:
    """Effect of the exposure on the mediator by the exposure's instruments, and their heterogeneity."""
    rows = triple.own & triple.known("exposure", "mediator")
    data = (
        triple.of("beta", "exposure")[rows],
        triple.of("beta", "mediator")[rows],
        triple.of("se", "mediator")[rows],
    )
    return attempt(lambda: single_or_ivw(*data))[0], attempt(lambda: cochran_q(*data))[0]


def both_steps(triple: Triple) -> TwoStep | None:
    """The steps, total and direct effect; None where step 2 has no instruments or they are collinear."""
    data = (
        triple.beta_x,
        triple.of("se", "mediator"),
        triple.of("beta", "outcome"),
        triple.of("se", "outcome"),
    )
    return attempt(lambda: two_step(*data, triple.own))[0]


def strength(triple: Triple, correlation: FloatArray | None) -> tuple[float, float]:
    """Conditional F of exposure and mediator; NaN with fewer than three variants."""
    used = triple.used
    found, _ = attempt(lambda: conditional_f(triple.beta_x[used], triple.se_x[used], correlation))
    return (np.nan, np.nan) if found is None else (float(found[0]), float(found[1]))


def reverse_of_step_one(triple: Triple) -> Estimate | None:
    """Effect of the mediator on the exposure, by the mediator's own instruments."""
    rows = ~triple.own & triple.known("exposure", "mediator")
    data = (
        triple.of("beta", "mediator")[rows],
        triple.of("beta", "exposure")[rows],
        triple.of("se", "exposure")[rows],
    )
    return attempt(lambda: single_or_ivw(*data))[0]


def leave_one_out_rows(triple: Triple, fit: TwoStep) -> pd.DataFrame:
    """Both steps without each variant in turn, and with all ('All'): step, rsid, beta, ci_low, ci_high."""
    rows = [_row(1, "All", fit.step_1), _row(2, "All", fit.step_2)]
    names = triple.variants["rsid"].tolist()
    for i in range(len(names)):
        rest = Triple(triple.variants.drop(index=triple.variants.index[i]))
        if triple.own[i] and triple.known("exposure", "mediator")[i]:
            rows.append(_row(1, names[i], step_one(rest)[0]))
        if triple.used[i]:
            again = both_steps(rest)
            rows.append(_row(2, names[i], again.step_2 if again else None))
    return pd.DataFrame(rows)


def _row(step: int, rsid: str, estimate: Estimate | None) -> Row:
    ends = {name: getattr(estimate, name) if estimate else np.nan for name in ("beta", "ci_low", "ci_high")}
    return {"step": step, "rsid": rsid, **ends}
