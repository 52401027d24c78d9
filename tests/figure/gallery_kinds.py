"""Every kind of figure from SIMULATED inputs of any size, which docs/gallery.md shows and tests look at."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle, islice
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from scripts.analysis.discovery_sets import discovery_sets
from scripts.analysis.validation import with_validation
from scripts.figure.coloc_locus import draw_locus
from scripts.figure.coloc_overview import draw_overview as draw_loci
from scripts.figure.discovery_sets import draw_discovery_sets
from scripts.figure.forest import draw_forest
from scripts.figure.funnel import draw_funnel
from scripts.figure.gates import draw_gates
from scripts.figure.gene_list import draw_gene_list
from scripts.figure.genetic_correlation import draw_genetic_correlation
from scripts.figure.leave_one_out import draw_leave_one_out
from scripts.figure.manhattan import draw_manhattan
from scripts.figure.mediation_effects import draw_effects
from scripts.figure.mediation_heatmap import draw_heatmap
from scripts.figure.mediation_paths import draw_paths
from scripts.figure.mediation_steps import draw_steps
from scripts.figure.multivariable import draw_multivariable
from scripts.figure.outcome_forest import draw_outcome_forest
from scripts.figure.overlap import draw_overlap
from scripts.figure.overview import draw_overview
from scripts.figure.pooled_forest import Line, Summary, draw_pooled
from scripts.figure.pooled_funnel import draw_moderator, draw_pooled_funnel
from scripts.figure.pooled_measure import KEY
from scripts.figure.pooled_outcomes import draw_family
from scripts.figure.qq import draw_qq
from scripts.figure.quality import draw_quality
from scripts.figure.radial import draw_radial
from scripts.figure.scatter import draw_scatter
from scripts.figure.single_variant import draw_single_variant
from scripts.figure.truth import draw_truth
from scripts.figure.validated import draw_validated
from scripts.figure.words import Label
from scripts.table.methods import METHODS
from scripts.table.pleiotropy import ANNOTATED
from tests.figure import test_coloc_figures as coloc
from tests.figure import test_ldsc, test_mediation_figures, test_multivariable
from tests.figure.conftest import OUTCOME, VALIDATION, Tables, make_tables, with_numbers

SIZES = (1, 8, 60)
OUTCOMES = [*VALIDATION, "admission"]
SIGNS = VALIDATION | {"admission": 1}
BLOOD = ("Haemoglobin concentration", "Mean corpuscular volume of red cells", "Serum transferrin saturation")


@dataclass(frozen=True)
class Kind:
    """A function of scripts/figure; what its sizes count; its figure of `n` of these."""

    draws: Callable[..., Any]
    title: str
    counts: str
    make: Callable[[int], Figure]

    @property
    def name(self) -> str:
        return f"{self.draws.__module__.rsplit('.', 1)[1]}.{self.draws.__name__}"


@cache
def study(n_hits: int) -> Tables:
    """A screen with this many hits among ten times as many exposures, and five validation outcomes."""
    tables = make_tables(n=max(30, 10 * n_hits), n_hits=n_hits, seed=20 + n_hits)
    tables.labels["admission"] = Label("Admission with osteoporosis and pathological fracture", "log odds")
    return tables


@cache
def validation(n_hits: int) -> pd.DataFrame:
    """Each discovered pair on each validation outcome; of the hits most agree, of the others few."""
    rng, tables = np.random.default_rng(n_hits), study(n_hits)
    found = tables.screen[tables.screen["discovered"]]
    signs = pd.DataFrame({"validation_outcome": OUTCOMES, "expected_sign": [*SIGNS.values()]})
    rows = found[["exposure", "outcome", "beta", "hit"]].merge(signs, how="cross")
    agrees = rng.random(len(rows)) < np.where(rows["hit"], 0.6, 0.0)
    contradicts = ~rows["hit"] & (rng.random(len(rows)) < 0.03)
    size = np.where(agrees, 0.6, np.where(contradicts, -0.4, rng.uniform(-0.1, 0.15, len(rows))))
    beta = rows["beta"] * rows["expected_sign"] * size
    se = np.abs(rows["beta"]) * rng.uniform(0.08, 0.2, len(rows))
    verdict = np.select([agrees, contradicts], ["concordant", "discordant"], "silent")
    return with_numbers(rows.assign(beta=beta, se=se, verdict=verdict))


def upset(n: int) -> Figure:
    tests, screen = validation(n), study(n).screen.drop(columns=["validation", "hit"])
    screen = screen.drop(
        columns=["n_combined", "combined_z", "combined_neglog10_p", "combined_p"], errors="ignore"
    )
    sets = discovery_sets(with_validation(screen, tests, declared=True), tests, OUTCOMES)
    return draw_discovery_sets(sets, study(n).labels)


def outcome_forest(n: int) -> Figure:
    rows = study(n).screen.head(n)
    outcomes = [f"{BLOOD[i % 3]} {i}" for i in range(n)]
    return draw_outcome_forest(rows.assign(exposure="exposure.00", outcome=outcomes), study(n).labels, 0.05)


@cache
def hit(n: int) -> Tables:
    """One hit with this many instruments and as many methods, up to all of them."""
    tables = make_tables(n=1, n_hits=1, seed=3, n_instruments=n)
    rows, (beta, se) = tables.estimates.head(1), tables.screen.loc[0, ["beta", "se"]]
    rows = rows.assign(status="estimated", se=se)
    made = [rows.assign(method=name, beta=beta * (1 + 0.02 * i)) for i, name in enumerate(list(METHODS)[:n])]
    return replace(tables, estimates=with_numbers(pd.concat(made, ignore_index=True)))


def of_hit(draw: Callable[..., Figure], *tables: str) -> Callable[[int], Figure]:
    """The figure of a hit that is drawn from these of its tables."""

    def make(n: int) -> Figure:
        own = hit(n)
        return draw(own.labels["exposure.00"], own.labels[OUTCOME], *(getattr(own, name) for name in tables))

    return make


def forest(n: int) -> Figure:
    own = hit(n)
    pair = own.labels["exposure.00"], own.labels[OUTCOME]
    method = "wald_ratio" if n == 1 else "ivw"
    return draw_forest(*pair, own.estimates, method, own.validation, own.labels)


def scatter(n: int) -> Figure:
    own = hit(n)
    pair = own.labels["exposure.00"], own.labels[OUTCOME]
    return draw_scatter(*pair, own.instruments, own.estimates, -0.004)


def radial(n: int) -> Figure:
    own = hit(n)
    slope = float(own.diagnostics["radial_beta"].iloc[0])
    return draw_radial(own.labels["exposure.00"], own.labels[OUTCOME], own.instruments, slope)


def quality(n: int) -> Figure:
    files = make_tables(n=max(n, 20), n_hits=1, seed=5).quality.head(n).astype({"findings": object})
    files.loc[n - 1, ["lambda_gc", "findings"]] = [2.4, "lambda_gc"]
    return draw_quality(files)


def overlap(n: int) -> Figure:
    rng = np.random.default_rng(n)
    rows = [
        (f"x{i}", "y", method, beta * shrunk + rng.normal(0, 0.02), 0.03)
        for i, beta in enumerate(rng.normal(0, 0.2, n))
        for method, shrunk in (("ivw", 1.0), ("simss_ivw", 0.9), ("mrlap_observed", 1.0), ("mrlap", 0.95))
    ]
    return draw_overlap(pd.DataFrame(rows, columns=["exposure", "outcome", "method", "beta", "se"]))


def multivariable(n: int) -> Figure:
    exposures = [f"Exposure {i + 1}" for i in range(max(2, min(n, 5)))]
    return draw_multivariable(*test_multivariable.rows(exposures), test_multivariable.LABELS)


def genetic_correlation(n: int) -> Figure:
    return draw_genetic_correlation(test_ldsc.pairs(n), ["disease"], test_ldsc.LABELS)


def manhattan(n: int) -> Figure:
    rng = np.random.default_rng(n)
    points = pd.DataFrame(
        {
            "chromosome": np.repeat(np.arange(1, 23), 2_000),
            "position": np.tile(np.linspace(1, 1e8, 2_000).astype(int), 22),
            "neglog10_p": np.minimum(rng.exponential(1 / np.log(10), 44_000), 7.0),
        }
    )
    leads = np.sort(rng.choice(len(points), n, replace=False))
    points.loc[leads, "neglog10_p"] = rng.uniform(7.5, 20, n)
    loci = points.loc[leads].reset_index(drop=True).assign(both_traits=np.arange(n) % 3 > 0)
    loci = loci.assign(nearest_gene=[f"GENE{i}" for i in range(n)], rsid=[f"rs{i}" for i in range(n)])
    return draw_manhattan(points, loci.reindex(columns=ANNOTATED), "Effects on both Ferritin and Gout", 5e-8)


def qq(n: int) -> Figure:
    expected = -np.log10((np.arange(1, 1_000 * n) - 0.5) / (1_000 * n))
    expected = expected[np.unique(np.geomspace(1, len(expected), 300).astype(int)) - 1]
    spread = 1 + 0.05 * expected
    observed = expected + np.maximum(0, expected - 3) ** 1.5
    bands = {"permuted_low": expected / spread, "permuted_high": expected * spread}
    return draw_qq(pd.DataFrame({"expected": expected, "observed": observed, **bands}), 1.04, 1.01)


def locus(n: int) -> Figure:
    along = coloc.along(n + 1, 200)  # the first ends before the region
    return draw_locus(
        coloc.locus("rs50"), coloc.variants("rs50"), coloc.priors("rs50"), along, coloc.LABELS, 0.8
    )


def loci(n: int) -> Figure:
    names = [f"rs{i}" for i in range(n)]
    verdicts = islice(cycle(("shared", "distinct", "undecided")), n)
    table = coloc.loci(*(coloc.locus(name, verdict=said) for name, said in zip(names, verdicts, strict=True)))
    return draw_loci(table, pd.concat([coloc.variants(name) for name in names]), coloc.LABELS)


def triples(n: int) -> pd.DataFrame:
    """Triples of up to twelve exposures, with the numbers of the simulated ones."""
    table = test_mediation_figures.study()[0]
    rows = table.iloc[list(islice(cycle(range(len(table))), n))].reset_index(drop=True)
    return rows.assign(
        exposure=[f"Exposure {i % 12}" for i in range(n)], mediator=[f"Gene {i // 12}" for i in range(n)]
    )


def effects(n: int) -> Figure:
    """Of a mediated, a suppressed and a silent triple."""
    row = test_mediation_figures.row_of({1: "m", 8: "s", 60: "n"}[n])
    return draw_effects(row, test_mediation_figures.LABELS)


def steps(n: int) -> Figure:
    _, _, found = test_mediation_figures.study()
    roles = Label("Ferritin", "SD"), Label("Haemoglobin", "SD"), Label("Gout", "log odds")
    rows = found.variants[0][found.variants[0]["used"].astype(bool)].head(n)
    return dict(draw_steps(roles, rows, found.leave_one_out[0]))["step_2_scatter"]


def gene_list(n: int) -> Figure:
    rng = np.random.default_rng(n)
    change = rng.normal(0, 2, n)
    rows = {
        **{"exposure": "exposure.00", "outcome": OUTCOME, "used": True, "status": "differs"},
        **{"symbol": [f"GENE{i}" for i in range(n)], "distance": rng.integers(0, 500_000, n)},
        **{"beta_exposure": 0.08, "se_outcome": 0.01, "ratio": rng.normal(0.2, 0.15, n)},
        **{"log2_fold_change": change, "expression": np.where(change > 0, "up", "down")},
    }
    return draw_gene_list(pd.DataFrame(rows), study(1).labels)


def experiments(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(n)
    table = pd.DataFrame({"beta": rng.normal(0.5, 0.4, n), "se": rng.uniform(0.1, 0.5, n)})
    table = with_numbers(table).assign(experiment=[f"Author {i} et al., {1990 + i % 30}" for i in range(n)])
    return table.assign(g=table["beta"], outlier=table["beta"] > 1.2, moderator=rng.uniform(20, 70, n))


def pooled(n: int) -> Figure:
    lines = [
        Line(row.experiment, row.g, row.ci_low, row.ci_high, 100 / n, bool(row.outlier))
        for row in experiments(n).itertuples()
    ]
    summary = Summary(f"Pooled (k = {n})", 0.5, 0.3, 0.7, 5.0, (-0.2, 1.2), leads=True)
    return draw_pooled("Iron in the putamen", lines, [summary], "Effect (Hedges' g), 95% interval", KEY)


def pooled_funnel(n: int) -> Figure:
    return draw_pooled_funnel("Iron in the putamen", experiments(n), 0.5, "Egger's test: P 0.41")


def moderator(n: int) -> Figure:
    return draw_moderator("Iron in the putamen", experiments(n), "Mean age (years)", "Spearman's ρ 0.10")


def family(n: int) -> Figure:
    cohorts = [f"Cohort {i}" for i in range(n)]
    numbers = {"k": n, "beta": 0.5, "ci_low": 0.3, "ci_high": 0.7, "neglog10_p": 5.0, "tau2": 0.1}
    numbers |= {"i2_percent": 40.0, "prediction_low": -0.2, "prediction_high": 1.2}
    primary = experiments(n).assign(exposure="exposure.00", outcome=cohorts)
    family = {"name": "gout", "outcomes": cohorts}
    return draw_family({"exposure": "exposure.00", **numbers}, primary, family, study(1).labels)


def screened(draw: Callable[..., Figure], *more: Any) -> Callable[[int], Figure]:
    return lambda n: draw(study(n).screen, study(n).labels, *more)


KINDS = (
    Kind(draw_overview, "The screen", "hits", screened(draw_overview, 0.05, 0.05)),
    Kind(draw_outcome_forest, "One exposure on many outcomes", "outcomes", outcome_forest),
    Kind(draw_discovery_sets, "Discovery and validation", "hits", upset),
    Kind(
        draw_validated,
        "Hits on every outcome",
        "hits",
        lambda n: next(iter(draw_validated(OUTCOME, study(n).screen, validation(n), study(n).labels))),
    ),
    Kind(draw_gates, "The flow through the gates", "hits", lambda n: draw_gates(study(n).gates)),
    Kind(
        draw_truth,
        "Beside the simulated truth",
        "hits",
        lambda n: draw_truth(study(n).truth_check, Label("exposure", "SD"), study(n).labels[OUTCOME]),
    ),
    Kind(draw_forest, "A hit by method and validation outcome", "instruments, and methods", forest),
    Kind(draw_scatter, "Scatter of a hit", "instruments", scatter),
    Kind(draw_funnel, "Funnel of a hit", "instruments", of_hit(draw_funnel, "instruments", "estimates")),
    Kind(draw_radial, "Radial plot of a hit", "instruments", radial),
    Kind(
        draw_single_variant,
        "Forest of a hit's instruments",
        "instruments",
        of_hit(draw_single_variant, "instruments", "estimates"),
    ),
    Kind(
        draw_leave_one_out,
        "Leave-one-out of a hit",
        "instruments",
        of_hit(draw_leave_one_out, "leave_one_out"),
    ),
    Kind(draw_quality, "Source files", "files", quality),
    Kind(draw_overlap, "Correction for overlap", "pairs", overlap),
    Kind(draw_multivariable, "Multivariable analysis", "exposures, from 2 to 5", multivariable),
    Kind(draw_genetic_correlation, "Genetic correlation", "exposures", genetic_correlation),
    Kind(draw_manhattan, "Pleiotropy along the genome", "loci", manhattan),
    Kind(draw_qq, "Calibration of pleiotropy", "thousand variants", qq),
    Kind(draw_locus, "Colocalisation at a locus", "genes", locus),
    Kind(draw_loci, "Colocalised loci", "loci", loci),
    Kind(draw_heatmap, "Mediation at a glance", "triples", lambda n: draw_heatmap(triples(n), {})),
    Kind(draw_paths, "Mediation as paths", "triples", lambda n: draw_paths(triples(n), {})),
    Kind(draw_effects, "Effects of a triple", "of one triple: mediated, suppressed and silent", effects),
    Kind(draw_steps, "A step of a triple", "instruments, at most 22", steps),
    Kind(draw_gene_list, "Genes nearest to instruments", "instruments", gene_list),
    Kind(draw_pooled, "Pooled experiments", "experiments", pooled),
    Kind(draw_pooled_funnel, "Funnel of experiments", "experiments", pooled_funnel),
    Kind(draw_moderator, "Experiments beside a moderator", "experiments", moderator),
    Kind(draw_family, "An effect pooled over cohorts", "cohorts", family),
)


def every_figure(kinds: Iterable[Kind] = KINDS) -> Iterable[tuple[Kind, int, Figure]]:
    """Each kind at each size."""
    for kind in kinds:
        for n in SIZES:
            yield kind, n, kind.make(n)
