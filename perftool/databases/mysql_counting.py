"""What a statement of MariaDB or MySQL costs in counts that do not depend on time, and its plan as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from perftool.databases.api import Column, Row

#: Sums of counters of the session, which both systems keep; they count calls of storage engines.
COUNTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "handler-reads/op": (
        *("Handler_read_first", "Handler_read_key", "Handler_read_last", "Handler_read_next", "Handler_read_prev"),
        *("Handler_read_rnd", "Handler_read_rnd_next"),
    ),
    "handler-writes/op": ("Handler_write", "Handler_update", "Handler_delete", "Handler_tmp_write"),
    "temp-tables/op": ("Created_tmp_tables",),
    "sorted-rows/op": ("Sort_rows",),
}
#: MariaDB 10.11 and later tell it in ANALYZE FORMAT=JSON.
PAGES: Final = "pages/op"
UNITS: Final = (PAGES, *COUNTERS)


def counted(status: Mapping[str, int]) -> dict[str, float]:
    """Return sums by unit of the counters of a session."""
    return {unit: float(sum(status.get(name, 0) for name in names)) for unit, names in COUNTERS.items()}


def pages(tree: Any) -> float | None:
    """Return the pages that all tables of an ANALYZE asked the storage engine for, None where it does not say."""
    told = [engine["pages_accessed"] for engine in _engines(tree) if "pages_accessed" in engine]
    return float(sum(told)) if told else None


def _engines(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key == "r_engine_stats":
                yield value
            else:
                yield from _engines(value)
    elif isinstance(tree, list):
        for part in tree:
            yield from _engines(part)


def table(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Return rows as text in columns, which is how a plan reads best."""
    lines = [[column.name for column in columns], *(["" if v is None else str(v) for v in row] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join("  ".join(v.ljust(w) for v, w in zip(line, widths, strict=True)).rstrip() for line in lines)
