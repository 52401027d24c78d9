"""mrscape: Mendelian randomization screens as a Snakemake workflow."""
