"""Colocalisation in a run: what is read again, what is made, and what is said of a wrong setting."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from scripts.study.load import load_study
from scripts.study.pleiotropy import pleiotropy_problems
from scripts.table.files import read_json
from scripts.table.frames import read_tsv
from tests.workflow.conftest import SMALL, Checkout
from tests.workflow.test_study import EXPOSURE, OUTCOME, message_of, small_config, table


def test_a_finished_study_gains_its_colocalisation(copied: Checkout) -> None:
    """Only the exposures that are named are read again, and each instrument's region gets a verdict."""
    screen = read_tsv(copied.results / "tables/screen.tsv")
    hits = screen[screen["hit"].astype(bool)]["exposure"].tolist()[:2]
    asked = f"coloc: {{traits: [{', '.join(hits)}], min_variants: 20, max_figures: 3}}\n"
    (copied.folder / "config/small.yaml").write_text(SMALL + asked)
    done = copied.run()
    assert done.returncode == 0, done.stdout
    whole = {path.stem for path in (copied.results / "reduced").glob("*.parquet") if n_rows(path) > 1000}
    assert whole == set(hits)
    table = read_tsv(copied.results / "tables/coloc.tsv")
    lead = read_json(copied.results / "lead_exposure.json")["exposure"]
    pleiotropic = read_tsv(copied.results / "tables/loci.tsv")["lead_rsid"]
    assert set(pleiotropic) <= set(table.loc[table["trait_1"] == lead, "locus"])
    assert set(table["trait_1"]) == {*hits, lead}
    loci = table[~table["locus"].isin(pleiotropic)]
    instruments = pd.read_parquet(copied.results / "tables/instruments.parquet")
    used = instruments[instruments["exposure"].isin(hits) & (instruments["status"] == "kept")]
    assert set(loci["lead"]) <= set(used["rsid"])
    assert (loci["status"] == "tested").sum() >= 4
    tested = loci[loci["status"] == "tested"]
    assert (tested.filter(like="pp_h").iloc[:, :5].sum(axis=1) - 1).abs().max() < 1e-9
    assert set(tested["susie"]) <= {"fitted", "no_set_1", "no_set_2", "ld_mismatch", "not_converged"}
    assert len(list((copied.results / "figures/coloc").rglob("*.svg"))) == 3
    assert (copied.results / "coloc.html").exists()
    assert "#coloc_overview" in (copied.results / "report.html").read_text()


def n_rows(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def config_with(root: Path, **coloc: object) -> dict[str, object]:
    config = small_config(root, table([EXPOSURE]), table([OUTCOME]))
    return config | {"coloc": config["coloc"] | coloc}


@pytest.mark.parametrize(
    ("coloc", "said"),
    [
        ({"traits": ["x2"]}, "`coloc.traits[0]` is x2, which neither"),
        ({"traits": ["y"]}, "`coloc.traits[0]` is y, which is itself a primary outcome"),
        ({"traits": ["x1"], "loci": "genes"}, "set `genes.table`"),
        ({"recombination_map": "nowhere.txt"}, "`coloc.recombination_map`: there is no file"),
        ({"traits": ["x1"], "loci": "nowhere.tsv"}, "`coloc.loci`: there is no file nowhere.tsv"),
        ({"p12": 0.001}, "`coloc.p12` is 0.001, above `coloc.p1` or `coloc.p2` (0.0001)"),
        ({"traits": "all"}, "expected a list of ids, none twice, or exposures"),
    ],
)
def test_a_wrong_setting_is_said(tmp_path: Path, coloc: dict[str, object], said: str) -> None:
    assert said in message_of(config_with(tmp_path, **coloc), tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ld_panel": None}, "`ld_panel` is null: there are no such loci"),
        ({"placo": {"exposure": None}}, "`placo.exposure` is null: there are no such loci"),
        ({}, "every exposure is a table of instruments"),
    ],
)
def test_pleiotropic_loci_need_whole_files_and_a_panel(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    config: dict[str, Any] = config_with(tmp_path, traits=["x1"], loci="pleiotropic")
    wrong = config | change | {"placo": config["placo"] | change.get("placo", {})}
    problems = list(pleiotropy_problems(wrong, {}, {}))
    assert any(said in problem for problem in problems)


def test_the_word_exposures_stands_for_all(tmp_path: Path) -> None:
    study = load_study(config_with(tmp_path, traits="exposures"), tmp_path)
    assert study.coloc_traits == ("x1",)
    assert study.scale_of("x1") == {"binary": False, "in_sd": True}
    assert study.scale_of("y") == {"binary": True, "in_sd": True}
