"""Command: is an archive of results as it was when it was made?

python -m scripts.study.verify FILE
"""

import sys
from pathlib import Path

from scripts.study.crate import faults


def main(archive: Path) -> int:
    """Print each fault; 0 where there is none, else 1."""
    try:
        found = list(faults(archive))
    except ValueError as error:
        found = [str(error)]
    print("\n".join(found) or f"{archive}: every file is as it was archived")
    return int(bool(found))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: ./mrscape verify FILE (an archive that ./mrscape run archive made)")
    sys.exit(main(Path(sys.argv[1])))
