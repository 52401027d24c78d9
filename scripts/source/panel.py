"""How well a trait's alleles and frequencies agree with a reference panel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scripts.method.arrays import BoolArray, FloatArray, IntArray
from scripts.source import alleles
from scripts.source.alleles import HashArray
from scripts.table.sumstats import place


@dataclass(frozen=True, slots=True)
class Agreement:
    """Rows at a place of the panel, rows whose alleles the panel has there, and frequencies of those rows.

    `eaf` and `panel_eaf` have one element for each row with alleles of the panel, a known frequency and a
    strand that the alleles tell (neither A/T nor C/G).
    """

    at_place: int
    matching: int
    eaf: FloatArray
    panel_eaf: FloatArray


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel index, searchable: sorted places, and variants sorted with frequency and counted allele."""

    places: IntArray
    variant: HashArray
    frequency: FloatArray
    counted: HashArray

    @classmethod
    def of(cls, index: pd.DataFrame) -> Panel:
        """From the columns chromosome, position, allele_1, allele_2 and frequency (of allele_1)."""
        places = place(index["chromosome"], index["position"])
        first = alleles.hashes(alleles.upper_case(index["allele_1"]))
        second = alleles.hashes(alleles.upper_case(index["allele_2"]))
        variant = alleles.variant_hashes(places, first, second)
        order = np.argsort(variant, kind="stable")
        frequency = index["frequency"].to_numpy(dtype=np.float64)
        return cls(np.unique(places), variant[order], frequency[order], first[order])

    def agreement(self, rows: pd.DataFrame) -> Agreement:
        """Compare clean rows, whose alleles may be on either strand."""
        places = place(rows["chromosome"], rows["position"])
        here = np.isin(places, self.places)
        rows, places = rows[here], places[here]
        other_strand = np.ones(len(rows), dtype=bool)
        effect, other = rows["effect_allele"], rows["other_allele"]
        turned, turned_other = (alleles.complement(column, other_strand) for column in (effect, other))
        matched, panel_eaf = self._frequency(places, alleles.hashes(effect), alleles.hashes(other))
        also, turned_eaf = self._frequency(places, alleles.hashes(turned), alleles.hashes(turned_other))
        # A palindrome matches on both strands, with either frequency.
        told = (matched ^ also) & rows["eaf"].notna().to_numpy()
        return Agreement(
            at_place=len(rows),
            matching=int((matched | also).sum()),
            eaf=rows["eaf"].to_numpy()[told],
            panel_eaf=np.where(matched, panel_eaf, turned_eaf)[told],
        )

    def _frequency(
        self, places: IntArray, effect: HashArray, other: HashArray
    ) -> tuple[BoolArray, FloatArray]:
        """Whether the panel has the variant, and the panel's frequency of the effect allele."""
        variant = alleles.variant_hashes(places, effect, other)
        at = np.minimum(np.searchsorted(self.variant, variant), len(self.variant) - 1)
        frequency = self.frequency[at]
        return self.variant[at] == variant, np.where(self.counted[at] == effect, frequency, 1.0 - frequency)
