"""Keep the tables of docs/configuration.md equal to the settings and profiles.

``python -m perftool.config.reference docs/configuration.md`` rewrites what stands between the markers.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from perftool.config import profiles, template

_BLOCK = re.compile(r"(<!-- (settings|profiles) -->\n).*?(<!-- end -->)", re.DOTALL)


def refreshed(text: str) -> str:
    """Return ``text`` with its generated blocks written anew."""
    blocks = {"settings": template.as_markdown, "profiles": profile_table}
    return _BLOCK.sub(lambda match: f"{match[1]}{blocks[match[2]]()}{match[3]}", text)


def profile_table() -> str:
    """Return a table of the built-in profiles."""
    nowhere = Path("no-such-project")
    rows = ["| profile | what it is for |", "|---|---|"]
    for name in profiles.names(nowhere):
        described = tomllib.loads(profiles.find(name, nowhere).read_text("utf-8")).get("description", "")
        rows.append(f"| `{name}` | {described} |")
    return "\n".join(rows) + "\n"


def main(arguments: list[str]) -> None:
    """Rewrite the file named by the only argument."""
    (path,) = map(Path, arguments)
    path.write_text(refreshed(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
