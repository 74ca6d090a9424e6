# ruff: noqa: E501  lists read best in long lines
"""Seeds and mutations for ``fuzz.py``: pieces of real SQL, and what breaks readers of it."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMES = ("cutting", "statement", "comments", "actions", "python", "run", "fix", "stored")
SEEDS = 1500
_LONGEST_SEED = 3000

MARKS = (
    b"'", b'"', b"`", b"$$", b"$x$", b"[", b"]", b"(", b")", b"/*", b"*/", b"--", b"#", b"{{", b"}}", b"{%", b"%}", b"{#", b"#}",
    b"E'", b"q'[", b"N'", b"U&'", b"\\", b"\\;", b"\\g\n", b"\n\\.\n", b";", b"\nGO\n", b"\n/\n", b"DELIMITER //\n", b"\0",
    b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"\xc3\xa9", b"\xe2\x98\x83", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\r\n",
    b"\n", b"\x85", b"\xe2\x80\xa8", b"\x0b", b"\x0c", b"\x1c", b" ", b"\t", b":a", b"$1", b"%s", b"@p", b"?", b"::", b"||", b"0x",
    b"1e999", b"-", b"**", b"<", b">", b"=", b"!", b".", b",",
)  # fmt: skip
WORDS = (
    b"SELECT", b"FROM", b"WHERE", b"JOIN", b"LEFT JOIN", b"ON", b"USING", b"CASE", b"WHEN", b"END", b"BEGIN", b"NOT", b"NULL",
    b"AND", b"OR", b"IN", b"EXISTS", b"UNION ALL", b"WITH RECURSIVE", b"LATERAL", b"VALUES", b"INSERT INTO", b"UPDATE", b"DELETE",
    b"MERGE", b"CREATE TABLE", b"CREATE INDEX CONCURRENTLY", b"ALTER TABLE", b"ADD COLUMN", b"DROP", b"RENAME TO", b"SET", b"AS",
    b"ARRAY[", b"INTERVAL", b"CAST(", b"BETWEEN", b"LIKE '%a'", b"DISTINCT", b"GROUP BY", b"ORDER BY", b"LIMIT", b"OFFSET", b"OVER (",
    b"COPY t FROM STDIN;", b"DECLARE", b"IF", b"THEN", b"LOOP", b"STRUCT<", b"PRIMARY KEY", b"REFERENCES", b"CHECK (", b"DEFAULT",
    b"COMMIT", b"lock_timeout", b"= NULL", b"count(*)", b"-- perftool: ignore[COR001] why\n", b"-- perftool: ignore-file\n",
    b"-- noqa: MIG001\n", b"/* perftool: ignore */", b"-- noqa", b"{{ ref('a') }}", b"{% if a %}", b"{% else %}", b"{% endif %}",
    b"{% for a in b %}", b"{% endfor %}", b"{{ config(a=1) }}", b"{{- x -}}", b"{% raw %}", b"{{if .A}}", b"{{end}}", b"${x}", b"#{x}",
    b"-- +goose Down\n", b"-- migrate:down\n", b"\\set a 1\n", b"\\if :a\n", b"\\copy t from stdin\n",
)  # fmt: skip
_WORD = re.compile(rb"\w+")
_PYTHON = (
    b'import x\n\ndef f(c):\n    c.execute("""%s""")\n',
    b"sql = '''%s'''  # perftool: ignore[COR001] why\n",
    b'query = f"""%s {x!r:>{w}} {{y}}"""\n',
    b'class A:\n    # noqa: COR001\n    statement = (text("""%s"""), "a" "b")\n',
    b"# -*- coding: latin-1 -*-\nq_sql = '''%s''' %% (1,)\n",
)
_STORED = (
    b'{"version": 1, "findings": {"a.sql": {"COR001:0123456789abcdef": 2}}}',
    b'{"version": 2}',
    b'{"number":0,"id":1,"path":"a.sql","line":1,"status":"ok","result":{},"digest":"00ff00ff00ff00ff"}\n',
    b'{"sql": "SELECT 1", "id": 7}\n"SELECT 2"\n[1]\n',
    b"id,sql\n1,SELECT 1\n2,\"SELECT 'a,b'\n;\"\n",
)


def seeds(folders: Sequence[Path], count: int = SEEDS) -> dict[str, list[bytes]]:
    """Return inputs to start from by target: parts of the SQL files below ``folders``, the same ones each time."""
    chance = random.Random(4)
    paths = sorted(path for folder in folders for path in folder.rglob("*.sql") if path.is_file())
    parts: list[bytes] = []
    while len(parts) < count:
        data = chance.choice(paths).read_bytes()
        start = chance.randrange(max(1, len(data) - 50)) if chance.random() < 0.5 else 0
        start = data.rfind(b"\n", 0, start) + 1
        parts.append(bytes([chance.randrange(256)]) + data[start : start + chance.randrange(20, _LONGEST_SEED)])
    words = [bytes([number]) + word + b" a" for number, word in enumerate(WORDS)]
    code = [
        bytes([number % 256]) + chance.choice(_PYTHON) % part[1:].replace(b"%", b"")
        for number, part in enumerate(parts[:300])
    ]
    stored = [bytes([number]) + text for text in _STORED for number in range(6)]
    return {
        "cutting": parts[:600] + words,
        "statement": parts[:900] + words,
        "comments": parts[:300] + words + code[:60],
        "actions": parts[:600] + words,
        "python": code,
        "run": parts[600:1100] + code[:60] + words,
        "fix": parts[900:] + words,
        "stored": stored,
    }


class Mutator:
    """Changes inputs the way that breaks readers of SQL; ``random`` decides."""

    def __init__(self, others: Sequence[bytes], chance: random.Random) -> None:
        self.others = others
        self.random = chance

    def mutated(self, data: bytes) -> bytes:
        """Return ``data`` with one to five changes."""
        out = bytearray(data)
        for _ in range(self.random.choice((1, 1, 1, 2, 3, 5))):
            self._change(out)
        if self.random.random() < 0.02:
            encoding = self.random.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32"))
            out[1:] = bytes(out[1:]).decode("utf-8", "replace").encode(encoding)
        return bytes(out)

    def _change(self, out: bytearray) -> None:
        chance = self.random
        at, to = sorted((chance.randint(1, max(1, len(out))), chance.randint(1, max(1, len(out)))))
        to = min(to, at + chance.choice((1, 4, 30, 1 << 16)))
        kind = chance.randrange(10)
        if kind == 0:
            out[at:to] = b""
        elif kind == 1 and self.others:
            other = chance.choice(self.others)
            first = chance.randrange(max(1, len(other)))
            out[at:at] = other[first : first + chance.choice((5, 40, 400))]
        elif kind == 2:
            out[at:at] = out[at:to][:400]
        elif kind == 3:
            self._swap(out)
        elif kind == 4:
            times = chance.choice((2, 5, 30, 200, 3000))
            out[at:at] = (chance.choice((*MARKS, *WORDS)) + chance.choice((b"", b" ", b"a"))) * times
        elif kind == 5 and at < len(out):
            out[at] = chance.randrange(256)
        elif kind == 6 and at < len(out):
            del out[at:]
        elif kind == 7:
            out[at:at] = b" " + chance.choice(WORDS) + b" "
        else:
            out[at:at] = chance.choice(MARKS)

    def _swap(self, out: bytearray) -> None:
        words = list(_WORD.finditer(bytes(out), 1))[:500]
        if words:
            old, new = self.random.choice(words), self.random.choice(words)[0]
            out[old.start() : old.end()] = new if self.random.random() < 0.6 else self.random.choice(WORDS)
