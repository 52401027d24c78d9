"""Step: the last word on a run: whether every exposure could be read, and if it found more than chance."""

from pathlib import Path

from scripts.figure.worth_findings import chance_verdict
from scripts.step import run
from scripts.table.files import read_json, write_text
from scripts.table.frames import read_tsv
from scripts.table.status import ExposureStatus


def give_verdict(
    gates: list[Path], selections: list[Path], reductions: list[Path], verdict: Path, receipts: str
) -> None:
    """Write the verdict, or raise where an exposure could not be read, or not be used as it is.

    `gates` is empty where a run ends with the screen. Everything else is finished by then. What the failed
    files left (reports of their passes, and receipts of downloads that failed) is removed, so that the next
    run tries exactly these again.
    """
    reports = [report for batch in selections for report in read_json(batch)]
    failed = [report for report in reports if report["status"] == ExposureStatus.UNREADABLE]
    for path in reductions:
        if read_json(path)["status"] == ExposureStatus.UNREADABLE:
            path.unlink()
            (Path(receipts) / path.name).unlink(missing_ok=True)
    if failed:
        lines = [f"  {report['exposure']}: {report['message']}" for report in failed]
        raise RuntimeError(
            f"{len(failed)} of {len(reports)} exposures could not be read; "
            "all others are finished.\n"
            + "\n".join(lines)
            + "\nMend them and run the same command again: only they are tried again."
        )
    words = [f"All {len(reports)} exposures could be read.", *(chance_verdict(read_tsv(t)) for t in gates)]
    write_text("\n".join(words) + "\n", verdict)


if __name__ == "__main__":
    run(give_verdict)
