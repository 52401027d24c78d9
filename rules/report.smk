# Report. Purpose: figures, a summary in plain words and the self-contained report, then the verdict on the run.
# Inputs: the final tables. Outputs: figures/*, summary.html, quality.html, report.html, verdict.txt.
TRUTH_CHECK = ["<results>/tables/truth_check.tsv"] if STUDY.truth else []
TRUTH_FIGURE = ["<results>/figures/truth.svg"] if STUDY.truth else []
SOURCE_ROWS = source_rows(STUDY, config["mediation"])
SHOWN = [*MULTIVARIABLE, *PLEIOTROPY_PLOTS, *COLOC_FIGURES, *LDSC_SHOWN, *MEDIATION, *POOLED_SHOWN, *AUDITED]
SHOWN += [*GENE_LIST, *PUBLISHED_SHOWN]
SHOWN_BY = ["plot_screen", "plot_validation", "plot_hits", "summarise", "write_methods", "show_quality"]
SHOWN_BY += ["plot_overlap", *SHOWN]


rule plot_screen:
    input:
        screen="<results>/tables/screen.tsv",
        gates="<results>/tables/gates.tsv",
        truth_check=TRUTH_CHECK,
        told_names=told_names(),
    output:
        overview=report(
            "<results>/figures/overview.svg", category="2 Screen", caption="../report/overview.rst"
        ),
        flow=report("<results>/figures/gates.svg", category="1 Summary", caption="../report/gates.rst"),
        truth=report(TRUTH_FIGURE, category="9 Checks", caption="../report/truth.rst"),
    log:
        "<logs>/plot_screen/plot_screen.log",
    benchmark:
        "<benchmarks>/plot_screen/plot_screen.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        labels=STUDY.labels,
        units=STUDY.units,
        error_budget=config["error_budget"],
        source=source_of("plot_screen"),
    script:
        "../scripts/plot_screen.py"


rule plot_validation:
    input:
        sets="<results>/tables/discovery_sets.tsv",
        screen="<results>/tables/screen.tsv",
        validation="<results>/tables/validation.tsv",
        told_names=told_names(),
    output:
        combinations=report(
            "<results>/figures/discovery_sets.svg",
            category="2 Screen",
            caption="../report/discovery_sets.rst",
        ),
        folder=report(
            directory("<results>/figures/validated"),
            patterns=["{outcome}/{part}.svg"],
            category="2 Screen",
            caption="../report/validated.rst",
        ),
    log:
        "<logs>/plot_validation/plot_validation.log",
    benchmark:
        "<benchmarks>/plot_validation/plot_validation.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        labels=STUDY.labels,
        units=STUDY.units,
        source=source_of("plot_validation"),
    script:
        "../scripts/plot_validation.py"


rule plot_hits:
    input:
        screen="<results>/tables/screen.tsv",
        estimates="<results>/tables/estimates.tsv",
        diagnostics="<results>/tables/diagnostics.tsv",
        instruments="<results>/tables/instruments.parquet",
        leave_one_out="<results>/tables/leave_one_out.parquet",
        validation="<results>/tables/validation.tsv",
        told_names=told_names(),
    output:
        folder=report(
            directory("<results>/figures/hits"),
            patterns=["{exposure}/{outcome}/{figure}.svg"],
            category="3 Hits",
            subcategory="{exposure}",
            caption="../report/hit.rst",
            labels={"outcome": "{outcome}", "figure": "{figure}"},
        ),
    log:
        "<logs>/plot_hits/plot_hits.log",
    benchmark:
        "<benchmarks>/plot_hits/plot_hits.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        labels=STUDY.labels,
        units=STUDY.units,
        source=source_of("plot_hits"),
    script:
        "../scripts/plot_hits.py"


rule summarise:
    input:
        screen="<results>/tables/screen.tsv",
        estimates="<results>/tables/estimates.tsv",
        validation="<results>/tables/validation.tsv",
        gates="<results>/tables/gates.tsv",
        diagnostics="<results>/tables/diagnostics.tsv",
        quality_counts="<results>/tables/quality_counts.tsv",
        quality_findings="<results>/tables/quality_findings.tsv",
        corrections="<results>/tables/corrections.tsv",
        controls="<results>/tables/controls.tsv",
        reverse_direction="<results>/tables/reverse.tsv",
        hits="<results>/tables/hits.tsv",
        effective_number="<results>/tables/effective_number.tsv",
        truth_check=TRUTH_CHECK,
        told_names=told_names(),
    output:
        page=report("<results>/summary.html", category="1 Summary", caption="../report/summary.rst"),
    log:
        "<logs>/summarise/summarise.log",
    benchmark:
        "<benchmarks>/summarise/summarise.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        title=config["title"],
        meta_analyses=list(STUDY.meta_analyses),
        labels=STUDY.labels,
        units=STUDY.units,
        methods=config["discovery"]["methods"],
        error_budget=config["error_budget"],
        source=source_of("summarise"),
    script:
        "../scripts/summarise.py"


rule show_quality:
    input:
        table="<results>/tables/quality.tsv",
        findings="<results>/tables/quality_findings.tsv",
        told_names=told_names(),
    output:
        page=report("<results>/quality.html", category="1 Summary", caption="../report/quality.rst"),
        figure=report("<results>/figures/quality.svg", category="9 Checks", caption="../report/quality.rst"),
    log:
        "<logs>/show_quality/show_quality.log",
    benchmark:
        "<benchmarks>/show_quality/show_quality.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        title=config["title"],
        labels=STUDY.labels,
        source=source_of("show_quality"),
    script:
        "../scripts/show_quality.py"


# Receipts of the sources that the page lists one by one.
LISTED = SOURCE_ROWS[:MOST_SOURCES]


rule write_methods:
    input:
        frozen="<results>/config.yaml",
        hits="<results>/tables/hits.tsv",
        overlap="<results>/tables/overlap.tsv",
        receipts=[path for row in LISTED for path in receipt_of([row["id"]])],
        template=os.path.relpath(Path(workflow.basedir, "report", "methods", "methods.rst")),
        references=os.path.relpath(Path(workflow.basedir, "report", "methods", "references.tsv")),
        strobe=os.path.relpath(Path(workflow.basedir, "report", "methods", "strobe_mr.tsv")),
    output:
        page=report("<results>/methods.html", category="1 Summary", caption="../report/methods.rst"),
        text="<results>/methods.rst",
        bibliography="<results>/references.bib",
    log:
        "<logs>/write_methods/write_methods.log",
    benchmark:
        "<benchmarks>/write_methods/write_methods.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        facts={
            "n_exposures": len(STUDY.exposures),
            "outcomes": ", ".join(STUDY.labels[outcome] for outcome in STUDY.outcomes),
            "simulated": STUDY.demo is not None,
            "meta_analyses": [
                {"name": made.name, "cohorts": "; ".join(STUDY.labels[cohort] for cohort in made.cohorts)}
                for made in STUDY.meta_analyses.values()
            ],
            "run_methods": list(STUDY.methods),
            "ldsc": STUDY.ldsc is not None,
            "pleiotropy": (
                ("the strongest hit" if FROM_SCREEN else STUDY.labels[LEADS[0]]) if PLEIOTROPY else ""
            ),
            "colocalised": STUDY.colocalised,
        },
        traits=LISTED,
        n_sources=len(SOURCE_ROWS),
        release=__version__,
        source=source_of("write_methods"),
    script:
        "../scripts/write_methods.py"


rule build_report:
    input:
        [getattr(rules, name).output for name in SHOWN_BY],
        PLEIOTROPY,
        frozen="<results>/config.yaml",
        hits="<results>/tables/hits.tsv",
        estimates="<results>/tables/estimates.tsv",
        validation="<results>/tables/validation.tsv",
        instruments="<results>/tables/instruments.parquet",
        captions=[os.path.relpath(path) for path in sorted(Path(workflow.basedir).glob("report/*.rst"))],
        script=os.path.relpath(Path(workflow.basedir, "report", "report.js")),
        style=os.path.relpath(Path(workflow.basedir, "report", "report.css")),
        workbook="<results>/tables.xlsx",
        told_names=told_names(),
    output:
        report="<results>/report.html",
    log:
        "<logs>/build_report/build_report.log",
    benchmark:
        "<benchmarks>/build_report/build_report.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        shown=shown_by(SHOWN_BY),
        labels=STUDY.labels,
        units=STUDY.units,
        source=source_of("build_report"),
    script:
        "../scripts/build_report.py"


# Not tried twice: it ends by removing what failed, so that the next run makes it again.
rule give_verdict:
    input:
        "<results>/report.html",
        gates=["<results>/tables/gates.tsv"],
        selections=[f"<results>/instruments/{batch}.json" for batch in BATCHES],
        reductions=expand("<results>/reduced/{exposure}.json", exposure=STUDY.exposures),
    output:
        verdict="<results>/verdict.txt",
    log:
        "<logs>/give_verdict/give_verdict.log",
    benchmark:
        "<benchmarks>/give_verdict/give_verdict.tsv"
    retries: 0
    localrule: True
    conda:
        "../envs/mrscape.yaml"
    params:
        receipts=f"results/{STUDY.name}/fetch",
        source=source_of("give_verdict"),
    script:
        "../scripts/give_verdict.py"


# Not part of a run: `archive` packs what readers need with a manifest; ./mrscape verify checks it elsewhere.
rule archive_results:
    input:
        rules.give_verdict.output,
        frozen="<results>/config.yaml",
        report="<results>/report.html",
        receipts=[path for trait in STUDY.traits for path in receipt_of([trait]) if trait not in STUDY.unused],
        files=[path for path in STUDY.all_files if STUDY.demo or os.path.exists(path)],
        lock=os.path.relpath(Path(workflow.basedir, "requirements.lock")),
    output:
        archive=f"results/{STUDY.name}.zip",
    log:
        "<logs>/archive_results/archive_results.log",
    benchmark:
        "<benchmarks>/archive_results/archive_results.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(1000),
    params:
        release=__version__,
        source=source_of("archive_results"),
    script:
        "../scripts/archive_results.py"


rule archive:
    input:
        rules.archive_results.output,
    localrule: True
