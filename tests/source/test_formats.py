"""Every published layout from a small file (SIMULATED rows) to exact standard rows, and each one's traps."""

import gzip
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scripts.method.normal import neglog10_p_from_z
from scripts.source.detect import detect
from scripts.source.error import SourceError
from scripts.source.readers import READERS, check_header
from scripts.source.standardise import load
from scripts.study.config import schema_of
from scripts.table.formats import CATEGORIES, FORMATS, LABELS, NUMBERS, OWN_COLUMNS
from scripts.table.status import DropReason
from scripts.table.trait import AUTO, Trait
from tests.source.raw import trait

NAN = math.nan
STANDARD = [
    "chromosome",
    "position",
    "rsid",
    "effect_allele",
    "other_allele",
    "eaf",
    "beta",
    "se",
    "p",
    "neglog10_p",
    "n",
]

# For each format: its build, a header, and rows as (text, values of STANDARD).
CASES: dict[str, tuple[str, str, list[tuple[str, list[Any]]]]] = {
    "gwas_ssf": (
        "GRCh37",
        "chromosome\tbase_pair_location\teffect_allele\tother_allele\tbeta\tstandard_error\t"
        "effect_allele_frequency\tp_value\tvariant_id\trsid\tref_allele\tn",
        [
            (
                "23\t24173186\tA\tC\t0.25\t0.125\t0.625\t2.3E-08\t23_24173186_C_A\trs5\tOA\t512",
                ["23", 24173186, "rs5", "A", "C", 0.625, 0.25, 0.125, 2.3e-8, NAN, 512],
            ),
            (
                "1\t7\tTC\tT\t-0.5\t0.1\t#NA\t0.5\t#NA\t#NA\tEA\tNA",
                ["1", 7, NAN, "TC", "T", NAN, -0.5, 0.1, 0.5, NAN, NAN],
            ),
        ],
    ),
    "gwas_catalog_old": (
        "GRCh38",
        "hm_variant_id\thm_rsid\thm_chrom\thm_pos\thm_other_allele\thm_effect_allele\thm_beta\t"
        "hm_odds_ratio\thm_ci_lower\thm_ci_upper\thm_effect_allele_frequency\thm_code\tchromosome\t"
        "base_pair_location\teffect_allele\tother_allele\teffect_allele_frequency\tp_value\tbeta\tstandard_error",
        [
            (
                "1_9_G_A\trs1\t1\t9\tG\tA\t0.1282\tNA\tNA\tNA\t0.25\t11\t1\t8\tG\tA\t0.75\t0.5\t-0.1282\t0.2",
                ["1", 9, "rs1", "A", "G", 0.25, 0.1282, 0.2, 0.5, NAN, NAN],
            ),
            (
                "X_9_G_A\trs2\tX\t9\tG\tA\tNA\t2\t1\t4\t0.25\t10\tX\t8\tA\tG\t0.25\t0.5\tNA\tNA",
                ["X", 9, "rs2", "A", "G", 0.25, math.log(2), math.log(4) / 3.919927969080108, 0.5, NAN, NAN],
            ),
        ],
    ),
    "big40": (
        "GRCh37",
        "chr rsid pos a1 a2 beta se pval(-log10)",
        [
            (
                "01 rs1 10177 A AC -0.014576 0.014648 0.49525",
                ["01", 10177, "rs1", "AC", "A", NAN, -0.014576, 0.014648, NAN, 0.49525, NAN],
            ),
            (
                "0X rs2 10352 T TA NA 0.015092 NA",
                ["0X", 10352, "rs2", "TA", "T", NAN, NAN, 0.015092, NAN, NAN, NAN],
            ),
        ],
    ),
    "finngen": (
        "GRCh38",
        "#chrom\tpos\tref\talt\trsids\tnearest_genes\tpval\tmlogp\tbeta\tsebeta\taf_alt\taf_alt_cases\taf_alt_controls",
        [
            (
                "1\t13668\tG\tA\trs26,rs27\tOR4F5\t0.831495\t0.0801404\t-0.379548\t1.78372\t0.0058\t0.1\t0.2",
                ["1", 13668, "rs26", "A", "G", 0.0058, -0.379548, 1.78372, 0.831495, 0.0801404, NAN],
            ),
            (
                "23\t14773\tC\tT\t\tOR4F5\t0\t400.5\t0.79\t0.02\t0.0134\t0.1\t0.2",
                ["23", 14773, NAN, "T", "C", 0.0134, 0.79, 0.02, 0.0, 400.5, NAN],
            ),
        ],
    ),
    "gwama": (
        "GRCh37",
        "chromosome\tposition\trs_number\treference_allele\tother_allele\teaf\tbeta\tse\tbeta_95L\tbeta_95U\tz\t"
        "p-value\t_-log10_p-value\tq_statistic\tq_p-value\ti2\tn_studies\tn_samples\teffects",
        [
            (
                "2\t99\trs9\tA\tG\t0.3\t0.5\t0.25\t0\t1\t2\t0.0455\t1.34\t1\t1\t0\t3\t32735\t+++",
                ["2", 99, "rs9", "A", "G", 0.3, 0.5, 0.25, 0.0455, 1.34, 32735],
            ),
            (
                "2\t100\tchr2:100:D\tA\tAT\t-9\t-0.5\t0.25\t-1\t0\t-2\t0.0455\t1.34\t1\t1\t0\t3\tNA\t---",
                ["2", 100, "chr2:100:D", "A", "AT", NAN, -0.5, 0.25, 0.0455, 1.34, NAN],
            ),
        ],
    ),
    "metal": (
        "GRCh37",
        "MarkerName\tAllele1\tAllele2\tFreq1\tEffect\tStdErr\tP-value\tDirection",
        [
            (
                "3:1234\ta\tg\t0.4\t0.2\t0.1\t0.0455\t++",
                ["3", 1234, "3:1234", "a", "g", 0.4, 0.2, 0.1, 0.0455, NAN, NAN],
            ),
            (
                "chrX:55:CT:C\tc\tct\t0.1\t-0.2\t0.1\t0.0455\t--",
                ["X", 55, "chrX:55:CT:C", "c", "ct", 0.1, -0.2, 0.1, 0.0455, NAN, NAN],
            ),
        ],
    ),
    "ebmd": (
        "GRCh37",
        "SNPID\tRSID\tCHR\tBP\tEA\tNEA\tEAF\tINFO\tBETA\tSE\tP\tP.I\tP.NI\tN",
        [
            (
                "1:5_A_C\trs3\t1\t5\tA\tC\t0.2\t0.9\t0.01\t0.002\t0.5\t0.4\t5.7e-7\t426824",
                ["1", 5, "rs3", "A", "C", 0.2, 0.01, 0.002, 5.7e-7, NAN, 426824],
            ),
        ],
    ),
    "imsgc": (
        "GRCh37",
        "CHR BP SNP A1 A2 N P OR",
        [
            (
                "12 6440009 rs1800693 T C 14 1.017e-13 0.8808",
                ["12", 6440009, "rs1800693", "T", "C", NAN, math.log(0.8808), NAN, 1.017e-13, NAN, NAN],
            ),
        ],
    ),
    "fastgwa": (
        "GRCh37",
        "CHR\tSNP\tPOS\tA1\tA2\tN\tAF1\tT\tSE_T\tP_noSPA\tBETA\tSE\tP\tCONVERGE",
        [
            (
                "22\trs4\t16871137\tA\tG\t450331\t0.0494925\t1\t2\t0.9\t-0.5\t0.25\t0.42\t1",
                ["22", 16871137, "rs4", "A", "G", 0.0494925, -0.5, 0.25, 0.42, NAN, 450331],
            ),
        ],
    ),
    "bolt_lmm": (
        "GRCh37",
        "SNP\tCHR\tBP\tGENPOS\tALLELE1\tALLELE0\tA1FREQ\tINFO\tCHISQ_LINREG\tP_LINREG\tBETA\tSE\t"
        "P_BOLT_LMM_INF\tP_BOLT_LMM",
        [
            (
                "rs6\t1\t20000475\t0.4\tG\tC\t0.325411\t0.99\t3.3\t0.067\t0.00147184\t0.00196966\t0.45\t6.9E-01",
                ["1", 20000475, "rs6", "G", "C", 0.325411, 0.00147184, 0.00196966, 0.69, NAN, NAN],
            ),
        ],
    ),
    "gtex_pairs": (
        "GRCh38",
        "variant_id\tgene_id\ttss_distance\tma_samples\tma_count\tmaf\tpval_nominal\tslope\tslope_se\t"
        "pval_nominal_threshold\tmin_pval_nominal\tpval_beta",
        [
            (
                "chr1_126108_G_A_b38\tENSG00000227232.5\t9\t9\t9\t0.04\t1e-6\t0.5\t0.1\t1e-5\t1e-9\t1e-4",
                ["chr?1", 126108, NAN, "A", "G", NAN, 0.5, 0.1, 1e-6, NAN, NAN],
            ),
            (
                "chrX_7_GT_G_b38\tENSG00000227232.5\t9\t9\t9\t0.04\t1e-6\t0.5\t0.1\t1e-5\t1e-9\t1e-4",
                ["chr?X", 7, NAN, "G", "GT", NAN, 0.5, 0.1, 1e-6, NAN, NAN],
            ),
        ],
    ),
    "gtex_egenes": (
        "GRCh38",
        "gene_id\tgene_name\tvariant_id\trs_id_dbSNP151_GRCh38p7\tmaf\tref_factor\tpval_nominal\tslope\t"
        "slope_se\tqval",
        [
            (
                "ENSG1.1\tA\tchr1_5_G_A_b38\trs1\t0.25\t1\t1e-6\t0.5\t0.1\t0.01",
                ["chr?1", 5, "rs1", "A", "G", 0.25, 0.5, 0.1, 1e-6, NAN, NAN],
            ),
            (
                "ENSG2.1\tB\tchr1_6_G_A_b38\t.\t0.25\t-1\t1e-6\t0.5\t0.1\t0.01",
                ["chr?1", 6, NAN, "A", "G", 0.75, 0.5, 0.1, 1e-6, NAN, NAN],
            ),
        ],
    ),
    "gtex_independent": (
        "GRCh38",
        "gene_id\tnum_var\tvariant_id\ttss_distance\tma_count\tmaf\tpval_nominal\tslope\tslope_se\tpval_beta\trank",
        [
            (
                "ENSG1.1\t9\tchr1_5_G_A_b38\t8\t7\t0.25\t1e-6\t0.5\t0.1\t0.01\t1",
                ["chr?1", 5, NAN, "A", "G", NAN, 0.5, 0.1, 1e-6, NAN, NAN],
            ),
        ],
    ),
    "eqtl_catalogue": (
        "GRCh38",
        "molecular_trait_id\tchromosome\tposition\tref\talt\tvariant\tma_samples\tmaf\tpvalue\tbeta\tse\ttype\t"
        "ac\tan\tr2\tmolecular_trait_object_id\tgene_id\tmedian_tpm\trsid",
        [
            (
                "ENSG1\tX\t5\tG\tA\tchrX_5_G_A\t9\t0.25\t1e-6\t0.5\t0.1\tSNP\t6\t8\tNA\tENSG1\tENSG1\t2\trs1",
                ["X", 5, "rs1", "A", "G", 0.75, 0.5, 0.1, 1e-6, NAN, NAN],
            ),
        ],
    ),
}


def of(name: str, **fields: Any) -> Trait:
    build = CASES[name][0] if name in CASES else "GRCh37"
    return trait(**({"format": name, "columns": {}, "build": build} | fields))


def write(path: Path, name: str, rows: list[str] | None = None, header: str | None = None) -> Path:
    """The case's file; with other rows, or another header, where given."""
    _, usual, cases = CASES[name]
    lines = [header or usual, *([text for text, _ in cases] if rows is None else rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def read(path: Path, read_as: Trait, *more: Path) -> pd.DataFrame:
    """All rows of a small file, every standard column filled up with missing values."""
    chunks = list(READERS[read_as.format]([path, *more], read_as))
    return pd.concat(chunks).reindex(columns=[*STANDARD, *set(chunks[0].columns).difference(STANDARD)])


def changed(name: str, row: int, **values: str) -> str:
    """A row of the case with other values in some columns."""
    _, header, cases = CASES[name]
    separator = "\t" if "\t" in header else " "
    fields = dict(zip(header.split(separator), cases[row][0].split(separator), strict=True))
    return separator.join((fields | values).values())


def test_every_format_has_a_case_and_a_name_in_the_schema():
    assert set(CASES) == set(FORMATS) - {"gwas_vcf"}
    known = schema_of("traits")["properties"]["format"]["enum"]
    assert sorted(known) == sorted(READERS) == sorted([AUTO, *FORMATS, *OWN_COLUMNS])


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_names_known_quantities(name: str):
    assert set(FORMATS[name].columns) <= {*LABELS, *CATEGORIES, *NUMBERS}
    assert set(FORMATS[name].over) <= set(FORMATS)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("by_header", [False, True])
def test_exact_rows(tmp_path: Path, name: str, by_header: bool):
    """The effect allele is the one that the layout means, and each number is to the last digit."""
    path = write(tmp_path / "SIMULATED.txt", name)
    found = read(path, of(name, format=AUTO if by_header else name))
    assert found.index.tolist() == list(range(2, len(CASES[name][2]) + 2))
    for at, (_, values) in enumerate(CASES[name][2]):
        expected = [
            str(value).replace("chr?", "") if column == "chromosome" else value
            for column, value in zip(STANDARD, values, strict=True)
        ]
        got = [None if pd.isna(value) else value for value in found[STANDARD].iloc[at]]
        assert got == [None if pd.isna(value) else value for value in expected]


@pytest.mark.parametrize("name", CASES)
def test_alleles_and_chromosomes_are_categories(tmp_path: Path, name: str):
    chunk = next(READERS[name]([write(tmp_path / "a.txt", name)], of(name)))
    assert all(isinstance(chunk[column].dtype, pd.CategoricalDtype) for column in CATEGORIES)


@pytest.mark.parametrize("name", [name for name in FORMATS if FORMATS[name].signature])
def test_a_column_that_the_format_needs_is_missed_by_name(tmp_path: Path, name: str):
    _, header, _ = CASES[name]
    gone = FORMATS[name].signature[-1]
    path = write(
        tmp_path / "a.txt", name, header=re.sub(rf"(?<![\w#]){re.escape(gone)}(?![\w.])", "gone", header)
    )
    with pytest.raises(SourceError, match=re.escape(f"{path}: no column '{gone}'")):
        check_header([path], of(name))


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("finngen", "GRCh37"),
        ("big40", "GRCh38"),
        ("gwas_catalog_old", "GRCh37"),
        ("eqtl_catalogue", "GRCh37"),
        ("gtex_pairs", "GRCh37"),
        ("ebmd", "GRCh38"),
    ],
)
def test_a_build_that_the_format_contradicts(tmp_path: Path, name: str, build: str):
    path = write(tmp_path / "a.txt", name)
    with pytest.raises(
        SourceError, match=rf"trait height: .* is in GRCh3\d, as .*in the trait table is {build}"
    ):
        check_header([path], of(name, build=build))


def test_several_files_of_one_trait_are_read_one_after_the_other(tmp_path: Path):
    paths = [write(tmp_path / "1.txt", "fastgwa"), write(tmp_path / "2.txt", "fastgwa")]
    assert len(read(paths[0], of("fastgwa", format=AUTO), paths[1])) == 2


def test_trap_3_old_harmonised_columns_are_taken_as_a_set(tmp_path: Path):
    """The author's allele, position, effect and frequency differ in every one and none may be mixed in."""
    row = read(write(tmp_path / "a.txt", "gwas_catalog_old"), of("gwas_catalog_old")).iloc[0]
    assert (row["position"], row["effect_allele"], row["beta"], row["eaf"]) == (9, "A", 0.1282, 0.25)


@pytest.mark.parametrize("code", ["9", "14", "15", "16", "17", "18", "NA"])
def test_trap_3_rows_that_were_not_harmonised_are_counted(tmp_path: Path, code: str):
    hm = {
        "hm_chrom": "NA",
        "hm_pos": "NA",
        "hm_effect_allele": "NA",
        "hm_other_allele": "NA",
        "hm_beta": "NA",
    }
    good, bad = changed("gwas_catalog_old", 0), changed("gwas_catalog_old", 0, **hm, hm_code=code)
    path = write(tmp_path / "a.txt", "gwas_catalog_old", [bad, good, bad])
    table, report = load(of("gwas_catalog_old", n=10.0), [path], build="GRCh38")
    assert len(table) == 1 and report.counts[DropReason.NOT_HARMONISED] == 2
    assert sum(report.counts.values()) == 2


def test_trap_3_unprefixed_columns_of_new_files_are_harmonised(tmp_path: Path):
    header = CASES["gwas_ssf"][1] + "\thm_coordinate_conversion\thm_code"
    path = write(tmp_path / "a.txt", "gwas_ssf", [f"{CASES['gwas_ssf'][2][0][0]}\tlo\t11"], header)
    assert detect(path).format == "gwas_ssf"
    assert read(path, of("gwas_ssf", build="GRCh38")).iloc[0]["effect_allele"] == "A"
    with pytest.raises(SourceError, match="is in GRCh38"):
        check_header([path], of("gwas_ssf", build="GRCh37"))


def test_trap_4_a_frequency_of_0_that_was_not_turned_is_missing(tmp_path: Path):
    rows = [
        changed("gwas_catalog_old", 0, hm_effect_allele_frequency="0", hm_code=code) for code in ("11", "10")
    ]
    found = read(write(tmp_path / "a.txt", "gwas_catalog_old", rows), of("gwas_catalog_old"))
    assert np.isnan(found["eaf"].iloc[0]) and found["eaf"].iloc[1] == 0


@pytest.mark.parametrize("zero", ["2.2250738585072014e-308", "-2.2250738585072014e-308"])
def test_trap_4_the_harmonisers_zero_is_zero(tmp_path: Path, zero: str):
    rows = [changed("gwas_catalog_old", 0, hm_beta=zero)]
    assert read(write(tmp_path / "a.txt", "gwas_catalog_old", rows), of("gwas_catalog_old"))[
        "beta"
    ].tolist() == [0]


def test_trap_4_a_p_that_underflowed_is_taken_from_the_z_score(tmp_path: Path):
    rows = [changed("gwas_ssf", 0, p_value="0", beta="8", standard_error="0.2")]
    table, _ = load(of("gwas_ssf"), [write(tmp_path / "a.txt", "gwas_ssf", rows)], build="GRCh37")
    assert table["neglog10_p"].tolist() == pytest.approx([349.1360], abs=1e-4)


def test_trap_4_a_p_that_underflows_gives_the_error_where_nothing_else_does(tmp_path: Path):
    """Of the file of multiple sclerosis, which has odds ratios and P alone, the strongest variants stay."""
    path = write(
        tmp_path / "a.txt", "imsgc", [changed("imsgc", 0, P="1.2e-400"), changed("imsgc", 0, BP="9", P="0")]
    )
    table, report = load(of("imsgc", n=41505.0), [path], build="GRCh37")
    assert table["neglog10_p"].tolist() == pytest.approx([400 - math.log10(1.2)], rel=1e-12)
    z = math.log(0.8808) / table["se"].to_numpy()
    assert neglog10_p_from_z(z).tolist() == pytest.approx([400 - math.log10(1.2)], rel=1e-12)
    assert report.counts["no_se_from_p"] == 1


def test_trap_4_neg_log_10_p_value_is_preferred_where_the_raw_has_it(tmp_path: Path):
    header = CASES["gwas_ssf"][1] + "\tneg_log_10_p_value"
    path = write(tmp_path / "a.txt", "gwas_ssf", [changed("gwas_ssf", 0, p_value="0") + "\t280.25"], header)
    table, _ = load(of("gwas_ssf"), [path], build="GRCh37")
    assert table["neglog10_p"].tolist() == [280.25]


@pytest.mark.parametrize(
    ("name", "column", "spelling", "code"),
    [
        ("big40", "chr", "01", 1),
        ("big40", "chr", "0X", 23),
        ("gwas_ssf", "chromosome", "23", 23),
        ("finngen", "#chrom", "X", 23),
        ("finngen", "#chrom", "23", 23),
        ("eqtl_catalogue", "chromosome", "X", 23),
        ("gtex_pairs", "variant_id", "chr1_126108_G_A_b38", 1),
        ("gtex_pairs", "variant_id", "chrX_126108_G_A_b38", 23),
        ("metal", "MarkerName", "chrX:55", 23),
    ],
)
def test_trap_5_spellings_of_chromosomes(tmp_path: Path, name: str, column: str, spelling: str, code: int):
    path = write(tmp_path / "a.txt", name, [changed(name, 0, **{column: spelling})])
    table, _ = load(of(name, n=10.0), [path], build=CASES[name][0])
    assert table["chromosome"].tolist() == [code]


@pytest.mark.parametrize("name", CASES)
def test_trap_6_the_effect_allele_that_the_manual_names(tmp_path: Path, name: str):
    """From the words of the table of formats to the column: its allele is the effect allele."""
    column = FORMATS[name].effect_allele.split()[0].rstrip(",")
    row = dict(zip(CASES[name][1].split(), CASES[name][2][0][0].split(), strict=False))
    named = row["variant_id"].split("_")[3] if name.startswith("gtex") else row[column]
    assert read(write(tmp_path / "a.txt", name), of(name))["effect_allele"].iloc[0] == named


def test_trap_7_maf_is_not_the_frequency_of_the_effect_allele(tmp_path: Path):
    """maf is 0.25 in each; alt is the common allele in the second and the last."""
    egenes = read(write(tmp_path / "1.txt", "gtex_egenes"), of("gtex_egenes"))
    assert egenes["eaf"].tolist() == [0.25, 0.75]
    assert read(write(tmp_path / "2.txt", "gtex_pairs"), of("gtex_pairs"))["eaf"].isna().all()
    assert read(write(tmp_path / "3.txt", "gtex_independent"), of("gtex_independent"))["eaf"].isna().all()
    assert read(write(tmp_path / "4.txt", "eqtl_catalogue"), of("eqtl_catalogue"))["eaf"].tolist() == [0.75]


def test_trap_8_imsgc_n_is_a_number_of_cohorts(tmp_path: Path):
    path = write(tmp_path / "a.txt", "imsgc")
    assert read(path, of("imsgc"))["n"].isna().all()
    with pytest.raises(SourceError, match="no column of sample sizes; give n in the trait table"):
        load(of("imsgc"), [path], build="GRCh37")
    table, _ = load(of("imsgc", n=41505.0), [path], build="GRCh37")
    assert table["n"].tolist() == [41505.0]
    assert table["se"].iloc[0] == pytest.approx(abs(math.log(0.8808)) / 7.436, rel=1e-3)


@pytest.mark.parametrize("absent", ["NA", "-9"])
def test_trap_8_n_samples_may_be_missing(tmp_path: Path, absent: str):
    path = write(tmp_path / "a.txt", "gwama", [changed("gwama", 0, n_samples=absent)])
    assert load(of("gwama", n=32735.0), [path], build="GRCh37")[0]["n"].tolist() == [32735.0]


def test_trap_8_capital_n_of_fastgwa_in_the_catalogs_spelling(tmp_path: Path):
    """The names that a fastGWA-GLMM study has in the Catalog."""
    header = (
        "variant_id\tchromosome\tbase_pair_location\teffect_allele\tother_allele\tN\t"
        "effect_allele_frequency\tbeta\tstandard_error\tp_value"
    )
    path = write(tmp_path / "a.txt", "gwas_ssf", ["rs1\t1\t5\tA\tC\t456348\t0.25\t0.5\t0.1\t1e-6"], header)
    row = read(path, of("gwas_ssf", format=AUTO)).iloc[0]
    assert (row["n"], row["rsid"], row["eaf"]) == (456348, "rs1", 0.25)


def test_raw_spellings_before_gwas_ssf(tmp_path: Path):
    """EAF, beta, se and p, without an rsid and without a number of people."""
    header = "chromosome\tbase_pair_location\teffect_allele\tother_allele\tEAF\tbeta\tse\tp"
    path = write(tmp_path / "a.txt", "gwas_ssf", ["1\t5\tA\tC\t0.25\t0.5\t0.1\t1e-6"], header)
    row = read(path, of("gwas_ssf", format=AUTO)).iloc[0]
    assert row[["eaf", "beta", "se", "p"]].tolist() == [0.25, 0.5, 0.1, 1e-6] and pd.isna(row["rsid"])


def test_trap_9_p_is_chosen_by_name_and_not_by_place(tmp_path: Path):
    """P_LINREG beside P_BOLT_LMM_INF and P_BOLT_LMM; P and P.I beside P.NI; BOLT-LMM's beside p_value."""
    _, header, cases = CASES["bolt_lmm"]
    inf = write(tmp_path / "1.txt", "bolt_lmm", [cases[0][0].rpartition("\t")[0]], header.rpartition("\t")[0])
    assert read(inf, of("bolt_lmm"))["p"].tolist() == [0.45]
    linreg = header.replace("P_BOLT_LMM_INF", "x").replace("P_BOLT_LMM", "y")
    assert read(write(tmp_path / "2.txt", "bolt_lmm", header=linreg), of("bolt_lmm"))["p"].isna().all()
    assert read(write(tmp_path / "3.txt", "ebmd"), of("ebmd"))["p"].tolist() == [5.7e-7]
    header = CASES["gwas_ssf"][1].replace("ref_allele", "P_LINREG\tP_BOLT_LMM_INF")
    row = CASES["gwas_ssf"][2][0][0].replace("OA", "0.1\t0.2")
    assert read(write(tmp_path / "4.txt", "gwas_ssf", [row], header), of("gwas_ssf"))["p"].tolist() == [
        2.3e-8
    ]


@pytest.mark.parametrize(
    ("rsids", "label"), [("rs1,rs2,rs3", "rs1"), ("", None), ("rs7", "rs7"), ("NA", None)]
)
def test_trap_13_rsids_of_finngen_may_be_empty_or_several(tmp_path: Path, rsids: str, label: str | None):
    rows = [changed("finngen", 0, rsids=one) for one in ("rs0", rsids, "rs8,rs9")]
    found = read(write(tmp_path / "a.txt", "finngen", rows), of("finngen"))["rsid"]
    assert [None if pd.isna(one) else one for one in found] == ["rs0", label, "rs8"]


def test_finngen_without_mlogp_and_with_maf_only(tmp_path: Path):
    header = "#chrom\tpos\tref\talt\trsids\tnearest_genes\tpval\tbeta\tsebeta\tmaf"
    path = write(tmp_path / "a.txt", "finngen", ["X\t5\tG\tA\trs1\tB\t0.5\t0.1\t0.2\t0.3"], header)
    row = read(path, of("finngen", format=AUTO)).iloc[0]
    assert row["p"] == 0.5 and np.isnan(row["eaf"]) and np.isnan(row["neglog10_p"])


def test_trap_14_the_eqtl_catalogue_has_a_row_for_each_rsid(tmp_path: Path):
    rows = [changed("eqtl_catalogue", 0, rsid=rsid) for rsid in ("rs1", "rs2", "rs3")]
    path = write(tmp_path / "a.txt", "eqtl_catalogue", rows)
    table, report = load(of("eqtl_catalogue", n=100.0), [path], build="GRCh38")
    assert table["rsid"].tolist() == ["rs1"] and report.counts[DropReason.DUPLICATE] == 2


def test_one_gene_of_many(tmp_path: Path):
    """GTEx gives genes with their version, which is part of the value to filter by."""
    rows = [changed("gtex_pairs", 0, gene_id=gene) for gene in ("ENSG1.5", "ENSG10.5", "ENSG1.5")]
    path = write(tmp_path / "a.txt", "gtex_pairs", rows)
    assert read(path, of("gtex_pairs", filter=("gene_id", "ENSG1.5"))).index.tolist() == [2, 4]


def test_trap_15_a_p_below_the_smallest_double(tmp_path: Path):
    path = write(tmp_path / "a.txt", "gwas_ssf", [changed("gwas_ssf", 0, p_value="1E-400", beta="6")])
    table, _ = load(of("gwas_ssf"), [path], build="GRCh37")
    assert table["neglog10_p"].tolist() == pytest.approx([502.0867], abs=1e-4)


def test_trap_21_a_gzip_of_several_members_is_read_to_its_end(tmp_path: Path):
    text = write(tmp_path / "a.txt", "fastgwa", [changed("fastgwa", 0, POS=str(at)) for at in range(1, 9)])
    lines = text.read_bytes().splitlines(keepends=True)
    (tmp_path / "a.gz").write_bytes(b"".join(gzip.compress(line) for line in lines))
    assert len(read(tmp_path / "a.gz", of("fastgwa", format=AUTO))) == 8


def test_metal_by_sample_size_gives_z_scores(tmp_path: Path):
    """Zhu et al. 2016: se = 1 / sqrt(2 f (1 - f) (n + z^2)), beta = z se."""
    header = "MarkerName\tAllele1\tAllele2\tFreq1\tWeight\tZscore\tP-value\tDirection"
    path = write(tmp_path / "a.txt", "metal", ["rs1\ta\tg\t0.4\t1000.00\t-5\t5.7e-7\t--"], header)
    row = read(path, of("metal", format=AUTO)).iloc[0]
    se = 1 / math.sqrt(2 * 0.4 * 0.6 * 1025)
    assert row[["se", "beta", "n"]].tolist() == pytest.approx([se, -5 * se, 1000], rel=1e-15)
    assert row["rsid"] == "rs1" and pd.isna(row["chromosome"]) and np.isnan(row["position"])


def test_z_scores_without_frequencies_are_refused(tmp_path: Path):
    header = "MarkerName\tAllele1\tAllele2\tWeight\tZscore\tP-value"
    path = write(tmp_path / "a.txt", "metal", ["1:1\ta\tg\t1000\t-5\t5.7e-7"], header)
    with pytest.raises(SourceError, match=r"z score .*only with allele frequencies and numbers of people"):
        check_header([path], of("metal"))


def test_gwama_odds_ratios_take_their_error_from_the_limits(tmp_path: Path):
    """OR_se is not that of the log: here log(0.884922)/z is 0.1248, and OR_se 0.098."""
    header = (
        "rs_number\treference_allele\tother_allele\teaf\tOR\tOR_se\tOR_95L\tOR_95U\tz\tp-value\tn_samples"
    )
    rows = ["1:5\tA\tC\t-9\t0.884922\t0.097971\t0.692897\t1.130162\t-0.979582\t0.327281\t-9"]
    row = read(write(tmp_path / "a.txt", "gwama", rows, header), of("gwama", format=AUTO)).iloc[0]
    assert row["beta"] == math.log(0.884922) and row["se"] == pytest.approx(0.12481, abs=5e-6)
    assert (row["chromosome"], row["position"]) == ("1", 5)


@pytest.mark.parametrize(
    ("values", "beta", "se"),
    [
        ({"beta": "0.5", "ci_lower": "0.304", "ci_upper": "0.696"}, 0.5, 0.1),
        ({"odds_ratio": "2", "ci_lower": "1", "ci_upper": "4"}, math.log(2), 0.35364),
        ({"hazard_ratio": "2", "ci_lower": "1", "ci_upper": "4"}, math.log(2), 0.35364),
        ({"beta": "0.5", "ci_lower": "1.1", "ci_upper": "2.4"}, 0.5, NAN),  # limits of the odds ratio
        ({"odds_ratio": "0", "ci_lower": "0", "ci_upper": "4"}, -math.inf, math.inf),
        ({"beta": "0.5", "standard_error": "0.2", "ci_lower": "0.304", "ci_upper": "0.696"}, 0.5, 0.2),
        ({"z_score": "5", "standard_error": "0.2"}, 1.0, 0.2),
        (
            {"z_score": "5", "effect_allele_frequency": "0.5", "n": "9975"},
            5 / math.sqrt(5000),
            1 / math.sqrt(5000),
        ),
        (
            {"beta": "0.5", "z_score": "5", "effect_allele_frequency": "0.5", "n": "9975"},
            0.5,
            1 / math.sqrt(5000),
        ),
    ],
)
def test_effect_and_error(tmp_path: Path, values: dict[str, str], beta: float, se: float):
    fixed = {"chromosome": "1", "base_pair_location": "5", "effect_allele": "A", "other_allele": "C"}
    row = fixed | {"p_value": "0.01"} | values
    path = write(tmp_path / "a.txt", "gwas_ssf", ["\t".join(row.values())], "\t".join(row))
    found = read(path, of("gwas_ssf")).iloc[0]
    np.testing.assert_allclose([found["beta"], found["se"]], [beta, se], rtol=1e-4)
