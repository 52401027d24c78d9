"""What a locus of two traits comes to, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from scripts.figure.words import Labels, label_of, number
from scripts.table.coloc import ColocNote, ColocVerdict, LocusStatus, SusieStatus


def conclusion(row: Mapping[str, Any]) -> str:
    """The verdict on a locus in a sentence, or why it was not tested."""
    if row["status"] != LocusStatus.TESTED:
        return LocusStatus.of(row["status"]).sentence
    return ColocVerdict.of(row["verdict"]).sentence


def basis(row: Mapping[str, Any]) -> str:
    """Posterior of one shared variant by ABF and, where it was fitted, by SuSiE."""
    by_abf = f"PP.H4 {posterior(row['pp_h4'])}"
    if row["susie"] == SusieStatus.FITTED:
        return f"{by_abf} by ABF, {posterior(row['susie_pp_h4'])} by SuSiE"
    return f"{by_abf} by ABF"


def method(row: Mapping[str, Any]) -> str:
    """What the conclusion rests on, in a few words: SusieStatus has the sentences."""
    if row["susie"] == SusieStatus.FITTED:
        return f"SuSiE ({row['n_sets_1']:g} and {row['n_sets_2']:g} sets)"
    return f"ABF ({str(row['susie']).replace('_', ' ')})"


def places(settings: Mapping[str, Any]) -> list[str]:
    """Where was looked, a sentence for the lead exposure and one for the traits that the config names."""
    around = {
        "instruments": "around their instruments",
        "genes": "around their genes",
        "pleiotropic": "at the pleiotropic loci of the lead exposure",
    }
    wide = f"with {settings['window_kb']:g} kb on either side"
    lead = [f"The lead exposure is compared at its pleiotropic loci, {wide}."] if settings["lead"] else []
    at = around.get(settings["loci"], f"at the loci of {settings['loci']}")
    return lead + ([f"Traits of coloc.traits are compared {at}, {wide}."] if settings["traits"] else [])


def posterior(value: float) -> str:
    """A probability with two digits, without a 1.00 that it is not."""
    if not math.isfinite(value):
        return "–"
    return "> 0.99" if value > 0.995 else "< 0.01" if 0 < value < 0.005 else number(value, 2)


def notes(row: Mapping[str, Any]) -> list[str]:
    """What to beware of, a sentence each."""
    keys = row["notes"] if isinstance(row["notes"], str) else ""
    return [ColocNote.of(key).sentence for key in keys.split(";") if key]


def title(row: Mapping[str, Any], labels: Labels) -> str:
    """The two traits and the locus."""
    names = [label_of(row[f"trait_{k}"], labels).name for k in (1, 2)]
    return f"{names[0]} and {names[1]} at {row['locus']}"
