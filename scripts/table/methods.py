"""The methods' names: keys in tables and config, words for readers."""

METHOD_NAMES = {
    "wald_ratio": "Wald ratio",
    "ivw": "Inverse-variance weighted",
    "egger": "MR-Egger",
    "weighted_median": "Weighted median",
    "gsmr": "GSMR",
    "primary": "Inverse-variance weighted (Wald ratio with one instrument)",
}


def method_name(method: str) -> str:
    """What readers call a method."""
    return METHOD_NAMES[method]


def method_names(methods: list[str]) -> str:
    """What readers call several methods that all must agree."""
    return " and ".join(map(method_name, methods))
