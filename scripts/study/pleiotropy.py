"""Which exposures pleiotropy may be looked for with, and the files that give loci their genes."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scripts.study.config import nearest
from scripts.table.trait import Trait

STRONGEST = "strongest"
GENE_FILES = ("table", "pops_scores", "pops_control", "associations")
MAGMA = (".genes.out", ".genes.raw")
NOT_WHOLE = "instruments"  # the format of tables that hold some variants only


def lead_exposures(
    config: Mapping[str, Any], exposures: Iterable[str], traits: Mapping[str, Trait]
) -> tuple[str, ...]:
    """The exposure that is named, or all among which the strongest hit is sought; none without a panel."""
    asked = config["placo"]["exposure"]
    if asked is None or config["ld_panel"] is None:
        return ()
    whole = tuple(exposure for exposure in exposures if traits[exposure].format != NOT_WHOLE)
    return whole if asked == STRONGEST else (asked,)


def gene_files(
    config: Mapping[str, Any], leads: Iterable[str], colocalised: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Name and path, as written, of the files of the section genes that these traits need."""
    section = config["genes"]
    wanted = set(GENE_FILES if leads else GENE_FILES[:1] if colocalised else ())
    if config["confounders"]["traits"]:
        wanted.add("associations")
    yield from ((name, section[name]) for name in GENE_FILES if name in wanted and section[name])
    if leads and section["pops_magma"]:
        yield from ((end.removeprefix("."), section["pops_magma"] + end) for end in MAGMA)


def pleiotropy_problems(
    config: Mapping[str, Any], exposures: Mapping[str, Trait], where: Mapping[str, str]
) -> Iterator[str]:
    """What is wrong with the sections placo and genes, one line each; `where` has the row of each trait."""
    exposure, outcome = config["placo"]["exposure"], config["placo"]["outcome"]
    if exposure not in (None, STRONGEST):
        if exposure not in exposures:
            known = nearest(exposure, [STRONGEST, *exposures])
            yield f"config: `placo.exposure` is {exposure}, which is no exposure{known}"
        elif exposures[exposure].format == NOT_WHOLE:
            yield (
                f"config: `placo.exposure` is {exposure}, but {where[exposure]} is a table of instruments: "
                "pleiotropy is looked for in whole files"
            )
    if outcome is not None and outcome not in config["outcomes"]:
        known = nearest(outcome, config["outcomes"])
        yield f"config: `placo.outcome` is {outcome}, which `outcomes` does not list{known}"
    if config["placo"]["correlation"] == "intercept" and config["correlations"] is None:
        yield "config: `placo.correlation` is intercept, but `correlations` is null: name a table, or ldsc"
    if config["coloc"]["traits"] and config["coloc"]["loci"] == "pleiotropic":
        missing = [
            key
            for key, value in (("placo.exposure", exposure), ("ld_panel", config["ld_panel"]))
            if not value
        ]
        if missing:
            yield f"config: `coloc.loci` is pleiotropic, but `{missing[0]}` is null: there are no such loci"
        elif exposure == STRONGEST and not lead_exposures(config, exposures, exposures):
            yield (
                "config: `coloc.loci` is pleiotropic, but every exposure is a table of instruments: there "
                "are no such loci"
            )
    genes = config["genes"]
    if config["confounders"]["traits"] and not genes["associations"]:
        yield (
            "config: `confounders.traits` names traits, but `genes.associations` is null: give the GWAS "
            "Catalog's table of associations (dataset:catalog_associations)"
        )
    if genes["pops_scores"] and genes["pops_magma"]:
        yield "config: `genes.pops_scores` and `genes.pops_magma` are both set: scores are read, or fitted"
    if bool(genes["pops_magma"]) != bool(genes["pops_features"]):
        yield "config: `genes.pops_magma` and `genes.pops_features` go together: scores are fitted from both"
    if (genes["pops_scores"] or genes["pops_magma"]) and not genes["table"]:
        yield "config: `genes.table` is null, but scores of genes need their places: name a table of genes"
