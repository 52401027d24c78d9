"""Clumps against PLINK 1.9's, against a slow twin, and their invariances."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from bed_reader import open_bed

from scripts.method.clump import clump
from scripts.method.ld import LD_R2, allele_count_r, haplotype_em_r2

RUNS = range(4)


@pytest.fixture(scope="module")
def candidates(reference: Path) -> tuple[pd.DataFrame, np.ndarray]:
    """PLINK's candidates that are in the panel, in panel order, and their genotypes."""
    names = ["chromosome", "SNP", "centimorgan", "position", "allele_1", "allele_2"]
    panel = pd.read_csv(reference / "clump" / "panel.bim", sep="\t", header=None, names=names)
    with open_bed(reference / "clump" / "panel.bed", iid_count=503, sid_count=len(panel)) as bed:
        genotypes = bed.read(dtype="int8")
    p = pd.read_csv(reference / "clump" / "input.tsv", sep="\t")
    assert len(p) == 362
    table = panel.merge(p, on="SNP", how="left", validate="one_to_one")
    assert table["P"].notna().sum() == 360  # two candidates are not in the panel
    with np.errstate(divide="ignore"):
        return table.assign(neglog10_p=-np.log10(table["P"])), genotypes


def clumped(table: pd.DataFrame, genotypes: np.ndarray, **options: object) -> np.ndarray:
    columns = (table[name].to_numpy() for name in ("neglog10_p", "chromosome", "position"))
    return clump(*columns, lambda rows: genotypes[:, rows], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("run", RUNS)
def test_same_index_variants_and_members_as_plink(reference: Path, candidates: tuple, run: int) -> None:
    expected = json.loads((reference / "clump" / "expected.json").read_text())["runs"][run]
    table, genotypes = candidates
    claimed_by = clumped(table, genotypes, r2_max=expected["r2"], window_kb=expected["kb"])

    names = table["SNP"].to_numpy()
    by_p = np.argsort(-table["neglog10_p"].to_numpy(), kind="stable")
    index = [i for i in by_p if claimed_by[i] == i]
    assert list(names[index]) == expected["index"]
    # PLINK lists the members of a clump in panel order, each with "(1)", the number of its file.
    members = [[f"{name}(1)" for name in names[claimed_by == i] if name != names[i]] for i in index]
    assert [",".join(clump_members) or "NONE" for clump_members in members] == expected["sp2"]


PLINK = shutil.which("plink1.9") or shutil.which("plink")


@pytest.mark.skipif(PLINK is None, reason="PLINK 1.9 (Debian's plink1.9) is not installed")
@pytest.mark.parametrize(("r2_max", "window_kb"), [(0.001, 10_000), (0.05, 500), (0.5, 250)])
def test_same_index_variants_as_plink_here(
    reference: Path, candidates: tuple, tmp_path: Path, r2_max: float, window_kb: int
) -> None:
    """Other traits than the kept runs': their candidates and P are drawn anew, some of them tied."""
    table, genotypes = candidates
    people = tmp_path / "people.fam"
    people.write_text("".join(f"SIMULATED S{i} 0 0 0 -9\n" for i in range(len(genotypes))))
    for seed in range(4):
        rng = np.random.default_rng(seed)
        chosen = np.sort(rng.choice(len(table), 300, replace=False))
        exponent = rng.integers(8, 80, len(chosen))
        trait = table.iloc[chosen].assign(P=[f"1e-{power}" for power in exponent], neglog10_p=1.0 * exponent)
        trait[["SNP", "P"]].to_csv(tmp_path / "trait.assoc", sep="\t", index=False)
        files = ["--bed", reference / "clump" / "panel.bed", "--bim", reference / "clump" / "panel.bim"]
        files += ["--fam", people, "--clump", tmp_path / "trait.assoc"]
        limits = ["--clump-p1", 5e-8, "--clump-p2", 5e-8, "--clump-r2", r2_max, "--clump-kb", window_kb]
        command = [PLINK, *files, *limits, "--threads", 1, "--out", tmp_path / "trait"]
        subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)
        expected = pd.read_csv(tmp_path / "trait.clumped", sep=r"\s+")["SNP"]
        claimed_by = clumped(trait, genotypes[:, chosen], r2_max=r2_max, window_kb=window_kb)
        assert set(trait["SNP"].to_numpy()[np.unique(claimed_by)]) == set(expected)


def test_allele_counts_select_other_variants(reference: Path, candidates: tuple) -> None:
    expected = json.loads((reference / "clump" / "expected.json").read_text())["runs"][0]
    table, genotypes = candidates
    claimed_by = clumped(table, genotypes, r2_max=0.001, window_kb=10_000, ld="allele_count")
    index = set(table["SNP"][np.unique(claimed_by)])
    assert index != set(expected["index"])
    assert len(index & set(expected["index"])) >= 15


def random_trait(seed: int, variants: int = 80) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    liability = np.cumsum(rng.normal(size=(2, 120, variants)), axis=2) / np.sqrt(np.arange(1, variants + 1))
    genotypes = (liability > rng.uniform(-1, 1, variants)).sum(axis=0).astype(np.int8)
    genotypes[rng.random(genotypes.shape) < 0.05] = -127
    table = pd.DataFrame(
        {
            "neglog10_p": rng.permutation(variants) / 3.0,
            "chromosome": np.sort(rng.integers(1, 4, variants)),
            "position": rng.integers(1, 3_000_000, variants),
        }
    )
    return table, genotypes


def slow_clump(
    table: pd.DataFrame, genotypes: np.ndarray, r2_max: float, window_kb: float, ld: str
) -> np.ndarray:
    """Every pair considered, one at a time, from the full table of r2."""
    if ld == "haplotype_em":
        r2 = np.array([haplotype_em_r2(column, genotypes) for column in genotypes.T])
    else:
        r2 = allele_count_r(genotypes) ** 2
    claimed_by: dict[int, int] = {}
    for i in sorted(range(len(table)), key=lambda i: (-table["neglog10_p"][i], i)):
        if i not in claimed_by:
            claimed_by[i] = i
            for j in range(len(table)):
                near = abs(table["position"][i] - table["position"][j]) <= 1000 * window_kb
                together = table["chromosome"][i] == table["chromosome"][j]
                if j not in claimed_by and near and together and r2[i, j] > r2_max:
                    claimed_by[j] = i
    return np.array([claimed_by[i] for i in range(len(table))])


@pytest.mark.parametrize("ld", LD_R2)
@pytest.mark.parametrize(("r2_max", "window_kb"), [(0.01, 500), (0.2, 250), (0.2, 10_000)])
def test_agrees_with_the_slow_twin(ld: str, r2_max: float, window_kb: float) -> None:
    for seed in range(4):
        table, genotypes = random_trait(seed)
        options = {"r2_max": r2_max, "window_kb": window_kb, "ld": ld}
        np.testing.assert_array_equal(
            clumped(table, genotypes, **options), slow_clump(table, genotypes, **options)
        )


def test_order_of_variants_does_not_matter() -> None:
    table, genotypes = random_trait(11)
    shuffle = np.random.default_rng(0).permutation(len(table))
    first = clumped(table, genotypes, r2_max=0.1, window_kb=1000)
    second = clumped(table.iloc[shuffle], genotypes[:, shuffle], r2_max=0.1, window_kb=1000)
    np.testing.assert_array_equal(shuffle[second], first[shuffle])


def test_index_variants_are_not_in_disequilibrium_and_members_are() -> None:
    table, genotypes = random_trait(12)
    claimed_by = clumped(table, genotypes, r2_max=0.1, window_kb=10_000)
    r2 = np.array([haplotype_em_r2(column, genotypes) for column in genotypes.T])
    same = table["chromosome"].to_numpy()[:, None] == table["chromosome"].to_numpy()
    index = np.unique(claimed_by)
    pairs = r2[np.ix_(index, index)][same[np.ix_(index, index)] & ~np.eye(len(index), dtype=bool)]
    assert (pairs <= 0.1).all()
    rows = np.arange(len(table))
    assert (r2[rows, claimed_by][claimed_by != rows] > 0.1).all()


def twins(position: list[int], neglog10_p: list[float], chromosome: list[int]) -> np.ndarray:
    """Clumps of variants with one and the same genotype."""
    genotype = np.array([[0], [1], [2], [1], [0]], dtype=np.int8)
    table = pd.DataFrame({"neglog10_p": neglog10_p, "chromosome": chromosome, "position": position})
    return clumped(table, np.repeat(genotype, len(position), axis=1), r2_max=0.5, window_kb=1)


def test_window_includes_its_ends_and_ends_with_the_chromosome() -> None:
    np.testing.assert_array_equal(twins([1, 1001], [9.0, 8.0], [1, 1]), [0, 0])
    np.testing.assert_array_equal(twins([1, 1002], [9.0, 8.0], [1, 1]), [0, 1])
    np.testing.assert_array_equal(twins([1, 1], [9.0, 8.0], [1, 2]), [0, 1])


def test_ties_go_to_the_first_and_underflowed_p_come_first() -> None:
    np.testing.assert_array_equal(twins([1, 2, 3], [9.0, 9.0, 9.0], [1, 1, 1]), [0, 0, 0])
    np.testing.assert_array_equal(twins([1, 2, 3], [9.0, np.inf, np.inf], [1, 1, 1]), [1, 1, 1])


def test_only_r2_above_the_limit_is_claimed() -> None:
    genotypes = np.array([[0, 0], [1, 1], [2, 2], [1, 1]], dtype=np.int8)
    table = pd.DataFrame({"neglog10_p": [9.0, 8.0], "chromosome": [1, 1], "position": [1, 2]})
    assert list(clumped(table, genotypes, r2_max=1.0, window_kb=1, ld="allele_count")) == [0, 1]
    assert list(clumped(table, genotypes, r2_max=0.999, window_kb=1, ld="allele_count")) == [0, 0]


def test_genotypes_are_asked_for_once_a_chromosome_and_never_for_a_lone_variant() -> None:
    asked: list[list[int]] = []

    def genotypes(rows: np.ndarray) -> np.ndarray:
        asked.append(list(rows))
        return np.zeros((4, len(rows)), dtype=np.int8)

    values = (np.array([3.0, 5.0, 4.0, 6.0]), np.array([1, 2, 1, 3]), np.array([1, 1, 2, 1]))
    # Constant variants have no r2.
    assert list(clump(*values, genotypes, r2_max=0.1, window_kb=1)) == [0, 1, 2, 3]
    assert asked == [[0, 2]]


def test_impossible_requests_are_refused() -> None:
    table, genotypes = random_trait(13)
    with pytest.raises(ValueError, match="haplotype_em, allele_count"):
        clumped(table, genotypes, r2_max=0.1, window_kb=1, ld="phased")
    with pytest.raises(ValueError, match="missing"):
        clumped(table.assign(neglog10_p=np.nan), genotypes, r2_max=0.1, window_kb=1)


def test_no_candidates_at_all() -> None:
    empty = np.array([])
    genotypes = np.zeros((4, 0), dtype=np.int8)
    assert len(clump(empty, empty, empty, lambda rows: genotypes, r2_max=0.1, window_kb=1)) == 0
