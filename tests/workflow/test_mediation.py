"""Mediation in the small study: every triple has a row and a reason; the one pass keeps what it needs."""

import pandas as pd

from scripts.table.frames import read_tsv
from scripts.table.mediation import COLUMNS, TRIPLE, Gate, GateStatus, MediationStatus, ProportionStatus
from tests.workflow.conftest import Checkout

MEDIATORS = ["SIMM1.blood", "SIMM2.blood", "SIMM3.blood", "SIMM1.skin"]


def test_every_hit_by_every_mediator_has_a_row(finished: Checkout) -> None:
    tables = finished.results / "tables"
    table, screen = read_tsv(tables / "mediation.tsv"), read_tsv(tables / "screen.tsv")
    hits = screen[screen["hit"].astype(bool)]
    assert list(table.columns) == COLUMNS
    assert len(hits) > 0 and not table.duplicated(TRIPLE).any()
    assert set(table["exposure"]) == set(hits["exposure"])
    assert all(part["mediator"].tolist() == MEDIATORS for _, part in table.groupby("exposure"))
    for column, kind in (("status", MediationStatus), ("proportion_status", ProportionStatus)):
        assert set(table[column]) <= {member.value for member in kind}
    mediated = table["status"] == MediationStatus.MEDIATED
    assert table.loc[~mediated, ["indirect_beta", "proportion"]].isna().all(axis=None)
    assert table.loc[mediated, "indirect_beta"].notna().all()


def test_gates_explain_every_status(finished: Checkout) -> None:
    tables = finished.results / "tables"
    table, gates = read_tsv(tables / "mediation.tsv"), read_tsv(tables / "mediation_gates.tsv")
    assert set(gates["gate"]) <= {gate.value for gate in Gate}
    failed = gates[gates["status"] == GateStatus.FAILED].groupby(TRIPLE).size()
    for row in table.itertuples():
        key = (row.exposure, row.mediator, row.outcome)
        assert (key in failed.index) == (row.status != MediationStatus.MEDIATED)


def test_each_exposure_keeps_its_rows_at_the_mediators_variants(finished: Checkout) -> None:
    candidates = pd.read_parquet(finished.results / "mediators.parquet")
    assert set(candidates["mediator"]) == set(MEDIATORS)
    places = candidates[["chromosome", "position"]].drop_duplicates()
    for path in sorted((finished.results / "reduced").glob("*.parquet")):
        here = pd.read_parquet(path, columns=["chromosome", "position"]).drop_duplicates()
        share = len(places.merge(here)) / len(places)
        assert share > 0.9, f"{path.name}: {share}"  # a file lacks up to 5% of the variants


def test_figures_and_page(finished: Checkout) -> None:
    for name in ("figures/mediation_heatmap.svg", "figures/mediation_paths.svg", "mediation.html"):
        assert (finished.results / name).stat().st_size > 1000
    assert list((finished.results / "figures" / "mediation").glob("*/*/*/*.svg"))
    page = (finished.results / "mediation.html").read_text()
    assert "Beside the truth of this simulated study" in page
