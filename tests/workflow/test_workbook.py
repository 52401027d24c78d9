"""The workbook of a run: the numbers of its tables, under the names of its report."""

import numpy as np
import pandas as pd
from openpyxl import load_workbook

from scripts.table.frames import read_tsv
from scripts.table.workbook import HEADER_ROW
from tests.workflow.conftest import Checkout
from tests.workflow.test_report import ALLOWED, CLAIM, texts


def sheet(checkout: Checkout, number: str) -> pd.DataFrame:
    return pd.read_excel(checkout.results / "tables.xlsx", number, header=HEADER_ROW - 1)


def test_it_has_the_numbers_of_the_tables(finished: Checkout):
    tables = finished.results / "tables"
    screen, hits = read_tsv(tables / "screen.tsv"), read_tsv(tables / "hits.tsv")
    shown = sheet(finished, "Supplementary Table 3")
    assert list(shown["Exposure ID"]) == list(screen["exposure"])
    assert list(shown["Exposure"]) == list(screen["name"])
    for head, name in {"Effect": "beta", "CI low": "ci_low", "P": "p", "GSMR: Effect": "gsmr_beta"}.items():
        np.testing.assert_allclose(shown[head], screen[name], rtol=1e-12, err_msg=head)
    main = sheet(finished, "Table 1")
    assert list(main.loc[main["Role"] == "primary", "Exposure ID"]) == list(hits["exposure"])
    assert len(main) == len(hits) * (1 + read_tsv(tables / "validation.tsv")["validation_outcome"].nunique())
    used = pd.read_parquet(tables / "instruments.parquet").query("outcome == 'disease' and status == 'kept'")
    np.testing.assert_allclose(
        sheet(finished, "Supplementary Table 9")["Wald ratio"], used["wald_beta"], rtol=1e-12
    )
    assert len(sheet(finished, "Supplementary Table 7")) == len(read_tsv(tables / "loci.tsv"))


def test_it_says_what_it_is_and_claims_no_cause(finished: Checkout):
    book = load_workbook(finished.results / "tables.xlsx")
    assert "SIMULATED" in book["Contents"]["A2"].value
    said = {str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value}
    claims = {claim[0].strip() for text in said for claim in CLAIM.finditer(text)}
    assert not {claim for claim in claims if not any(words in claim.lower() for words in ALLOWED)}
    assert "tables.xlsx beside this file" in texts(finished)["home"]
