"""Write exposures.tsv: five micronutrients, then 731 immune-cell traits by arithmetic.

    python config/studies/immune_pain/make_exposures.py

Orru et al. 2020 (doi 10.1038/s41588-020-0684-4) is GCST90001391 to GCST90002121, 3,757 people of Sardinia.
The traits are called by their number here: their names are in the GWAS Catalog.
"""

from pathlib import Path

FIRST, COUNT = 90001391, 731
COLUMNS = ("id", "name", "path", "format", "n", "build", "ancestry", "unit", "cohorts")
MICRONUTRIENTS = (
    ("vitamin_d", "Vitamin D", "opengwas:ukb-d-30890_irnt", "gwas_vcf", "", "GRCh37", "UK_Biobank"),
    (
        "hydroxyvitamin_d",
        "25-hydroxyvitamin D",
        "gwas_catalog:GCST90000618",
        "auto",
        "496946",
        "auto",
        "UK_Biobank",
    ),
    ("vitamin_3", "Third vitamin", "dataset:immune_pain_vitamin_3", "auto", "10000", "auto", ""),
    ("vitamin_4", "Fourth vitamin", "dataset:immune_pain_vitamin_4", "auto", "10000", "auto", ""),
    ("zinc", "Zinc", "opengwas:ieu-a-1079", "gwas_vcf", "2603", "GRCh37", ""),
)


def rows() -> list[str]:
    """The table's lines, header first."""
    lines = ["\t".join(COLUMNS)]
    for trait, name, path, form, n, build, cohorts in MICRONUTRIENTS:
        lines.append("\t".join((trait, name, path, form, n, build, "EUR", "SD", cohorts)))
    for accession in range(FIRST, FIRST + COUNT):
        study, name = f"GCST{accession}", f"Immune-cell trait {accession - FIRST + 1:03d}"
        cells = (study, name, f"gwas_catalog:{study}", "auto", "3757", "auto", "EUR", "SD", "SardiNIA")
        lines.append("\t".join(cells))
    return lines


if __name__ == "__main__":
    Path(__file__).with_name("exposures.tsv").write_text("\n".join(rows()) + "\n", encoding="utf-8")
