"""Keys of statuses are a contract with every table; sentences are for readers."""

import pytest

from scripts.table import status

KEYS = {
    status.ExposureStatus: "reduced estimated too_few_instruments singular no_instruments "
    "all_in_mhc all_confounded none_in_panel none_in_outcome unreadable not_asked",
    status.MethodStatus: "estimated few_instruments too_few_instruments too_weak "
    "equal_effects only_outliers one_dominates unreadable_member singular "
    "no_correlation no_heritability selected_only",
    status.EstimateScale: "units standard_deviations",
    status.ErrorCorrelation: "given taken_as_zero",
    status.VariantStatus: "kept not_in_outcome palindromic_ambiguous allele_mismatch "
    "no_effect steiger_filtered",
    status.Scale: "quantitative liability observed",
    status.Direction: "forward reverse not_run",
    status.GsmrStatus: "used heidi_outlier in_ld missing not_run",
    status.Validation: "validated discordant conflicting silent not_tested",
    status.TruthVerdict: "found wrong_sign missed false_positive rightly_not_found not_testable",
    status.Verdict: "concordant discordant silent not_testable",
}


@pytest.mark.parametrize("kind", KEYS, ids=lambda kind: kind.__name__)
def test_keys(kind: type[status.Status]):
    assert [member.value for member in kind] == KEYS[kind].split()


@pytest.mark.parametrize("kind", [*KEYS, status.DropReason], ids=lambda kind: kind.__name__)
def test_every_member_has_a_sentence_and_is_found_by_key(kind: type[status.Status]):
    for member in kind:
        assert member.sentence.endswith(".") and member.sentence[0].isupper()
        assert kind.of(member.value) is member
        assert str(member) == member.value == member.name.lower()
