# Evidence. Purpose: discovery and validation as a ledger of gates, the accounts of all rows and what stands out in the
# source files, the check against the truth of a simulated study. Inputs: the tables of the screen. Outputs: tables/*.tsv.


rule judge_evidence:
    input:
        estimates="<results>/tables/estimates.tsv",
        diagnostics="<results>/tables/diagnostics.tsv",
        selections=[f"<results>/instruments/{batch}.json" for batch in BATCHES],
    output:
        screen="<results>/tables/screen.tsv",
        validation="<results>/tables/validation.tsv",
        gates="<results>/tables/gates.tsv",
    log:
        "<logs>/judge_evidence/judge_evidence.log",
    benchmark:
        "<benchmarks>/judge_evidence/judge_evidence.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=2000,
    params:
        names={exposure: STUDY.traits[exposure].name for exposure in STUDY.exposures},
        outcomes=list(STUDY.outcomes),
        validation_signs=STUDY.validation,
        negative_controls=list(STUDY.negative_controls),
        discovery=config["discovery"],
        validate_fdr=config["validate_fdr"],
        source=source_of("judge_evidence"),
    script:
        "../scripts/judge_evidence.py"


rule collect_quality:
    input:
        traits=expand("<results>/traits/{trait}.json", trait=STUDY.file_traits + list(STUDY.meta_analyses)),
        selections=[f"<results>/instruments/{batch}.json" for batch in BATCHES],
        receipts=expand("<results>/fetch/{gwas}.json", gwas=STUDY.remote_traits),
        biobanks=os.path.relpath(Path(workflow.basedir, "resources", "biobanks.tsv")),
    output:
        counts="<results>/tables/quality_counts.tsv",
        metrics="<results>/tables/quality_metrics.tsv",
        ladder="<results>/tables/instrument_ladder.tsv",
        table="<results>/tables/quality.tsv",
        findings="<results>/tables/quality_findings.tsv",
    log:
        "<logs>/collect_quality/collect_quality.log",
    benchmark:
        "<benchmarks>/collect_quality/collect_quality.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=2000,
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
        mem_mb=1000,
    params:
        source=source_of("check_truth"),
    script:
        "../scripts/check_truth.py"
