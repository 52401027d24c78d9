"""Why a row, a variant, a method or an exposure has no number: keys for tables, sentences for readers."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """A key that tables carry and, in `.sentence`, what it means to a reader of the report."""

    sentence: str

    def __new__(cls, key: str, sentence: str) -> Self:
        """A member whose value is `key`."""
        member = str.__new__(cls, key)
        member._value_ = key
        member.sentence = sentence
        return member

    @classmethod
    def of(cls, key: str) -> Self:
        """The member whose key this is."""
        return cls[key.upper()]


class DropReason(Status):
    """Why a row of a raw file, or of a cohort in a meta-analysis, is not a row of the standard table.

    A row with several faults is counted once, under the first reason in this order.
    """

    NOT_HARMONISED = (
        "not_harmonised",
        "The GWAS Catalog could not match the variant with its reference (its hm_code says why).",
    )
    UNKNOWN_CHROMOSOME = "unknown_chromosome", "The chromosome is not one of 1-22, X, Y or MT."
    NO_POSITION = "no_position", "The file gives no position, and no other trait gives one for its rsid."
    INVALID_POSITION = "invalid_position", "The position is not a whole number above zero."
    P_OUT_OF_RANGE = "p_out_of_range", "P is not between 0 and 1."
    MISSING_VALUE = (
        "missing_value",
        "An allele, the effect, its standard error (and a P that gives one) or the sample size is missing.",
    )
    NO_SE_FROM_P = (
        "no_se_from_p",
        "There is no standard error, and none follows from a P of exactly 0 or 1 or an effect of 0.",
    )
    INVALID_ALLELE = "invalid_allele", "An allele is not a string of A, C, G and T."
    IDENTICAL_ALLELES = "identical_alleles", "The effect allele and the other allele are the same."
    EFFECT_NOT_FINITE = (
        "effect_not_finite",
        "The effect is infinite (or above 1e30), or a ratio that is not above zero.",
    )
    SE_NOT_POSITIVE = "se_not_positive", "The standard error is zero (or below 1e-30), negative or infinite."
    EAF_OUT_OF_RANGE = "eaf_out_of_range", "The effect allele frequency is not between 0 and 1."
    LIFTOVER_UNMAPPED = "liftover_unmapped", "The position has no counterpart in the study's genome build."
    LIFTOVER_AMBIGUOUS = (
        "liftover_ambiguous",
        "The position has several counterparts in the study's build, or an indel lies in a reversed stretch.",
    )
    LIFTOVER_OTHER_CHROMOSOME = (
        "liftover_other_chromosome",
        "The position lies on another chromosome in the study's genome build.",
    )
    NOT_SIGNIFICANT = "not_significant", "P is above the loosest instrument threshold."
    PALINDROMIC_AMBIGUOUS = (
        "palindromic_ambiguous",
        "The alleles are A/T or C/G and no frequency tells the strand.",
    )
    DUPLICATE = "duplicate", "The variant was read before, with the same numbers."
    CONFLICTING_DUPLICATE = (
        "conflicting_duplicate",
        "The variant occurs more than once, with different numbers: no occurrence is used.",
    )
    ON_BOTH_STRANDS = (
        "on_both_strands",
        "The cohort has the variant on the other strand too: its first occurrence is used.",
    )
    COMBINED = "combined", "Combined with another cohort's row of the same variant."


class ExposureStatus(Status):
    """How far an exposure came against one outcome."""

    REDUCED = "reduced", "Instruments were selected."
    ESTIMATED = "estimated", "Every discovery method gave an estimate."
    TOO_FEW_INSTRUMENTS = "too_few_instruments", "A discovery method needs more instruments."
    SINGULAR = "singular", "A discovery method cannot invert the covariance of the instruments' ratios."
    NO_INSTRUMENTS = "no_instruments", "No variant reaches the instrument thresholds."
    ALL_IN_MHC = "all_in_mhc", "Every significant variant is in the MHC, which the study leaves out."
    ALL_CONFOUNDED = (
        "all_confounded",
        "Every instrument is known for a confounder, which the study leaves out.",
    )
    NONE_IN_PANEL = "none_in_panel", "No significant variant is in the linkage disequilibrium panel."
    NONE_IN_OUTCOME = "none_in_outcome", "No instrument could be matched with the outcome's variants."
    UNREADABLE = "unreadable", "The exposure's file could not be read."
    NOT_ASKED = (
        "not_asked",
        "Not asked: no exposure that is asked first has a nominal effect on this outcome.",
    )


class MethodStatus(Status):
    """Whether a method gave an estimate."""

    ESTIMATED = "estimated", "Estimated."
    FEW_INSTRUMENTS = "few_instruments", "Estimated, from fewer instruments than the method is advised for."
    TOO_FEW_INSTRUMENTS = "too_few_instruments", "Not estimated: the method needs more instruments."
    TOO_WEAK = "too_weak", "Not estimated: the instruments are no stronger than chance would make them."
    EQUAL_EFFECTS = (
        "equal_effects",
        "Not estimated: the effects on the exposure are all of one size, through which there is no one line.",
    )
    ONLY_OUTLIERS = (
        "only_outliers",
        "Not estimated: the method takes all instruments, or all but one, for outliers.",
    )
    ONE_DOMINATES = "one_dominates", "Not estimated: one instrument has practically all of the weight."
    UNREADABLE_MEMBER = "unreadable_member", "Not estimated: a member of the analysis could not be read."
    SINGULAR = "singular", "Not estimated: the covariance of the instruments' ratios cannot be inverted."
    NO_CORRELATION = "no_correlation", "Not estimated: the study's table of correlations lacks the pair."
    NO_HERITABILITY = (
        "no_heritability",
        "Not estimated: the exposure's heritability is unknown or not above 0.",
    )
    SELECTED_ONLY = "selected_only", "Not estimated: the exposure's table has selected variants only."


class EstimateScale(Status):
    """The units of an estimate."""

    UNITS = "units", "The study's: units of the outcome per unit of the exposure."
    STANDARD_DEVIATIONS = "standard_deviations", "Standard deviations of both traits."


class VariantStatus(Status):
    """What became of a selected variant when exposure and outcome were aligned."""

    KEPT = "kept", "Aligned with the outcome and used."
    NOT_IN_OUTCOME = "not_in_outcome", "The outcome has no variant at this position."
    PALINDROMIC_AMBIGUOUS = (
        "palindromic_ambiguous",
        "The alleles are A/T or C/G and the frequencies do not tell the strand.",
    )
    ALLELE_MISMATCH = "allele_mismatch", "The outcome has other alleles at this position."
    NO_EFFECT = "no_effect", "Its effect on the exposure is 0, whatever its P: there is nothing to divide by."
    STEIGER_FILTERED = (
        "steiger_filtered",
        "Explains more of the outcome than of the exposure, and the study leaves such variants out.",
    )


class Scale(Status):
    """What a share of variance explained is a share of."""

    QUANTITATIVE = "quantitative", "The variance of a quantitative trait."
    LIABILITY = "liability", "The variance of the liability to a disease, at its stated prevalence."
    OBSERVED = (
        "observed",
        "The variance of being a case in the sample: prevalence, cases or people are not in the trait table.",
    )


class Direction(Status):
    """What Steiger's test says of the direction of effects."""

    FORWARD = "forward", "Explains more of the exposure than of the outcome."
    REVERSE = "reverse", "Explains more of the outcome than of the exposure."
    NOT_RUN = "not_run", "Not tested: not aligned, or too few people."


class ErrorCorrelation(Status):
    """What is known of the correlation of errors that traits of the same people have."""

    GIVEN = "given", "As the study's table of correlations says."
    TAKEN_AS_ZERO = "taken_as_zero", "Not in the study's table of correlations: taken as 0."


class GsmrStatus(Status):
    """What GSMR did with an aligned instrument."""

    USED = "used", "Used by GSMR."
    HEIDI_OUTLIER = "heidi_outlier", "Removed by HEIDI: its ratio differs from the others'."
    IN_LD = "in_ld", "Removed by GSMR: in linkage disequilibrium with another instrument."
    MISSING = "missing", "Left out by GSMR: does not vary in the panel."
    NOT_RUN = "not_run", "GSMR was not run."


class OutlierStatus(Status):
    """What a test for outliers says about an aligned instrument."""

    KEPT = "kept", "Not an outlier."
    OUTLIER = "outlier", "An outlier: its effect on the outcome is not what the other instruments predict."
    NOT_RUN = "not_run", "Not tested for outliers."


class LdscDrop(Status):
    """Why a row of a standard table takes no part in LD score regression.

    A row with several faults is counted once, under the first reason in this order.
    """

    NO_LD_SCORE = "no_ld_score", "The variant's place has no LD score."
    NOT_A_SNP = "not_a_snp", "An allele has more than one base."
    PALINDROMIC = "palindromic", "The alleles are A/T or C/G, which do not tell the strand."
    LOW_FREQUENCY = "low_frequency", "The minor allele frequency is not above the least one."
    SEVERAL_AT_PLACE = "several_at_place", "The trait has several such variants at the place."
    LOW_N = "low_n", "The number of people is far below that of most variants."


class RegressionStatus(Status):
    """Whether LD score regression gave a number, and what to think of it."""

    ESTIMATED = "estimated", "Estimated."
    LOW_POWER = (
        "low_power",
        "Estimated, but the power to see a heritability of 0.1, or a genetic correlation of 0.3, is below "
        "0.8.",
    )
    FEW_VARIANTS = (
        "few_variants",
        "Estimated, from fewer than 200,000 variants, which is almost always too few.",
    )
    OUT_OF_RANGE = (
        "out_of_range",
        "Estimated, but a heritability is above 1 or below 0, or a genetic correlation beyond 1.2: the data "
        "or the LD scores do not fit the model, or there are too few people.",
    )
    NO_HERITABILITY = "no_heritability", "No genetic correlation: a heritability is not above 0."
    TOO_FEW_VARIANTS = "too_few_variants", "Not estimated: there are fewer variants than jackknife blocks."
    SINGULAR = "singular", "Not estimated: LD scores or numbers of people leave nothing to regress on."
    UNREADABLE = "unreadable", "Not estimated: the trait's file could not be read."


class Validation(Status):
    """What the validation outcomes together say about a discovered exposure."""

    VALIDATED = "validated", "At least one validation outcome agrees and none contradicts."
    DISCORDANT = "discordant", "A validation outcome contradicts and none agrees."
    CONFLICTING = "conflicting", "Validation outcomes contradict one another."
    SILENT = "silent", "No validation outcome is significant."
    NOT_TESTED = "not_tested", "Not discovered, or no validation outcome could be tested."


class Flag(Status):
    """What readers must know of an estimate before they trust it."""

    RELAXED_THRESHOLD = "relaxed_threshold", "its instruments were chosen at a relaxed threshold"
    WEAK_INSTRUMENTS = "weak_instruments", "at least one instrument has F below 10"
    FEW_INSTRUMENTS = "few_instruments", "it rests on fewer than 10 instruments"
    OUTLIER_DRIVEN = "outlier_driven", "without one of its variants it would not be significant, or turn"
    IN_MHC = "in_mhc", "instruments lie in the MHC"
    HETEROGENEOUS = "heterogeneous", "its instruments disagree (I2 above 50%)"
    DIRECTIONAL_PLEIOTROPY = "directional_pleiotropy", "MR-Egger's intercept shows directional pleiotropy"
    STEIGER_REVERSE = "steiger_reverse", "its instruments explain more of the outcome than of the exposure"
    NEGATIVE_CONTROL = "negative_control", "the exposure is a negative control, which should have no effect"


class Reverse(Status):
    """What the outcome's own instruments say: does the outcome act on the exposure?"""

    SILENT = "silent", "The outcome's instruments show no effect on the exposure."
    REVERSED = "reversed", "The outcome's instruments show an effect on the exposure."
    UNCONFIRMED = (
        "unconfirmed",
        "The outcome's instruments show an effect on the exposure that their median does not confirm.",
    )
    NOT_TESTABLE = "not_testable", "The reverse direction could not be tested."


class GateStatus(Status):
    """Whether a gate of the ledger was asked."""

    RUN = "run", "Asked."
    NOT_RUN = "not_run", "The stage did not run."


class Verdict(Status):
    """What one validation outcome says about a discovered exposure."""

    CONCORDANT = "concordant", "Significant, in the expected direction."
    DISCORDANT = "discordant", "Significant, against the expected direction."
    SILENT = "silent", "Not significant."
    NOT_TESTABLE = "not_testable", "No estimate for this validation outcome."


class TruthVerdict(Status):
    """What the screen made of an exposure whose effect is known, since the study is simulated."""

    FOUND = "found", "Acts on the outcome, and passed every gate with the right sign."
    WRONG_SIGN = "wrong_sign", "Acts on the outcome, but passed every gate with the wrong sign."
    MISSED = "missed", "Acts on the outcome, but did not pass every gate."
    FALSE_POSITIVE = "false_positive", "Does not act on the outcome, but passed every gate."
    RIGHTLY_NOT_FOUND = "rightly_not_found", "Does not act on the outcome, and did not pass every gate."
    NOT_TESTABLE = "not_testable", "Could not be tested."
