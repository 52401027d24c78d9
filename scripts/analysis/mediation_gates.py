"""The gates of a triple: each question with its answer, and the first no as its status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from scripts.table.coloc import ColocVerdict
from scripts.table.mediation import Gate, GateStatus, MediationStatus

WEAK_F = 10.0
NOMINAL = -np.log10(0.05)
STOPS = {
    Gate.MEDIATOR: MediationStatus.MEDIATOR_SILENT,
    Gate.INSTRUMENTS_1: MediationStatus.NO_INSTRUMENT_1,
    Gate.STEP_1: MediationStatus.STEP_1_SILENT,
    Gate.INSTRUMENTS_2: MediationStatus.NO_INSTRUMENT_2,
    Gate.STEP_2: MediationStatus.STEP_2_SILENT,
    Gate.COLOCALISATION: MediationStatus.NOT_COLOCALISED,
    Gate.REVERSE_1: MediationStatus.REVERSED_1,
    Gate.REVERSE_2: MediationStatus.REVERSED_2,
    Gate.CONTROL: MediationStatus.CONTROL_TOO,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a gate, and the number or word that it rests on."""

    gate: Gate
    status: GateStatus
    value: str = ""


def answers_of(row: Mapping[str, Any], facts: Mapping[str, Any], fdr: float) -> list[Answer]:
    """All gates of a triple but the control, from its row of mediation.tsv so far, up to the first no.

    `facts`: `is_gene`, `in_mhc` (instruments there), `n_cis_overlap` (of the exposure, in the gene's window),
    `acts` (the screen does not speak against an effect of the mediator).
    """
    found = []
    for answer in _asked(row, facts, fdr):
        found.append(answer)
        if answer.status == GateStatus.FAILED and answer.gate in (
            *(Gate.MEDIATOR, Gate.INSTRUMENTS_1, Gate.STEP_1, Gate.INSTRUMENTS_2, Gate.STEP_2),
        ):
            break
    return found


def status_of(answers: list[Answer], row: Mapping[str, Any]) -> MediationStatus:
    """The first gate that says no; instruments that are shared or collinear have a status of their own."""
    stop = next((answer.gate for answer in answers if answer.status == GateStatus.FAILED), None)
    if stop == Gate.INSTRUMENTS_2:
        if row["n_mediator"] and row["n_shared"] == row["n_mediator"]:
            return MediationStatus.SHARED_INSTRUMENTS
        return MediationStatus.COLLINEAR if row["n_mediator_used"] else MediationStatus.NO_INSTRUMENT_2
    return MediationStatus.MEDIATED if stop is None else STOPS[stop]


def caveats_of(answers: list[Answer]) -> str:
    """Keys of the gates with a caveat."""
    return ";".join(answer.gate.value for answer in answers if answer.status == GateStatus.CAVEAT)


def _asked(row: Mapping[str, Any], facts: Mapping[str, Any], fdr: float) -> Iterator[Answer]:
    if not facts["acts"]:
        yield Answer(Gate.MEDIATOR, GateStatus.FAILED, "not nominal in the screen")
    yield Answer(Gate.INSTRUMENTS_1, _pass(row["n_in_mediator"] > 0), f"{row['n_in_mediator']} instruments")
    yield Answer(
        Gate.STEP_1, _pass(row["step_1_p_adjusted"] < fdr), f"adjusted P {row['step_1_p_adjusted']:.2g}"
    )
    apart = f"{row['n_mediator_used']} of {row['n_mediator']}, {row['n_shared']} shared"
    yield Answer(Gate.INSTRUMENTS_2, _pass(np.isfinite(row["step_2_beta"])), apart)
    yield Answer(
        Gate.STEP_2, _pass(row["step_2_p_adjusted"] < fdr), f"adjusted P {row['step_2_p_adjusted']:.2g}"
    )
    yield _strength(row)
    for step, gate in ((1, Gate.HETEROGENEITY_1), (2, Gate.HETEROGENEITY_2)):
        yield _heterogeneity(gate, row[f"q_step_{step}_neglog10_p"])
    yield _coloc(row, facts["is_gene"])
    for step, gate in ((1, Gate.REVERSE_1), (2, Gate.REVERSE_2)):
        yield _reverse(gate, row[f"reverse_{step}_p_adjusted"], fdr)
    yield Answer(Gate.MHC, _note(facts["in_mhc"] == 0), f"{facts['in_mhc']} instruments")
    if facts["is_gene"]:
        yield Answer(
            Gate.CIS_OVERLAP, _note(facts["n_cis_overlap"] == 0), f"{facts['n_cis_overlap']} of them"
        )
    yield Answer(Gate.SEVERAL_VARIANTS, _note(row["n_mediator_used"] > 1), str(row["n_mediator_used"]))


def _pass(passed: Any) -> GateStatus:
    return GateStatus.PASSED if passed else GateStatus.FAILED


def _note(passed: Any) -> GateStatus:
    return GateStatus.PASSED if passed else GateStatus.CAVEAT


def _strength(row: Mapping[str, Any]) -> Answer:
    least = np.fmin(row["conditional_f_exposure"], row["conditional_f_mediator"])
    if np.isnan(least):
        return Answer(Gate.STRENGTH, GateStatus.NOT_TESTED, "fewer than three variants")
    return Answer(Gate.STRENGTH, _note(least >= WEAK_F), f"least conditional F {least:.1f}")


def _heterogeneity(gate: Gate, neglog10_p: float) -> Answer:
    if np.isnan(neglog10_p):
        return Answer(gate, GateStatus.NOT_TESTED, "too few variants")
    return Answer(gate, _note(neglog10_p < NOMINAL), f"P {10.0**-neglog10_p:.2g}")


def _coloc(row: Mapping[str, Any], is_gene: bool) -> Answer:
    verdict = row["coloc_verdict"]
    if not is_gene:
        return Answer(Gate.COLOCALISATION, GateStatus.NOT_ASKED, "not a gene")
    if verdict == ColocVerdict.SHARED:
        status = GateStatus.PASSED
    elif verdict in (ColocVerdict.UNDECIDED, ColocVerdict.NOT_TESTED, ColocVerdict.TRAIT_1_ONLY):
        status = GateStatus.CAVEAT
    else:
        status = GateStatus.FAILED
    return Answer(Gate.COLOCALISATION, status, f"{verdict}, PP.H4 {row['coloc_h4']:.3f}")


def _reverse(gate: Gate, p_adjusted: float, fdr: float) -> Answer:
    if np.isnan(p_adjusted):
        return Answer(gate, GateStatus.CAVEAT, "no instrument")
    return Answer(gate, _pass(p_adjusted >= fdr), f"adjusted P {p_adjusted:.2g}")
