"""The forest of a multivariable analysis: a block for each exposure, total beside direct, all legible."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.figure.multivariable import draw_multivariable
from scripts.figure.words import Label
from scripts.method.estimate import Estimate
from scripts.plot_multivariable import plot_multivariable
from scripts.table.frames import write_tsv
from scripts.table.methods import MULTIVARIABLE
from tests.figure.test_figures import check_layout, texts_of

NUMBERS = ("beta", "se", "ci_low", "ci_high", "neglog10_p", "p")
LONG = "Mean of a quantity with a very long name in the left caudal anterior cingulate and insula, volume"
LABELS = {"y": Label("Disease", "log odds"), "a": Label("First", "SD"), "b": Label(LONG, "SD")}


def rows(
    exposures: list[str], missing: tuple[str, ...] = (), outcome: str = "y"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(len(exposures))
    made = []
    for exposure in exposures:
        for method in MULTIVARIABLE:
            key = {"analysis": "one", "outcome": outcome, "exposure": exposure, "method": method}
            if method in missing:
                made.append(key | {"status": "too_few_instruments", "n_instruments": 2} | none())
            else:
                fit = Estimate(float(rng.normal(0, 0.2)), float(rng.uniform(0.02, 0.2)), 20)
                numbers = {name: getattr(fit, name) for name in NUMBERS}
                made.append(key | {"status": "estimated", "n_instruments": 20} | numbers)
    strength = {"conditional_f": [12.34] + [np.nan] * (len(exposures) - 1)}
    strength |= {"unreadable_members": ""}
    behind = pd.DataFrame({"analysis": "one", "outcome": outcome, "exposure": exposures} | strength)
    return pd.DataFrame(made), behind


def none() -> dict[str, float]:
    return dict.fromkeys(NUMBERS, np.nan)


@pytest.mark.parametrize("missing", [(), ("mvmr_egger",), tuple(MULTIVARIABLE)])
@pytest.mark.parametrize("exposures", [["a", "b"], ["a", "b", "c", "d", "e"]])
def test_it_is_laid_out_well(exposures: list[str], missing: tuple[str, ...]) -> None:
    check_layout(draw_multivariable(*rows(exposures, missing), LABELS))


def test_each_exposure_has_its_block_with_every_method_and_its_strength() -> None:
    texts = [text for text, _ in texts_of(draw_multivariable(*rows(["a", "c"]), LABELS))]
    assert "First (F 12.3)" in texts and "c (F –)" in texts
    for method in MULTIVARIABLE.values():
        assert texts.count(method.name) == 2
    assert texts.count("Effect, 95% interval (log odds per SD)") == 1
    assert texts.count("Effect, 95% interval (log odds per exposure unit)") == 1


def test_it_names_the_member_that_could_not_be_read() -> None:
    estimates, behind = rows(["a", "c"], tuple(MULTIVARIABLE))
    estimates["status"], behind["unreadable_members"] = "unreadable_member", "c"
    figure = draw_multivariable(estimates, behind, LABELS)
    check_layout(figure)
    texts = [text for text, _ in texts_of(figure)]
    assert "c (could not be read)" in texts and "First (F 12.3)" in texts
    assert texts.count("not estimated: a member could not be read") == 2 * len(MULTIVARIABLE)


def test_the_step_writes_a_figure_for_each_analysis_and_outcome(tmp_path: Path) -> None:
    tables = [rows(["a", "b"]), rows(["a", "b"], outcome="0017")]
    for part, name in enumerate(("estimates", "diagnostics")):
        write_tsv(pd.concat([pair[part] for pair in tables]), tmp_path / f"{name}.tsv")
    names, units = {"y": "Disease"}, {"y": "log odds"}
    estimates, diagnostics = tmp_path / "estimates.tsv", tmp_path / "diagnostics.tsv"
    plot_multivariable(estimates, diagnostics, tmp_path / "out", names, units)
    made = sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.svg"))
    assert made == ["one/0017.svg", "one/y.svg"]
