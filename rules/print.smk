# Print. Purpose: every figure of the report as vector PDF and as PNG of 300 dpi, at the widths of journals; not part of a run.
# Inputs: those of the steps that draw. Outputs: print/<step>/**.pdf and .png.
SHOWING = SHOWN_BY if STUDY.exposures else POOLED_SHOWN
DRAWN = [name for name in SHOWING if draws_figures(workflow.get_rule(name))]


rule draw_for_print:
    input:
        unpack(lambda wildcards: dict(workflow.get_rule(wildcards.step).input.items())),
    output:
        folder=directory("<results>/print/{step}"),
    log:
        "<logs>/draw_for_print/{step}.log",
    benchmark:
        "<benchmarks>/draw_for_print/{step}.tsv"
    wildcard_constraints:
        step=any_of(DRAWN),
    conda:
        "../envs/mrscape.yaml"
    resources:
        mem_mb=memory(2000),
    params:
        flags=lambda wildcards: drawn_again(wildcards.step),
        source_drawn=lambda wildcards: source_of(wildcards.step),
        source=source_of("draw_for_print"),
    script:
        "../scripts/draw_for_print.py"


rule print_figures:
    input:
        expand("<results>/print/{step}", step=DRAWN),
    localrule: True
