"""Tables of the test for pleiotropy: what each column means, and the words for its rows."""

from __future__ import annotations

from scripts.table.status import Status

# A variant of both traits: z of each for `effect_allele`, their product and the P of PLACO; neglog10_p is
# missing where the variant was not tested.
TESTED: dict[str, str] = {
    "chromosome": "int8",
    "position": "int32",
    "rsid": "str",
    "effect_allele": "str",
    "other_allele": "str",
    "eaf": "float64",
    "z_exposure": "float64",
    "z_outcome": "float64",
    "neglog10_p_exposure": "float64",
    "neglog10_p_outcome": "float64",
    "neglog10_p": "float64",
}
# One locus a row, from left to right over the genome.
LOCUS = [
    *("locus", "chromosome", "start", "end", "lead_rsid", "lead_position", "effect_allele", "other_allele"),
    *("neglog10_p", "p", "z_exposure", "z_outcome", "neglog10_p_exposure", "neglog10_p_outcome"),
    *("p_exposure", "p_outcome", "both_traits", "in_mhc"),
    *("n_lead", "n_independent", "n_candidates", "n_panel_only", "lead_rsids", "independent_rsids"),
]
# One variant of a locus a row; significant variants that the panel lacks have no locus.
LOCUS_VARIANT = [
    *("locus", "chromosome", "position", "rsid", "effect_allele", "other_allele", "role", "r2"),
    *("independent_rsid", "neglog10_p", "neglog10_p_exposure", "neglog10_p_outcome"),
]
# One locus a row with its genes, in the layout of a paper's table of pleiotropic variants.
ANNOTATED = [
    *("locus", "rsid", "chromosome", "position", "nearest_gene", "nearest_gene_distance", "pops_gene"),
    *("pops_score", "pops_gene_distance", "eqtl_genes", "genes", "pp_h4", "coloc_verdict"),
    *("p", "neglog10_p", "p_exposure", "p_outcome"),
    *("neglog10_p_exposure", "neglog10_p_outcome", "both_traits", "in_mhc"),
    *("n_known_associations", "known_traits"),
]
# One known association of a variant of a locus a row.
KNOWN = [
    *("locus", "rsid", "role", "r2", "independent_rsid", "trait", "neglog10_p", "pubmed_id"),
]


class LocusRole(Status):
    """What a variant is in its locus."""

    LEAD = "lead", "Significant, and in little linkage disequilibrium with a more significant variant."
    INDEPENDENT = "independent", "Significant, and not in strong linkage disequilibrium with a stronger one."
    CANDIDATE = "candidate", "In strong linkage disequilibrium with an independent variant."
    PANEL_ONLY = "panel_only", "A candidate of the panel without a P: not in both traits, or not tested."
    NOT_IN_PANEL = "not_in_panel", "Significant, but not in the panel: in no locus, since its LD is unknown."


class GeneAgreement(Status):
    """What the sources of a locus's gene say together."""

    AGREE = "agree", "Every source names the same gene."
    DISAGREE = "disagree", "The sources name different genes."
    ONE_SOURCE = "one_source", "Only one source names a gene."
    NONE = "none", "No gene is named: there is no table of genes, or none near."


class Quantity(Status):
    """A number of the test of two traits as a whole."""

    N_TESTED = "n_tested", "Variants of both traits that were tested."
    N_STRONG = "n_strong", "Variants left out: z squared of one trait is above placo.z2_max."
    N_NOT_IN_OUTCOME = "n_not_in_outcome", "Variants of the exposure that the outcome lacks."
    N_PALINDROMIC_AMBIGUOUS = "n_palindromic_ambiguous", "A/T and C/G variants whose strand is not told."
    N_ALLELE_MISMATCH = "n_allele_mismatch", "Variants whose alleles differ between the traits."
    MEDIAN_N_EXPOSURE = "median_n_exposure", "Median number of people of the exposure."
    MEDIAN_N_OUTCOME = "median_n_outcome", "Median number of people of the outcome."
    VARIANCE_EXPOSURE = "variance_exposure", "Variance of the exposure's z without variants that affect both."
    VARIANCE_OUTCOME = "variance_outcome", "Variance of the outcome's z without variants that affect both."
    CORRELATION_ESTIMATED = "correlation_estimated", "Correlation of z over variants that affect neither."
    CORRELATION_USED = "correlation_used", "Correlation that the test assumed (0: PLACO, else PLACO+)."
    LAMBDA = "lambda", "Genomic inflation of the P."
    LAMBDA_PERMUTED = "lambda_permuted", "The same after blocks of the outcome's genome changed places."
    N_SUGGESTIVE = "n_suggestive", "Variants with P below 1e-5."
    N_SUGGESTIVE_PERMUTED = "n_suggestive_permuted", "The same in a permuted genome (mean)."
    N_SUGGESTIVE_EXPECTED = "n_suggestive_expected", "The same of a calibrated test without pleiotropy."
    N_SIGNIFICANT = "n_significant", "Variants with P below 5e-8."
    N_SIGNIFICANT_PERMUTED = "n_significant_permuted", "The same in a permuted genome (mean)."
    N_SIGNIFICANT_EXPECTED = "n_significant_expected", "The same of a calibrated test without pleiotropy."
