"""How many statements of each corpus are parsed? As many as the best way to cut and read them allows.

    python -m docs.evidence.lint.coverage FOLDER

FOLDER is one that ``corpus.py`` made, or any project. Prints, for each top folder: statements, those not parsed, those
taken as opaque commands, with and without templates and variables replaced.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path


def main() -> int:
    """Lint and count."""
    folder = Path(sys.argv[1]).resolve()
    for place in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        command = [sys.executable, "-m", "perftool", "lint", place.name, "-f", "json", "--fail-on", "never", "-q", "-v"]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        if done.returncode not in (0, 3):
            raise SystemExit(done.stderr.decode())
        report = json.loads(done.stdout)
        counts = report["payload"]
        reasons = Counter(
            one["message"].partition(" at line")[0][:60]
            for one in report["diagnostics"]
            if one["code"].startswith("PT00")
        )
        total = counts["statements"] or 1
        print(  # noqa: T201
            f"{place.name:28} {counts['size'] / 1e6:7.2f} MB {counts['statements']:7} statements, not parsed "
            f"{counts['not_parsed'] / total:6.1%}, opaque {counts['opaque'] / total:6.1%}",
            flush=True,
        )
        if "--reasons" in sys.argv:
            for reason, count in reasons.most_common(8):
                print(f"      {count:6} {reason}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
