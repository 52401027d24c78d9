"""The user's list of genes: which exposures are crossed with it, and what may be wrong."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from scripts.study.config import nearest


def gene_list_exposures(section: Mapping[str, Any], exposures: Collection[str]) -> tuple[str, ...]:
    """Ids of the exposures of the section gene_list; none where no list is named."""
    if section["table"] is None:
        return ()
    asked = section["exposures"]
    return tuple(exposures) if asked == "all" else tuple(asked)


def gene_list_problems(config: Mapping[str, Any], exposures: Collection[str]) -> Iterator[str]:
    """What is wrong with the section, one line each."""
    section = config["gene_list"]
    for name in gene_list_exposures(section, exposures):
        if name not in exposures:
            yield f"config: `gene_list.exposures` has {name}, which is no exposure{nearest(name, exposures)}"
    if section["table"] and not config["genes"]["table"]:
        yield "config: `gene_list.table` needs the places of genes: name a table in `genes.table`"
