"""Step: whether every download of a study succeeded, for those who fetch now and run later."""

from pathlib import Path

from scripts.download.offline import note_unfetched
from scripts.step import run
from scripts.table.files import read_json, write_text


def check_fetched(receipts: list[Path], verdict: Path) -> None:
    """Write the verdict, or raise where a download failed; those are then tried again, or run without."""
    messages = {path: read_json(path)["message"] for path in receipts}
    failed = {path: message for path, message in messages.items() if message}
    note_unfetched(verdict.parent, [path.stem for path in failed])
    for path in failed:
        path.unlink()
    if failed:
        raise RuntimeError(
            f"{len(failed)} of {len(receipts)} traits could not be fetched; all others are here.\n"
            + "\n".join(f"  {message}" for message in failed.values())
            + "\nThe same command tries these again; a run without a network reports them as unreadable."
        )
    write_text(f"All files of {len(receipts)} traits are here.\n", verdict)


if __name__ == "__main__":
    run(check_fetched)
