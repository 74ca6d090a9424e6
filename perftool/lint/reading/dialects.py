"""Tell which dialect a file is written in: by the words in it, by its path, by what its project says."""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from perftool.sql.dialects import label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Detected(NamedTuple):
    """A dialect (a canonical name, "" where nothing tells) and what told it, in one clause."""

    dialect: str
    reason: str


LOOKED_AT: Final = 64 << 10
UNKNOWN: Final = Detected("", "nothing tells; the generic dialect")

_ENOUGH: Final = 3
_LEAD: Final = 1
_PATH_WEIGHT: Final = 6
_SHOWN: Final = 3
_LONGEST: Final = 40
_CLEAR: Final = 8
_HEADER: Final = 1024
# Lower case for letters, blanks for all that is no part of a word: one pass in C.
_WORDS: Final = bytes(
    byte + 32 if 0x41 <= byte <= 0x5A else byte if byte == 0x5F or (chr(byte).isalnum() and byte < 0x80) else 0x20
    for byte in range(256)
)
_LINE: Final = rb"--[^\r\n]*+"
_BLOCK: Final = rb"/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
# A search for a few letters is several times as fast as one for either of two patterns, and one for a single byte,
# given as a number, a hundred times as fast as one for two.
_DASH: Final = ord("-")
_STAR: Final = ord("*")
_COMMENTS: Final = {
    (True, False): re.compile(_LINE),
    (False, True): re.compile(_BLOCK),
    (True, True): re.compile(_LINE + b"|" + _BLOCK),
}
# A template that asks what it runs on holds the words of all of them.
_SEVERAL: Final = (b"target.type", b"adapter.dispatch")
_PATH_WORD: Final = re.compile(r"[a-z0-9]+")
# Words in the names of files and folders.
PATHS: Final[dict[str, str]] = {
    "alloydb": "postgres", "athena": "trino", "azuresql": "tsql", "bigquery": "bigquery", "bq": "bigquery",
    "clickhouse": "clickhouse", "cockroach": "postgres", "cockroachdb": "postgres", "databricks": "databricks",
    "deltalake": "databricks", "doris": "doris", "duckdb": "duckdb", "exasol": "exasol", "greenplum": "postgres",
    "hive": "hive", "hql": "hive", "mariadb": "mysql", "mssql": "tsql", "mysql": "mysql", "oracle": "oracle",
    "pg": "postgres", "pgsql": "postgres", "pkb": "oracle", "pks": "oracle", "plsql": "oracle", "postgres": "postgres",
    "postgresql": "postgres", "presto": "presto", "psql": "postgres", "redshift": "redshift",
    "singlestore": "singlestore", "snowflake": "snowflake", "spark": "spark", "sparksql": "spark",
    "sqlite": "sqlite", "sqlite3": "sqlite", "sqlserver": "tsql", "starrocks": "starrocks", "synapse": "tsql",
    "teradata": "teradata", "timescale": "postgres", "timescaledb": "postgres", "trino": "trino", "tsql": "tsql",
}  # fmt: skip


def detect(data: bytes, path: str, hint: str = "", hinted_by: str = "") -> Detected:
    """Return the dialect of the file ``data`` at ``path`` (with /), and why.

    ``hint`` is what the project says of itself (a canonical name), ``hinted_by`` where: it counts as much as the path
    does. Only the first 64 KiB are looked at. cost: one pass to make words, a set operation, a few searches where a
    word has two meanings.
    """
    scores: Counter[str] = Counter()
    evidence: dict[str, list[tuple[int, str]]] = {}

    def count(weights: Mapping[str, int], what: str) -> None:
        for dialect, weight in weights.items():
            scores[dialect] += weight
            if weight > 0:
                evidence.setdefault(dialect, []).append((weight, what))

    for dialect, what in _by_path(path):
        count({dialect: _PATH_WEIGHT}, what)
    if hint:
        count({hint: _PATH_WEIGHT}, hinted_by or "the project says so")
    head = data[:LOOKED_AT]
    several = b"{" in head and any(sign in head for sign in _SEVERAL)
    if not several:
        _by_text(head, count, lambda: _is_clear(scores))
    if not scores:
        return Detected("", "it is written for several databases; the generic dialect") if several else UNKNOWN
    (best, most), *others = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    second = others[0][1] if others else 0
    if most < _ENOUGH:
        return UNKNOWN
    if most - second < _LEAD:
        return Detected("", f"it could be {label(best)} or {label(others[0][0])}; the generic dialect")
    told = sorted(evidence[best], key=lambda one: -one[0])
    return Detected(best, ", ".join(dict.fromkeys(what for _, what in told[:_SHOWN])))


def _by_path(path: str) -> list[tuple[str, str]]:
    """Return the dialect that the nearest telling part of the path names, file name first."""
    folder, _, name = path.replace("\\", "/").lower().rpartition("/")
    named = _named(name)
    if not named and folder:
        named = _above(folder)
    return [(dialect, f"{word!r} in its path") for dialect, word in named.items()] if len(named) == 1 else []


@functools.lru_cache(maxsize=256)
def _above(folder: str) -> dict[str, str]:
    """Return the dialects that the nearest telling part of a folder's path names, and the words that do."""
    return next((named for named in map(_named, reversed(folder.split("/"))) if named), {})


def _named(part: str) -> dict[str, str]:
    """Return the dialects that a part of a path names, and the words that do."""
    words = _PATH_WORD.findall(part)
    if len(words) > 1:
        words.append("".join(words))
    return {PATHS[word]: word for word in words if word in PATHS}


def _by_text(head: bytes, count: Callable[[Mapping[str, int], str], None], decided: Callable[[], bool]) -> None:
    """Count what the text says; words with two meanings only if those with one leave a doubt."""
    from perftool.lint.reading.marks import ALONE, CASED, DUMPS, PLACED, RARE, SIGNS, TELLING

    start = head[:_HEADER]
    for sign, dialect in DUMPS.items():
        if sign in start:
            count({dialect: _PATH_WEIGHT}, sign.decode("ascii"))
    # A comment may speak of any database.
    comments = _COMMENTS.get((_DASH in head and b"--" in head, _STAR in head and b"/*" in head))
    text = head if comments is None else comments.sub(b" ", head)
    lowered = b"\n" + text.lower()
    words = TELLING.intersection(lowered.translate(_WORDS).split())
    for word in sorted(ALONE.keys() & words):
        count(ALONE[word], word.decode("ascii"))
    if decided():
        return
    rare = {byte for byte in RARE if byte in text}
    for sign, name, mark in SIGNS:
        if not rare.isdisjoint(sign) and sign in text and (mark.pattern is None or mark.pattern.search(text)):
            count(mark.weights, name)
    for marks, written in ((CASED, text), (PLACED, lowered)):
        for word in sorted(marks.keys() & words):
            for mark in marks[word]:
                found = mark.pattern.search(written) if mark.pattern is not None else None
                if found:
                    count(mark.weights, " ".join(found[0].decode("utf-8", "replace").split())[:_LONGEST])


def _is_clear(scores: Counter[str]) -> bool:
    """Say whether one dialect is so far ahead that nothing could change it."""
    (_, most), *others = scores.most_common(2) or [("", 0)]
    return most >= _CLEAR and most - (others[0][1] if others else 0) >= _CLEAR
