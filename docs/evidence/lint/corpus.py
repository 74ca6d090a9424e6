"""Gather public SQL for measuring: copies of the SQL files of checkouts, without statements that were seen before.

    python -m docs.evidence.lint.corpus OUT NAME:DIALECT:CHECKOUT...

writes OUT/NAME/…, a perftool.toml that gives each folder its dialect, and prints what each of them holds. Third-party
text: measure with it, keep it out of commits.
"""

from __future__ import annotations

import sys
from hashlib import blake2b
from pathlib import Path

from perftool.lint.reading.templates import neutralise
from perftool.sql.dialects import canonical
from perftool.sql.splitter import pieces


def main() -> int:
    """Copy and report."""
    out = Path(sys.argv[1])
    seen: set[bytes] = set()
    paths = []
    for word in sys.argv[2:]:
        name, dialect, checkout = word.split(":", 2)
        kept = dropped = size = 0
        for path in sorted(Path(checkout).rglob("*.sql")):
            if not path.is_file() or path.is_symlink():
                continue
            data, new, gone = distinct(path.read_bytes(), canonical(dialect), seen)
            kept, dropped = kept + new, dropped + gone
            if new:
                target = out / name / path.relative_to(checkout)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                size += len(data)
        paths.append(f'[[lint.path]]\nmatch = "/{name}/**"\ndialect = "{dialect}"\n')
        print(f"{name:24} {dialect:10} {size / 1e6:7.2f} MB {kept:7} statements, {dropped} seen before")  # noqa: T201
    (out / "perftool.toml").write_text("\n".join(paths), encoding="utf-8")
    return 0


def distinct(data: bytes, dialect: str, seen: set[bytes]) -> tuple[bytes, int, int]:
    """Return ``data`` with statements that were seen before blanked, and how many stayed and went."""
    text = bytearray(data)
    kept = dropped = 0
    for piece in pieces(neutralise(data, dialect).data, dialect):
        if piece.kind != "statement":
            continue
        key = blake2b(data[piece.start : piece.end], digest_size=16).digest()
        if key in seen:
            dropped += 1
            text[piece.start : piece.end] = b" " * (piece.end - piece.start)
        else:
            seen.add(key)
            kept += 1
    return bytes(text), kept, dropped


if __name__ == "__main__":
    sys.exit(main())
