"""mrscape: Mendelian randomization screens as a Snakemake workflow."""

__version__ = "0.1.0"
