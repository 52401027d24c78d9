"""What the figures show, that no text overlaps or is cut, and that they are the same bytes each time."""

import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from scripts.draw_for_print import draw_for_print
from scripts.figure import style
from scripts.figure.forest import draw_forest
from scripts.figure.gates import draw_gates
from scripts.figure.hits import HitTables, draw_hit
from scripts.figure.instrument_marks import oriented
from scripts.figure.leave_one_out import MOST_ROWS, draw_leave_one_out
from scripts.figure.overview import benjamini_hochberg_line, draw_overview, effect_limit
from scripts.figure.overview_side import NOT_TESTABLE
from scripts.figure.radial import draw_radial
from scripts.figure.single_variant import draw_single_variant
from scripts.figure.truth import draw_truth, results_of
from scripts.figure.words import Label
from scripts.plot_hits import plot_hits
from scripts.plot_screen import plot_screen
from scripts.table.methods import METHODS, PRESETS
from scripts.table.status import ExposureStatus
from tests.analysis.tables import BUDGET
from tests.figure.conftest import OUTCOME, Tables, make_tables, with_numbers

PIXEL = 1.0  # antialiasing may spill over a box by this much


def texts_of(figure: Figure) -> list[tuple[str, Bbox]]:
    """Visible text with its box, tick labels within their axis only."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    hidden = [
        tick_label
        for axes in figure.axes
        for axis, inside in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())
        for tick_label in (tick.label1, tick.label2)
        if not tick.get_visible() or not axes.axison or not min(inside) <= tick.get_loc() <= max(inside)
    ]
    found = figure.findobj(
        lambda artist: isinstance(artist, Text) and artist.get_visible() and artist.get_text().strip() != ""
    )
    return [(t.get_text(), t.get_window_extent(renderer)) for t in found if t not in hidden]


def check_layout(figure: Figure) -> None:
    """All text is inside the page, at least 6 pt, and no two texts overlap."""
    texts = texts_of(figure)
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in texts:
        assert box.x0 >= -PIXEL and box.y0 >= -PIXEL, f"cut: {text!r} {box}"
        assert box.x1 <= width + PIXEL and box.y1 <= height + PIXEL, f"cut: {text!r} {box} {width}"
    for (one, a), (other, b) in combinations(texts, 2):
        depth_x, depth_y = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert depth_x <= PIXEL or depth_y <= PIXEL, f"{one!r} overlaps {other!r}"
    sizes = [artist.get_fontsize() for artist in figure.findobj(Text)]
    assert min(sizes) >= style.SIZE_SMALL


def hit_tables(tables: Tables) -> HitTables:
    return HitTables(
        tables.estimates, tables.diagnostics, tables.instruments, tables.leave_one_out, tables.validation
    )


def svg(figure: Figure, folder: Path) -> bytes:
    style.save(figure, folder / "figure.svg", "a figure")
    return (folder / "figure.svg").read_bytes()


STUDIES = {
    "usual": {},
    "many hits": {"n": 160, "n_hits": 60, "seed": 2},
    "one hit": {"n": 20, "n_hits": 1, "seed": 3},
    "no hit": {"n": 20, "n_hits": 0, "seed": 4},
    "tiny effects": {"n": 30, "n_hits": 5, "seed": 5, "scale": 1e-7},
    "huge effects": {"n": 30, "n_hits": 5, "seed": 6, "scale": 1e4},
    "two outcomes": {"n": 30, "n_hits": 4, "seed": 7, "outcomes": (OUTCOME, "other")},
    "one exposure": {"n": 1, "n_hits": 1, "seed": 8},
}


@pytest.fixture(scope="module", params=STUDIES.values(), ids=STUDIES.keys())
def study(request: pytest.FixtureRequest) -> Tables:
    return make_tables(**request.param)


def test_overview_is_laid_out_well(study: Tables) -> None:
    check_layout(draw_overview(study.screen, study.labels, 0.05, 0.05))


def test_gates_are_laid_out_well(study: Tables) -> None:
    check_layout(draw_gates(study.gates))


def test_truth_is_laid_out_well(study: Tables) -> None:
    check_layout(draw_truth(study.truth_check, Label("exposure", "SD"), study.labels[OUTCOME]))


def test_figures_of_a_hit_are_laid_out_well(study: Tables) -> None:
    for row in study.screen[study.screen["hit"]].head(4).itertuples():
        drawn = draw_hit(row.exposure, row.outcome, row.method, hit_tables(study), study.labels)
        assert list(drawn) == ["forest", "scatter", "funnel", "radial", "single_variant", "leave_one_out"]
        for figure in drawn.values():
            check_layout(figure)


def test_overview_draws_every_tested_exposure_and_names_every_hit_or_counts_it(tables: Tables) -> None:
    figure = draw_overview(tables.screen, tables.labels, 0.05, 0.05)
    axes = figure.axes[0]
    marks = [line for line in axes.lines if line.get_marker() != "None"]
    tested = tables.screen[tables.screen["status"] == "estimated"]
    assert sum(len(line.get_xdata()) for line in marks) == len(tested)
    names = axes.findobj(lambda artist: artist.get_gid() == "hit-name")
    assert len(names) == int(tables.screen["hit"].sum())
    words = " ".join(text for text, _ in texts_of(figure))
    assert "Not testable, not drawn (6)" in words
    assert "2 no instruments" in words


def test_overview_says_how_many_names_had_no_room(many_hits: Tables) -> None:
    figure = draw_overview(many_hits.screen, many_hits.labels, 0.05, 0.05)
    named = len(figure.axes[0].findobj(lambda artist: artist.get_gid() == "hit-name"))
    words = " ".join(text for text, _ in texts_of(figure))
    left = re.search(r"(\d+) hits? without room", words)
    assert named + int(left.group(1) if left else 0) == 60
    assert named >= 30  # most hits are named even in the most crowded screen


def test_overview_keeps_a_wild_effect_at_the_edge(tables: Tables) -> None:
    screen = tables.screen.copy()
    screen.loc[20, "beta"] = 1e3
    figure = draw_overview(screen, tables.labels, 0.05, 0.05)
    assert figure.axes[0].get_xlim()[1] < 2
    assert "1 effect beyond the axis" in " ".join(text for text, _ in texts_of(figure))


def test_overview_of_a_screen_without_any_estimate() -> None:
    tables = make_tables(n=20, n_hits=0, seed=4)
    figure = draw_overview(tables.screen.assign(status="no_instruments"), tables.labels, 0.05, 0.05)
    check_layout(figure)


def test_overview_counts_every_status_that_has_no_estimate() -> None:
    drawn = {ExposureStatus.REDUCED, ExposureStatus.ESTIMATED}
    assert {*NOT_TESTABLE} == {*ExposureStatus} - drawn


def test_overview_says_the_unit_that_exposures_share_or_do_not(tables: Tables) -> None:
    shared = draw_overview(tables.screen, tables.labels, 0.05, 0.05)
    assert "(log odds per SD)" in shared.axes[0].get_xlabel()
    mixed = tables.labels | {"exposure.00": Label("Ferritin", "µg/l")}
    assert "per unit of each exposure" in draw_overview(tables.screen, mixed, 0.05, 0.05).axes[0].get_xlabel()


def test_effect_limit_ignores_the_wild_few() -> None:
    assert effect_limit(np.array([0.1, -0.2, 0.3, 0.1, 50.0])) == pytest.approx(1.15 * 0.3)
    assert effect_limit(np.array([])) == 1.0
    assert effect_limit(np.array([7.0])) == pytest.approx(1.15 * 7.0)


def test_benjamini_hochberg_line_is_the_largest_accepted_p() -> None:
    # P 0.001, 0.012, 0.2, 0.5 of two outcomes; k level / m: 0.0125, 0.025, so two pass
    screen = pd.DataFrame({"p_bh": [0.004, 0.024, 0.2666, 0.5, np.nan], "bh_m": [4, 4, 4, 4, 4]})
    assert benjamini_hochberg_line(screen, 0.05) == (pytest.approx(0.025), 2)
    assert benjamini_hochberg_line(screen.tail(3), 0.05) == (pytest.approx(0.0125), 0)
    untested = pd.DataFrame({"p_bh": [np.nan], "bh_m": [np.nan]})
    assert benjamini_hochberg_line(untested, 0.05) == (pytest.approx(0.05), 0)


def test_overview_has_one_benjamini_hochberg_line_for_all_outcomes() -> None:
    tables = make_tables(n=30, n_hits=4, seed=7, outcomes=(OUTCOME, "other"))
    line, passed = benjamini_hochberg_line(tables.screen, 0.05)
    figure = draw_overview(tables.screen, tables.labels, 0.05, 0.05)
    heights = [
        drawn.get_ydata()[0]
        for axes in figure.axes
        for drawn in axes.lines
        if str(drawn.get_label()).startswith("Benjamini-Hochberg")
    ]
    assert heights == pytest.approx([-np.log10(line)] * 2)
    assert " ".join(text for text, _ in texts_of(figure)).count(f"({passed} pass)") == 2


def test_gates_print_counts_and_chance(tables: Tables) -> None:
    words = [text for text, _ in texts_of(draw_gates(tables.gates))]
    for row in tables.gates[tables.gates["status"] == "run"].itertuples():
        assert f"{row.n_passed:,}" in words
        assert f"of {row.n_entered:,}" in words
    assert "at most 2.7" in words and "2.7" in words
    assert "5 left out" in words
    assert words.count("not run") == 3


def test_truth_counts_every_exposure_once(tables: Tables) -> None:
    results = results_of(tables.truth_check)
    figure = draw_truth(tables.truth_check, Label("exposure", "SD"), tables.labels[OUTCOME])
    bars = figure.axes[2].patches
    assert sum(bar.get_width() for bar in bars) == len(results) == 60
    assert (results == "hit").sum() == tables.truth_check["hit"].sum()
    assert (results == "not_testable").sum() == (tables.truth_check["status"] != "estimated").sum()


def forest_of(tables: Tables, exposure: str = "exposure.00") -> Figure:
    pair = {name: getattr(tables, name) for name in ("estimates", "validation")}
    rows = {
        name: table[(table["exposure"] == exposure) & (table["outcome"] == OUTCOME)]
        for name, table in pair.items()
    }
    return draw_forest(
        tables.labels[exposure],
        tables.labels[OUTCOME],
        rows["estimates"],
        "ivw",
        rows["validation"],
        tables.labels,
    )


def test_forest_has_a_row_for_each_method_and_outcome_and_an_axis_for_each_unit(tables: Tables) -> None:
    figure = forest_of(tables)
    words = [text for text, _ in texts_of(figure)]
    assert {
        "Inverse-variance weighted",
        "MR-Egger",
        "Weighted median",
        "GSMR",
        "Density heel",
        "Fracture",
    } <= {*words}
    assert [axes.get_xlabel() for axes in figure.axes] == [
        "Effect, 95% interval (log odds per SD)",
        "Effect, 95% interval (SD per SD)",
        "Effect, 95% interval (log odds per SD)",
    ]
    assert words.count("as expected") == 2
    assert words.count("not testable") == 1


def test_forest_shades_the_expected_side(tables: Tables) -> None:
    beta = tables.screen.loc[0, "beta"]
    density, fracture = forest_of(tables).axes[1:]
    assert all(np.sign(patch.get_width()) == -np.sign(beta) for patch in density.patches)
    assert [np.sign(patch.get_width()) for patch in fracture.patches] == [np.sign(beta)]


def test_forest_says_which_method_had_too_few_instruments() -> None:
    tables = make_tables(n=3, n_hits=1, n_instruments=3)
    words = [text for text, _ in texts_of(forest_of(tables))]
    assert words.count("too few instruments (3)") == 3  # MR-Egger, weighted median, GSMR


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("singular", "covariance cannot be inverted"),
        ("too_weak", "instruments too weak"),
        ("equal_effects", "effects on the exposure of one size"),
        ("only_outliers", "too few but outliers"),
        ("one_dominates", "one instrument has all the weight"),
    ],
)
def test_forest_says_why_a_method_has_no_estimate(tables: Tables, status: str, reason: str) -> None:
    estimates = tables.estimates.copy()
    gsmr = (estimates["exposure"] == "exposure.00") & (estimates["method"] == "gsmr")
    estimates.loc[gsmr, "status"] = status
    estimates.loc[gsmr, ["beta", "se", "ci_low", "ci_high", "neglog10_p", "p"]] = np.nan
    figure = forest_of(replace(tables, estimates=estimates))
    check_layout(figure)
    words = [text for text, _ in texts_of(figure)]
    assert words.count(f"not estimated: {reason}") == 1


def test_gates_draw_each_bound_of_chance_in_the_bar_and_beside_its_words(tables: Tables) -> None:
    diamonds = [line for line in draw_gates(tables.gates).axes[0].lines if line.get_marker() == "D"]
    assert len(diamonds) == 2 * int(tables.gates["n_expected_by_chance"].notna().sum())
    assert len({line.get_markersize() for line in diamonds}) == 1


def test_scatter_orients_every_instrument_to_raise_the_exposure(tables: Tables) -> None:
    points = tables.instruments.query("exposure == 'exposure.00'")
    turned = oriented(points)
    assert (turned["beta_exposure"] > 0).all()
    np.testing.assert_allclose(  # turning an allele never changes the ratio
        np.sort(turned["beta_outcome"] / turned["beta_exposure"]),
        np.sort(points["beta_outcome"] / points["beta_exposure"]),
        rtol=1e-12,
    )


def test_scatter_and_funnel_mark_outliers_and_draw_each_method(tables: Tables) -> None:
    drawn = draw_hit("exposure.00", OUTCOME, "ivw", hit_tables(tables), tables.labels)
    outliers = (tables.instruments.query("exposure == 'exposure.00'")["gsmr_status"] == "heidi_outlier").sum()
    for name in ("scatter", "funnel"):
        words = {text for text, _ in texts_of(drawn[name])}
        assert f"HEIDI outlier, not in GSMR ({outliers})" in words
        assert f"MR-PRESSO outlier ({outliers})" in words  # the synthetic tables mark the same ones
        assert {"Inverse-variance weighted", "MR-Egger", "Weighted median", "GSMR"} <= words


def with_methods(tables: Tables, methods: list[str]) -> Tables:
    """The first hit with an estimate of each of these methods."""
    first = tables.estimates[tables.estimates["exposure"] == "exposure.00"].iloc[[0]]
    beta = float(first["beta"].iloc[0])
    rows = [first.assign(method=method, beta=beta * (1 + 0.01 * i)) for i, method in enumerate(methods)]
    return replace(tables, estimates=with_numbers(pd.concat(rows, ignore_index=True)))


@pytest.mark.parametrize("n_instruments", [3, 100])
@pytest.mark.parametrize("methods", [list(PRESETS["paper"]), list(METHODS)], ids=["paper", "full"])
def test_many_methods_and_instruments_do_not_crowd_a_figure(n_instruments: int, methods: list[str]) -> None:
    tables = with_methods(make_tables(n=1, n_hits=1, n_instruments=n_instruments), methods)
    drawn = draw_hit("exposure.00", OUTCOME, "ivw", hit_tables(tables), tables.labels)
    for figure in drawn.values():
        check_layout(figure)
    lines = [line for line in drawn["scatter"].axes[0].lines if len(line.get_xdata()) == 2]
    assert len([line for line in lines if line.get_xdata()[0] == 0.0]) >= len(methods)  # every method's line
    legend = [text for text, _ in texts_of(drawn["scatter"])]
    others = len(methods) - 6 if len(methods) > 6 else 0
    assert any(text == f"{others} other methods (see forest)" for text in legend) == bool(others)


def test_outliers_are_named_in_scatter_funnel_and_radial_plot() -> None:
    tables = make_tables(n=1, n_hits=1, n_instruments=40)
    points = tables.instruments
    marked = points[
        (points["gsmr_status"] == "heidi_outlier")
        | (points["presso_status"] == "outlier")
        | (points["radial_status"] == "outlier")
    ]
    drawn = draw_hit("exposure.00", OUTCOME, "ivw", hit_tables(tables), tables.labels)
    for name in ("scatter", "radial"):
        words = " ".join(text for text, _ in texts_of(drawn[name]))
        unnamed = re.search(r"(\d+) outliers? not named", words)
        named = sum(rsid in words for rsid in marked["rsid"])
        assert named + int(unnamed.group(1) if unnamed else 0) == len(marked) >= 5
        assert named >= 5


def test_radial_plot_shows_parts_of_q_as_distances_from_the_line() -> None:
    tables = make_tables(n=1, n_hits=1, n_instruments=12)
    points, slope = tables.instruments, float(tables.diagnostics["radial_beta"].iloc[0])
    figure = draw_radial(tables.labels["exposure.00"], tables.labels[OUTCOME], points, slope)
    drawn = np.vstack([line.get_xydata() for line in figure.axes[0].lines if line.get_marker() in ("o", "X")])
    distance = np.unique(np.round((drawn[:, 1] - slope * drawn[:, 0]) ** 2, 9))
    expected = points["radial_weight"] * (points["wald_beta"] - slope) ** 2
    np.testing.assert_allclose(distance, np.sort(expected), atol=1e-8)


def test_radial_plot_of_one_instrument_says_why_there_is_none() -> None:
    tables = make_tables(n=1, n_hits=1, n_instruments=1)
    figure = draw_radial(
        tables.labels["exposure.00"], tables.labels[OUTCOME], tables.instruments, float("nan")
    )
    assert "Too few instruments" in texts_of(figure)[0][0]


def test_single_variants_keep_outliers_where_rows_are_too_many() -> None:
    tables = make_tables(n=1, n_hits=1, n_instruments=200)
    figure = draw_single_variant(
        tables.labels["exposure.00"], tables.labels[OUTCOME], tables.instruments, tables.estimates
    )
    check_layout(figure)
    words = [text for text, _ in texts_of(figure)]
    heidi = tables.instruments.query("gsmr_status == 'heidi_outlier'")["rsid"]
    assert set(heidi) <= set(words) and len(heidi) >= 10
    assert "Ratios: 60 most precise of 200 (outliers in red)" in words
    assert {"Inverse-variance weighted", "MR-Egger"} <= set(words)


def test_forest_draws_gaps_and_open_ends_of_an_interval(tables: Tables) -> None:
    estimates = tables.estimates.copy()
    first = (estimates["exposure"] == "exposure.00") & (estimates["outcome"] == OUTCOME)
    beta = float(estimates.loc[first & (estimates["method"] == "ivw"), "beta"].iloc[0])
    low, high = sorted((0.5 * beta, 1.5 * beta))
    gaps = first & (estimates["method"] == "egger")
    estimates.loc[gaps, ["ci_low", "ci_high"]] = -np.inf, high
    estimates.loc[gaps, "ci_parts"] = f"-inf:{low!r};{beta!r}:{high!r}"
    open_ended = first & (estimates["method"] == "weighted_median")
    estimates.loc[open_ended, ["ci_low", "ci_high"]] = -np.inf, np.inf
    figure = forest_of(replace(tables, estimates=estimates))
    check_layout(figure)
    words = [text for text, _ in texts_of(figure)]
    assert any("(−∞ to ∞)" in text for text in words)
    assert any(("−∞ to" in text and ", " in text) or "(2 intervals)" in text for text in words)
    row = 1  # MR-Egger's
    drawn = [line.get_xdata() for line in figure.axes[0].lines if list(line.get_ydata()) == [row, row]]
    assert sorted(tuple(x) for x in drawn) == [(figure.axes[0].get_xlim()[0], low), (beta, high)]


def test_leave_one_out_draws_the_most_influential_of_many() -> None:
    tables = make_tables(n=1, n_hits=1, n_instruments=200)
    figure = draw_leave_one_out(tables.labels["exposure.00"], tables.labels[OUTCOME], tables.leave_one_out)
    check_layout(figure)
    assert len(figure.axes[0].get_yticks()) == MOST_ROWS + 1
    assert "60 most influential of 200" in " ".join(text for text, _ in texts_of(figure))


def test_leave_one_out_of_one_instrument_says_why_there_is_nothing() -> None:
    tables = make_tables(n=1, n_hits=1, n_instruments=1)
    figure = draw_leave_one_out(tables.labels["exposure.00"], tables.labels[OUTCOME], tables.leave_one_out)
    assert "Too few instruments" in texts_of(figure)[0][0]


@pytest.mark.parametrize("n_instruments", [1, 2, 3])
def test_a_hit_of_few_instruments_has_all_its_figures(n_instruments: int) -> None:
    tables = make_tables(n=1, n_hits=1, n_instruments=n_instruments)
    for figure in draw_hit("exposure.00", OUTCOME, "ivw", hit_tables(tables), tables.labels).values():
        check_layout(figure)


def test_figures_are_the_same_bytes_each_time(tables: Tables, tmp_path: Path) -> None:
    draw = [
        lambda: draw_overview(tables.screen, tables.labels, 0.05, 0.05),
        lambda: draw_gates(tables.gates),
        lambda: draw_truth(tables.truth_check, Label("exposure", "SD"), tables.labels[OUTCOME]),
        *(
            lambda name=name: draw_hit("exposure.01", OUTCOME, "ivw", hit_tables(tables), tables.labels)[name]
            for name in ("forest", "scatter", "funnel", "radial", "single_variant", "leave_one_out")
        ),
    ]
    for figure in draw:
        first = svg(figure(), tmp_path)
        assert first == svg(figure(), tmp_path)
        assert b"<dc:date>" not in first
        assert b"a figure" in first


def test_the_callers_settings_change_nothing(tables: Tables, tmp_path: Path) -> None:
    import matplotlib

    plain = svg(draw_gates(tables.gates), tmp_path)
    with matplotlib.rc_context({"font.size": 30, "svg.fonttype": "none", "axes.facecolor": "red"}):
        assert svg(draw_gates(tables.gates), tmp_path) == plain


def test_palette_separates_in_grey() -> None:
    def lightness(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        return float(np.dot([0.2126, 0.7152, 0.0722], channels))

    grey = sorted(
        lightness(colour) for colour in (style.BLACK, style.BLUE, style.RED, style.YELLOW, "#FFFFFF")
    )
    assert min(np.diff(grey)) > 0.12  # neighbours differ visibly on a grey printer


def test_plot_screen_writes_its_figures(tables: Tables, tmp_path: Path) -> None:
    paths = tables.write(tmp_path)
    out = {name: tmp_path / f"{name}.svg" for name in ("overview", "flow", "truth")}
    for truth_check, truth in (([paths["truth_check"]], [out["truth"]]), ([], [])):
        plot_screen(
            screen=paths["screen"],
            gates=paths["gates"],
            truth_check=truth_check,
            overview=out["overview"],
            flow=out["flow"],
            truth=truth,
            labels=tables.names,
            units=tables.units,
            error_budget=BUDGET,
        )
    assert all(path.stat().st_size > 5_000 for path in out.values())


def draw_hits(tables: Tables, folder: Path) -> list[str]:
    paths = tables.write(folder / "tables")
    inputs = {
        name: paths[name]
        for name in ("screen", "estimates", "diagnostics", "instruments", "leave_one_out", "validation")
    }
    plot_hits(**inputs, folder=folder / "hits", labels=tables.names, units=tables.units)
    return sorted(str(path.relative_to(folder / "hits")) for path in (folder / "hits").rglob("*.svg"))


def test_plot_hits_writes_six_figures_for_each_hit(one_hit: Tables, tmp_path: Path) -> None:
    names = ("forest", "funnel", "leave_one_out", "radial", "scatter", "single_variant")
    assert draw_hits(one_hit, tmp_path) == [f"exposure.00/{OUTCOME}/{name}.svg" for name in names]


def test_plot_hits_says_that_there_is_no_hit(no_hits: Tables, tmp_path: Path) -> None:
    assert draw_hits(no_hits, tmp_path) == [f"no_hit/{OUTCOME}/no_hits.svg"]
    assert "No exposure passed every gate" in (tmp_path / f"hits/no_hit/{OUTCOME}/no_hits.svg").read_text()


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_each_format_is_the_same_bytes_each_time(tables: Tables, tmp_path: Path, kind: str) -> None:
    made = []
    for name in ("first", "second"):
        style.save(draw_gates(tables.gates), tmp_path / f"{name}.{kind}", "a figure")
        made.append((tmp_path / f"{name}.{kind}").read_bytes())
    assert made[0] == made[1] and b"Matplotlib" not in made[0]


def test_a_step_is_drawn_again_for_print(one_hit: Tables, tmp_path: Path) -> None:
    """PDF with text as TrueType and PNG of 300 dpi, in the folders of the report, and nothing else."""
    paths = one_hit.write(tmp_path / "tables")
    names = ("screen", "estimates", "diagnostics", "instruments", "leave_one_out", "validation")
    draw_for_print(
        folder=tmp_path / "print",
        step="plot_hits",
        made={"folder": "results/figures/hits"},
        **{name: paths[name] for name in names},
        labels=one_hit.names,
        units=one_hit.units,
    )
    made = sorted(
        path.relative_to(tmp_path / "print") for path in (tmp_path / "print").rglob("*") if path.is_file()
    )
    assert len(made) == 12 and {path.suffix for path in made} == {".pdf", ".png"}
    forest = tmp_path / "print" / "hits/exposure.00" / OUTCOME / "forest"
    pdf = forest.with_suffix(".pdf").read_bytes()
    assert b"/CIDFontType2" in pdf and b"/Type3" not in pdf and b"/CreationDate" not in pdf
    width = int.from_bytes(forest.with_suffix(".png").read_bytes()[16:20])
    assert width == round(style.WIDTH_DOUBLE / style.MM_PER_INCH * 300)
