"""Colocalisation where a region may hold several causal variants: each credible set of one trait against each
of the other, by the Bayes factors of the single effects (Wallace 2021, doi:10.1371/journal.pgen.1009440)."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.method.coloc import Colocalisation, Priors, colocalise
from scripts.method.susie import CredibleSet, SusieFit


@dataclass(frozen=True, slots=True)
class SetPair:
    """A credible set of each trait, and whether they are of one causal variant."""

    set_1: CredibleSet
    set_2: CredibleSet
    colocalisation: Colocalisation


def colocalise_sets(fit_1: SusieFit, fit_2: SusieFit, priors: Priors) -> tuple[SetPair, ...]:
    """Every pair of credible sets of two fits to the same variants, the most probably shared first.

    Both traits have all variants, so that no set lies outside the other's (coloc 6.0.1 drops such pairs).
    """
    pairs = [
        SetPair(one, other, colocalise(fit_1.log_bf[one.effect], fit_2.log_bf[other.effect], priors))
        for one in fit_1.sets
        for other in fit_2.sets
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair.colocalisation.posterior[-1]))
