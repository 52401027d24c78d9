"""Known results beside the study's own: every analysis, ratios by their logarithm, and all verdicts."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scripts.analysis.compared import Estimates, compared, compared_loci
from scripts.analysis.compared_counts import Counts, compared_counts, counts_of
from scripts.source.published import read_published
from scripts.table.comparison import known_of_printed, read_known

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


def test_a_printed_table_is_compared_method_by_method(tmp_path: Path):
    path = tmp_path / "printed.tsv"
    rows = [
        "x\ty\tegger\t9.04\t\t\t<0.05",
        "x\ty\tivw\t\t0.86\t0.74\t0.03",
        "x\ty\tgsmr\t\u22120.1\t\t\t1.3E-07",
    ]
    head = "exposure\toutcome\tmethod\tbeta\todds_ratio\tci_low\tp"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    table = compared(known_of_printed(read_published(path), "Table 1"), estimates())
    assert table["verdict"].tolist() == ["agrees", "agrees", "not_estimated"]
    assert table["quantity"].tolist() == ["effect", "odds_ratio", "effect"]
    assert table["value"].tolist() == [9.04, 0.86, -0.1] and table["p"].tolist() == [0.05, 0.03, 1.3e-7]
    assert table["low"].isna().tolist() == [True, False, True] and set(table["source"]) == {"Table 1"}


def test_printed_loci_are_looked_for_by_variant_and_by_place(tmp_path: Path):
    path = tmp_path / "loci.tsv"
    rows = ["rs1\t1\t1000000\tA\t0.8", "rs2\t6\t5000000\tB\t0.9", "rs3\t6\t9000000\tC\t0.9"]
    path.write_text("\n".join(["rsid\tchromosome\tposition\tnearest_gene\tpp_h4", *rows]) + "\n")
    names = [
        "locus",
        "rsid",
        "chromosome",
        "position",
        "nearest_gene",
        "pops_gene",
        "pp_h4",
        "coloc_verdict",
        "p",
    ]
    found = pd.DataFrame(
        [
            (1, "rs1", 1, 1_000_000, "A2", "A", 0.95, "shared", 1e-9),
            (2, "rs8", 6, 5_240_000, "B8", "B", 0.1, "distinct", 1e-9),
            (3, "rs9", 6, 5_010_000, "B9", "B", 0.7, "undecided", 1e-9),
            (4, "rs7", 6, 9_300_000, "C7", "C", 0.7, "undecided", 1e-9),
        ],
        columns=names,
    )
    table = compared_loci(read_published(path), found)
    assert table["verdict"].tolist() == ["same_lead", "same_locus", "not_found"]
    assert table["rsid_found"].tolist()[:2] == ["rs1", "rs9"] and table["pp_h4_printed"][0] == "0.8"
    assert len(compared_loci(read_published(path), found.head(0))) == 3
    assert compared_loci(pd.DataFrame(), found).empty


def printed_counts(folder: Path, *rows: str) -> pd.DataFrame:
    path = folder / "counts.tsv"
    path.write_text("\n".join(["subject\tcounted\toutcome\tn_tested\tn_passed", *rows]) + "\n")
    return read_published(path)


def counts() -> Counts:
    gates = pd.DataFrame(
        {
            "gate": ["nominal", "colocalised"],
            "status": ["run", "not_run"],
            "n_passed": pd.array([180, None], "Int64"),
        }
    )
    validation = pd.DataFrame(
        {
            "validation_outcome": ["heel", "heel", "heel", "spine"],
            "verdict": ["concordant", "concordant", "discordant", "silent"],
        }
    )
    return counts_of(gates, validation, pd.DataFrame({"coloc_verdict": ["shared", "distinct", "shared"]}))


def test_printed_counts_stand_beside_the_studys_own(tmp_path: Path):
    table = compared_counts(
        printed_counts(
            tmp_path,
            "Nominal\tnominal\t\t3935\t175",
            "By heel\tconfirmed\theel\t\t4",
            "By spine\tconfirmed\tspine\t\t7",
            "By an outcome that is not there\tconfirmed\tneck\t\t7",
            "Loci\tpleiotropic_loci\t\t\t40",
            "Colocalised loci\tcolocalised_loci\t\t\t6",
            "Past a gate that was not asked\tcolocalised\t\t\t1",
            "Nothing that is counted\t\t\t10\t1",
        ),
        counts(),
    )
    assert table["n_printed"].tolist() == ["175", "4", "7", "7", "40", "6", "1"]
    assert table["n_found"].fillna(-1).tolist() == [180, 2, 0, -1, 3, 2, -1]


def test_a_count_that_the_study_does_not_make_is_named(tmp_path: Path):
    with pytest.raises(ValueError, match="`counted` is hits; expected one of colocalised, colocalised_loci"):
        compared_counts(printed_counts(tmp_path, "Hits\thits\t\t\t1"), counts())
    assert compared_counts(pd.DataFrame(), counts()).empty
