"""Known results beside the study's own: every analysis, ratios by their logarithm, and all verdicts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.compared import Estimates, compared
from scripts.table.comparison import read_known

PAIR = {"exposure": "x", "outcome": "y"}
NUMBERS = ["beta", "ci_low", "ci_high", "p"]


def estimate(beta: float, half: float, **more: object) -> dict[str, object]:
    return {**PAIR, **more, **dict(zip(NUMBERS, (beta, beta - half, beta + half, 0.01), strict=True))}


def estimates() -> Estimates:
    pairs = list(zip(NUMBERS, (0.2, 0.1, 0.3, 0.01), strict=True))
    mediated = {f"{part}_{name}": value for part in ("direct", "indirect") for name, value in pairs}
    share = {"proportion": 0.5, "proportion_fieller_low": 0.2, "proportion_fieller_high": 0.9}
    return Estimates(
        screen=pd.DataFrame([estimate(-0.2, 0.1, method="ivw"), estimate(9.0, 0.1, method="egger")]),
        reverse=pd.DataFrame([estimate(0.01, 0.05)]),
        multivariable=pd.DataFrame([estimate(-0.1, 0.05, method="mvmr_ivw", analysis="adjusted")]),
        mediation=pd.DataFrame([{**PAIR, "mediator": "m", **mediated, **share}]),
    )


def known(folder: Path, *rows: str) -> pd.DataFrame:
    path = folder / "known.tsv"
    head = "analysis\texposure\tmediator\toutcome\tquantity\tvalue"
    path.write_text("\n".join([head, *rows]) + "\n")
    return read_known(path)


def test_every_kind_of_known_result_finds_its_estimate(tmp_path: Path):
    table = compared(
        known(
            tmp_path,
            "screen\tx\t\ty\teffect\t-0.15",
            "screen\tx\t\ty\todds_ratio\t0.854",
            "reverse\tx\t\ty\teffect\t0",
            "adjusted\tx\t\ty\teffect\t-0.3",
            "mediation\tx\tm\ty\tindirect\t-0.2",
            "mediation\tx\tm\ty\tproportion\t0.85",
            "screen\tx\t\tz\teffect\t1",
        ),
        estimates(),
    )
    assert table["verdict"].tolist() == [
        *("agrees", "agrees", "agrees", "outside", "opposite", "agrees", "not_estimated"),
    ]
    ratio = table.iloc[1]
    assert ratio["found"] == pytest.approx(np.exp(-0.2)) and ratio["found_low"] == pytest.approx(np.exp(-0.3))
    assert table["found"].tolist()[2:6] == [0.01, -0.1, 0.2, 0.5]


def test_stages_that_did_not_run_have_no_estimate(tmp_path: Path):
    nothing = Estimates(estimates().screen, estimates().reverse, pd.DataFrame(), pd.DataFrame())
    table = compared(known(tmp_path, "adjusted\tx\t\ty\teffect\t1", "mediation\tx\tm\ty\tdirect\t1"), nothing)
    assert table["verdict"].tolist() == ["not_estimated"] * 2


def test_a_fault_of_the_table_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="line 2: `quantity` is 'beta', expected one of effect, odds_ratio"):
        known(tmp_path, "screen\tx\t\ty\tbeta\t1")
    with pytest.raises(ValueError, match="line 3: `value` is 'a lot', expected a number"):
        known(tmp_path, "screen\tx\t\ty\teffect\t1", "screen\tx\t\ty\teffect\ta lot")
