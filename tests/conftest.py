"""Fixtures that find the published data, which are never part of the repository."""

import os
from pathlib import Path

import pytest

# The test server is on this machine, whatever proxy the machine has; processes that tests start inherit this.
os.environ["no_proxy"] = ",".join(filter(None, [os.environ.get("no_proxy"), "127.0.0.1"]))

# As in the steps of a run (rules/common.smk), before NumPy is loaded: on small matrices threads only wait.
os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs of the workflow first: what is left for the end is short, and no core waits long for another."""
    items.sort(key=lambda item: item.path.parent.name != "workflow")


def shared_folder(name: str) -> Path:
    """The folder of published data, or of published reference cases, beside the checkout."""
    data = Path(os.environ.get("MRSCAPE_DATA", ROOT.parent / "shared" / "data"))
    folder = data if name == "data" else data.parent / name
    if not folder.is_dir():
        pytest.skip(f"published {name} not found: {folder} is missing (set MRSCAPE_DATA to the data folder)")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return shared_folder("data")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    return shared_folder("reference")


@pytest.fixture(scope="session")
def reference() -> Path:
    return ROOT / "tests" / "reference"
