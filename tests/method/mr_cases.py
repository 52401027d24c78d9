"""The simulated reference cases of the R peers (tests/reference/mr, see its ORIGIN.md)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "reference" / "mr"
# Both sides do the same double-precision sums in another order.
RELATIVE = 1e-12


@dataclass(frozen=True)
class Case:
    name: str
    beta_x: np.ndarray
    se_x: np.ndarray
    beta_y: np.ndarray
    se_y: np.ndarray
    expected: dict[str, Any]

    @property
    def first_order(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        return self.beta_x, self.beta_y, self.se_y

    @property
    def second_order(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        return self.beta_x, self.se_x, self.beta_y, self.se_y


def load(name: str) -> Case:
    columns = ("beta_exposure", "se_exposure", "beta_outcome", "se_outcome")
    table = np.genfromtxt(
        FOLDER / name / "input.tsv", names=True, delimiter="\t", dtype=None, encoding="utf-8"
    )
    expected = json.loads((FOLDER / name / "expected.json").read_text())
    return Case(name, *(table[column] for column in columns), expected)


CASES = [load(path.name) for path in sorted(FOLDER.glob("s*"))]
TWO_SAMPLE_CASES = [case for case in CASES if "deterministic" in case.expected]


def case_id(case: Case) -> str:
    return case.name


def bmi_on_coronary_disease(shared_reference: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The 79 harmonised instruments that TwoSampleMR publishes, from the files beside the checkout."""
    path = shared_reference / "published" / "twosamplemr_bmi_chd" / "input.tsv"
    table = np.genfromtxt(path, names=True, delimiter="\t", dtype=None, encoding="utf-8", deletechars="")
    kept = table[np.char.upper(table["mr_keep"].astype(str)) == "TRUE"]
    columns = ("beta.exposure", "se.exposure", "beta.outcome", "se.outcome")
    return tuple(kept[column] for column in columns)


def smallest_sample(case: Case) -> float:
    """The least number of people behind a variant in either study."""
    table = np.genfromtxt(
        FOLDER / case.name / "input.tsv", names=True, delimiter="\t", dtype=None, encoding="utf-8"
    )
    return float(min(table["n_exposure"].min(), table["n_outcome"].min()))


def null_study(
    rng: np.random.Generator, n: int, overdispersion: float = 0.0, mean: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Instruments of an exposure without effect on the outcome.

    Direct effects on the outcome have the given mean, and a spread of `overdispersion` times se_y, which is
    what the multiplicative model assumes.
    """
    se_x, se_y = np.full(n, 0.01), rng.uniform(0.008, 0.016, n)
    true_x = rng.uniform(0.05, 0.2, n)
    beta_x = rng.normal(true_x, se_x)
    beta_y = rng.normal(rng.normal(mean, overdispersion * se_y), se_y)
    return beta_x, se_x, beta_y, se_y


@dataclass(frozen=True)
class PublishedLipid:
    """28 variants of a lipid fraction on coronary disease, with MendelianRandomization's answers."""

    data: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
    expected: dict[str, Any]


def lipids_on_coronary_disease(shared_reference: Path) -> dict[str, PublishedLipid]:
    """The three lipid fractions that MendelianRandomization publishes, from the files beside the checkout."""
    folder = shared_reference / "published" / "mendelianrandomization_ldl_chd"
    table = np.genfromtxt(folder / "input.tsv", names=True, delimiter="\t", dtype=None, encoding="utf-8")
    expected = json.loads((folder / "expected.json").read_text())
    return {
        name: PublishedLipid(
            tuple(table[column] for column in (lipid, f"{lipid}se", "chdlodds", "chdloddsse")),
            expected[f"{name}_chd"],
        )
        for name, lipid in (("ldl", "ldlc"), ("hdl", "hdlc"), ("tg", "trig"))
    }


def published_bmi(shared_reference: Path) -> Case:
    """Body mass index on coronary disease with all of TwoSampleMR's answers."""
    folder = shared_reference / "published" / "twosamplemr_bmi_chd"
    expected = json.loads((folder / "expected.json").read_text())
    return Case("bmi", *bmi_on_coronary_disease(shared_reference), expected)


def monte_carlo_se(peer: dict[str, float], draws: int, peer_draws: int = 1000) -> float:
    """Monte-Carlo standard error of the difference between an SD over `draws` and the peer's mean SD.

    An SD of k normal draws has a relative standard error of 1/sqrt(2k).
    """
    return float(peer["mean"] * np.hypot((2 * draws) ** -0.5, (2 * peer_draws * peer["n_seeds"]) ** -0.5))
