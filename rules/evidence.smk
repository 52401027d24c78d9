# Evidence. Purpose: discovery, validation, the reverse direction and what chance alone finds, as a ledger of gates; the
# accounts of all rows and what stands out in the source files; the check against the truth of a simulated study.
# Inputs: the tables of the screen, the passes over the exposures, tables of the outcomes. Outputs: tables/*.tsv.
BIOBANKS = os.path.relpath(Path(workflow.basedir, "resources", "biobanks.tsv"))


rule correlate_exposures:
    input:
        lookup="<results>/lookup.parquet",
        outcome=f"<results>/traits/{STUDY.outcomes[0]}.parquet",
        reduced=expand("<results>/reduced/{exposure}.parquet", exposure=STUDY.exposures),
    output:
        table="<results>/tables/effective_number.tsv",
    log:
        "<logs>/correlate_exposures/correlate_exposures.log",
    benchmark:
        "<benchmarks>/correlate_exposures/correlate_exposures.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        source=source_of("correlate_exposures"),
    script:
        "../scripts/correlate_exposures.py"


rule correlate_outcomes:
    input:
        outcomes=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.all_outcomes],
    output:
        table="<results>/tables/outcome_correlations.tsv",
    log:
        "<logs>/correlate_outcomes/correlate_outcomes.log",
    benchmark:
        "<benchmarks>/correlate_outcomes/correlate_outcomes.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(4000),
    params:
        outcome_ids=list(STUDY.all_outcomes),
        source=source_of("correlate_outcomes"),
    script:
        "../scripts/correlate_outcomes.py"


rule judge_evidence:
    input:
        estimates="<results>/tables/estimates.tsv",
        diagnostics="<results>/tables/diagnostics.tsv",
        leave_one_out="<results>/tables/leave_one_out.parquet",
        selections=[f"<results>/instruments/{batch}.json" for batch in BATCHES],
        effective_number="<results>/tables/effective_number.tsv",
        correlations="<results>/tables/outcome_correlations.tsv",
        biobanks=BIOBANKS,
        told_names=told_names(),
    output:
        screen="<results>/tables/screen.tsv",
        validation="<results>/tables/validation.tsv",
        sets="<results>/tables/discovery_sets.tsv",
    log:
        "<logs>/judge_evidence/judge_evidence.log",
    benchmark:
        "<benchmarks>/judge_evidence/judge_evidence.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        names={exposure: STUDY.labels[exposure] for exposure in STUDY.exposures},
        outcomes=list(STUDY.outcomes),
        validation_signs=STUDY.validation,
        negative_exposures=list(STUDY.controls.negative_exposures),
        people={
            outcome: [STUDY.declared(cohort) for cohort in STUDY.cohorts_of(outcome)]
            for outcome in (*STUDY.outcomes, *STUDY.validation)
        },
        methods=config["discovery"]["methods"],
        first=config["discovery"]["first"],
        error_budget=config["error_budget"],
        mhc=config["mhc"],
        source=source_of("judge_evidence"),
    script:
        "../scripts/judge_evidence.py"


rule flip_signs:
    input:
        screen="<results>/tables/screen.tsv",
        instruments="<results>/tables/instruments.parquet",
        effective_number="<results>/tables/effective_number.tsv",
    output:
        table="<results>/tables/sign_flips.tsv",
        pairs="<results>/tables/sign_flips_by_pair.tsv",
    log:
        "<logs>/flip_signs/flip_signs.log",
    benchmark:
        "<benchmarks>/flip_signs/flip_signs.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        methods=config["discovery"]["methods"],
        validation_signs=STUDY.validation,
        error_budget=config["error_budget"],
        ridge=config["estimators"]["gsmr_ridge"],
        seed=config["seed"],
        source=source_of("flip_signs"),
    script:
        "../scripts/flip_signs.py"


# The pass over each exposure kept its rows at the outcomes' variants: only those of hits are opened.
rule reverse_hits:
    input:
        screen="<results>/tables/screen.tsv",
        outcomes=[f"<results>/traits/{outcome}.parquet" for outcome in STUDY.outcomes],
        reduced=expand("<results>/reduced/{exposure}.parquet", exposure=STUDY.exposures),
        panel=panel_table,
        bed=panel_files("bed"),
        fam=panel_files("fam"),
    output:
        table="<results>/tables/reverse.tsv",
    log:
        "<logs>/reverse_hits/reverse_hits.log",
    benchmark:
        "<benchmarks>/reverse_hits/reverse_hits.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        outcome_ids=list(STUDY.outcomes),
        exposures=list(STUDY.exposures),
        selection=config["instruments"],
        mhc=config["mhc"],
        harmonise=config["harmonise"],
        diseases=DISEASES,
        steiger_filter=config["steiger_filter"],
        estimators=config["estimators"] | {"methods": list(STUDY.methods)},
        error_budget=config["error_budget"],
        seed=config["seed"],
        source=source_of("reverse_hits"),
    script:
        "../scripts/reverse_hits.py"


rule weigh_evidence:
    input:
        screen="<results>/tables/screen.tsv",
        validation="<results>/tables/validation.tsv",
        estimates="<results>/tables/estimates.tsv",
        reverse_direction="<results>/tables/reverse.tsv",
        sign_flips="<results>/tables/sign_flips.tsv",
        effective_number="<results>/tables/effective_number.tsv",
        overlap="<results>/tables/overlap.tsv",
        overlap_estimates="<results>/tables/overlap_estimates.tsv",
        correlated=["<results>/tables/genetic_correlation.tsv"] if STUDY.ldsc else [],
        pleiotropy=(
            ["<results>/tables/loci.tsv", "<results>/lead_exposure.json"] if STUDY.lead_exposures else []
        ),
        coloc=["<results>/tables/coloc.tsv"] if STUDY.colocalised else [],
        told_names=told_names(),
    output:
        gates="<results>/tables/gates.tsv",
        hits="<results>/tables/hits.tsv",
        controls_table="<results>/tables/controls.tsv",
        adjusted="<results>/tables/adjusted.tsv",
        corrections="<results>/tables/corrections.tsv",
    log:
        "<logs>/weigh_evidence/weigh_evidence.log",
    benchmark:
        "<benchmarks>/weigh_evidence/weigh_evidence.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        methods=config["discovery"]["methods"],
        validation_signs=STUDY.validation,
        controls=config["controls"],
        error_budget=config["error_budget"],
        names=STUDY.labels,
        units=STUDY.units,
        source=source_of("weigh_evidence"),
    script:
        "../scripts/weigh_evidence.py"


rule collect_quality:
    input:
        traits=expand("<results>/traits/{trait}.json", trait=STUDY.file_traits + list(STUDY.meta_analyses)),
        selections=[f"<results>/instruments/{batch}.json" for batch in BATCHES],
        receipts=expand("<results>/fetch/{gwas}.json", gwas=STUDY.remote_traits),
        biobanks=BIOBANKS,
    output:
        counts="<results>/tables/quality_counts.tsv",
        metrics="<results>/tables/quality_metrics.tsv",
        ladder="<results>/tables/instrument_ladder.tsv",
        confounded="<results>/tables/confounded.tsv",
        table="<results>/tables/quality.tsv",
        findings="<results>/tables/quality_findings.tsv",
    log:
        "<logs>/collect_quality/collect_quality.log",
    benchmark:
        "<benchmarks>/collect_quality/collect_quality.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        declared=[STUDY.declared(trait) for trait in (*STUDY.file_traits, *STUDY.exposures)],
        exposures=list(STUDY.exposures),
        outcomes=list(STUDY.all_outcomes),
        cohorts={
            trait: list(STUDY.cohorts_of(trait)) for trait in (*STUDY.all_outcomes, *STUDY.meta_analyses)
        },
        checks=checks_params(),
        source=source_of("collect_quality"),
    script:
        "../scripts/collect_quality.py"


rule check_truth:
    input:
        truth=STUDY.truth or [],
        screen="<results>/tables/screen.tsv",
    output:
        table="<results>/tables/truth_check.tsv",
    log:
        "<logs>/check_truth/check_truth.log",
    benchmark:
        "<benchmarks>/check_truth/check_truth.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        source=source_of("check_truth"),
    script:
        "../scripts/check_truth.py"
