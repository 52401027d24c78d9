"""Column contracts, statuses and atomic files."""
