"""Triples with known steps: what is estimated, which gate stops what, and what is said."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.mediation_gates import answers_of, status_of
from scripts.analysis.mediation_study import Found, screen
from scripts.analysis.mediation_verdict import judged
from scripts.analysis.mediators import apart_from, cis_eqtls, windows_of
from scripts.table.coloc import ColocVerdict
from scripts.table.mediation import COLUMNS, Gate, MediationStatus, ProportionStatus
from tests.analysis.mediation_cases import SETTINGS, inputs_of, three_traits


@dataclass
class Verdict:
    """Stands for the colocalisation, which has tests of its own."""

    said: str = ColocVerdict.SHARED.value
    asked: list[tuple[str, str]] = field(default_factory=list)

    def verdict(self, mediator: str, outcome: str, instruments: pd.DataFrame) -> tuple[str, float]:
        self.asked.append((mediator, outcome))
        return self.said, 0.97


def run(
    rows: dict[str, pd.DataFrame], said: str = "shared", **changed: Any
) -> tuple[pd.Series, pd.DataFrame]:
    """The row of the triple and its gates."""
    found = screen(inputs_of(rows, **changed), Verdict(said))  # type: ignore[arg-type]
    table, gates = judged(found.rows, found.facts, {}, SETTINGS["fdr"])
    assert list(table.columns) == COLUMNS and len(table) == 1
    return table.iloc[0], gates.set_index("gate")


def test_a_true_mediator_is_found_with_its_numbers() -> None:
    row, gates = run(three_traits(a=0.5, b=0.3, direct=0.15))
    assert row["status"] == MediationStatus.MEDIATED
    assert (row["proportion_status"], row["gene_symbol"]) == (ProportionStatus.PRINTED, "M")
    truth = {"step_1": 0.5, "step_2": 0.3, "total": 0.3, "direct": 0.15, "indirect": 0.15}
    for name, value in truth.items():
        assert abs(row[f"{name}_beta"] - value) < 3 * row[f"{name}_se"] < 0.2
    assert row["indirect_beta"] == pytest.approx(row["step_1_beta"] * row["step_2_beta"])
    assert row["proportion"] == pytest.approx(row["indirect_beta"] / row["total_beta"])
    assert row["proportion_fieller_low"] < 0.5 < row["proportion_fieller_high"]
    narrow = row["proportion_too_narrow_high"] - row["proportion_too_narrow_low"]
    assert narrow < row["proportion_high"] - row["proportion_low"]
    assert (row["n_exposure"], row["n_in_mediator"], row["n_mediator_used"], row["n_shared"]) == (
        20,
        20,
        2,
        0,
    )
    assert gates.loc["colocalisation", "status"] == "passed"
    assert gates.loc["several_variants", "status"] == "passed"
    # The outcome has no instruments of its own here, and no control is named.
    assert row["caveats"] == "reverse_2"
    assert gates.loc["control", "status"] == "not_asked"


@pytest.mark.parametrize(
    ("truth", "said", "status"),
    [
        ({"a": 0.0, "b": 0.3, "direct": 0.3}, "shared", MediationStatus.STEP_1_SILENT),
        ({"a": 0.5, "b": 0.0, "direct": 0.3}, "shared", MediationStatus.STEP_2_SILENT),
        ({"a": 0.5, "b": 0.3, "direct": 0.1}, "distinct", MediationStatus.NOT_COLOCALISED),
    ],
)
def test_the_first_gate_that_says_no_is_the_status(truth: dict[str, float], said: str, status: str) -> None:
    row, gates = run(three_traits(**truth), said)
    assert row["status"] == status
    assert np.isnan(row["indirect_beta"]) and np.isnan(row["proportion"])
    assert row["proportion_status"] == ProportionStatus.NOT_MEDIATED
    assert (gates["status"] == "failed").sum() >= 1


def test_a_gate_after_the_steps_leaves_the_others_to_be_seen() -> None:
    _, gates = run(three_traits(a=0.5, b=0.3, direct=0.1), "distinct")
    assert gates.loc["colocalisation", "status"] == "failed"
    assert {"reverse_1", "mhc", "several_variants"} <= set(gates.index)
    _, silent = run(three_traits(a=0.0, b=0.3, direct=0.3))
    assert list(silent.index) == ["instruments_1", "step_1"]


def test_suppression_and_a_weak_total_are_said_and_no_proportion_is_printed() -> None:
    row, _ = run(three_traits(a=0.5, b=-0.3, direct=0.5))
    assert (row["status"], row["proportion_status"]) == ("mediated", "suppressed")
    assert "works against" in ProportionStatus.SUPPRESSED.sentence
    weak, _ = run(three_traits(a=0.5, b=0.3, direct=-0.15))
    assert (weak["status"], weak["proportion_status"]) == ("mediated", "total_weak")
    more, _ = run(three_traits(a=0.5, b=0.4, direct=-0.1))
    assert more["proportion_status"] == "exceeds_total"
    for told in (row, weak, more):
        assert np.isnan(told["proportion"]) and np.isfinite(told["indirect_beta"])


def test_a_single_variant_is_called_that() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15, n_cis=1)
    row, gates = run(rows)
    assert row["status"] == MediationStatus.MEDIATED
    assert "several_variants" in row["caveats"].split(";")
    assert gates.loc["several_variants", "value"] == "1"


def test_shared_instruments_cannot_tell_the_two_apart() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    inputs = inputs_of(rows)
    same = {"m": inputs.exposures["x"].head(3)}
    row, _ = run(rows, mediators=same)
    assert row["status"] == MediationStatus.SHARED_INSTRUMENTS
    assert (row["n_shared"], row["n_mediator"]) == (3, 3)


def test_no_instrument_in_the_mediators_file() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    row, _ = run({**rows, "m": rows["m"].iloc[20:]})
    assert row["status"] == MediationStatus.NO_INSTRUMENT_1
    lost, _ = run({**rows, "y": rows["y"].iloc[:20]})
    assert lost["status"] == MediationStatus.NO_INSTRUMENT_2


def test_an_exposure_or_a_mediator_without_instruments_has_a_row() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    inputs = inputs_of(rows)
    nothing, _ = run(rows, exposures={"x": inputs.exposures["x"].head(0)})
    assert (nothing["status"], nothing["n_exposure"]) == (MediationStatus.NO_INSTRUMENT_1, 0)
    empty, _ = run(rows, mediators={"m": inputs.mediators["m"].head(0)})
    assert (empty["status"], empty["n_mediator"]) == (MediationStatus.NO_INSTRUMENT_2, 0)


def test_the_mediator_that_acts_on_the_exposure_is_reversed() -> None:
    """m moves x, so that the gene's own variants move x too."""
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    x = rows["x"].copy()
    x.loc[20:, "beta"] = 0.4 * rows["m"].loc[20:, "beta"]
    row, gates = run({**rows, "x": x}, diseases=None)
    assert row["status"] == MediationStatus.REVERSED_1
    assert gates.loc["reverse_1", "status"] == "failed"


def test_steiger_leaves_out_what_points_the_other_way() -> None:
    """An instrument of the exposure that explains more of the mediator says nothing of step 1."""
    rows = three_traits(a=0.3, b=0.3, direct=0.15)
    m = rows["m"].copy()
    m.loc[0, "beta"] = 3 * rows["x"].loc[0, "beta"]
    with_filter, _ = run({**rows, "m": m})
    without, _ = run({**rows, "m": m}, diseases=None)
    assert (with_filter["n_in_mediator"], without["n_in_mediator"]) == (19, 20)
    assert abs(with_filter["step_1_beta"] - 0.3) < 0.05 < abs(without["step_1_beta"] - 0.3)


def test_swapped_alleles_change_nothing() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    m = rows["m"].copy()
    m.loc[::2, ["effect_allele", "other_allele"]] = ["G", "A"]
    m.loc[::2, "beta"] *= -1
    m.loc[::2, "eaf"] = 0.7
    changed, _ = run({**rows, "m": m})
    same, _ = run(rows)
    for name in ("step_1_beta", "step_2_beta", "direct_beta"):
        assert changed[name] == pytest.approx(same[name], rel=1e-12)


def test_a_control_that_shows_the_same_forbids_it() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    inputs = inputs_of(rows)
    both = {"m": inputs.mediators["m"], "k": inputs.mediators["m"]}
    given = inputs_of(
        rows, mediators=both, rows={**rows, "k": rows["m"]}, cis={**inputs.cis, "k": inputs.cis["m"]}
    )
    found = screen(given, Verdict())  # type: ignore[arg-type]
    table, _ = judged(found.rows, found.facts, {"m": "k"}, SETTINGS["fdr"])
    assert table.set_index("mediator")["status"].to_dict() == {"m": "control_too", "k": "mediated"}
    assert np.isnan(table.set_index("mediator").loc["m", "indirect_beta"])
    silent = {**rows, "k": three_traits(a=0.0, b=0.0, direct=0.3, seed=2)["m"]}
    found = screen(inputs_of(rows, mediators=both, rows=silent), Verdict())  # type: ignore[arg-type]
    table, gates = judged(found.rows, found.facts, {"m": "k"}, SETTINGS["fdr"])
    assert table.set_index("mediator")["status"].to_dict() == {"m": "mediated", "k": "step_1_silent"}
    control = gates[(gates["mediator"] == "m") & (gates["gate"] == Gate.CONTROL)].iloc[0]
    assert (control["status"], control["value"]) == ("passed", "k: step_1_silent")


def test_each_family_is_adjusted_by_itself() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    inputs = inputs_of(rows)
    many = {f"m{k}": inputs.mediators["m"] for k in range(4)}
    quiet = three_traits(a=0.0, b=0.0, direct=0.3, seed=3)["m"]
    found = screen(
        inputs_of(
            rows, mediators=many, rows={**rows, "m0": rows["m"], **{f"m{k}": quiet for k in (1, 2, 3)}}
        ),
        Verdict(),  # type: ignore[arg-type]
    )
    by_name = {row["mediator"]: row for row in found.rows}
    assert {row["m_step_1"] for row in found.rows} == {4}
    assert {row["m_step_2"] for row in found.rows} == {1}  # only what passed step 1 has a second one
    m0 = by_name["m0"]
    assert m0["step_1_p_adjusted"] == pytest.approx(4 * m0["step_1_p"], rel=1e-6)
    assert m0["step_2_p_adjusted"] == pytest.approx(m0["step_2_p"], rel=1e-6)


def test_the_same_whatever_else_is_asked() -> None:
    """Monte-Carlo intervals depend on the triple alone, not on its neighbours or their order."""
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    inputs = inputs_of(rows)
    both = {"k": inputs.mediators["m"], "m": inputs.mediators["m"]}
    found: Found = screen(
        inputs_of(rows, mediators=both, rows={**rows, "k": rows["m"]}),
        Verdict(),  # type: ignore[arg-type]
    )
    alone = screen(inputs, Verdict()).rows[0]  # type: ignore[arg-type]
    among = next(row for row in found.rows if row["mediator"] == "m")
    assert among["indirect_mc_low"] == alone["indirect_mc_low"]
    other = next(row for row in found.rows if row["mediator"] == "k")
    assert other["indirect_mc_low"] != alone["indirect_mc_low"]


def test_a_variant_that_the_exposure_lacks_is_left_out() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    row, _ = run({**rows, "x": rows["x"].iloc[:21]})
    assert (row["status"], row["n_mediator"], row["n_mediator_used"]) == ("mediated", 2, 1)


def test_leave_one_out_ends_with_all() -> None:
    found = screen(inputs_of(three_traits(a=0.5, b=0.3, direct=0.15)), Verdict())  # type: ignore[arg-type]
    (rows,), row = found.leave_one_out, found.rows[0]
    assert rows.groupby("step").size().to_dict() == {1: 21, 2: 23}
    every = rows[rows["rsid"] == "All"].set_index("step")["beta"]
    assert every.to_dict() == pytest.approx({1: row["step_1_beta"], 2: row["step_2_beta"]})
    (variants,) = found.variants
    held = variants["beta_outcome"] - row["direct_beta"] * variants["beta_exposure"]
    np.testing.assert_allclose(variants["beta_held"], held)


def test_cis_eqtls_are_those_significant_in_the_window() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)["m"]
    p = np.full(len(rows), 0.5)
    p[:3] = [1e-8, 1e-3, 0.02]
    table = rows.assign(neglog10_p=-np.log10(p))
    assert len(cis_eqtls(table, 0.05)) == 2  # 0.02 x 22/3 is above 0.05
    assert len(cis_eqtls(table, 0.2)) == 3
    assert len(cis_eqtls(table.head(3), 0.05)) == 3  # a file of significant pairs alone


def test_a_mediator_is_a_gene_by_id_or_symbol() -> None:
    genes = pd.DataFrame(
        {"gene": ["ENSG1", "ENSG2"], "symbol": ["AAA", "BBB"], "chromosome": [1, 2], "start": [5_000_000] * 2}
    ).assign(end=5_010_000)
    names = {"ENSG1.7": "whatever", "ENSG2.blood": "x", "BBB": "y", "iron": "Iron", "z": "AAA"}
    found = windows_of(genes, names, 100)
    assert {name: cis.symbol for name, cis in found.items()} == {
        **{"ENSG1.7": "AAA", "ENSG2.blood": "BBB"},
        **{"BBB": "BBB", "z": "AAA"},
    }
    assert (found["z"].start, found["z"].end) == (4_900_000, 5_110_000)


def test_without_a_panel_neighbours_count_as_linked() -> None:
    rows = three_traits(a=0.5, b=0.3, direct=0.15)["m"].iloc[[0, 20, 21]]
    near = rows.assign(position=rows["position"] + 1000).head(2)
    assert apart_from(rows, near, None, 0.01, 10).tolist() == [False, False, True]
    assert apart_from(rows, near, None, 0.01, 0.5).tolist() == [True, True, True]


def test_status_of_an_unknown_stop() -> None:
    row, _ = run(three_traits(a=0.5, b=0.3, direct=0.15))
    facts = {"is_gene": False, "in_mhc": 2, "n_cis_overlap": 0, "acts": True}
    answers = answers_of(row.to_dict(), facts, 0.05)
    told = {answer.gate: answer.status.value for answer in answers}
    assert told[Gate.COLOCALISATION] == "not_asked" and told[Gate.MHC] == "caveat"
    assert Gate.CIS_OVERLAP not in told
    assert status_of(answers, row.to_dict()) == MediationStatus.MEDIATED


def test_without_an_exposure_to_follow_the_tables_are_empty() -> None:
    found = screen(inputs_of(three_traits(0.5, 0.3, 0.1), exposures={}), Verdict())  # type: ignore[arg-type]
    table, gates = judged(found.rows, found.facts, {}, SETTINGS["fdr"])
    assert table.empty and gates.empty and list(table.columns) == COLUMNS
