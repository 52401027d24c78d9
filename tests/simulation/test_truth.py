"""Who acts on whom: classes, effects, and the truth recovered by a plain regression."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scripts.simulation.correlations import correlations_table
from scripts.simulation.effects import effective_n
from scripts.simulation.genome import Size
from scripts.simulation.roles import CLASSES, assign_parts, causal_effects, class_counts, truth_table
from scripts.simulation.scores import sample_sizes
from scripts.simulation.study import Simulation, make_cast, simulate
from tests.simulation.small_study import COHORTS, SEED, make_exposures, make_traits, trait


@pytest.fixture(scope="session")
def study() -> Simulation:
    """Sixty exposures on a genome large enough for their loci, with few variants."""
    cast = make_cast(make_exposures(60), make_traits(), COHORTS, {"density": -1}, SEED)
    return simulate(cast, Size(300, 22, 17.0, 200, 60), SEED)


def lead_variants(study: Simulation, z: np.ndarray, threshold: float) -> np.ndarray:
    """The strongest variant of each island, where it is beyond the threshold."""
    frame = pd.DataFrame({"island": study.panel.island, "size": np.abs(z)})
    leads = frame.groupby("island")["size"].idxmax().to_numpy()
    return np.asarray(leads[np.abs(z[leads]) > threshold])


def weighted_slope(study: Simulation, exposure: int, outcome: np.ndarray) -> tuple[float, float, int]:
    """Slope of outcome on exposure effects at the leads (no intercept), its SE, and the number of leads.

    `outcome` holds effects per SD of genotype, all of one precision, so that no weights are needed.
    """
    x = study.z[:, exposure] / np.sqrt(sample_sizes(study.cast.all_traits)[exposure])
    leads = lead_variants(study, study.z[:, exposure], 5.45)
    slope = (x[leads] @ outcome[leads]) / (x[leads] @ x[leads])
    residual = outcome[leads] - slope * x[leads]
    se = np.sqrt(residual @ residual / max(leads.size - 1, 1) / (x[leads] @ x[leads]))
    return float(slope), float(se), leads.size


def outcome_effects(study: Simulation) -> np.ndarray:
    """The cohorts' effects together, each weighted by its effective sample size."""
    traits = study.cast.all_traits
    at = [i for i, one in enumerate(traits) if one.id in COHORTS]
    n = sample_sizes(traits)[at]
    return np.asarray((study.z[:, at] / np.sqrt(n)) @ n / n.sum())


def test_counts_of_sixty_are_those_declared_and_others_keep_proportions() -> None:
    assert class_counts(60) == CLASSES
    for total in (1, 7, 12, 61, 240):
        counts = class_counts(total)
        assert sum(counts.values()) == total
        assert all(abs(counts[kind] - total * share / 60) < 1 for kind, share in CLASSES.items())


def test_causal_effects_go_up_and_down_from_weak_to_strong() -> None:
    effects = causal_effects(14)
    assert (effects > 0).sum() == (effects < 0).sum() == 7
    assert np.abs(effects).max() == 0.3 and np.abs(effects).min() == 0.08
    assert len(set(np.abs(effects))) == 7
    assert causal_effects(0).size == 0


def test_parts_depend_on_the_seed() -> None:
    ids = [f"exposure_{i}" for i in range(60)]
    assert assign_parts(ids, 1) == assign_parts(ids, 1)
    assert [part.kind for part in assign_parts(ids, 1)] != [part.kind for part in assign_parts(ids, 2)]
    assert all((part.effect != 0) == (part.kind == "causal") for part in assign_parts(ids, 1))


def test_effective_sample_size_of_a_case_control_trait() -> None:
    assert effective_n(trait("a", 1000.0)) == 1000.0
    assert effective_n(trait("b", 1000.0, n_case=200.0)) == pytest.approx(1000 * 0.2 * 0.8)


def test_a_plain_regression_recovers_the_causal_effects(study: Simulation) -> None:
    outcome = outcome_effects(study)
    rows = []
    for i, part in enumerate(study.cast.parts):
        if part.kind == "causal":
            slope, se, count = weighted_slope(study, i, outcome)
            rows.append((part.effect, slope, se, count))
    truth, slope, se, count = np.array(rows).T
    assert (count >= 10).all()
    # Regression dilution and winner's curse take a few per cent; 14 slopes with errors of about 0.02 each.
    assert np.polyfit(truth, slope, 1)[0] == pytest.approx(1.0, abs=0.12)
    assert (np.abs(slope - truth) < 4 * se).all()
    assert (np.sign(slope) == np.sign(truth)).mean() >= 0.9
    assert (np.abs(slope) > 1.96 * se).mean() >= 0.8


def test_null_exposures_have_no_slope(study: Simulation) -> None:
    outcome = outcome_effects(study)
    null = [i for i, part in enumerate(study.cast.parts) if part.kind == "no_effect"]
    z = np.array([slope / se for slope, se, _ in (weighted_slope(study, i, outcome) for i in null)])
    # 23 t values: more than 5 beyond 1.96 has a probability of about 0.001.
    assert (np.abs(z) > 1.96).sum() <= 5
    assert abs(z.mean()) < 3 / np.sqrt(23)


def test_pleiotropy_leans_to_one_side_only_where_it_is_directional(study: Simulation) -> None:
    outcome = study.effects.matrix[:, list(study.cast.all_traits).index(study.cast.traits[0])]
    leaning = {"balanced_pleiotropy": [], "directional_pleiotropy": []}
    for i, part in enumerate(study.cast.parts):
        if part.kind in leaning:
            effect = study.effects.matrix[:, i]
            # Loci whose effects stand out of the background, on the exposure and on the outcome.
            loci = (np.abs(effect) > 0.025) & (np.abs(outcome) > 0.005)
            leaning[part.kind] += (np.sign(effect[loci]) == np.sign(outcome[loci])).tolist()
    assert np.mean(leaning["directional_pleiotropy"]) > 0.85
    assert 0.3 < np.mean(leaning["balanced_pleiotropy"]) < 0.7


def test_reverse_exposures_follow_the_outcomes_own_loci(study: Simulation) -> None:
    outcome = outcome_effects(study)
    reverse = [i for i, part in enumerate(study.cast.parts) if part.kind == "reverse"]
    assert len(reverse) == 4
    for i in reverse:
        slope, se, count = weighted_slope(study, i, outcome)
        assert count >= 10 and slope > 5 * se


def test_weak_and_no_instruments(study: Simulation) -> None:
    for i, part in enumerate(study.cast.parts):
        if part.kind == "weak":
            assert 1 <= lead_variants(study, study.z[:, i], 5.45).size <= 4
        if part.kind == "none":
            assert lead_variants(study, study.z[:, i], 4.89).size == 0
            assert study.effects.loci[i] == 0


def test_validation_traits_mirror_the_outcome_and_the_unrelated_trait_does_not(study: Simulation) -> None:
    outcome = outcome_effects(study)
    traits = [one.id for one in study.cast.all_traits]
    leads = lead_variants(study, outcome * np.sqrt(40_000), 5.45)
    assert leads.size > 10
    density = study.z[leads, traits.index("density")]
    unrelated = study.z[leads, traits.index("unrelated")]
    assert np.corrcoef(outcome[leads], density)[0, 1] < -0.8
    assert abs(np.corrcoef(outcome[leads], unrelated)[0, 1]) < 0.45


def test_truth_table(study: Simulation) -> None:
    table = truth_table(study.cast.parts, study.effects.loci)
    assert list(table)[:4] == ["exposure", "class", "effect", "n_instruments_true"]
    assert table["class"].value_counts().to_dict() == CLASSES
    assert (table.loc[table["class"] == "causal", "n_instruments_true"] >= 18).all()
    assert table.loc[table["class"] == "weak", "n_instruments_true"].between(2, 5).all()


def test_a_correlated_exposure_shares_loci_and_has_no_effect_of_its_own(study: Simulation) -> None:
    parts = {part.exposure: (i, part) for i, part in enumerate(study.cast.parts)}
    [at] = [i for i, part in parts.values() if part.kind == "correlated"]
    cause, part = parts[study.cast.parts[at].shares_loci_of]
    assert part.effect == 0.3 and study.cast.parts[at].effect == 0.0
    outcome = outcome_effects(study)
    slope, se, count = weighted_slope(study, at, outcome)
    assert count >= 15 and slope > 3 * se  # alone it looks like a cause
    z, n = study.z[:, [cause, at]], sample_sizes(study.cast.all_traits)[[cause, at]]
    leads = np.union1d(*(lead_variants(study, column, 5.45) for column in z.T))
    x = z[leads] / np.sqrt(n)
    direct, residual = np.linalg.lstsq(x, outcome[leads], rcond=None)[:2]
    error = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * residual[0] / (len(leads) - 2))
    assert abs(direct[0] - 0.3) < 4 * error[0] and abs(direct[1]) < 3 * error[1]


def test_correlations_are_those_of_the_z_scores(study: Simulation) -> None:
    table = correlations_table(study.cast, study.panel, study.effects.matrix, {"disease": COHORTS})
    found = table.set_index(["trait_1", "trait_2"])
    traits = [one.id for one in study.cast.all_traits]
    assert len(table) == 66 * 67 / 2 and (np.abs(table["intercept"]) <= 1 + 1e-12).all()
    quiet = [i for i, part in enumerate(study.cast.parts) if part.kind == "none"]
    pair = tuple(traits[i] for i in quiet[:2])
    sample = np.corrcoef(study.z[:, quiet[0]], study.z[:, quiet[1]])[0, 1]
    assert found.loc[pair, "intercept"] == pytest.approx(sample, abs=0.1)
    at = [traits.index(cohort) for cohort in COHORTS]
    weights = np.sqrt(sample_sizes(study.cast.all_traits)[at])
    cohorts = [found.loc[(traits[0], cohort), "intercept"] for cohort in COHORTS]
    together = weights @ cohorts / np.sqrt(weights @ weights)
    assert found.loc[(traits[0], "disease"), "intercept"] == pytest.approx(together, rel=1e-12)
    n = sample_sizes(study.cast.all_traits)[0]
    own = found.loc[(traits[0], traits[0])]
    assert own["intercept"] == 1.0 and 0.02 < own["covariance"] < 0.3
    # Mean z^2 of variants in LD is above 1 + n h2/m, which is what unlinked ones would show.
    assert np.mean(study.z[:, 0] ** 2) > 1 + n * own["covariance"] / len(study.z)
