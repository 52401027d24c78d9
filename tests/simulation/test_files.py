"""The files: reproducible, labelled SIMULATED, printed as real ones are, and full of traps in the cohorts."""

from __future__ import annotations

import gzip
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from scripts.simulation.arrays import stream
from scripts.simulation.formats import write_rows
from scripts.simulation.rows import draw_rows, neglog10_p_of, p_text, rounded
from scripts.simulation.study import Simulation, trait_rows
from scripts.simulation.traps import set_traps
from tests.simulation.small_study import REGISTRY, SEED, Written, make_traits, trait, write_study

SWAP = str.maketrans("ACGT", "TGCA")


def read(path: Path) -> pd.DataFrame:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return pd.read_csv(io.BytesIO(text), sep="\t", dtype=str, keep_default_na=False)


def test_one_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path, written: Written) -> None:
    again = write_study(tmp_path / "again", SEED).contents()
    assert again == written.contents()
    other = write_study(tmp_path / "other", SEED + 1).contents()
    assert other.keys() == again.keys()
    assert all(other[name] != again[name] for name in other if not name.endswith(".fam"))


def test_every_file_and_every_header_says_simulated(written: Written) -> None:
    for name, data in written.contents().items():
        assert "SIMULATED" in Path(name).name
        text = gzip.decompress(data) if name.endswith(".gz") else data
        if not name.endswith(".bed"):  # a binary format without a header
            assert b"SIMULATED" in text.split(b"\n", 1)[0], name


def test_no_part_files_are_left(written: Written) -> None:
    assert not list(written.folder.rglob(".*"))


def test_gwas_ssf_has_the_standards_columns_in_their_order(written: Written) -> None:
    table = read(written.folder / "SIMULATED_exposure_00.tsv.gz")
    assert list(table)[:8] == [
        *("chromosome", "base_pair_location", "effect_allele", "other_allele", "beta", "standard_error"),
        *("effect_allele_frequency", "p_value"),
    ]
    assert table["n"].unique().tolist() == ["22000"]
    assert not table.isin(["", "nan", "None"]).any().any()


def test_a_column_map_names_the_columns_and_several_files_share_the_rows(
    simulation: Simulation, written: Written
) -> None:
    registry = read(written.folder / "SIMULATED_disease_b.txt")
    assert list(registry) == [*REGISTRY.values(), "SIMULATED"]
    assert registry["CHR"].str.startswith("chr").all()
    parts = [read(written.folder / f"SIMULATED_c_{i}.txt.gz") for i in (1, 2)]
    rows, _ = trait_rows(simulation, simulation.cast.traits[2], SEED)
    assert sum(map(len, parts)) == len(rows)
    assert abs(len(parts[0]) - len(parts[1])) <= 1


def test_effects_read_back_are_the_scores(simulation: Simulation, written: Written) -> None:
    """beta per allele / SE is z, with the sign of the allele that the file names."""
    panel = pd.DataFrame(
        {
            "rsid": simulation.panel.variant_id,
            "allele_1": simulation.panel.allele_1,
            "z": simulation.z[:, 2],
            "f": simulation.panel.frequency,
        }
    )
    table = read(written.folder / "SIMULATED_exposure_02.tsv.gz").merge(panel, on="rsid")
    sign = np.where(table["effect_allele"] == table["allele_1"], 1, -1)
    assert 0.45 < (sign == 1).mean() < 0.55
    beta, se = table["beta"].astype(float), table["standard_error"].astype(float)
    np.testing.assert_allclose(sign * beta / se, table["z"], rtol=2e-5)  # six digits each
    n = float(table["n"].iloc[0])
    np.testing.assert_allclose(se, 1 / np.sqrt(2 * table["f"] * (1 - table["f"]) * n), rtol=1e-5)
    eaf = table["effect_allele_frequency"].astype(float)
    frequency = np.where(sign == 1, table["f"], 1 - table["f"])
    assert 0 < np.abs(eaf - frequency).max() < 0.1
    assert np.corrcoef(eaf, frequency)[0, 1] > 0.99


def test_each_file_lacks_some_variants(simulation: Simulation, written: Written) -> None:
    total = simulation.panel.position.size
    lacking = [
        1 - len(read(written.folder / f"SIMULATED_exposure_{i:02d}.tsv.gz")) / total for i in range(12)
    ]
    assert min(lacking) > 0.01 and max(lacking) < 0.06
    assert len(set(lacking)) > 6


def test_p_is_printed_beyond_the_smallest_double() -> None:
    printed = p_text(np.array([0.0, 0.3010299957, 4.99999, 7.30103, 323.7, 3199.5])).to_pylist()
    assert printed == [
        *("1.000e+00", "5.000e-01", "1.000e-05", "5.000e-08", "1.995e-324", "3.162e-3200"),
    ]
    z = np.array([0.0, 1.959963985, 5.4513104, 45.0])
    tail = 1 - 1 / 45**2 + 3 / 45**4  # the normal tail's asymptotic series, exact to 1e-8 here
    far = 45**2 / 2 / np.log(10) - np.log10(2 / (45 * np.sqrt(2 * np.pi)) * tail)
    expected = [0.0, 1.30103, 7.30103, far]
    np.testing.assert_allclose(neglog10_p_of(z), expected, rtol=1e-6)


def test_rounding_keeps_significant_digits_and_prints_short() -> None:
    values = rounded(np.array([0.0, 0.00123456789, -98.7654321, 1e-12 / 3]), 4)
    assert [repr(float(value)) for value in values] == ["0.0", "0.001235", "-98.77", "3.333e-13"]


def test_a_p_too_small_for_a_double_is_zero_in_some_files_and_digits_in_others(
    simulation: Simulation,
) -> None:
    z = np.full(simulation.panel.position.size, 45.0)
    spelled = set()
    for draw in range(12):
        rng = stream(draw, "underflow")
        rows = draw_rows(trait("t", 400_000.0), simulation.panel, z, simulation.build_map, rng)
        spelled |= set(rows["p"])
    assert spelled == {"0", "3.352e-442"}


def test_the_file_on_the_other_build_has_its_positions_and_strands(simulation: Simulation) -> None:
    panel, registry = simulation.panel, make_traits()[1]
    z = np.zeros(panel.position.size)
    rows = draw_rows(registry, panel, z, simulation.build_map, stream(1, "rows"))
    lifted, inverted, _ = simulation.build_map.to_grch38(panel.chromosome, panel.position)
    origin = pd.Series(np.arange(z.size), index=panel.variant_id)[rows["rsid"]].to_numpy()
    assert (rows["position"].to_numpy() == lifted[origin]).all()
    for row, at in zip(rows.itertuples(), origin, strict=True):
        alleles = {panel.allele_1[at], panel.allele_2[at]}
        spelled = {a.translate(SWAP)[::-1] for a in alleles} if inverted[at] else alleles
        assert {row.effect_allele, row.other_allele} == spelled


def test_cohorts_have_every_trap_as_often_as_counted(simulation: Simulation) -> None:
    hospital = simulation.cast.traits[2]
    rows, counts = trait_rows(simulation, hospital, SEED)
    assert all(count >= 2 for name, count in counts.items() if name != "not_in_chain")
    assert rows["beta"].isna().sum() == counts["missing_beta"]
    assert (rows["se"] == 0).sum() == counts["zero_se"]
    assert (rows["p"].astype(float) > 1).sum() == counts["p_above_one"]
    assert (rows["chromosome"] == "Un").sum() == counts["unknown_chromosome"]
    assert (rows["other_allele"] == "NA").sum() == counts["missing_allele"]
    assert rows["eaf"].isna().sum() == counts["missing_frequency"]
    assert rows.duplicated().sum() == counts["identical_duplicate"]
    variant = ["chromosome", "position", "effect_allele", "other_allele"]
    conflicting = rows.drop_duplicates().duplicated(variant, keep="first").sum()
    assert conflicting == counts["conflicting_duplicate"]
    places = dict(zip(simulation.panel.variant_id, range(simulation.panel.position.size), strict=True))
    kinds = Counter(_spelling(simulation, places[row.rsid], row) for row in rows.itertuples())
    assert kinds["third allele"] == counts["third_allele"]
    assert kinds["strand"] > 0.03 * len(rows)
    _, registry = trait_rows(simulation, simulation.cast.traits[1], SEED)
    assert registry["not_in_chain"] > 0


def _spelling(simulation: Simulation, at: int, row: object) -> str:
    panel = {simulation.panel.allele_1[at], simulation.panel.allele_2[at]}
    found = {row.effect_allele, row.other_allele}  # type: ignore[attr-defined]
    if "NA" in found:
        return "missing"
    if found == panel:
        return "same"
    return "strand" if {allele.translate(SWAP) for allele in found} == panel else "third allele"


def test_no_row_that_is_meant_to_be_usable_changes_but_in_strand(simulation: Simulation) -> None:
    hospital = simulation.cast.traits[2]
    rng = stream(2, "rows")
    rows = draw_rows(hospital, simulation.panel, simulation.z[:, 0], simulation.build_map, rng)
    trapped, counts = set_traps(rows, rng)
    assert len(trapped) == len(rows) + sum(
        counts[name] for name in ("identical_duplicate", "conflicting_duplicate", "third_allele")
    )
    unchanged = trapped.merge(rows, on=["rsid", "beta", "se", "p", "eaf", "position"])
    spoilt = sum(counts[name] for name in ("missing_beta", "missing_frequency", "zero_se", "p_above_one"))
    assert len(unchanged.drop_duplicates("rsid")) == len(rows) - spoilt


def test_other_traits_have_no_traps(simulation: Simulation) -> None:
    rows, counts = trait_rows(simulation, simulation.cast.traits[3], SEED)
    assert counts == {}
    assert not rows.duplicated(["chromosome", "position", "rsid"]).any()
    assert not rows.isna().any().any()


def test_a_format_or_a_column_that_cannot_be_made_is_named(tmp_path: Path, simulation: Simulation) -> None:
    rows, _ = trait_rows(simulation, simulation.cast.traits[3], SEED)
    with pytest.raises(ValueError, match=r"trait t: cannot simulate format 'instruments'"):
        write_rows(trait("t", 1.0, format="instruments"), rows, [tmp_path / "x"])
    with pytest.raises(ValueError, match=r"trait t: no simulated column info"):
        write_rows(trait("t", 1.0, format="plain", columns={"info": "INFO"}), rows, [tmp_path / "x"])


def test_text_is_arrow_strings() -> None:
    assert p_text(np.array([1.0])).type == pa.string()
