"""Step: the variants that the GWAS Catalog knows for a confounder, which are no instruments."""

import logging
from pathlib import Path

from scripts.analysis.confounders import confounded
from scripts.source.associations import read_associations
from scripts.step import run
from scripts.table.frames import write_tsv


def list_confounders(associations: list[Path], variants: Path, traits: list[str], p_max: float) -> None:
    """Write the associations (rsid, trait, neglog10_p, pubmed_id) with these traits."""
    (catalog,) = associations
    found = confounded(read_associations(catalog), traits, p_max)
    for trait, count in found["trait"].value_counts().items():
        logging.info("%s: %d variants", trait, count)
    if found.empty:
        raise ValueError(
            f"{catalog} has no association with any of {', '.join(traits)} at P up to {p_max:g}: "
            "`confounders.traits` takes whole names, as the GWAS Catalog spells them; * stands for any text"
        )
    write_tsv(found, variants)


if __name__ == "__main__":
    run(list_confounders)
