"""Raw formats and servers to the standard table."""
