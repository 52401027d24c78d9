"""Write traits.tsv and standin/traits.tsv: 17 susceptibility phenotypes of nine regions, and serum iron.

    python config/studies/iron_ms/make_traits.py

Wang et al. 2022 (doi 10.1038/s41593-022-01074-w) measured susceptibility on the left and the right of eight
structures, and in white-matter hyperintensities.
"""

from pathlib import Path

REGIONS = {
    "accumbens": "Accumbens",
    "amygdala": "Amygdala",
    "caudate": "Caudate",
    "hippocampus": "Hippocampus",
    "pallidum": "Pallidum",
    "putamen": "Putamen",
    "substantia_nigra": "Substantia nigra",
    "thalamus": "Thalamus",
}
COLUMNS = ("id", "name", "path", "format", "columns", "n", "build", "ancestry", "unit", "cohorts")


def phenotypes() -> dict[str, str]:
    """Id and name of each susceptibility phenotype."""
    sides = {
        f"qsm_{region}_{side}": f"{name}, {side} (QSM)"
        for region, name in REGIONS.items()
        for side in ("left", "right")
    }
    return sides | {"qsm_wmh": "White-matter hyperintensities (QSM)"}


def table(standin: bool) -> str:
    """The rows, header first."""
    rows = ["\t".join(COLUMNS)]
    for trait, name in phenotypes().items():
        path = f"traits/SIMULATED_{trait}.txt.gz" if standin else f"dataset:qsm_2022#{trait}.txt.gz"
        cells = (trait, name, path, "big40", "", "35273", "GRCh37", "EUR", "SD", "UK_Biobank")
        rows.append("\t".join(cells))
    path = "traits/SIMULATED_serum_iron.txt.gz" if standin else "dataset:decode_serum_iron"
    iron = ("serum_iron", "Serum iron", path, "plain", "decode", "163511", "GRCh38", "EUR", "SD")
    return "\n".join([*rows, "\t".join((*iron, "deCODE;INTERVAL;DBDS"))]) + "\n"


if __name__ == "__main__":
    here = Path(__file__).parent
    (here / "traits.tsv").write_text(table(standin=False), encoding="utf-8")
    (here / "standin").mkdir(exist_ok=True)
    (here / "standin" / "traits.tsv").write_text(table(standin=True), encoding="utf-8")
