"""What is said of a locus of two traits: was it tested, how, what follows, and what to beware of."""

from __future__ import annotations

from scripts.table.status import Status

PAIR = ["trait_1", "trait_2", "locus"]
HYPOTHESES = [f"pp_h{k}" for k in range(5)]
COUNTS = [
    *("n_1", "n_2", "n_shared", "n_palindromic_ambiguous", "n_allele_mismatch", "n_credible", "n_in_panel"),
    *("n_outliers", "n_swapped", "n_sets_1", "n_sets_2"),
]
# Columns of tables/coloc.tsv, coloc_sets.tsv and coloc_priors.tsv.
LOCI = [
    *PAIR,
    *("chromosome", "start", "end", "lead", "status", "verdict", "notes", *HYPOTHESES),
    *("susie", "susie_pp_h3", "susie_pp_h4", "n_sets_1", "n_sets_2"),
    *("n_1", "n_2", "n_shared", "n_palindromic_ambiguous", "n_allele_mismatch", "n_in_panel"),
    *("top_1", "neglog10_p_1", "top_2", "neglog10_p_2", "sd_1", "sd_2", "top_h4", "top_h4_pp", "n_credible"),
    *("p1", "p2", "p12", "p12_needed", "mismatch_1", "mismatch_2", "n_outliers", "n_swapped"),
]
SETS = [
    *PAIR,
    *(f"{name}_{k}" for name in ("set", "lead", "size", "purity") for k in (1, 2)),
    *HYPOTHESES,
    *("top_h4", "variants_1", "variants_2"),
]
PRIORS = [*PAIR, "p12", *HYPOTHESES]
# Columns of tables/coloc_pairs.tsv: two traits that were both tested against the outcome at a locus.
PAIRS = ["outcome", "locus", "trait_1", "trait_2", "status", "verdict", "n_shared", *HYPOTHESES]


class LocusStatus(Status):
    """Whether two traits could be colocalised at a locus."""

    TESTED = "tested", "Colocalised."
    NO_LOCUS = (
        "no_locus",
        "Not tested: there is no locus for the trait (no instrument of it could be aligned with the outcome, "
        "its gene is not in the table of genes, or there is no pleiotropic locus).",
    )
    IN_MHC = "in_mhc", "Not tested: the locus lies in the MHC, which the study leaves out."
    NO_VARIANTS = "no_variants", "Not tested: one of the traits has no variant here."
    TOO_FEW_VARIANTS = "too_few_variants", "Not tested: the traits share too few variants here."
    NO_SCALE = (
        "no_scale",
        "Not tested: the standard deviation of a quantitative trait is neither declared (unit SD) nor to be "
        "estimated, since no variant has a frequency.",
    )


class SusieStatus(Status):
    """Whether the conclusion rests on SuSiE's credible sets or, and then why, on ABF's single variant."""

    FITTED = "fitted", "SuSiE: the credible sets of both traits were compared."
    SWITCHED_OFF = "switched_off", "ABF: the study does not ask for SuSiE."
    NO_PANEL = "no_panel", "ABF: there is no linkage disequilibrium panel."
    TOO_FEW_IN_PANEL = "too_few_in_panel", "ABF: the panel has too few of the variants."
    TOO_MANY_VARIANTS = "too_many_variants", "ABF: there are more variants than SuSiE is to take."
    LD_MISMATCH = (
        "ld_mismatch",
        "ABF: the panel's linkage disequilibrium does not explain the z scores.",
    )
    NOT_CONVERGED = (
        "not_converged",
        "ABF: SuSiE did not converge, as where linkage disequilibrium differs.",
    )
    NO_SET_1 = "no_set_1", "ABF: SuSiE found no credible set for trait 1."
    NO_SET_2 = "no_set_2", "ABF: SuSiE found no credible set for trait 2."
    NOT_TESTED = "not_tested", "The locus was not tested."


class ColocVerdict(Status):
    """What two traits have in common at a locus."""

    SHARED = "shared", "One causal variant for both traits."
    DISTINCT = "distinct", "Two causal variants, one for each trait."
    TRAIT_1_ONLY = "trait_1_only", "A causal variant for trait 1 only."
    TRAIT_2_ONLY = "trait_2_only", "A causal variant for trait 2 only."
    NEITHER = "neither", "No causal variant for either trait."
    UNDECIDED = "undecided", "No hypothesis is probable enough."
    NOT_TESTED = "not_tested", "The locus was not tested."


class ColocNote(Status):
    """What a reader must know of a tested locus."""

    WEAK_1 = "weak_1", "No variant has P < 0.001 for trait 1: the posterior is mostly the prior."
    WEAK_2 = "weak_2", "No variant has P < 0.001 for trait 2: the posterior is mostly the prior."
    EDGE = "edge", "The strongest variant of a trait lies at the edge: its neighbours may be outside."
    PRIORS_LOWERED = "priors_lowered", "So many variants that the priors were lowered to 1/(n + 1)."
    PRIOR_SENSITIVE = "prior_sensitive", "With a p12 ten times smaller it would not be called shared."
    IN_MHC = "in_mhc", "The locus lies in the MHC, whose linkage disequilibrium is long."
    SWAPPED_ALLELES = (
        "swapped_alleles",
        "Some variants fit the linkage disequilibrium better with swapped alleles: SuSiE did without them.",
    )
    METHODS_DIFFER = (
        "methods_differ",
        "ABF and SuSiE come to opposite conclusions: ABF weighs one causal variant a trait, SuSiE compared "
        "the signals that it found one by one. The verdict is SuSiE's.",
    )
