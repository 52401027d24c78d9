"""The files of LD scores that a study names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from scripts.table.trait import is_remote

PANEL = "panel"  # in place of the name of files: computed from the LD panel
CHROMOSOME = "@"  # in a name: stands for each chromosome
FROM_LDSC = "ldsc"  # in place of a table of correlations: the one that the study makes
AUTOSOMES = range(1, 23)
SCORES, COUNTS = ".l2.ldscore.gz", ".l2.M_5_50"


@dataclass(frozen=True, slots=True)
class LdscFiles:
    """Files of LD scores, of numbers of common variants and of weights; no scores: from the panel."""

    scores: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    @property
    def named(self) -> tuple[str, ...]:
        """All files."""
        return (*self.scores, *self.counts, *self.weights, *self.variants)

    @property
    def remote(self) -> dict[str, str]:
        """Locator of each file to fetch, by the name that it gets: its use, and its own one unpacked."""
        return {
            f"ldsc.{use}.{re.split('[/#]', path)[-1].removesuffix('.gz')}": path
            for use in self.__slots__
            for path in getattr(self, use)
            if is_remote(path)
        }


def ldsc_files(config: Mapping[str, Any]) -> LdscFiles | None:
    """The files as the config names them, with chromosomes written out; None where the study has no LDSC."""
    section = config["ldsc"]
    name, variants = section["ld_scores"], section["variants"]
    if name is None or (name == PANEL and config["ld_panel"] is None):
        return None
    only = () if variants is None else (variants,)
    if name == PANEL:
        return LdscFiles(variants=only)
    written = per_chromosome(name, config["quality"]["expected_chromosomes"])
    weights = per_chromosome(section["weights"] or "", config["quality"]["expected_chromosomes"])
    return LdscFiles(
        tuple(one + SCORES for one in written),
        tuple(one + COUNTS for one in written),
        tuple(one + SCORES for one in weights if section["weights"]),
        only,
    )


def asked_pairs(config: Mapping[str, Any], order: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of traits that other methods need the correlation of whatever the screen finds, each once.

    They are those of multivariable analyses, and the exposure that pleiotropy is looked for with where it is
    named. Within a pair, traits are in this order, others behind.
    """
    if config["correlations"] != FROM_LDSC:
        return []
    pairs = [pair for part in config["multivariable"] for pair in combinations(part["exposures"], 2)]
    placo = config["placo"]
    if placo["correlation"] == "intercept" and placo["exposure"] in order:
        pairs.append((placo["exposure"], placo["outcome"] or config["outcomes"][0]))
    place = {trait: i for i, trait in enumerate(order)}
    found = (sorted(pair, key=lambda trait: (place.get(trait, len(place)), trait)) for pair in pairs)
    return list(dict.fromkeys((first, second) for first, second in found))


def ldsc_problems(config: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the section, one line each."""
    section = config["ldsc"]
    if config["correlations"] == FROM_LDSC and ldsc_files(config) is None:
        yield "config: `correlations` is ldsc, but the study has no LD scores: set `ldsc.ld_scores`"
    if config["correlations"] == FROM_LDSC and section["rg_intercept"] is not None:
        yield (
            f"config: `correlations` is ldsc, but `ldsc.rg_intercept` is {section['rg_intercept']}: the "
            "intercepts to correct with would be given, not estimated; set it to null"
        )
    if section["ld_scores"] == PANEL and section["weights"] is not None:
        yield (
            "config: `ldsc.weights` is for files of LD scores, but `ldsc.ld_scores` is panel, which makes "
            "its own"
        )
    lifted = section["build"] != config["genome_build"] and config["chain_file"] is None
    if lifted and (section["variants"] or section["ld_scores"] not in (None, PANEL)):
        yield (
            f"config: `ldsc.build` is {section['build']}, but `genome_build` is {config['genome_build']}: "
            "set `chain_file`, or name LD scores of that build"
        )


def per_chromosome(name: str, chromosomes: list[int]) -> list[str]:
    """The name, or where it has an @ the names of the files of these chromosomes (none: all autosomes)."""
    if CHROMOSOME not in name:
        return [name]
    return [
        name.replace(CHROMOSOME, str(number)) for number in chromosomes or AUTOSOMES if number in AUTOSOMES
    ]
