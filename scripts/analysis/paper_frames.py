"""Tables of results brought together as a paper prints them: all of a pair, a locus or a variant in a row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from scripts.analysis.coloc_loci import locus_names
from scripts.table.coloc import HYPOTHESES, ColocVerdict
from scripts.table.status import Validation, VariantStatus, Verdict

PAIR = ["exposure", "outcome"]
OF_METHOD = ["n_instruments", "beta", "ci_low", "ci_high", "neglog10_p"]
ODDS = {"beta": "or", "ci_low": "or_low", "ci_high": "or_high"}  # the odds ratio of an effect in log odds
OF_COLOC = [*HYPOTHESES, "susie", "susie_pp_h3", "susie_pp_h4", "n_shared", "notes"]
LOG_ODDS = "log odds"
CONFOUNDED = "The GWAS Catalog knows it for a trait that confounds."


def paper_frames(
    tables: Mapping[str, pd.DataFrame],
    lead: Mapping[str, Any],
    run_methods: Sequence[str],
    units: Mapping[str, str],
    files: Mapping[str, str],
) -> dict[str, pd.DataFrame]:
    """The frames by name; one is absent where the study has not the tables that it is made of.

    `tables` are those of a run by the name of their file, of the instruments those for primary outcomes;
    `lead` is the exposure and outcome of the pleiotropic loci, `run_methods` the keys of the estimators,
    `units` those of each trait's effects, `files` the source of each exposure.
    """
    screen, selected = tables["screen"], tables["instruments"]
    methods = by_method(tables["estimates"], run_methods)
    log_odds = [trait for trait, unit in units.items() if unit == LOG_ODDS]
    pairs = _beside(screen.assign(tested=screen["outcome"]), tables["diagnostics"], PAIR)
    pairs = with_odds(_beside(pairs, methods, ["exposure", "tested"]), log_odds)
    frames = {
        "exposures": _exposures(screen, tables["quality"], files),
        "pairs": pairs,
        "results": pairs[pairs["hit"].astype(bool)].assign(role="primary", said=None),
        "instruments": selected[selected["status"] == VariantStatus.KEPT],
        "left_out": _left_out(tables["confounded"], selected),
        "reverse": tables["reverse"],
    }
    if "validation" in tables:
        tests = tables["validation"].assign(tested=tables["validation"]["validation_outcome"])
        frames["validation"] = with_odds(_beside(tests, methods, ["exposure", "tested"]), log_odds)
        frames["results"] = _results(pairs, frames["validation"])
    if "genetic_correlation" in tables:
        frames["correlations"] = _with_outcomes(tables["genetic_correlation"], screen)
    if "loci" in tables:
        frames["loci"] = _loci(tables["loci"], tables["pleiotropic_loci"], tables.get("coloc"), lead)
        shared = frames["loci"]["coloc_verdict"] == ColocVerdict.SHARED
        frames["shared_loci"] = frames["loci"][shared] if "coloc" in tables else frames["loci"]
    return frames


def by_method(estimates: pd.DataFrame, methods: Sequence[str]) -> pd.DataFrame:
    """A row an exposure and outcome `tested`, with the columns OF_METHOD of each method, as ivw:beta."""
    wide = estimates.pivot(index=PAIR, columns="method", values=OF_METHOD)
    wide = wide.reindex(columns=pd.MultiIndex.from_product([OF_METHOD, methods]))
    wide.columns = pd.Index([f"{method}:{name}" for name in OF_METHOD for method in methods])
    return wide.reset_index().rename(columns={"outcome": "tested"})


def with_odds(frame: pd.DataFrame, log_odds: Collection[str]) -> pd.DataFrame:
    """With odds ratios (ODDS) of the primary estimate and of each method, of outcomes in log odds."""
    binary = frame["tested"].isin(list(log_odds))
    ratios = {}
    for name in frame:
        method, _, effect = str(name).rpartition(":")
        if effect in ODDS:
            ratios[f"{method}:{ODDS[effect]}".lstrip(":")] = np.exp(frame[name].where(binary))
    return pd.concat([frame, pd.DataFrame(ratios, index=frame.index)], axis=1)


def _beside(frame: pd.DataFrame, other: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The rows of `frame` with what the row of `other` of the same keys has besides."""
    more = [name for name in other if name in keys or name not in frame]
    return frame.merge(other[more], on=keys, how="left")


def _results(pairs: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Each hit on its primary outcome, then on each validation outcome; `said`: the verdict in words."""
    hits = pairs[pairs["hit"].astype(bool)]
    said = [Validation.of(key).sentence for key in hits["validation"]]
    hits = hits.assign(role="primary", place=range(len(hits)), said=said)
    checks = tests.merge(hits[[*PAIR, "place"]], on=PAIR)
    said = [Verdict.of(key).sentence for key in checks["verdict"]]
    both = pd.concat([hits, checks.assign(role="validation", said=said)])
    return both.sort_values("place", kind="stable").reset_index(drop=True)


def _exposures(screen: pd.DataFrame, quality: pd.DataFrame, files: Mapping[str, str]) -> pd.DataFrame:
    """Each exposure once, with its source and what was read of it."""
    told = screen.drop_duplicates("exposure")[["exposure", "message"]]
    told = told.assign(source=told["exposure"].map(dict(files)))
    return told.merge(quality.rename(columns={"trait": "exposure"}), on="exposure", how="left")


def _left_out(confounded: pd.DataFrame, selected: pd.DataFrame) -> pd.DataFrame:
    """Variants that are known for a confounder, then those not aligned with an outcome; `reason` in words."""
    unused = selected[selected["status"] != VariantStatus.KEPT]
    reasons = [VariantStatus.of(key).sentence for key in unused["status"]]
    return pd.concat([confounded.assign(reason=CONFOUNDED), unused.assign(reason=reasons)], ignore_index=True)


def _with_outcomes(correlations: pd.DataFrame, screen: pd.DataFrame) -> pd.DataFrame:
    """Those of an exposure with a trait that is none: neither between exposures nor between outcomes."""
    exposures = list(screen["exposure"].unique())
    return correlations[correlations["trait_1"].isin(exposures) != correlations["trait_2"].isin(exposures)]


def _loci(
    loci: pd.DataFrame, annotated: pd.DataFrame, coloc: pd.DataFrame | None, lead: Mapping[str, Any]
) -> pd.DataFrame:
    """Pleiotropic loci with genes and, where it ran, colocalisation of `lead` (pp_h0 to pp_h4 by ABF)."""
    genes = annotated.rename(columns={"pp_h4": "concluded_pp_h4"})
    frame = _beside(loci, genes, ["locus"])
    names = locus_names(frame["lead_rsid"], frame["chromosome"], frame["lead_position"])
    frame = frame.assign(exposure=lead.get("exposure"), outcome=lead.get("outcome"), lead=names)
    if coloc is None:
        return frame
    own = coloc[(coloc["trait_1"] == lead["exposure"]) & (coloc["trait_2"] == lead["outcome"])]
    own = own[["locus", *OF_COLOC]].rename(columns={"locus": "lead"})
    return frame.merge(own, on="lead", how="left")
