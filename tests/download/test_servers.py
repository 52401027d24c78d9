"""The layouts of the public servers (contents SIMULATED), and their traps."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import subprocess
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.download import locator
from scripts.download.datasets import registry
from scripts.download.locator import resolve
from scripts.download.servers.gwas_catalog import bucket, links
from scripts.download.settings import Settings
from scripts.download.store import Missing, Store
from scripts.source.error import SourceError
from scripts.source.sidecar import Metadata
from scripts.table import trait as trait_module
from tests.download.server import PAGE, Asked, Fault, Site, says

TABLE = gzip.compress(b"chromosome\tbase_pair_location\tSIMULATED\n1\t2\tx\n", mtime=0)
MD5 = hashlib.md5(TABLE).hexdigest()
FOLDER = "summary_statistics/GCST90002001-GCST90003000/GCST90002426"
YAML = b"""
# SIMULATED
genome_assembly: GRCh37
samples:
  - {sample_ancestry_category: [European], sample_size: 22138, case_control_study: false}
  - {sample_ancestry_category: [European], sample_size: 22138, case_control_study: false}
data_file_name: GCST90002426_buildGRCh37.tsv
data_file_md5sum: 0000000000000000000000000000000a
"""
TOKEN = "eyJhbGciOiJub25lIn0.SIMULATED.c2VjcmV0"
SIGNED = "X-Amz-Signature=verysecret"


@pytest.fixture
def store(site: Site, tmp_path: Path) -> Store:
    return Store(site.settings(tmp_path / "downloads"))


def names(store: Store, path: str, catalog: str = "harmonised") -> list[str]:
    return [remote.urls[0] for remote in resolve(path, store, catalog).remotes]


# GWAS Catalog


@pytest.mark.parametrize(
    ("accession", "folder"),
    [
        ("GCST000001", "GCST000001-GCST001000"),
        ("GCST001000", "GCST000001-GCST001000"),
        ("GCST001001", "GCST001001-GCST002000"),
        ("GCST90002426", "GCST90002001-GCST90003000"),
        ("GCST90003000", "GCST90002001-GCST90003000"),
        ("GCST90003001", "GCST90003001-GCST90004000"),
        ("GCST90010000", "GCST90009001-GCST90010000"),
    ],
)
def test_bucket_at_multiples_of_a_thousand(accession: str, folder: str):
    assert bucket(accession) == folder


def test_every_bucket_of_the_published_list_follows_the_rule(shared_data: Path):
    with gzip.open(shared_data / "source_samples/harmonised_list.txt.gz", "rt") as lines:
        parts = [line.strip().removeprefix("./").split("/") for line in lines if "GCST" in line]
    assert len(parts) > 20_000
    assert [part for part in parts if bucket(part[1]) != part[0]] == []


def catalog(site: Site, *harmonised: str, raw: str = "GCST90002426_buildGRCh37.tsv.gz") -> None:
    site.files |= {f"{FOLDER}/harmonised/{name}": TABLE for name in harmonised}
    site.files |= {f"{FOLDER}/{raw}": TABLE, f"{FOLDER}/{raw}-meta.yaml": YAML, f"{FOLDER}/README.txt": b"x"}
    site.files[f"{FOLDER}/md5sum.txt"] = f"{MD5}  ./{raw}\n".encode()


def test_harmonised_name_is_read_from_the_folder(site: Site, store: Store):
    catalog(site, "32929287-GCST90002426-EFO_0007937.h.tsv.gz", "GCST90002426.running.log")
    inside = f"{FOLDER}/harmonised"
    site.files[f"{inside}/md5sum.txt"] = f"{MD5}  32929287-GCST90002426-EFO_0007937.h.tsv.gz\n".encode()
    found = resolve("gwas_catalog:GCST90002426", store, "harmonised")
    (remote,) = found.remotes
    assert remote.urls == (site.url(f"{inside}/32929287-GCST90002426-EFO_0007937.h.tsv.gz"),)
    assert remote.checksum == f"md5:{MD5}"
    assert found.metadata.build == "GRCh38"
    assert store.get(remote).path.read_bytes() == TABLE


def test_new_harmonised_name_wins_over_the_old_one(site: Site, store: Store):
    catalog(
        site,
        "1-GCST90002426-EFO_1.h.tsv.gz",
        "GCST90002426.h.tsv.gz",
        "1-GCST90002426-EFO_1-Build38.f.tsv.gz",
    )
    assert names(store, "gwas_catalog:GCST90002426")[0].endswith("/harmonised/GCST90002426.h.tsv.gz")


def test_several_harmonised_files_are_not_guessed_between(site: Site, store: Store):
    catalog(site, "1-GCST90002426-EFO_1.h.tsv.gz", "2-GCST90002426-EFO_2.h.tsv.gz")
    with pytest.raises(SourceError, match=r"holds 2 harmonised files \(1-GCST.*name one by its address"):
        resolve("gwas_catalog:GCST90002426", store, "harmonised")


def test_raw_file_and_its_metadata(site: Site, store: Store, caplog: pytest.LogCaptureFixture):
    catalog(site)
    found = resolve("gwas_catalog:GCST90002426/raw", store, "harmonised")
    assert found.remotes[0].urls == (site.url(f"{FOLDER}/GCST90002426_buildGRCh37.tsv.gz"),)
    assert found.remotes[0].checksum == f"md5:{MD5}"
    assert found.metadata == Metadata(22138.0, None, "GRCh37", "EUR")
    assert "md5sum.txt gives another MD5 than the metadata" in caplog.text


def test_raw_only_is_said_with_what_to_write(site: Site, store: Store):
    catalog(site)
    with pytest.raises(SourceError, match=r"only GCST90002426_build.*write `gwas_catalog:GCST90002426/raw`"):
        resolve("gwas_catalog:GCST90002426", store, "harmonised")
    assert names(store, "gwas_catalog:GCST90002426", "harmonised_first")[0].endswith("_buildGRCh37.tsv.gz")


def test_wrong_md5_is_refused(site: Site, store: Store):
    catalog(site)
    site.files[f"{FOLDER}/md5sum.txt"] = b"0" * 32 + b"  GCST90002426_buildGRCh37.tsv.gz\n"
    (remote,) = resolve("gwas_catalog:GCST90002426/raw", store, "raw").remotes
    with pytest.raises(SourceError, match="its MD5 is"):
        store.get(remote)


def test_list_of_all_harmonised_files_serves_where_folders_cannot_be_listed(site: Site, store: Store):
    name = "1-GCST90002426-EFO_1.h.tsv.gz"
    catalog(site, name)
    site.faults[f"{FOLDER}/"] = [says(403)]
    site.files["summary_statistics/harmonised_list.txt"] = (
        b"./GCST90002001-GCST90003000/GCST90002425/harmonised/0-GCST90002425-EFO_1.h.tsv.gz\n"
        b"./GCST90002001-GCST90003000/GCST90002426/harmonised/" + name.encode() + b"\n"
    )
    assert names(store, "gwas_catalog:GCST90002426") == [site.url(f"{FOLDER}/harmonised/{name}")]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("gwas_catalog:GCST90009999", "the GWAS Catalog has no folder for GCST90009999"),
        ("gwas_catalog:GCST9000242x", "'GCST9000242x' is no accession"),
        (
            "gwas_catalog:GCST90002426/harmonized",
            "'harmonized' is no choice of files, expected harmonised, raw",
        ),
        ("finngen:R12/M13_OSTEOPOROSI", "has no endpoint M13_OSTEOPOROSI; nearest: M13_OSTEOPOROSIS"),
        ("finngen:12/M13", "is no release and endpoint of FinnGen"),
        ("finngen:R5/M13", "answers 404"),
        ("big40:1", "write its number with four digits"),
        ("eqtl_catalogue:QTD000117", "has no dataset QTD000117; nearest: QTD000116"),
        ("gtex:Lung/pair", r"'Lung/pair' is no tissue and table of GTEx"),
        ("dataset:w_hm3", "has no dataset w_hm3"),
        ("opengwas:../x", "is no dataset of OpenGWAS"),
    ],
)
def test_wrong_name_is_said_with_the_nearest(site: Site, store: Store, path: str, words: str):
    finngen(site)
    eqtl(site)
    with pytest.raises(SourceError, match=words):
        resolve(path, store, "harmonised")


def test_index_page_gives_what_is_in_the_folder_only():
    page = (
        b'<a href="?C=N">Name</a><a href="/pub/">Parent</a><a href="a%20b.gz">a</a><A HREF="/f/c/">c</A>'
        b'<a href="https://other.org/f/d">d</a><a href="e/f">deep</a><a>none</a>'
    )
    assert links(page, "http://h/f/") == ["a b.gz", "c/"]


# FinnGen


def finngen(site: Site) -> None:
    head = "phenocode\tname\tcategory\tnum_cases\tnum_controls\tpath_bucket\tpath_https\n"
    path = site.url("finngen-public-data-r12/summary_stats/release/finngen_R12_M13_OSTEOPOROSIS.gz")
    site.files["finngen-public-data-r12/summary_stats/finngen_R12_manifest.tsv"] = (
        head + f"M13_OSTEOPOROSIS\tSIMULATED\tXIII\t9000\t400000\tgs://x\t{path}\n"
    ).encode()
    eight = site.url("finngen-public-data-r8/summary_stats/finngen_R8_M13_OSTEOPOROSIS.gz")
    site.files["finngen-public-data-r8/summary_stats/R8_manifest.tsv"] = (
        "#phenocode\tphenotype\tn_cases\tn_controls\tcategory\tgs\turl\n"
        f"M13_OSTEOPOROSIS\tSIMULATED\t6303\t325717\tXIII\tgs://x\t{eight}\n"
    ).encode()


def test_finngen_paths_and_counts_come_from_the_manifest_of_the_release(site: Site, store: Store):
    finngen(site)
    found = resolve("finngen:R12/M13_OSTEOPOROSIS", store, "harmonised")
    assert "/summary_stats/release/finngen_R12_" in found.remotes[0].urls[0]
    assert found.metadata == Metadata(409_000.0, 9000.0, "GRCh38", "EUR")
    old = resolve("finngen:R8/M13_OSTEOPOROSIS", store, "harmonised")
    assert old.remotes[0].urls[0].endswith("/summary_stats/finngen_R8_M13_OSTEOPOROSIS.gz")
    assert old.metadata.n == 332_020


def test_manifest_that_is_a_page_is_refused(site: Site, store: Store):
    site.files["finngen-public-data-r12/summary_stats/finngen_R12_manifest.tsv"] = b"<html>Moved</html>"
    with pytest.raises(
        SourceError, match=r"manifest of FinnGen R12 has no column phenocode; it begins: Moved"
    ):
        resolve("finngen:R12/X", store, "harmonised")


# BIG40, eQTL Catalogue, GTEx


def test_big40_is_statistics_then_the_shared_variants(site: Site, store: Store, tmp_path: Path):
    found = resolve("big40:0001", store, "harmonised")
    assert [remote.urls[0] for remote in found.remotes] == [
        site.url("big40/release2/stats33k/0001.txt.gz"),
        site.url("big40/release2/variants.txt.gz"),
    ]
    assert [remote.shared for remote in found.remotes] == [False, True]
    own = tmp_path / "0001.txt.gz"
    own.write_bytes(TABLE)
    mine = Store(replace(store.settings, local={"big40:0001": str(own)}))
    remotes = resolve("big40:0001", mine, "harmonised").remotes
    assert len(remotes) == 2 and mine.get(remotes[0]).path == own


def test_mirrors_of_a_server(site: Site, store: Store):
    both = store.settings.servers | {"big40": f"{site.url('gone')} | {site.url('big40/release2/')}"}
    site.files["big40/release2/variants.txt.gz"] = TABLE
    mirrored = Store(replace(store.settings, servers=both))
    assert mirrored.get(resolve("big40:0001", mirrored, "").remotes[1]).path.read_bytes() == TABLE


def test_file_of_the_catalog_is_tried_on_its_mirror(site: Site, store: Store):
    """The first server lists the folder but does not give the file."""
    catalog(site)
    path = "GCST90002001-GCST90003000/GCST90002426/GCST90002426_buildGRCh37.tsv.gz"
    site.files[f"mirror/{path}"] = site.files[f"summary_statistics/{path}"]
    site.faults[f"summary_statistics/{path}"] = [says(403)]
    both = store.settings.servers | {"gwas_catalog": f"{site.url('summary_statistics')}|{site.url('mirror')}"}
    mirrored = Store(replace(store.settings, servers=both))
    (remote,) = resolve("gwas_catalog:GCST90002426/raw", mirrored, "").remotes
    assert [url.removeprefix(site.base) for url in remote.urls] == [
        f"/summary_statistics/{path}",
        f"/mirror/{path}",
    ]
    assert mirrored.get(remote).path.read_bytes() == site.files[f"mirror/{path}"]


def eqtl(site: Site) -> None:
    site.files["tabix/tabix_ftp_paths.tsv"] = (
        b"study_id\tdataset_id\tstudy_label\tsample_size\tquant_method\tftp_path\n"
        b"QTS1\tQTD000116\tSIMULATED\t573\tge\tftp://ftp.ebi.ac.uk/pub/QTS1/QTD000116/QTD000116.all.tsv.gz\n"
    )


def test_eqtl_catalogue_over_https(site: Site, store: Store):
    eqtl(site)
    found = resolve("eqtl_catalogue:QTD000116", store, "harmonised")
    assert found.remotes[0].urls == ("https://ftp.ebi.ac.uk/pub/QTS1/QTD000116/QTD000116.all.tsv.gz",)
    assert found.metadata == Metadata(573.0, None, "GRCh38", None)
    assert names(store, "ftp://h.org/x.gz|http://m.org/x.gz") == ["https://h.org/x.gz"]


def with_datasets(store: Store, tmp_path: Path, rows: str) -> Store:
    table = tmp_path / "datasets.tsv"
    table.write_text("id\tstudy\tversion\turls\tbytes\tchecksum\tlicence\tterms\torigin\n" + rows)
    return Store(replace(store.settings, datasets=table))


def test_gtex_tables_are_files_of_two_archives(site: Site, store: Store, tmp_path: Path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("GTEx_Analysis_v8_eQTL/Lung.v8.egenes.txt.gz")
        info.size = len(TABLE)
        archive.addfile(info, io.BytesIO(TABLE))
    site.files["new/e.tar"] = packed.getvalue()
    rows = f"gtex_v8_eqtl\t\tv8\t{site.url('old/e.tar')}|{site.url('new/e.tar')}\t\t\topen\t\tSIMULATED\n"
    gtex = with_datasets(store, tmp_path, rows)
    (remote,) = resolve("gtex:Lung/egenes", gtex, "").remotes
    assert remote.shared and gtex.get(remote).path.read_bytes() == TABLE
    with pytest.raises(SourceError, match=r"no files .*Lnug.*Lung.v8.egenes"):
        gtex.get(resolve("gtex:Lnug/egenes", gtex, "").remotes[0])
    site.files["cut.tar"] = packed.getvalue()[:600]
    with pytest.raises(SourceError, match="no tar archive"):
        gtex.get(resolve(site.url("cut.tar"), gtex, "").remotes[0])


def test_dataset_by_registry_and_by_own_copy(site: Site, store: Store, tmp_path: Path):
    site.files["chain.gz"] = TABLE
    rows = f"chain\t\t1\t{site.url('chain.gz')}\t{len(TABLE)}\tmd5:{MD5}\topen\t\tx\n"
    rows += "by_form\t\t1\t\t\t\topen\t\tform\n"
    known = with_datasets(store, tmp_path, rows)
    assert known.get(resolve("dataset:chain", known, "").remotes[0]).path.read_bytes() == TABLE
    with pytest.raises(SourceError, match=r"dataset by_form has no address .*`dataset:by_form: /path"):
        resolve("dataset:by_form", known, "")
    own = tmp_path / "own.gz"
    own.write_bytes(TABLE)
    mine = Store(replace(known.settings, local={"dataset:by_form": str(own)}))
    assert mine.get(resolve("dataset:by_form", mine, "").remotes[0]).path == own


def test_shipped_registry_is_sound():
    rows = registry(Settings())
    wanted = {
        "gtex_v8_eqtl",
        "gtex_v8_eqtl_independent",
        "chain_hg38_to_hg19",
        "w_hm3_snplist",
        "eur_w_ld_chr",
    }
    assert wanted <= set(rows)
    for name, row in rows.items():
        assert row["study"] or row["urls"] or row["terms"], name  # in a folder, from a server, or by asking
        if row["urls"]:
            resolve(f"dataset:{name}", Store(Settings()), "")


def test_names_of_servers_are_those_of_the_trait_table():
    assert set(locator.SERVERS) == set(trait_module.SERVERS)


# OpenGWAS


def opengwas(site: Site, links_given: list[str] | None = None) -> None:
    given = links_given if links_given is not None else [f"{site.url('oci/ieu-b-18.vcf.gz')}?{SIGNED}"]

    def files(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        if asked.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {}, b'{"message": "token invalid"}'
        name = json.loads(asked.body)["id"][0]
        link = given.pop(0) if len(given) > 1 else given[0]
        report = site.url("oci/report.html")
        return 200, {}, json.dumps({name: [link, f"{link.replace('vcf.gz', 'vcf.gz.tbi')}", report]}).encode()

    def info(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        if asked.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {}, b'{"message": "token invalid"}'
        facts = {"id": "ieu-b-18", "sample_size": 115803, "ncase": 47429, "ncontrol": 68374}
        return 200, {}, json.dumps([facts | {"build": "HG19/GRCh37", "population": "European"}]).encode()

    site.posts = {"api/gwasinfo/files": files, "api/gwasinfo": info}
    site.files["oci/ieu-b-18.vcf.gz"] = gzip.compress(b"##fileformat=VCFv4.2 SIMULATED\n", mtime=0)


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> str:
    monkeypatch.setenv("OPENGWAS_JWT", TOKEN)
    caplog.set_level(logging.DEBUG)
    return TOKEN


def no_secret_in(*texts: str) -> None:
    for text in texts:
        assert TOKEN not in text and "SIMULATED.c2V" not in text and "verysecret" not in text


def written(folder: Path) -> str:
    found = subprocess.run(
        ["grep", "-rlE", "verysecret|SIMULATED.c2VjcmV0", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout


def test_opengwas_file_by_a_signed_link(
    site: Site, store: Store, token: str, caplog: pytest.LogCaptureFixture
):
    opengwas(site)
    found = resolve("opengwas:ieu-b-18", store, "")
    kept = store.get(found.remotes[0])
    assert kept.path == store.settings.folder / "opengwas/ieu-b-18.vcf.gz"
    assert found.metadata == Metadata(115_803.0, 47_429.0, "GRCh37", "EUR")
    asked = len(site.asked)
    assert store.get(resolve("opengwas:ieu-b-18", store, "").remotes[0]) == kept
    assert len(site.asked) == asked  # a file costs 1,000 of the allowance: what is here is not asked for
    assert [one.headers["Authorization"] for one in site.asked if one.path.startswith("/oci")] == [None]
    no_secret_in(caplog.text)
    assert written(store.settings.folder) == ""


def test_expired_link_is_asked_for_again_and_the_transfer_goes_on(
    site: Site, store: Store, token: str, caplog: pytest.LogCaptureFixture
):
    url = site.url("oci/ieu-b-18.vcf.gz")
    opengwas(site, [f"{url}?{SIGNED}1", f"{url}?{SIGNED}2"])
    expired = says(403, f"<Error><Message>expired</Message><Url>{url}?{SIGNED}1</Url></Error>".encode())
    site.faults["oci/ieu-b-18.vcf.gz"] = [expired]
    kept = store.get(resolve("opengwas:ieu-b-18", store, "").remotes[0])
    assert gzip.decompress(kept.path.read_bytes()).startswith(b"##fileformat")
    assert [one.path[-1] for one in site.asked if one.path.startswith("/oci")] == ["1", "2"]
    no_secret_in(caplog.text)


@pytest.mark.parametrize(
    "fault", [says(200, PAGE), says(404), says(302, Location="ftp://elsewhere/x"), says(503)]
)
def test_link_whose_path_is_the_secret_is_not_shown(
    site: Site, store: Store, token: str, caplog: pytest.LogCaptureFixture, fault: Fault
):
    path = "p/verysecret/n/b/ieu-b-18.vcf.gz"
    opengwas(site, [site.url(path)])
    site.faults[path] = [fault] * 4
    with pytest.raises(SourceError) as error:
        store.get(resolve("opengwas:ieu-b-18", store, "").remotes[0])
    no_secret_in(str(error.value), caplog.text)
    site.faults.clear()
    site.files[path] = site.files["oci/ieu-b-18.vcf.gz"]
    assert store.get(resolve("opengwas:ieu-b-18", store, "").remotes[0]).path.is_file()
    assert written(store.settings.folder) == ""


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_refusals_of_opengwas_show_no_secret(
    site: Site, store: Store, token: str, caplog: pytest.LogCaptureFixture, status: int
):
    opengwas(site)
    page = json.dumps({"message": f"no: Bearer {TOKEN} {site.base}/x?{SIGNED}"}).encode()
    calls: list[Asked] = []

    def refuse(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        calls.append(asked)
        return status, {"Retry-After": "0.01"} if status == 429 else {}, page

    site.posts["api/gwasinfo"] = refuse
    with pytest.raises(SourceError) as error:
        resolve("opengwas:ieu-b-18", store, "")
    assert str(status) in str(error.value)
    assert ("make a token at https://api.opengwas.io" in str(error.value)) == (status in (401, 403))
    assert len(calls) == (1 if status in (401, 403) else 3)  # never hammered
    no_secret_in(str(error.value), caplog.text)


def test_spent_allowance_beyond_patience_stops_at_once(site: Site, store: Store, token: str):
    opengwas(site)
    calls: list[Asked] = []

    def spent(asked: Asked) -> tuple[int, dict[str, str], bytes]:
        calls.append(asked)
        return 429, {"X-Allowance-Reset": "540", "X-Allowance-Remaining": "0"}, b""

    site.posts["api/gwasinfo"] = spent
    with pytest.raises(SourceError, match="asks to be left alone for 540 s"):
        resolve("opengwas:ieu-b-18", store, "")
    assert len(calls) == 1


def test_no_token_says_how_to_have_one(site: Site, store: Store, monkeypatch: pytest.MonkeyPatch):
    opengwas(site)
    monkeypatch.delenv("OPENGWAS_JWT", raising=False)
    with pytest.raises(SourceError, match=r"needs a token: make a token at .* variable OPENGWAS_JWT"):
        resolve("opengwas:ieu-b-18", store, "")
    with pytest.raises(Missing):
        resolve("opengwas:ieu-b-18", Store(replace(store.settings, offline=True)), "")


def test_dataset_that_opengwas_does_not_have(site: Site, store: Store, token: str):
    opengwas(site)
    site.posts["api/gwasinfo"] = lambda _: (200, {}, b"[]")
    with pytest.raises(SourceError, match="OpenGWAS has no dataset ieu-x-1"):
        resolve("opengwas:ieu-x-1", store, "")


def test_credentials_go_to_the_first_host_only(site: Site, store: Store, token: str):
    from tests.download.server import running

    opengwas(site)
    with running() as elsewhere:
        elsewhere.files["info"] = b"[]"
        site.posts["api/gwasinfo"] = lambda _: (303, {"Location": elsewhere.url("info")}, b"")
        with pytest.raises(SourceError, match="has no dataset"):
            resolve("opengwas:ieu-b-18", store, "")
        assert [asked.headers["Authorization"] for asked in elsewhere.asked] == [None]
