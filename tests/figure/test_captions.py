"""Captions are valid, print the run's own thresholds and work for a study with and without every option."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils.core import publish_parts
from jinja2 import Environment, StrictUndefined

REPORT = Path(__file__).resolve().parents[2] / "report"
FIGURES = ("forest", "scatter", "funnel", "leave_one_out", "no_hits")


def config(full: bool) -> dict[str, object]:
    return {
        "title": "Simulated screen – of 60",
        "instruments": {
            "p_thresholds": [5e-8, 1e-6],
            "min_count": 4,
            "clump_r2": 0.001,
            "clump_window_kb": 10000,
        },
        "harmonise": {"palindromic": "infer"},
        "estimators": {"gsmr_heidi_p": 0.0123, "gsmr_ld_r2_max": 0.0567},
        "discovery": {"methods": ["gsmr", "ivw"]},
        "error_budget": {
            "nominal_p": 0.0345,
            "screen": {"correction": "benjamini_hochberg" if full else "none", "level": 0.0456},
            "validation": {"correction": "benjamini_hochberg", "level": 0.0789},
            "sign_flips": {"draws": 777 if full else 0},
        },
        "validation": [{"trait": "density_heel", "sign": -1}] if full else [],
        "truth": "truth.tsv" if full else None,
        "ld_panel": "panel" if full else None,
        "ld_panel_ancestry": "EUR",
        "ldsc": {"blocks": 200},
        "coloc": {
            "traits": "exposures" if full else [],
            "coverage": 0.95,
            "p12": 1e-5,
            "min_posterior": 0.8123,
            "loci": "instruments",
            "window_kb": 432,
        },
        "mediation": {"mediators": ["gene"] if full else [], "exposures": "hits", "fdr": 0.0234},
        "quality": {"allow": ["build", "mixed_ancestry"] if full else []},
        "placo": {
            "exposure": "strongest" if full else "sim_001",
            "z2_max": 81 if full else None,
            "permutations": 7,
        },
        "pooling": {"tau2": "paule_mandel", "test": "knapp_hartung" if full else "normal"},
        "loci": {"p_lead": 4e-8, "r2_independent": 0.61, "r2_lead": 0.12, "merge_kb": 251},
    }


# Blocks are trimmed, as when Snakemake renders captions.
def rendered(name: str, full: bool, figure: str = "forest") -> str:
    wildcards = SimpleNamespace(
        figure=figure, trait="x", outcome="y", locus="rs1", exposure="e", mediator="m"
    )
    snakemake = SimpleNamespace(config=config(full), wildcards=wildcards, params={})
    template = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        (REPORT / name).read_text()
    )
    return template.render(snakemake=snakemake)


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize(
    "name",
    [
        *("workflow.rst", "overview.rst", "gates.rst", "truth.rst", "hit.rst", "summary.rst", "quality.rst"),
        *("multivariable.rst", "ldsc.rst", "pleiotropy.rst", "placo_qq.rst", "overlap.rst"),
        *("coloc.rst", "coloc_overview.rst", "pooled.rst", "pooled_outcomes.rst"),
        *("discovery_sets.rst", "validated.rst"),
    ],
)
def test_captions_are_valid_restructured_text(name: str, full: bool) -> None:
    for figure in FIGURES:
        settings = {"halt_level": 2, "report_level": 2}  # a warning is an error
        publish_parts(rendered(name, full, figure), writer="html5", settings_overrides=settings)


def test_captions_print_the_thresholds_of_the_run() -> None:
    for name in ("workflow.rst", "overview.rst", "gates.rst", "truth.rst", "summary.rst"):
        assert "0.0345" in rendered(name, True), name
    assert "0.0789" in rendered("hit.rst", True, "forest")
    assert "0.0123" in rendered("hit.rst", True, "scatter")
    assert "0.0789" in rendered("validated.rst", True) and "0.0345" in rendered("discovery_sets.rst", True)
    assert "0.0567" in rendered("hit.rst", True, "scatter")
    assert "0.8123" in rendered("coloc.rst", True)
    assert "432 kb" in rendered("coloc_overview.rst", True)
    assert "0.0789" not in rendered("workflow.rst", False)
    told = rendered("pleiotropy.rst", True)
    assert all(number in told for number in ("4e-08", "0.61", "0.12", "251", "81"))
    assert "7 genomes" in rendered("placo_qq.rst", True)
    for name in ("pooled.rst", "pooled_outcomes.rst"):
        assert "paule mandel, knapp hartung test" in " ".join(rendered(name, True).split())


def test_captions_print_what_only_some_studies_have() -> None:
    assert "0.0456" in rendered("workflow.rst", True) and "0.0456" in rendered("overview.rst", True)
    assert "777 repetitions" in rendered("gates.rst", True)
    assert "repetitions" not in rendered("gates.rst", False)
