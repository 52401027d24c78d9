"""A small study whose traits come from servers: fetched first, then run to its end with no server there."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from scripts.table.files import read_json, read_tsv
from tests.download.server import Asked, Site, running
from tests.workflow.conftest import Checkout, make_checkout

TOKEN = "eyJhbGciOiJub25lIn0.SIMULATED.c2VjcmV0"
SIGNED = "X-Amz-Signature=verysecret"
N = {"sim_001": 24201, "sim_002": 31325, "disease_a": 300000, "density_heel": 400000}
LOCATORS = {
    "sim_001": "gwas_catalog:GCST90003000/raw",
    "sim_002": "gwas_catalog:GCST90003001/harmonised",
    "sim_003": "big40:0003",
    "disease_a": "finngen:R12/SIMULATED_DISEASE",
    "density_heel": "opengwas:sim-a-1",
}


def serve(site: Site, data: Path) -> None:
    """The simulated files of the small study under the layouts of the servers."""
    catalog = "summary_statistics/GCST9000%d001-GCST9000%d000/GCST%s"
    raw = data.joinpath("exposures/SIMULATED_sim_001.tsv.gz").read_bytes()
    described = {"samples": [{"sample_size": N["sim_001"]}] * 2, "genome_assembly": "GRCh37"}
    folder = catalog % (2, 3, "90003000")
    site.files[f"{folder}/GCST90003000_buildGRCh37.tsv.gz"] = raw
    site.files[f"{folder}/GCST90003000_buildGRCh37.tsv.gz-meta.yaml"] = yaml.safe_dump(described).encode()
    name = "1-GCST90003001-EFO_1.h.tsv.gz"
    harmonised = data.joinpath("exposures/SIMULATED_sim_002.tsv.gz").read_bytes()
    folder = catalog % (3, 4, "90003001") + "/harmonised"
    site.files[f"{folder}/{name}"] = harmonised
    site.files[f"{folder}/md5sum.txt"] = f"{hashlib.md5(harmonised).hexdigest()}  {name}\n".encode()
    described["samples"] = [{"sample_size": N["sim_002"]}]
    site.files[f"{folder}/{name}-meta.yaml"] = yaml.safe_dump(described).encode()
    head, *rows = gzip.decompress(
        data.joinpath("exposures/SIMULATED_sim_003.tsv.gz").read_bytes()
    ).splitlines()
    halves = (rows[: len(rows) // 2], rows[len(rows) // 2 :])
    for path, half in zip(("stats33k/0003.txt.gz", "variants.txt.gz"), halves, strict=True):
        site.files[f"big40/release2/{path}"] = gzip.compress(b"\n".join([head, *half]) + b"\n")
    path = "finngen-public-data-r12/summary_stats/release/finngen_R12_SIMULATED_DISEASE.gz"
    site.files[path] = data.joinpath("traits/SIMULATED_disease_a.tsv.gz").read_bytes()
    site.files["finngen-public-data-r12/summary_stats/finngen_R12_manifest.tsv"] = (
        "phenocode\tnum_cases\tnum_controls\tpath_https\n"
        f"SIMULATED_DISEASE\t28000\t272000\t{site.url(path)}\n"
    ).encode()
    site.files["oci/sim-a-1.vcf.gz"] = data.joinpath("traits/SIMULATED_density_heel.tsv.gz").read_bytes()
    site.posts["api/gwasinfo"] = answer([{"id": "sim-a-1", "sample_size": N["density_heel"]}])
    site.posts["api/gwasinfo/files"] = answer({"sim-a-1": [f"{site.url('oci/sim-a-1.vcf.gz')}?{SIGNED}"]})
    serve_references(site, data)


def answer(content: object):
    def reply(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        known = asked.headers["Authorization"] == f"Bearer {TOKEN}"
        return (200 if known else 401), {}, json.dumps(content).encode()

    return reply


def serve_references(site: Site, data: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for file in sorted((data / "ld").iterdir()):
            archive.add(file, f"1kg/{file.name}")
    site.files["ld.tgz"] = packed.getvalue()
    chain = (data / "chain/SIMULATED_GRCh38_to_GRCh37.chain").read_bytes()
    site.files["to37.over.chain.gz"] = gzip.compress(chain)


def configure(checkout: Checkout, site: Site) -> None:
    """The small study, its traits by the names of servers and without their numbers of people."""
    for table in ("config/small_exposures.tsv", "config/demo/traits.tsv"):
        path = checkout.folder / table
        head, *lines = [line.split("\t") for line in path.read_text().splitlines()]
        for line in lines:
            if line[0] in LOCATORS:
                line[head.index("path")] = LOCATORS[line[0]]
            if line[0] in N:
                line[head.index("n")] = line[head.index("n_case")] = ""
        path.write_text("\n".join("\t".join(line) for line in [head, *lines]) + "\n")
    registry = "id\tstudy\tversion\turls\tbytes\tchecksum\tlicence\tterms\torigin\n"
    registry += f"panel\t\t1\t{site.url('gone.tgz')}|{site.url('ld.tgz')}\t\t\topen\t\tSIMULATED\n"
    registry += f"chain\t\t1\t{site.url('to37.over.chain.gz')}\t\t\topen\t\tSIMULATED\n"
    (checkout.folder / "config/datasets.tsv").write_text(registry)
    config = yaml.safe_load((checkout.folder / "config/small.yaml").read_text())
    config |= {
        "demo": None,
        "truth": "SIMULATED_truth.tsv",
        "ld_panel": "dataset:panel#1kg/SIMULATED_panel",
        "chain_file": "dataset:chain",
    }
    servers = dict(site.settings(Path()).servers)
    config["fetch"] = {"servers": servers, "least_rows": 0, "datasets": "config/datasets.tsv"}
    (checkout.folder / "config/small.yaml").write_text(yaml.safe_dump(config))


@pytest.fixture
def public(
    finished: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Checkout, Site]]:
    """The study with the files that it still has of its own, and its servers."""
    monkeypatch.setenv("OPENGWAS_JWT", TOKEN)
    checkout = make_checkout(tmp_path / "mrscape")
    data = finished.folder / "resources/small"
    (checkout.folder / "resources/small").symlink_to(data)
    with running() as site:
        serve(site, data)
        configure(checkout, site)
        yield checkout, site


def test_fetch_only_then_offline_to_the_end(public: tuple[Checkout, Site], finished: Checkout):
    checkout, site = public
    refused = checkout.run("--config", "offline=true")
    assert refused.returncode == 1
    assert "offline and 9 files are not here" in refused.stdout, refused.stdout
    wanted = [
        *LOCATORS.values(),
        "dataset:panel#1kg/SIMULATED_panel.bed",
        "dataset:chain",
        "fetch_only --configfile",
    ]
    assert all(words in refused.stdout for words in wanted), refused.stdout
    assert site.asked == []

    fetched = checkout.run("fetch_only")
    assert fetched.returncode == 0, fetched.stdout
    receipt = read_json(checkout.results / "fetch/disease_a.json")
    told = {name: receipt["metadata"][name] for name in ("n", "n_case", "build", "ancestry")}
    assert told == {"n": 300_000, "n_case": 28_000, "build": "GRCh38", "ancestry": "EUR"}
    assert not (checkout.results / "exposures").exists()
    asked = len(site.asked)

    done = checkout.run("--config", "offline=true")
    assert done.returncode == 0, done.stdout
    assert len(site.asked) == asked
    for table in ("tables/estimates.tsv", "tables/validation.tsv"):
        assert (checkout.results / table).read_bytes() == (finished.results / table).read_bytes(), table
    assert set(read_tsv(checkout.results / "tables/screen.tsv")["status"]) == set(
        read_tsv(finished.results / "tables/screen.tsv")["status"]
    )
    again = checkout.run()  # nor does going online again rerun anything
    assert "Nothing to be done" in again.stdout, again.stdout
    for file in checkout.folder.rglob("*"):
        if file.is_file() and file.suffix in {".log", ".json", ".html", ".tsv", ".yaml", ".txt"}:
            content = file.read_bytes()
            assert TOKEN.encode() not in content and b"verysecret" not in content, file
    assert TOKEN not in fetched.stdout + done.stdout and "verysecret" not in fetched.stdout + done.stdout


def test_exposure_that_cannot_be_fetched_is_reported_and_tried_again(public: tuple[Checkout, Site]):
    checkout, site = public
    config = yaml.safe_load((checkout.folder / "config/small.yaml").read_text())
    config["fetch"]["keep_raw"] = False
    (checkout.folder / "config/small.yaml").write_text(yaml.safe_dump(config))
    name = next(path for path in site.files if path.endswith("GCST90003000_buildGRCh37.tsv.gz"))
    whole = site.files[name]
    site.files[name] = whole[:-20]
    done = checkout.run()
    assert done.returncode == 1
    assert "1 of 10 exposures could not be read" in done.stdout
    assert "is truncated or damaged gzip" in done.stdout
    site.files[name] = whole
    mended = checkout.run()
    assert mended.returncode == 0, mended.stdout

    def copies() -> set[str]:
        found = (checkout.folder / "resources/downloads").rglob("*.gz")
        return {file.name for file in found if not file.is_dir()}

    kept = {"variants.txt.gz", "finngen_R12_SIMULATED_DISEASE.gz", "sim-a-1.vcf.gz", "to37.over.chain.gz"}
    assert copies() == kept  # what other traits need, and what is read as a whole once more
    # A pass whose outcome is known by the content of files needs them no more.
    asked = len(site.asked)
    again = checkout.run("--forcerun", "reduce_exposure", "--until", "reduce_exposure")
    assert again.returncode == 0, again.stdout
    assert "Rule: reduce_exposure" in again.stdout and len(site.asked) == asked and copies() == kept
