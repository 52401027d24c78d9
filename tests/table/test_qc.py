"""A quality report keeps its numbers."""

from scripts.table.qc import QcReport


def test_json_round_trip_and_rows_kept():
    report = QcReport(
        "t", 10, {"duplicate": 2, "missing_value": 1}, {"lambda_gc": 1.1, "eaf_correlation": None}
    )
    assert QcReport.from_json(report.to_json()) == report
    assert report.rows_kept == 7
