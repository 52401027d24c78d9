# Workbook. Purpose: the numbered tables that a paper on the study prints, with headers, units and notes for readers.
# Inputs: the final tables, and report/tables.yaml, which defines the numbered ones. Outputs: workbook/*.tsv, tables.xlsx.
NUMBERED = ["screen", "estimates", "diagnostics", "reverse", "quality", "confounded"]
NUMBERED += ["validation"] if STUDY.validation else []
NUMBERED += ["genetic_correlation"] if STUDY.ldsc else []
NUMBERED += ["loci", "pleiotropic_loci"] if LEADS else []
NUMBERED += ["coloc"] if STUDY.lead_colocalised else []


rule write_workbook:
    input:
        frozen="<results>/config.yaml",
        definitions=os.path.relpath(Path(workflow.basedir, "report", "tables.yaml")),
        sources=[f"<results>/tables/{name}.tsv" for name in NUMBERED],
        instruments="<results>/tables/instruments.parquet",
        note=["<results>/lead_exposure.json"] if LEADS else [],
        told_names=told_names(),
    output:
        workbook="<results>/tables.xlsx",
        folder=directory("<results>/workbook"),
    log:
        "<logs>/write_workbook/write_workbook.log",
    benchmark:
        "<benchmarks>/write_workbook/write_workbook.tsv"
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        labels=STUDY.labels,
        units=STUDY.units,
        files={exposure: "; ".join(STUDY.traits[exposure].paths) for exposure in STUDY.exposures},
        outcomes=list(STUDY.outcomes),
        run_methods=list(STUDY.methods),
        simulated=STUDY.demo is not None,
        source=source_of("write_workbook"),
    script:
        "../scripts/write_workbook.py"
