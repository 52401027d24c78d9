"""Write exposures.tsv: accession = 90002425 + number of the imaging phenotype (Smith 2021, BIG40).

    python config/studies/brain_bone/make_exposures.py

Sixteen phenotypes have the names that the paper gives them; the others the one that the GWAS Catalog tells.
"""

from pathlib import Path

FIRST, COUNT = 90002426, 3935
NAMED = {
    90002612: "aseg global volume-ratio BrainSegVol-to-eTIV",
    90002686: "HippSubfield lh volume HATA",
    90002729: "ThalamNuclei lh volume CL",
    90002789: "aparc-Desikan lh volume postcentral",
    90002953: "aparc-a2009s lh volume G-precentral",
    90003122: "aparc-Desikan rh area parahippocampal",
    90003158: "aparc-pial lh area parsopercularis",
    90003162: "aparc-pial lh area postcentral",
    90003361: "aparc-a2009s lh area S-parieto-occipital",
    90003670: "aparc-a2009s lh thickness S-precentral-inf-part",
    90003764: "aseg lh intensity Lateral-Ventricle",
    90003883: "IDP dMRI TBSS FA Corticospinal tract R",
    90004235: "IDP dMRI ProbtrackX MD mcp",
    90004325: "IDP dMRI ProbtrackX L3 unc",
    90006346: "QC T1-to-standard nonlinear alignment discrepancy",
    90006352: "QC SWI-to-T1 linear alignment discrepancy",
}
COLUMNS = ("id", "name", "path", "format", "n", "build", "ancestry", "unit", "cohorts")


def rows() -> list[str]:
    """The table's lines, header first."""
    lines = ["\t".join(COLUMNS)]
    for accession in range(FIRST, FIRST + COUNT):
        name = NAMED.get(accession, "auto")
        study = f"GCST{accession}"
        # 22,138 people at most: the discovery sample. A few phenotypes have no harmonised file.
        where = f"gwas_catalog:{study}/harmonised_first"
        lines.append("\t".join((study, name, where, "auto", "22138", "auto", "EUR", "SD", "UK_Biobank")))
    return lines


if __name__ == "__main__":
    Path(__file__).with_name("exposures.tsv").write_text("\n".join(rows()) + "\n", encoding="utf-8")
