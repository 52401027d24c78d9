"""The numbered tables of a paper, from the tables of a made-up study: same numbers, words for readers."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from openpyxl import load_workbook

from scripts.figure.paper_tables import (
    STATUSES,
    Column,
    columns_of,
    paper_sheet,
    printed_p,
    reader_of,
    sentences,
)
from scripts.figure.words import Label
from scripts.study.config import in_effect
from scripts.table.frames import read_tsv
from scripts.table.status import Flag
from scripts.table.workbook import HEADER_ROW, NUMBER_FORMATS
from scripts.write_workbook import write_workbook
from tests.analysis.paper_study import METHODS, UNITS, study_tables, write_study

Tables = dict[str, pd.DataFrame]

ROOT = Path(__file__).resolve().parents[2]
DEFINED = yaml.safe_load((ROOT / "report/tables.yaml").read_text(encoding="utf-8"))
DEMO = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
STUDIES = sorted((ROOT / "config/studies").glob("*/study.yaml"))
WRITTEN = {"trait", "trait_unit", "unit", "method", "yes", "chromosome", "text"}
NUMBERS = ["Table 1", "Table 2", *(f"Supplementary Table {i}" for i in range(1, 12))]
PRIMARY = {"Effect": "beta", "CI low": "ci_low", "CI high": "ci_high", "P": "p", "Variants": "n_instruments"}


def make(folder: Path, tables: Tables, config: dict[str, Any] | None = None, **changes: Any) -> Path:
    """The folder with workbook and tables, written by the step."""
    folder.mkdir()
    paths = write_study(tables, folder)
    frozen = folder / "config.yaml"
    frozen.write_text(yaml.safe_dump(in_effect(DEMO | (config or {}))))
    labels = {f"x{i:03d}": f"Trait {i}" for i in range(99)}
    labels |= {"disease": "Disease", "density": "Density", "fracture": "Fracture"}
    arguments: dict[str, Any] = {
        "labels": labels,
        "units": dict.fromkeys(labels, "SD") | UNITS,
        "files": {name: f"files/{name}.tsv" for name in labels},
        "outcomes": ["disease"],
        "run_methods": METHODS,
        "simulated": True,
    }
    write_workbook(
        frozen=frozen,
        definitions=ROOT / "report/tables.yaml",
        sources=paths,
        instruments=folder / "instruments.parquet",
        note=[folder / "lead_exposure.json"] if "loci" in tables else [],
        workbook=folder / "tables.xlsx",
        folder=folder / "workbook",
        **(arguments | changes),
    )
    return folder


@pytest.fixture(scope="module")
def tables() -> Tables:
    return study_tables(9, 4)


@pytest.fixture(scope="module")
def made(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("paper") / "study", tables)


def sheet(folder: Path, number: str) -> pd.DataFrame:
    path = folder / "tables.xlsx"
    return pd.read_excel(path, number, header=HEADER_ROW - 1, keep_default_na=False, na_values=[""])


def contents(folder: Path) -> pd.DataFrame:
    """The list of tables, below the title, two lines and an empty one."""
    page = load_workbook(folder / "tables.xlsx")["Contents"]
    head, *rows = ([cell.value for cell in row] for row in page.iter_rows(min_row=5))
    return pd.DataFrame(rows, columns=head).set_index("Table")


def test_every_table_has_its_sheet_and_its_file(made: Path):
    assert load_workbook(made / "tables.xlsx").sheetnames == ["Contents", *NUMBERS]
    assert list(contents(made).index) == NUMBERS
    assert sorted(path.name for path in (made / "workbook").iterdir()) == sorted(contents(made)["File"])


def test_a_sheet_and_its_file_have_the_same_rows(made: Path):
    for number, row in contents(made).iterrows():
        text = read_tsv(made / "workbook" / row["File"])
        read = sheet(made, str(number))
        assert len(text) == row["Rows"] and list(text) == list(read), number
        for head in text:
            if pd.api.types.is_float_dtype(text[head]):
                # A workbook has 16 digits of a number, of the 17 that some need.
                np.testing.assert_allclose(read[head].to_numpy(float), text[head], rtol=1e-15, err_msg=head)
            else:
                cells = [list(part[head].fillna("").astype(str)) for part in (read, text)]
                assert cells[0] == cells[1], head


def test_numbers_are_those_of_the_results(made: Path, tables: Tables):
    estimates = tables["estimates"].set_index(["exposure", "outcome", "method"])
    rows = sheet(made, "Table 1").to_dict("records")
    assert len(rows) == 12
    for row in rows:
        for key, before in {"ivw": "", "gsmr": "GSMR: "}.items():
            true = estimates.loc[(row["Exposure ID"], row["Outcome"].lower(), key)]
            for head, name in PRIMARY.items():
                assert row[before + head] == pytest.approx(true[name], rel=1e-12)
            if row["Outcome"] == "Density":
                assert np.isnan(row[f"{before}OR"])
            else:
                assert row[f"{before}OR"] == pytest.approx(np.exp(true["beta"]), rel=1e-12)
    screen = sheet(made, "Supplementary Table 3")
    np.testing.assert_allclose(screen["P"], tables["screen"]["p"], rtol=1e-12)
    assert list(screen["Variants"]) == list(tables["screen"]["n_instruments"])
    pieces = sheet(made, "Supplementary Table 9")
    kept = tables["instruments"].query("status == 'kept' and outcome == 'disease'")
    np.testing.assert_allclose(pieces["Wald ratio"], kept["wald_beta"], rtol=1e-12)
    np.testing.assert_allclose(pieces["P in the exposure"], 10 ** -kept["neglog10_p"], rtol=1e-12)
    reverse = sheet(made, "Supplementary Table 10")
    np.testing.assert_allclose(reverse["Adjusted P"], tables["reverse"]["p_adjusted"], rtol=1e-12)
    np.testing.assert_allclose(reverse["Weighted median: P"], tables["reverse"]["p"], rtol=1e-12)
    checks = sheet(made, "Supplementary Table 11")
    pairs = tables["diagnostics"].head(4)
    np.testing.assert_allclose(checks["Q P"], 10 ** -pairs["q_neglog10_p"], rtol=1e-12)


def test_every_p_is_a_probability_and_no_number_is_text(made: Path):
    for page in load_workbook(made / "tables.xlsx").worksheets[1:]:
        heads = [cell.value for cell in page[HEADER_ROW]]
        for row in page.iter_rows(min_row=HEADER_ROW + 1):
            for head, cell in zip(heads, row, strict=True):
                if cell.number_format == "0.00E+00" and cell.value is not None:
                    assert 0 < cell.value <= 1, (page.title, head)
                if isinstance(cell.value, str):
                    assert not re.fullmatch(r"[-+]?\d+(\.\d+)?(E[-+]?\d+)?", cell.value), (page.title, head)


def test_traits_have_their_names_and_effects_their_units(made: Path):
    first = sheet(made, "Table 1")
    assert list(first["Exposure"].unique()) == [f"Trait {i}" for i in range(4)]
    assert list(first["Unit of effect"].iloc[:3]) == ["log odds per SD", "SD per SD", "log odds per SD"]
    assert sheet(made, "Supplementary Table 10")["Unit of effect"].iloc[0] == "SD per log odds"
    assert sheet(made, "Supplementary Table 1")["Source"].iloc[0] == "files/x000.tsv"
    assert set(sheet(made, "Supplementary Table 9")["Chromosome"]) == {"X"}
    beware = sheet(made, "Supplementary Table 8")["To beware of"].iloc[0]
    assert beware == "at least one instrument has F below 10; instruments lie in the MHC"
    left_out = sheet(made, "Supplementary Table 2")
    assert list(left_out["Variant"]) == ["rs9"] + ["rs2"] * 8
    assert left_out["Reason"].iloc[1] == "The outcome has no variant at this position."
    assert left_out["Known for"].iloc[0] == "body mass index; body weight"


def test_it_says_that_it_is_simulated_and_only_then(made: Path, tables: Tables, tmp_path: Path):
    book = load_workbook(made / "tables.xlsx")
    assert "SIMULATED" in book["Contents"]["A2"].value
    assert all(page["A1"].value.endswith("(SIMULATED data)") for page in book.worksheets[1:])
    real = load_workbook(make(tmp_path / "real", tables, {"title": "T"}, simulated=False) / "tables.xlsx")
    first_lines = [str(page.cell(row, 1).value) for page in real for row in (1, 2)]
    assert not any("SIMULATED" in line for line in first_lines)


def test_notes_have_the_thresholds_of_the_config(tables: Tables, tmp_path: Path):
    validation = {"correction": "storey", "level": 0.07}
    changes = {
        "error_budget": DEMO["error_budget"] | {"nominal_p": 0.003, "validation": validation},
        "coloc": DEMO["coloc"] | {"min_posterior": 0.66},
    }
    book = load_workbook(make(tmp_path / "s", tables, changes) / "tables.xlsx")
    note = book["Table 1"]["A2"].value
    assert "P < 0.003 by GSMR and IVW, in one direction" in note and "adjusted P < 0.07 (Storey q)" in note
    assert "at least 0.66" in book["Table 2"]["A2"].value
    assert "effect allele" in book["Supplementary Table 9"]["A2"].value


def test_notes_say_which_tests_a_hierarchical_correction_counts(tables: Tables, tmp_path: Path):
    for correction, hierarchical in (("hierarchical", True), ("bonferroni", False)):
        validation = {"correction": correction, "level": 0.05}
        changes = {"error_budget": DEMO["error_budget"] | {"validation": validation}}
        book = load_workbook(make(tmp_path / correction, tables, changes) / "tables.xlsx")
        for number in ("Table 1", "Supplementary Table 5"):
            note = book[number]["A2"].value
            assert ("over the validation outcomes of each pair" in note) == hierarchical
            assert ("over all tests of validation" in note) != hierarchical


def test_stages_that_did_not_run_are_left_out_with_the_reason(tables: Tables, tmp_path: Path):
    gone = ("validation", "genetic_correlation", "loci", "pleiotropic_loci", "coloc")
    left = {name: table for name, table in tables.items() if name not in gone}
    folder = make(tmp_path / "s", left, {"validation": []})
    listed = contents(folder)
    out = listed[listed["File"].isna()]
    assert list(out.index) == ["Table 2", *(f"Supplementary Table {i}" for i in (5, 6, 7))]
    assert list(out["What it says"]) == [
        "Left out: The study looks for no pleiotropic loci (placo.exposure).",
        "Left out: The study has no validation outcomes.",
        "Left out: The study has no LD scores (ldsc.ld_scores).",
        "Left out: The study looks for no pleiotropic loci (placo.exposure).",
    ]
    assert not set(out.index) & set(load_workbook(folder / "tables.xlsx").sheetnames)
    assert "supplementary_table_05.tsv" not in {path.name for path in (folder / "workbook").iterdir()}
    first = sheet(folder, "Table 1")
    assert list(first["Exposure ID"]) == [f"x00{i}" for i in range(4)] and "What follows" not in first
    assert "discovered" in listed.loc["Table 1", "Title"]
    assert "validat" not in listed.loc["Table 1", "What it says"]


@pytest.mark.parametrize(("n", "n_hits"), [(5, 0), (5, 1), (62, 60)])
def test_no_hit_one_hit_and_sixty(n: int, n_hits: int, tmp_path: Path):
    folder = make(tmp_path / "s", study_tables(n, n_hits))
    listed = contents(folder)
    assert listed.loc["Table 1", "Rows"] == 3 * n_hits
    rows = listed.loc[["Supplementary Table 3", "Supplementary Table 9"], "Rows"]
    assert list(rows) == [n, 2 * (n - 1)]
    page = load_workbook(folder / "tables.xlsx")["Table 1"]
    empty = "No exposure passed every gate."
    assert page["A2"].value.startswith(empty) == (n_hits == 0)
    assert listed.loc["Table 1", "What it says"].startswith(empty) == (n_hits == 0)
    assert page.max_row == HEADER_ROW + 3 * n_hits and page.cell(HEADER_ROW, 1).value == "Exposure ID"


def test_a_p_that_no_spreadsheet_holds_is_text():
    assert printed_p(2.0) == 0.01 and printed_p(0.0) == 1.0
    assert printed_p(300.0) == pytest.approx(1e-300)
    assert printed_p(400.3) == "5.0×10⁻⁴⁰¹" and printed_p(400.0) == "1.0×10⁻⁴⁰⁰"


def test_an_adjusted_p_of_nothing_is_told_as_a_bound(tmp_path: Path):
    tables = study_tables(4, 1)
    tables["screen"].loc[0, ["p_adjusted", "neglog10_p"]] = [0.0, 350.5]
    tables["screen"].loc[1, "p_adjusted"] = 1e-310
    rows = sheet(make(tmp_path / "s", tables), "Supplementary Table 3")
    assert (rows["P"][0], rows["Adjusted P"][0]) == ("3.2×10⁻³⁵¹", "< 1.0×10⁻³⁰⁷")
    assert rows["Adjusted P"][1] == "< 1.0×10⁻³⁰⁷"


def test_statuses_are_told_in_sentences():
    assert sentences("in_mhc", Flag) == "instruments lie in the MHC"
    both = sentences("edge;in_mhc", STATUSES["ColocNote"])
    assert both.startswith("The strongest variant") and both.endswith("is long.") and ". The locus" in both


def test_columns_of_methods_are_repeated():
    listed = [["a", "A", "text"], {"methods": "some", "columns": [["beta", "Effect", "effect", "optional"]]}]
    assert list(columns_of(listed, {"some": ["egger", "gsmr"]})) == [
        Column("a", "A", "text", False),
        Column("egger:beta", "MR-Egger: Effect", "effect", True),
        Column("gsmr:beta", "GSMR: Effect", "effect", True),
    ]


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """As Snakemake lays one config over another."""
    both = [key for key in base if isinstance(base[key], dict) and isinstance(over.get(key), dict)]
    return base | over | {key: merged(base[key], over[key]) for key in both}


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.parent.name)
def test_every_study_can_fill_in_every_word(path: Path):
    """Also of stages that it does not run: a note asks for nothing that a config can lack."""
    config = in_effect(merged(DEMO, yaml.safe_load(path.read_text(encoding="utf-8"))))
    for have in (set[str](), {"validation", "coloc"}):
        reader = reader_of({}, config, METHODS, have)
        for table in DEFINED["tables"]:
            for name in ("title", "says", "note", "empty", "absent"):
                text = reader.text(table[name])
                assert "None" not in text and " ." not in text and " ," not in text, text
                assert text == "" or text.endswith(".") or name == "title", text


def test_definitions_are_whole():
    assert [table["number"] for table in DEFINED["tables"]] == NUMBERS
    groups = {"discovery": ["gsmr"], "sensitivity": ["egger", "gsmr"]}
    for table in DEFINED["tables"]:
        columns = list(columns_of(table["columns"], groups))
        heads = [column.head for column in columns]
        assert len(heads) == len(set(heads)), table["number"]
        assert {column.kind for column in columns} <= {*NUMBER_FORMATS, *STATUSES, *WRITTEN}


def test_a_column_that_results_lack_is_an_error(tables: Tables):
    reader = reader_of({"x000": Label("A", "SD")}, DEMO, METHODS, set())
    table = DEFINED["tables"][0] | {"columns": [["absent", "A", "text"]]}
    with pytest.raises(KeyError, match="absent"):
        paper_sheet(table, {"results": tables["screen"]}, reader, False)


def test_bytes_are_stable_whatever_the_folder(made: Path, tables: Tables, tmp_path: Path):
    again = make(tmp_path / "again", tables)
    assert (again / "tables.xlsx").read_bytes() == (made / "tables.xlsx").read_bytes()
