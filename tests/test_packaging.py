"""Locks, environments, profiles, documents and the launcher: what a newcomer meets before any science."""

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from scripts.table.trait import is_remote

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-slurm.lock"]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def runtime_dependencies() -> list[Requirement]:
    return [Requirement(text) for text in project()["dependencies"]]


def optional_dependencies(extra: str) -> list[Requirement]:
    return [Requirement(text) for text in project()["optional-dependencies"][extra]]


def normal(name: str) -> str:
    """A package's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return {
        normal(name): version for name, version in re.findall(r"^([\w.-]+)==([^ ;]+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_and_hashes_everything_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        first, *rest = block.replace("\\\n", "\n").splitlines()
        assert re.fullmatch(r"[\w.-]+==[^ ;]+(?: ; .+)?", first.strip()), f"{lock}: {first} is not a pin"
        assert rest, f"{lock}: {first} has no hash"
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line.strip()) for line in rest)


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_other_locks_contain_the_runtime_lock(lock: str) -> None:
    assert pins("requirements.lock").items() <= pins(lock).items()


def test_locks_satisfy_the_direct_dependencies() -> None:
    wanted_of = [runtime_dependencies(), optional_dependencies("dev"), optional_dependencies("slurm")]
    for lock, wanted in zip(LOCKS, wanted_of, strict=True):
        for requirement in wanted:
            version = pins(lock).get(normal(requirement.name))
            assert version, f"{lock} lacks {requirement.name}"
            assert requirement.specifier.contains(version), f"{lock}: {requirement.name} {version}"


def test_conda_environment_has_the_pins_of_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "envs" / "mrscape.yaml").read_text())
    (packages,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    found = dict(package.split("==") for package in packages)
    names = {normal(requirement.name) for requirement in runtime_dependencies()} - {"snakemake"}
    assert found == {name: pins("requirements.lock")[name] for name in names}


def test_each_direct_dependency_is_used() -> None:
    modules = {"pyyaml": "yaml", "bed-reader": "bed_reader"}
    files = [*(ROOT / "scripts").rglob("*.py"), *(ROOT / "rules").glob("*.smk"), ROOT / "Snakefile"]
    text = "\n".join(path.read_text() for path in files)
    for requirement in runtime_dependencies():
        module = modules.get(normal(requirement.name), requirement.name)
        assert re.search(rf"^\s*(import|from) {module}\b", text, re.MULTILINE), f"{module} is not imported"


def test_each_direct_dependency_has_its_reason() -> None:
    rows = re.findall(r"^\| ([\w, -]+?) \| (.+?) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    reasons = {normal(name): reason for names, reason in rows for name in names.split(", ")}
    direct = [*runtime_dependencies(), *optional_dependencies("dev"), *optional_dependencies("slurm")]
    missing = [requirement.name for requirement in direct if not reasons.get(normal(requirement.name))]
    assert not missing


def test_quick_start_is_two_commands() -> None:
    section = (ROOT / "README.md").read_text().split("\n## Quick start\n")[1].split("\n## ")[0]
    blocks = re.findall(r"^```\w*\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert blocks == ["./mrscape run\n./mrscape test\n"]


def test_readme_links_lead_somewhere() -> None:
    for document in ("README.md", "CONTRIBUTING.md"):
        targets = re.findall(r"\]\(([^)#]+)", (ROOT / document).read_text())
        missing = [target for target in targets if "://" not in target and not (ROOT / target).exists()]
        assert not missing, f"{document} refers to {missing}"


def test_one_version_everywhere() -> None:
    version = project()["version"]
    assert f"\n## {version}" in (ROOT / "CHANGELOG.md").read_text()
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == version


@pytest.mark.parametrize("profile", ["default", "slurm"])
def test_profile_says_how_to_run_and_never_what(profile: str) -> None:
    settings = yaml.safe_load((ROOT / "profiles" / profile / "config.yaml").read_text())
    assert not {"config", "configfile", "software-deployment-method"} & set(settings)
    assert "code" not in settings["rerun-triggers"], "the digest of the code is among the params"
    assert settings["rerun-incomplete"], "a killed run must go on with the same command"


def datasets() -> list[dict[str, str]]:
    with (ROOT / "resources" / "datasets.tsv").open(newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t"))


def files_of_studies() -> set[tuple[str, str]]:
    """Every file that a study of published data reads from its data folder, as (study, path there)."""
    found = set()
    for study in sorted((ROOT / "config" / "studies").glob("*/study.yaml")):
        config = yaml.safe_load(study.read_text())
        if config["exposures"] is None or config["study"] == "rehearsal":  # tables beside it; simulated files
            continue
        for table in (config["exposures"], config["traits"]):
            with (ROOT / table).open(newline="") as handle:
                paths = [
                    path for row in csv.DictReader(handle, delimiter="\t") for path in row["path"].split(";")
                ]
            found |= {(config["study"], path) for path in paths}
        if genes := config.get("genes", {}).get("table"):
            found.add((config["study"], genes))
        if config["ld_panel"]:
            found |= {(config["study"], f"{config['ld_panel']}.{end}") for end in ("bed", "bim", "fam")}
    return {(study, path) for study, path in found if not is_remote(path)}


def test_each_external_file_has_its_row() -> None:
    rows = datasets()
    columns = ["id", "study", "version", "urls", "bytes", "checksum", "licence", "terms", "origin"]
    assert list(rows[0]) == columns
    assert all(row["licence"] and row["origin"] and row["version"] for row in rows)
    used = {(study, row["id"]) for row in rows for study in row["study"].split(";") if study}
    assert used == files_of_studies()
    assert len({row["id"] for row in rows}) == len(rows)


def test_external_files_are_the_ones_listed(shared_data: Path) -> None:
    for row in datasets():
        if row["study"]:
            content = (shared_data / row["id"]).read_bytes()
            assert len(content) == int(row["bytes"]), row["id"]
            assert f"sha256:{hashlib.sha256(content).hexdigest()}" == row["checksum"], row["id"]


FAKE_SNAKEMAKE = """
import os, sys
print(sys.argv[1:], sys.prefix, os.getcwd(), "PYTHONPATH" in os.environ, os.environ.get("XDG_CACHE_HOME"))
"""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with nothing to install, set up by the launcher; snakemake is replaced by an echo."""
    folder = tmp_path_factory.mktemp("a clone")
    shutil.copy(ROOT / "mrscape", folder)
    for lock in LOCKS:
        (folder / lock).write_text("# nothing\n")
    setup = launch(folder, "setup")
    assert setup.returncode == 0, setup.stderr
    assert "making .venv" in setup.stderr
    (site_packages,) = folder.glob(".venv/lib/python*/site-packages")
    (site_packages / "snakemake.py").write_text(FAKE_SNAKEMAKE)
    return folder


def launch(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "mrscape"), *arguments],
        capture_output=True,
        text=True,
        cwd=folder.parent,
        env=os.environ | {"MRSCAPE_PYTHON": sys.executable} | environment,
    )


def test_launcher_installs_once(clone: Path) -> None:
    again = launch(clone, "setup", MRSCAPE_PYTHON="/nonexistent/python")
    assert (again.returncode, again.stderr) == (0, "")


def test_launcher_runs_from_anywhere_in_its_own_environment(clone: Path) -> None:
    run = launch(clone, "run", "--dry-run", "a b", PYTHONPATH="elsewhere", HOME="/nonexistent")
    assert run.returncode == 0, run.stderr
    inside = clone.resolve()
    assert run.stdout.strip() == f"['--dry-run', 'a b'] {inside}/.venv {inside} False {inside}/.venv/cache"


def test_launcher_installs_a_changed_lock(clone: Path) -> None:
    (clone / "requirements.lock").write_text("# nothing new\n")
    changed = launch(clone, "run")
    assert changed.returncode == 0, changed.stderr
    assert "installing requirements.lock" in changed.stderr
    assert "making .venv" not in changed.stderr


def test_launcher_repairs_an_interrupted_installation(clone: Path) -> None:
    (clone / ".venv" / "partial").touch()
    repaired = launch(clone, "setup", "test")
    assert repaired.returncode == 0, repaired.stderr
    assert "making .venv" in repaired.stderr
    assert not (clone / ".venv" / "partial").exists()
    assert launch(clone, "setup").stderr == "", "the development lock covers the other one"


def test_launcher_passes_over_a_python_that_is_too_old(tmp_path: Path) -> None:
    """python3 may be older than 3.11, or lack venv, while python3.12 is there."""
    shutil.copy(ROOT / "mrscape", tmp_path)
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("sh", "dirname", "cat", "cmp", "mkdir", "cp", "rm"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    for old in ("python3", "python3.13"):
        (tools / old).write_text("#!/bin/sh\nexit 1\n")
        (tools / old).chmod(0o755)
    refused = launch(tmp_path, "setup", PATH=str(tools), MRSCAPE_PYTHON="")
    assert refused.returncode == 1
    assert "no Python >= 3.11 with the venv module was found" in refused.stderr
    (tools / "python3.12").symlink_to(sys.executable)
    found = launch(tmp_path, "setup", PATH=str(tools), MRSCAPE_PYTHON="")
    assert found.returncode == 0, found.stderr


def test_launcher_says_how_it_is_used(tmp_path: Path) -> None:
    shutil.copy(ROOT / "mrscape", tmp_path)
    asked, mistyped = launch(tmp_path, "help"), launch(tmp_path, "rum")
    assert (asked.returncode, mistyped.returncode) == (0, 2)
    assert asked.stdout == mistyped.stderr
    assert "./mrscape run" in asked.stdout
    assert not (tmp_path / ".venv").exists()
