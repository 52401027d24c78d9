"""Decisions on tables: which variants are instruments, how traits align, what counts as a hit."""
