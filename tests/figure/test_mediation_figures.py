"""Figures and page of a mediation: what they show, that nothing overlaps, same bytes each time."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.mediation_study import Found, screen
from scripts.analysis.mediation_verdict import judged
from scripts.figure.mediation_effects import draw_effects
from scripts.figure.mediation_heatmap import draw_heatmap, joint_z, mark
from scripts.figure.mediation_page import mediation_page
from scripts.figure.mediation_paths import draw_paths
from scripts.figure.mediation_steps import draw_steps
from scripts.figure.mediation_words import caveats, in_order, percent, proportion
from scripts.figure.words import Label, labels_of
from scripts.plot_mediation import plot_mediation
from scripts.table.frames import write_parquet, write_tsv
from scripts.table.mediation import TRIPLE
from tests.analysis.mediation_cases import SETTINGS, inputs_of, three_traits
from tests.figure.test_figures import check_layout

NAMES = {
    "x": "Volume of the left hippocampus, longer name",
    "y": "Osteoporosis",
    "m": "Expression of SIMM1 in whole blood",
    "s": "Serum ferritin",
    "n": "Nothing",
}
LABELS = labels_of(NAMES, dict.fromkeys(NAMES, "SD") | {"y": "log odds"})
FDR = {"fdr": 0.05, "mediators_act": "not_asked"}
DRAWINGS = {"heatmap": "<svg>heat</svg>", "paths": "<svg>paths</svg>"}


class Shared:
    """Stands for the colocalisation."""

    def verdict(self, mediator: str, outcome: str, instruments: pd.DataFrame) -> tuple[str, float]:
        return "shared", 0.97


@cache
def study() -> tuple[pd.DataFrame, pd.DataFrame, Found]:
    """A mediator, a suppressing one and a silent one."""
    rows = three_traits(a=0.5, b=0.3, direct=0.15)
    against = three_traits(a=0.5, b=0.3, direct=0.15, seed=1)["m"]
    against = against.assign(beta=np.where(against.index < 20, -against["beta"], against["beta"]))
    silent = three_traits(a=0.0, b=0.0, direct=0.3, seed=2)["m"]
    known = inputs_of(rows)
    every = dict.fromkeys(("m", "s", "n"), known.mediators["m"])
    asked = {**SETTINGS, "mediators": list(every)}
    inputs = inputs_of(rows, mediators=every, rows={**rows, "s": against, "n": silent}, settings=asked)
    found = screen(inputs, Shared())  # type: ignore[arg-type]
    return *judged(found.rows, found.facts, {}, SETTINGS["fdr"]), found


def row_of(mediator: str) -> dict[str, Any]:
    table = study()[0]
    row = table[table["mediator"] == mediator].iloc[0]
    return {str(name): value for name, value in row.items()}


def test_triples_are_ordered_by_how_far_they_came() -> None:
    table, _, _ = study()
    assert table.set_index("mediator")["status"].to_dict() == {
        "m": "mediated",
        "s": "mediated",
        "n": "step_1_silent",
    }
    assert list(in_order(table)["mediator"])[-1] == "n"
    assert row_of("s")["proportion_status"] == "suppressed"


def test_words() -> None:
    assert proportion(row_of("m")).endswith("of the total effect")
    assert "works against the total effect (suppression)" in proportion(row_of("s"))
    assert caveats(row_of("m")) == ["The reverse of step 2 could not be tested."]
    assert [percent(value) for value in (0.381, -0.02, np.inf, -np.inf)] == ["38%", "−2%", "∞", "−∞"]


def test_exposures_that_act_on_nothing_have_no_row() -> None:
    table = study()[0]
    quiet = table[table["mediator"] == "n"]
    many = pd.concat([table, *(quiet.assign(exposure=f"q{k}") for k in range(30))], ignore_index=True)
    few, all_quiet = draw_heatmap(many, LABELS), draw_heatmap(many[many["mediator"] == "n"], LABELS)
    words = [text.get_text().replace("\n", " ") for text in few.texts]
    assert any("Not shown: 30 exposures" in text for text in words) and "q0" not in words
    assert "q0" in [text.get_text() for text in all_quiet.texts]
    check_layout(few)


def test_cells_of_the_heat_map() -> None:
    table = study()[0].set_index("mediator", drop=False)
    mediated, against, silent = (next(table.loc[[name]].itertuples()) for name in ("m", "s", "n"))
    z = [abs(table.loc["m", f"step_{k}_beta"] / table.loc["m", f"step_{k}_se"]) for k in (1, 2)]
    assert joint_z(mediated) == pytest.approx(min(z), rel=1e-9)
    assert joint_z(against) < 0 and np.isnan(joint_z(silent))
    assert mark(mediated).endswith("%") and (mark(against), mark(silent)) == ("●", "")


@pytest.mark.parametrize("draw", [draw_heatmap, draw_paths])
def test_overviews_lie_within_the_page(draw: Any) -> None:
    check_layout(draw(study()[0], LABELS))
    check_layout(draw(study()[0].iloc[2:], LABELS))
    check_layout(draw(study()[0].iloc[:0], LABELS))


@pytest.mark.parametrize("mediator", ["m", "s"])
def test_effects_lie_within_the_page(mediator: str) -> None:
    figure = draw_effects(row_of(mediator), LABELS)
    check_layout(figure)
    words = " ".join(text.get_text() for text in figure.texts)
    assert ("too narrow" in words) == (mediator == "m")


def test_steps_show_the_variants_that_each_rests_on() -> None:
    _, _, found = study()
    roles = Label("X", "SD"), Label("M", "SD"), Label("Y", "log odds")
    figures = dict(draw_steps(roles, found.variants[0], found.leave_one_out[0]))
    assert list(figures) == [f"step_{k}_{kind}" for k in (1, 2) for kind in ("scatter", "leave_one_out")]
    counts = [
        text.get_text()
        for name in ("step_1_scatter", "step_2_scatter")
        for legend in figures[name].legends
        for text in legend.get_texts()
    ]
    assert "Instrument (20)" in counts and "Instrument (22)" in counts
    for figure in figures.values():
        check_layout(figure)


def test_the_page_says_what_was_found_and_why_not() -> None:
    table, gates, _ = study()
    truth = pd.DataFrame(
        [{"mediator": "m", "class": "mediator", "exposure": "x", "step_1": 0.5, "indirect": 0.15}]
    )
    page = mediation_page("A study", table, gates, truth, LABELS, FDR, DRAWINGS)
    assert "1 exposure and 3 mediators: 2 triples with a second step, 2 mediated." in page
    assert "works against the total effect (suppression)" in page
    assert "Too narrow" in page and "Beside the truth" in page
    assert "Does the mediator act on the outcome, with the exposure held?" in page
    assert "Mediators by themselves" in page and "Mediators are asked first" not in page
    assert "Found beyond that" in page  # that of s, which the truth does not name
    asked = mediation_page(
        "A study", table, gates, None, LABELS, {**FDR, "mediators_act": "nominal"}, DRAWINGS
    )
    assert "Mediators are asked first" in asked and "nominally" in asked
    without = mediation_page("A study", table.iloc[2:], gates, None, LABELS, FDR, DRAWINGS)
    assert "No exposure acts on a mediator" in without and "Beside the truth" not in without
    empty = mediation_page("A study", table.iloc[:0], gates.iloc[:0], truth, LABELS, FDR, DRAWINGS)
    assert "0 exposures and 0 mediators: 0 triples with a second step, 0 mediated." in empty


def test_the_step_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    table, gates, found = study()
    write_tsv(table, tmp_path / "table.tsv")
    write_tsv(gates, tmp_path / "gates.tsv")
    write_parquet(pd.concat(found.variants), tmp_path / "variants.parquet")
    write_parquet(pd.concat(found.leave_one_out), tmp_path / "loo.parquet")
    pair = ["trait_1", "trait_2", "locus"]
    write_tsv(pd.DataFrame(columns=[*pair, "status"]), tmp_path / "coloc.tsv")
    write_tsv(pd.DataFrame(columns=pair), tmp_path / "priors.tsv")
    write_parquet(pd.DataFrame({name: [] for name in pair}), tmp_path / "points.parquet")
    made = []
    for k in (1, 2):
        out = tmp_path / str(k)
        plot_mediation(
            *(tmp_path / name for name in ("table.tsv", "gates.tsv", "variants.parquet", "loo.parquet")),
            *(tmp_path / name for name in ("coloc.tsv", "priors.tsv", "points.parquet")),
            genes=[],
            recombination=[],
            truth=[],
            folder=out / "triples",
            heatmap=out / "heat.svg",
            paths=out / "paths.svg",
            page=out / "page.html",
            title="A study",
            labels=NAMES,
            units={"y": "log odds"},
            settings={"max_figures": 1, **FDR},
            min_posterior=0.8,
        )
        made.append({str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()})
    assert made[0] == made[1]
    drawn = [name for name in made[0] if name.startswith("triples")]
    first = in_order(table).iloc[0]
    assert len(drawn) == 5 and all(name.startswith("triples/" + "/".join(first[TRIPLE])) for name in drawn)
