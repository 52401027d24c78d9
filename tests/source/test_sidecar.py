"""The yaml beside a Catalog file: what of it is trusted, and what it does to the rows."""

from pathlib import Path

import pytest
import yaml

from scripts.source.error import SourceError
from scripts.source.readers import check_header, metadata
from scripts.source.sidecar import Metadata, build_named, described
from scripts.source.standardise import load
from tests.source.raw import trait
from tests.source.test_formats import write

TRAIT = trait(format="gwas_ssf", columns={}, n=10.0)
SAMPLE = """\
  - sample_ancestry_category: [European]
    sample_size: 12345
    case_control_study: true
    case_count: 345
"""


def beside(path: Path, text: str, name: str | None = None) -> Path:
    (path.parent / f"{name or path.name}-meta.yaml").write_text(text)
    return path


def test_the_catalogs_example(shared_data: Path):
    path = shared_data / "source_samples" / "text" / "gwas_ssf_example.tsv"
    told = Metadata(build="GRCh37", n=12345.0, ancestry="EUR", name="breast carcinoma")
    assert metadata(path) == told


def test_a_file_without_one(tmp_path: Path):
    assert metadata(write(tmp_path / "a.tsv", "gwas_ssf")) == Metadata()


def test_trap_12_repeated_samples_are_not_summed(tmp_path: Path):
    path = beside(write(tmp_path / "a.tsv", "gwas_ssf"), f"samples:\n{SAMPLE}{SAMPLE}")
    assert metadata(path) == Metadata(n=12345.0, n_case=345.0, ancestry="EUR")
    other = SAMPLE.replace("12345", "99").replace("European", "East Asian")
    assert metadata(beside(path, f"samples:\n{SAMPLE}{other}")) == Metadata(n_case=345.0)


def test_the_yaml_of_a_file_that_was_compressed_since(tmp_path: Path):
    path = write(tmp_path / "a.tsv.gz", "gwas_ssf")
    assert metadata(beside(path, "genome_assembly: GRCh38\n", "a.tsv")).build == "GRCh38"


def test_positions_from_0_become_positions_from_1(tmp_path: Path):
    path = write(tmp_path / "a.tsv", "gwas_ssf")
    before, _ = load(TRAIT, [path], build="GRCh37")
    after, _ = load(TRAIT, [beside(path, "coordinate_system: 0-based\n")], build="GRCh37")
    assert (after["position"] == before["position"] + 1).all()
    one, _ = load(TRAIT, [beside(path, "coordinate_system: 1-based\n")], build="GRCh37")
    assert (one["position"] == before["position"]).all()


def test_another_build_than_the_traits_is_an_error(tmp_path: Path):
    path = beside(write(tmp_path / "a.tsv", "gwas_ssf"), "genome_assembly: GRCh38\n")
    with pytest.raises(SourceError, match=r"trait height: .* is in GRCh38, as the -meta.yaml beside it says"):
        check_header([path], TRAIT)


@pytest.mark.parametrize("text", ["[1, 2", "just text", "- a\n- b", "a: b: c", "\x00"])
def test_what_is_no_yaml_of_the_catalog(tmp_path: Path, text: str):
    with pytest.raises(SourceError, match=r"a.tsv-meta.yaml (cannot be read as YAML|holds no keys)"):
        metadata(beside(write(tmp_path / "a.tsv", "gwas_ssf"), text))


@pytest.mark.parametrize(
    "text", ["samples: NR\n", "samples: [1, null]\n", "samples: [{sample_size: NR}]\n", "genome_assembly:\n"]
)
def test_what_is_not_reported_is_unknown(tmp_path: Path, text: str):
    assert metadata(beside(write(tmp_path / "a.tsv", "gwas_ssf"), text)) == Metadata()


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("GRCh37", "GRCh37"),
        ("hg19", "GRCh37"),
        ("HG19/GRCh37", "GRCh37"),
        ("GRCh38.p14", "GRCh38"),
        ("b37", "GRCh37"),
        ("NCBI36", "NCBI36"),
        ("NR", None),
        ("2019", None),
    ],
)
def test_names_of_builds(name: str, build: str | None):
    assert build_named(name) == build


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("trait_description:\n- aseg global\n  volume\n", "aseg global volume"),
        ("trait_description: [one, two]", "one; two"),
        ("trait_description: 5", None),
    ],
)
def test_the_name_of_a_trait_is_in_its_authors_words(text: str, name: str | None) -> None:
    assert described(yaml.safe_load(text)).name == name
