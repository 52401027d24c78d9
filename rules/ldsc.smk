# LD score regression. Purpose: LD scores, the heritability of every exposure and outcome, the genetic correlation of
# validated exposures. Inputs: files of LD scores or the LD panel; the rows of each trait at their places; the evidence.
# Outputs: ld_scores.parquet (which the pass over exposures reads), tables/heritability.tsv,
# tables/genetic_correlation.tsv, tables/ldsc_correlations.tsv, tables/ldsc_variants.tsv, ldsc.html, a figure.
# A study without LD scores has these rules too, and asks for none of their outputs.
LDSC = STUDY.ldsc or LdscFiles()
# A regression takes a tenth of a second and a job's start more than that of ten: few jobs, where exposures are few.
LDSC_BATCHES = {str(batch): members for batch, members in batch_members(batches_for(100)).items()}
ASKED = asked_pairs(config, [*STUDY.exposures, *STUDY.all_outcomes])
ASKED_TRAITS = dict.fromkeys(trait for pair in ASKED for trait in pair if trait not in STUDY.exposures)
LDSC_OTHERS = list(dict.fromkeys([*STUDY.all_outcomes, *ASKED_TRAITS]))
LDSC_GROUPS = LDSC_BATCHES | {"others": LDSC_OTHERS}
PARTNERS = list(dict.fromkeys([*STUDY.outcomes, *ASKED_TRAITS]))
# LD scores and lists of variants of the other build are lifted.
LDSC_CHAIN = [] if config["ldsc"]["build"] == STUDY.genome_build else chain_of(None)
REGRESSION = {
    key: config["ldsc"][key]
    for key in ("blocks", "two_step_chi2", "rg_two_step_chi2", "intercept", "rg_intercept")
}


wildcard_constraints:
    group=any_of(LDSC_GROUPS),


if LDSC.scores:

    rule read_ld_scores:
        input:
            scores=here(LDSC.scores),
            counts=here(LDSC.counts),
            weights=here(LDSC.weights),
            variants=here(LDSC.variants),
            chain=LDSC_CHAIN,
        output:
            table="<results>/ld_scores.parquet",
            facts="<results>/ld_scores.json",
        log:
            "<logs>/read_ld_scores/read_ld_scores.log",
        benchmark:
            "<benchmarks>/read_ld_scores/read_ld_scores.tsv"
        priority: 10  # every exposure waits for it
        conda:
            "../envs/mrscape.yaml"
        resources:
            mem_mb=memory(2000),
        params:
            source=source_of("read_ld_scores"),
        script:
            "../scripts/read_ld_scores.py"

else:

    rule compute_ld_scores:
        input:
            panel=panel_table,
            bed=panel_files("bed"),
            bim=panel_files("bim"),
            fam=panel_files("fam"),
            variants=here(LDSC.variants),
            chain=LDSC_CHAIN,
        output:
            table="<results>/ld_scores.parquet",
            facts="<results>/ld_scores.json",
        log:
            "<logs>/compute_ld_scores/compute_ld_scores.log",
        benchmark:
            "<benchmarks>/compute_ld_scores/compute_ld_scores.tsv"
        priority: 10  # every exposure waits for it
        conda:
            "../envs/mrscape.yaml"
        resources:
            mem_mb=memory(4000),
        params:
            window=config["ldsc"]["window"],
            maf_min=config["ldsc"]["maf_min"],
            source=source_of("compute_ld_scores"),
        script:
            "../scripts/compute_ld_scores.py"


rule estimate_heritability:
    input:
        ld_scores="<results>/ld_scores.parquet",
        facts="<results>/ld_scores.json",
        tables=lambda wildcards: [
            f"<results>/{'traits' if wildcards.group == 'others' else 'hapmap3'}/{trait}.parquet"
            for trait in LDSC_GROUPS[wildcards.group]
        ],
        reports=lambda wildcards: [
            f"<results>/reduced/{trait}.json"
            for trait in LDSC_GROUPS[wildcards.group]
            if trait in STUDY.exposures
        ],
    output:
        heritability="<results>/ldsc/heritability/{group}.tsv",
        dropped="<results>/ldsc/dropped/{group}.tsv",
    log:
        "<logs>/estimate_heritability/{group}.log",
    benchmark:
        "<benchmarks>/estimate_heritability/{group}.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        traits=lambda wildcards: LDSC_GROUPS[wildcards.group],
        diseases=lambda wildcards: {
            trait: DISEASES[trait] for trait in LDSC_GROUPS[wildcards.group] if trait in DISEASES
        },
        maf_min=config["ldsc"]["maf_min"],
        regression=REGRESSION,
        source=source_of("estimate_heritability"),
    script:
        "../scripts/estimate_heritability.py"


# Which exposures are validated is known only when the evidence is there: the job opens the tables of these alone. They
# are there, and as they were, where the heritabilities are; to plan with thousands of them for each job takes minutes.
rule correlate_batch:
    input:
        expand("<results>/ldsc/heritability/{group}.tsv", group=LDSC_GROUPS),
        ld_scores="<results>/ld_scores.parquet",
        facts="<results>/ld_scores.json",
        screen="<results>/tables/screen.tsv",
        partner_tables=expand("<results>/traits/{partner}.parquet", partner=PARTNERS),
    output:
        correlations="<results>/ldsc/correlations/{group}.tsv",
    log:
        "<logs>/correlate_batch/{group}.log",
    benchmark:
        "<benchmarks>/correlate_batch/{group}.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        batch=lambda wildcards: LDSC_BATCHES[wildcards.group],
        exposures=list(STUDY.exposures),
        exposure_tables=lambda wildcards, input: str(Path(input.ld_scores).with_name("hapmap3")),
        partners=PARTNERS,
        asked=lambda wildcards: correlations_asked_of(wildcards.group),
        corrected=config["overlap"]["exposures"] if config["correlations"] == FROM_LDSC else [],
        maf_min=config["ldsc"]["maf_min"],
        between_exposures=config["ldsc"]["between_exposures"],
        regression=REGRESSION,
        source=source_of("correlate_batch"),
    script:
        "../scripts/correlate_batch.py"


rule collect_ldsc:
    input:
        heritability_parts=expand("<results>/ldsc/heritability/{group}.tsv", group=LDSC_GROUPS),
        dropped_parts=expand("<results>/ldsc/dropped/{group}.tsv", group=LDSC_GROUPS),
        correlation_parts=expand("<results>/ldsc/correlations/{group}.tsv", group=LDSC_BATCHES),
    output:
        heritability="<results>/tables/heritability.tsv",
        correlations="<results>/tables/genetic_correlation.tsv",
        matrix="<results>/tables/ldsc_correlations.tsv",
        dropped="<results>/tables/ldsc_variants.tsv",
    log:
        "<logs>/collect_ldsc/collect_ldsc.log",
    benchmark:
        "<benchmarks>/collect_ldsc/collect_ldsc.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        traits=[*STUDY.exposures, *LDSC_OTHERS],
        source=source_of("collect_ldsc"),
    script:
        "../scripts/collect_ldsc.py"


rule show_ldsc:
    input:
        heritability="<results>/tables/heritability.tsv",
        correlations="<results>/tables/genetic_correlation.tsv",
        dropped="<results>/tables/ldsc_variants.tsv",
        told_names=told_names(),
    output:
        page=report("<results>/ldsc.html", category="5 LD score regression", caption="../report/ldsc.rst"),
        figure=report(
            "<results>/figures/genetic_correlation.svg",
            category="5 LD score regression",
            caption="../report/ldsc.rst",
        ),
    log:
        "<logs>/show_ldsc/show_ldsc.log",
    benchmark:
        "<benchmarks>/show_ldsc/show_ldsc.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        title=config["title"],
        labels=STUDY.labels,
        outcomes=list(STUDY.outcomes),
        source=source_of("show_ldsc"),
    script:
        "../scripts/show_ldsc.py"


LDSC_SHOWN = ["show_ldsc"] if STUDY.ldsc else []
