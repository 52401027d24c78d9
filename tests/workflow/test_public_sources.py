"""A small study whose traits come from servers: fetched first, then run to its end with no server there."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from scripts.table.files import read_json
from scripts.table.frames import read_tsv
from tests.download.server import Asked, Site, running
from tests.workflow import layouts
from tests.workflow.conftest import SCREEN_ALONE, Checkout, make_checkout

TOKEN = "eyJhbGciOiJub25lIn0.SIMULATED.c2VjcmV0"
SIGNED = "X-Amz-Signature=verysecret"
GENE = "ENSG00000227232"
RAW, NEW = "GCST90003000_buildGRCh37.tsv.gz", "GCST90003001.h.tsv.gz"
OLD = "1-GCST90003002-EFO_1.h.tsv.gz"
VARIANT = ("chromosome", "position", "effect_allele", "other_allele")


@dataclass(frozen=True)
class Served:
    """What the row of a trait says when a server has its file; `n`: the people that the server tells of."""

    locator: str
    format: str
    build: str = "GRCh37"
    filter: str = ""
    n: int | None = None


TRAITS = {
    "sim_001": Served("gwas_catalog:GCST90003000/raw", "gwas_ssf", n=24201),
    "sim_002": Served("gwas_catalog:GCST90003001/harmonised", "auto", "GRCh38", n=31325),
    "sim_003": Served("big40:0003", "big40"),
    "sim_004": Served("gwas_catalog:GCST90003002", "gwas_catalog_old", "GRCh38", n=26179),
    "sim_005": Served(
        "eqtl_catalogue:QTD000116", "eqtl_catalogue", "GRCh38", f"molecular_trait_id={GENE}", 23931
    ),
    "sim_006": Served("gtex:Lung/pairs", "gtex_pairs", "GRCh38", f"gene_id={GENE}.5"),
    "disease_a": Served("finngen:R12/SIMULATED_DISEASE", "finngen", "auto", n=300_000),
    "density_heel": Served("opengwas:sim-a-1", "gwas_vcf", "auto", n=400_000),
}


def serve(site: Site, data: Path) -> None:
    """The simulated files of the small study in the layouts and under the names of the servers."""
    rows = {trait: layouts.simulated(next(data.glob(f"*/SIMULATED_{trait}.*"))) for trait in TRAITS}
    chain = data / "chain/SIMULATED_GRCh38_to_GRCh37.chain"
    lifted = {
        trait: layouts.lifted(rows[trait], chain)
        for trait in ("sim_002", "sim_004", "sim_005", "sim_006", "disease_a")
    }
    serve_catalog(site, rows["sim_001"], lifted)
    stats, variants = layouts.big40(rows["sim_003"])
    site.files["big40/release2/stats33k/0003.txt.gz"] = stats
    site.files["big40/release2/variants.txt.gz"] = variants
    path = "finngen-public-data-r12/summary_stats/release/finngen_R12_SIMULATED_DISEASE.gz"
    site.files[path] = layouts.finngen(lifted["disease_a"])
    site.files["finngen-public-data-r12/summary_stats/finngen_R12_manifest.tsv"] = (
        "phenocode\tnum_cases\tnum_controls\tpath_https\n"
        f"SIMULATED_DISEASE\t28000\t272000\t{site.url(path)}\n"
    ).encode()
    path = "QTS000015/QTD000116/QTD000116.all.tsv.gz"
    site.files[path] = layouts.eqtl_catalogue(lifted["sim_005"], GENE)
    site.files["tabix/tabix_ftp_paths.tsv"] = (
        "study_id\tdataset_id\tstudy_label\tsample_size\tquant_method\tftp_path\n"
        f"QTS000015\tQTD000116\tSIMULATED\t{TRAITS['sim_005'].n}\tge\t{site.url(path)}\n"
    ).encode()
    pairs = layouts.gtex_pairs(lifted["sim_006"], f"{GENE}.5")
    member = "GTEx_Analysis_v8_eQTL/Lung.v8.signif_variant_gene_pairs.txt.gz"
    site.files["GTEx_Analysis_v8_eQTL.tar"] = packed({member: pairs}, "w")
    site.files["oci/sim-a-1.vcf.gz"] = layouts.gwas_vcf(rows["density_heel"])
    told = {"id": "sim-a-1", "sample_size": TRAITS["density_heel"].n, "population": "East Asian"}
    site.posts["api/gwasinfo"] = answer([told])
    site.posts["api/gwasinfo/files"] = answer({"sim-a-1": [f"{site.url('oci/sim-a-1.vcf.gz')}?{SIGNED}"]})
    site.files["ld.tgz"] = packed(
        {f"1kg/{file.name}": file.read_bytes() for file in sorted((data / "ld").iterdir())}, "w:gz"
    )
    site.files["to37.over.chain.gz"] = gzip.compress(chain.read_bytes())


def serve_catalog(site: Site, raw: pd.DataFrame, lifted: dict[str, pd.DataFrame]) -> None:
    """Folders of three accessions with their checksums and metadata, around a multiple of a thousand."""
    first, second = (f"summary_statistics/GCST9000{k}001-GCST9000{k + 1}000" for k in (2, 3))
    folders = {
        f"{first}/GCST90003000": (RAW, layouts.catalog_raw(raw), "sim_001"),
        f"{second}/GCST90003001/harmonised": (NEW, layouts.catalog_harmonised(lifted["sim_002"]), "sim_002"),
        f"{second}/GCST90003002/harmonised": (OLD, layouts.catalog_old(lifted["sim_004"]), "sim_004"),
    }
    for folder, (name, content, trait) in folders.items():
        index = b"SIMULATED"
        site.files |= {f"{folder}/{name}": content, f"{folder}/{name}.tbi": index}
        sums = "".join(
            f"{hashlib.md5(part).hexdigest()}  {file}\n"
            for file, part in ((name, content), (f"{name}.tbi", index))
        )
        site.files[f"{folder}/md5sum.txt"] = sums.encode()
        told = {
            "genome_assembly": TRAITS[trait].build,
            "coordinate_system": "1-based",
            "samples": [{"sample_ancestry_category": ["European"], "sample_size": TRAITS[trait].n}] * 2,
            "data_file_name": name.removesuffix(".gz"),
        }
        site.files[f"{folder}/{name}-meta.yaml"] = yaml.safe_dump(told).encode()


def packed(files: dict[str, bytes], mode: str) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return whole.getvalue()


def answer(content: object):
    def reply(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        known = asked.headers["Authorization"] == f"Bearer {TOKEN}"
        return (200 if known else 401), {}, json.dumps(content).encode()

    return reply


def configure(checkout: Checkout, site: Site) -> None:
    """The small study, its traits by the names of servers and, where these tell them, without numbers."""
    for table in ("config/small_exposures.tsv", "config/demo/traits.tsv"):
        path = checkout.folder / table
        head, *lines = [line.split("\t") for line in path.read_text().splitlines()]
        for line in lines:
            served = TRAITS.get(line[0])
            if served is not None:
                said = {"path": served.locator, "format": served.format, "build": served.build}
                said |= {"filter": served.filter} | ({"n": "", "n_case": ""} if served.n else {})
                for name, value in said.items():
                    line[head.index(name)] = value
        path.write_text("\n".join("\t".join(line) for line in [head, *lines]) + "\n")
    files = {
        "panel": f"{site.url('gone.tgz')}|{site.url('ld.tgz')}",
        "chain": site.url("to37.over.chain.gz"),
        "gtex_v8_eqtl": site.url("GTEx_Analysis_v8_eQTL.tar"),
    }
    registry = "id\tstudy\tversion\turls\tbytes\tchecksum\tlicence\tterms\torigin\n"
    registry += "".join(f"{name}\t\t1\t{urls}\t\t\topen\t\tSIMULATED\n" for name, urls in files.items())
    (checkout.folder / "config/datasets.tsv").write_text(registry)
    config = yaml.safe_load((checkout.folder / "config/small.yaml").read_text())
    config |= SCREEN_ALONE | {
        "multivariable": config["multivariable"],
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


def same_numbers(checkout: Checkout, finished: Checkout) -> None:
    """Each reader gives the numbers of the same trait read as GWAS-SSF, and the screen the same answers."""
    chain = finished.folder / "resources/small/chain/SIMULATED_GRCh38_to_GRCh37.chain"
    for trait, served in TRAITS.items():
        table = f"reduced/{trait}.parquet" if trait.startswith("sim") else f"traits/{trait}.parquet"
        ours, theirs = (pd.read_parquet(run.results / table) for run in (checkout, finished))
        if "candidate" in ours:  # what else is in there depends on the outcome
            ours, theirs = ours[ours["candidate"]], theirs[theirs["candidate"]]
        both = theirs.merge(ours, on=list(VARIANT), suffixes=("", "_served"))
        assert len(both) == len(ours) > 5, trait
        lost = theirs.merge(ours[list(VARIANT)], how="left", indicator=True)
        lost = lost[lost["_merge"] == "left_only"]
        assert 0 < len(lost) < 0.05 * len(theirs) if needs_lifting(served) else lost.empty, trait
        assert not layouts.known_to_chain(lost, chain).any(), trait
        for name in ("beta", "se", "n"):
            assert both[name].equals(both[f"{name}_served"]), (trait, name)
        np.testing.assert_allclose(both["neglog10_p"], both["neglog10_p_served"], rtol=6e-6)  # six digits
        if trait != "sim_006":  # GTEx has no frequencies of alt
            np.testing.assert_allclose(both["eaf"], both["eaf_served"], atol=5e-6)
    ours, theirs = (read_tsv(run.results / "tables/estimates.tsv") for run in (checkout, finished))
    same = (theirs["outcome"] != "disease") & (theirs["exposure"] != "sim_006")
    pd.testing.assert_frame_equal(ours[same], theirs[same], check_exact=True)
    assert ours["status"].equals(theirs["status"])
    # One of the three cohorts of the disease lacks the variants that no chain leads to. Where that is one of
    # seven instruments, others than IVW may jump: HEIDI takes other outliers.
    share = ours["exposure"].map(touched(checkout, finished))
    moved = np.abs((ours["beta"] - theirs["beta"]) / theirs["se"]).where(theirs["outcome"] == "disease", 0.0)
    assert moved[share == 0.0].max() == 0.0 and (share == 0.0).sum() > 10
    assert moved[(share < 0.1) | (ours["method"] == "ivw")].max() < 0.5
    ours, theirs = (read_tsv(run.results / "tables/validation.tsv") for run in (checkout, finished))
    assert set(theirs["exposure"]) <= set(ours["exposure"])
    effects = ["exposure", "validation_outcome", "n_instruments", "method", "beta", "se"]
    shared = ours[ours["exposure"].isin(theirs["exposure"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(shared[effects], theirs[effects], check_exact=True)


def touched(checkout: Checkout, finished: Checkout) -> pd.Series:
    """By exposure, the share of instruments whose effect on the disease is not that of the finished study."""
    ours, theirs = (
        pd.read_parquet(run.results / "tables/instruments.parquet").query("outcome == 'disease'")
        for run in (checkout, finished)
    )
    both = theirs.merge(ours, on=["exposure", "rsid"], how="outer", suffixes=("", "_served"))
    other = (both["beta_outcome"] != both["beta_outcome_served"]) | (
        both["se_outcome"] != both["se_outcome_served"]
    )
    return other.groupby(both["exposure"]).mean()


def needs_lifting(served: Served) -> bool:
    return "GRCh38" in (served.build, "GRCh38" if served.format == "finngen" else "")


def test_fetch_only_then_offline_to_the_end(public: tuple[Checkout, Site], finished: Checkout):
    checkout, site = public
    refused = checkout.run("--config", "offline=true")
    assert refused.returncode == 1
    assert "offline and 12 files are not here" in refused.stdout, refused.stdout
    wanted = [
        *(served.locator for served in TRAITS.values()),
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
    same_numbers(checkout, finished)
    found = read_tsv(checkout.results / "tables/quality_findings.tsv")
    disagrees = found[found["check"] == "source_disagrees"]
    assert disagrees["trait"].tolist() == ["density_heel"]
    assert "East Asian people, not European" in disagrees["found"].item()
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
    name = next(path for path in site.files if path.endswith(RAW))
    whole = site.files[name]
    site.files[name] = whole[:-20]
    for _ in range(2):  # what failed is tried again
        before = len(site.asked)
        fetched = checkout.run("fetch_only")
        assert fetched.returncode == 1
        assert "1 of 8 traits could not be fetched; all others are here" in fetched.stdout
        assert "the file was damaged on the way" in fetched.stdout  # by its md5sum.txt
        assert any(asked.path.endswith(RAW) for asked in site.asked[before:])
    asked = len(site.asked)
    done = checkout.run("--config", "offline=true")
    assert done.returncode == 1 and len(site.asked) == asked
    assert "1 of 10 exposures could not be read" in done.stdout, done.stdout
    assert f"{TRAITS['sim_001'].locator} is not here and the run is offline" in done.stdout
    site.files[name] = whole
    mended = checkout.run()
    assert mended.returncode == 0, mended.stdout

    def copies() -> set[str]:
        found = (checkout.folder / "resources/downloads").rglob("*.gz")
        return {file.name for file in found if not file.is_dir()}

    kept = {"variants.txt.gz", "finngen_R12_SIMULATED_DISEASE.gz", "sim-a-1.vcf.gz", "to37.over.chain.gz"}
    kept |= {"Lung.v8.signif_variant_gene_pairs.txt.gz", "QTD000116.all.tsv.gz"}
    # What other traits need, and what is read as a whole once more: outcomes, a member of `multivariable`.
    assert copies() == kept
    # A pass whose outcome is known by the content of files needs them no more.
    asked = len(site.asked)
    again = checkout.run("--forcerun", "reduce_exposure", "--until", "reduce_exposure")
    assert again.returncode == 0, again.stdout
    assert "Rule: reduce_exposure" in again.stdout and len(site.asked) == asked and copies() == kept
