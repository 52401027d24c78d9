"""What is said of an exposure, a mediator and an outcome: is the effect mediated, and if not, why."""

from __future__ import annotations

from scripts.table.status import Status

TRIPLE = ["exposure", "mediator", "outcome"]
NUMBERS = ["beta", "se", "ci_low", "ci_high", "neglog10_p", "p"]
EFFECTS = ("step_1", "step_2", "total", "direct", "indirect")
COUNTS = [
    *("n_exposure", "n_in_mediator", "n_mediator", "n_shared", "n_mediator_used", "n_union"),
    *("m_step_1", "m_step_2"),
]
COLUMNS = [
    *(*TRIPLE, "gene_symbol", "status", "caveats", "proportion_status", *COUNTS),
    *(f"{effect}_{number}" for effect in EFFECTS for number in NUMBERS),
    *("step_1_p_adjusted", "step_2_p_adjusted"),
    *("indirect_se_aroian", "indirect_mc_low", "indirect_mc_high"),
    *("indirect_difference", "indirect_difference_se"),
    *("proportion", "proportion_se", "proportion_low", "proportion_high"),
    *("proportion_fieller_low", "proportion_fieller_high", "proportion_fieller_parts"),
    *("proportion_mc_low", "proportion_mc_high", "proportion_too_narrow_low", "proportion_too_narrow_high"),
    *("conditional_f_exposure", "conditional_f_mediator"),
    *("q_step_1", "q_step_1_df", "q_step_1_neglog10_p", "q_step_2", "q_step_2_df", "q_step_2_neglog10_p"),
    *("reverse_1_beta", "reverse_1_se", "reverse_1_p_adjusted", "reverse_1_n"),
    *("reverse_2_beta", "reverse_2_se", "reverse_2_p_adjusted", "reverse_2_n"),
    *("coloc_verdict", "coloc_h4"),
]
GATES = [*TRIPLE, "gate", "status", "value"]
USED = [
    *("chromosome", "position", "rsid", "effect_allele", "other_allele", "in_mhc", "own"),
    *(f"{name}_{role}" for role in ("exposure", "mediator", "outcome") for name in ("beta", "se", "n")),
    *("status", "beta_held", "used", *TRIPLE),
]
LEAVE_ONE_OUT = ["step", "rsid", "beta", "ci_low", "ci_high", *TRIPLE]


class MediationStatus(Status):
    """How far an exposure, a mediator and an outcome came: the first gate that says no, or mediated."""

    MEDIATOR_SILENT = (
        "mediator_silent",
        "Not followed: the mediator has no nominal effect on the outcome in the screen.",
    )
    NO_INSTRUMENT_1 = (
        "no_instrument_1",
        "Not testable: no instrument of the exposure has an effect on the mediator in its file.",
    )
    STEP_1_SILENT = "step_1_silent", "Not followed: the exposure has no significant effect on the mediator."
    NO_INSTRUMENT_2 = (
        "no_instrument_2",
        "Not testable: no instrument of the mediator has effects on exposure and outcome.",
    )
    SHARED_INSTRUMENTS = (
        "shared_instruments",
        "Not testable: every instrument of the mediator is one of the exposure, or in linkage disequilibrium "
        "with one, so that the two cannot be told apart.",
    )
    COLLINEAR = "collinear", "Not testable: the instruments' effects on exposure and mediator are collinear."
    STEP_2_SILENT = (
        "step_2_silent",
        "Not mediated: with the exposure held, the mediator has no significant effect on the outcome.",
    )
    NOT_COLOCALISED = (
        "not_colocalised",
        "Not mediated: mediator and outcome have different causal variants in the mediator's locus.",
    )
    REVERSED_1 = (
        "reversed_1",
        "Not mediated: the mediator acts on the exposure, not only the other way round.",
    )
    REVERSED_2 = "reversed_2", "Not mediated: the outcome acts on the mediator."
    CONTROL_TOO = (
        "control_too",
        "Not mediated here: the negative control of the mediator shows the same, in the same direction.",
    )
    MEDIATED = "mediated", "A part of the effect passes through the mediator: every gate was passed."


class ProportionStatus(Status):
    """Whether a proportion is printed, and if not, why."""

    PRINTED = "printed", "The share of the total effect that passes through the mediator."
    NOT_MEDIATED = "not_mediated", "No proportion: the effect is not shown to be mediated."
    TOTAL_WEAK = (
        "total_weak",
        "No proportion: the total effect is below 3 standard errors, and a share of it may be of anything.",
    )
    SUPPRESSED = (
        "suppressed",
        "No proportion: the mediated part works against the total effect (suppression): without the mediator "
        "the effect would be larger.",
    )
    EXCEEDS_TOTAL = (
        "exceeds_total",
        "No proportion: the mediated part is larger than the total effect, since the direct part works "
        "against it (suppression).",
    )


class Gate(Status):
    """What is asked of a triple, in this order."""

    MEDIATOR = "mediator", "Has the mediator a nominal effect on the outcome in the screen?"
    INSTRUMENTS_1 = "instruments_1", "Has the exposure instruments in the mediator's file?"
    STEP_1 = "step_1", "Does the exposure act on the mediator?"
    INSTRUMENTS_2 = "instruments_2", "Has the mediator instruments that it does not share with the exposure?"
    STEP_2 = "step_2", "Does the mediator act on the outcome, with the exposure held?"
    STRENGTH = "strength", "Do the instruments tell exposure and mediator apart?"
    HETEROGENEITY_1 = "heterogeneity_1", "Do the exposure's instruments agree on the mediator?"
    HETEROGENEITY_2 = "heterogeneity_2", "Do all instruments agree on the outcome?"
    COLOCALISATION = "colocalisation", "Do mediator and outcome share the causal variant?"
    REVERSE_1 = "reverse_1", "Does the mediator not act on the exposure?"
    REVERSE_2 = "reverse_2", "Does the outcome not act on the mediator?"
    MHC = "mhc", "Do the instruments lie outside the MHC?"
    CIS_OVERLAP = "cis_overlap", "Do the exposure's instruments lie outside the gene's own window?"
    SEVERAL_VARIANTS = "several_variants", "Does the mediator rest on more than one variant?"
    CONTROL = "control", "Is the negative control of the mediator silent?"


class GateStatus(Status):
    """The answer to a gate."""

    PASSED = "passed", "Yes."
    CAVEAT = "caveat", "No, which is to be kept in mind."
    FAILED = "failed", "No."
    NOT_TESTED = "not_tested", "Could not be tested."
    NOT_ASKED = "not_asked", "Not asked."


# What a caveat of a gate tells the reader of a mediated effect.
CAVEATS = {
    Gate.STRENGTH: "Conditional F below 10: exposure and mediator are told apart badly.",
    Gate.HETEROGENEITY_1: "The exposure's instruments disagree on the mediator.",
    Gate.HETEROGENEITY_2: "The instruments disagree on the outcome.",
    Gate.COLOCALISATION: "It is not shown that mediator and outcome share the causal variant.",
    Gate.REVERSE_1: "The reverse of step 1 could not be tested.",
    Gate.REVERSE_2: "The reverse of step 2 could not be tested.",
    Gate.MHC: (
        "Instruments lie in the MHC, where linkage disequilibrium is long and HLA genes hard to tell apart."
    ),
    Gate.CIS_OVERLAP: (
        "Instruments of the exposure lie in the gene's own window: a neighbour may pass for an effect."
    ),
    Gate.SEVERAL_VARIANTS: "Single-variant mediator: the mediation rests on one variant of the mediator.",
    Gate.CONTROL: "The negative control of the mediator could not be tested.",
}
