"""A lint run over three small files that every format is tested on: their text, and what was found in it."""

from __future__ import annotations

from perftool.model.diagnostic import Diagnostic, Fix, Severity, Span, TextEdit
from perftool.model.lint import LintedFile, LintPayload, RuleCount, RuleTime, SkippedFile
from perftool.sql.positions import Places
from perftool.workers.metrics import Metrics, measurements

SOURCES = {
    "app/reports.sql": (
        b"\xef\xbb\xbfSELECT o.id, o.total\n  FROM orders o\n WHERE o.seen_at = NULL\n"
        b"   AND o.customer LIKE '%m\xc3\xbcller%';\n"
    ),
    "etl/Gr\u00f6\u00dfe \u6f22\u5b57.sql": (
        "SELECT '\u6f22\u5b57\u6f22\u5b57' AS name,\r\n\tcount(*) OVER () AS n,"
        "\t(SELECT max(x)\r\n\t\tFROM t) AS top\r\n"
        "FROM big;\r\nSELEC 1;\r\n"
    ).encode(),
    "migrations/0042_orders.sql": (
        b"-- find orders by customer\n\nCREATE INDEX orders_customer ON orders (customer_id);\n"
        b"CREATE INDEX orders_day ON orders (day);\n"
    ),
}


def quote(path: str, start: int, end: int) -> str | None:
    """Return the lines of a span, as the port of the render options does."""
    data = SOURCES.get(path)
    if data is None:
        return None
    first = max(data.rfind(b"\n", 0, start) + 1, 3 if data.startswith(b"\xef\xbb\xbf") else 0)
    last = data.find(b"\n", max(start, end - 1))
    return data[first : len(data) if last < 0 else last + 1].decode()


def span(path: str, text: str) -> Span:
    """Return where ``text`` first stands in a file."""
    data = SOURCES[path]
    start = data.index(text.encode())
    end = start + len(text.encode())
    places = Places(data)
    first, last = places.find(start), places.find(end)
    return Span(path=path, start=start, end=end, line=first.line, column=first.column, end_line=last.line,
                end_column=last.column)  # fmt: skip


def _found(code: str, name: str, severity: Severity, path: str, text: str, message: str, help_: str | None = None,
           edit: tuple[str, str] | None = None, *, safe: bool = True, ordinal: int = 0) -> Diagnostic:  # fmt: skip
    fix = None
    if edit is not None:
        old = span(path, edit[0])
        fix = Fix(edits=(TextEdit(start=old.start, end=old.end, text=edit[1]),), safe=safe)
    return Diagnostic(code=code, name=name, severity=severity, message=message, span=span(path, text), help=help_,
                      fix=fix, key=f"{code}:8f14e45fceea167a:{ordinal}")  # fmt: skip


_REPORTS, _ETL, _MIGRATION = SOURCES

DIAGNOSTICS = (
    _found("COR001", "null-comparison", "error", _REPORTS, "o.seen_at = NULL",
           "is never true: the query returns no rows", "o.seen_at IS NULL", ("= NULL", "IS NULL")),
    _found("PER003", "leading-wildcard-like", "warning", _REPORTS, "'%m\u00fcller%'",
           "no index on orders.customer helps a pattern that begins with a wildcard", "a trigram or full-text index"),
    _found("PER009", "window-without-partition", "info", _ETL, "count(*) OVER ()",
           "sorts and keeps all rows of big in one place"),
    _found("PER012", "scalar-subquery", "warning", _ETL, "(SELECT max(x)\r\n\t\tFROM t)",
           "runs once for each row of big", "CROSS JOIN (SELECT max(x) AS top FROM t)\nas one more table",
           ("max(x)", "MAX(x)"), safe=False),
    _found("PT000", "not-parsed", "error", _ETL, "SELEC 1", "cannot be parsed: expected a statement"),
    _found("MIG001", "blocking-index-build", "warning", _MIGRATION, "CREATE INDEX orders_customer",
           "blocks every write to orders until the index is built",
           "CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);"),
    _found("MIG001", "blocking-index-build", "warning", _MIGRATION, "CREATE INDEX orders_day",
           "blocks every write to orders until the index is built",
           "CREATE INDEX CONCURRENTLY orders_day ON orders (day);", ordinal=1),
)  # fmt: skip

PAYLOAD = LintPayload(
    files=823, size=3_411_204, statements=2416, distinct=2361, repeated=55, kept=12, not_parsed=1, opaque=31,
    suppressed=4, known=2, errors=2, warnings=4, infos=1, fixable=1, files_with_findings=3,
    dialects={"postgres": 811, "duckdb": 11, "": 1},
    rules=(
        RuleCount(code="COR001", name="null-comparison", severity="error", count=1, fixable=1),
        RuleCount(code="MIG001", name="blocking-index-build", severity="warning", count=2),
        RuleCount(code="PER003", name="leading-wildcard-like", severity="warning", count=1),
        RuleCount(code="PER009", name="window-without-partition", severity="info", count=1),
        RuleCount(code="PER012", name="scalar-subquery", severity="warning", count=1),
        RuleCount(code="PER040", name="select-star", severity="warning", count=0),
        RuleCount(code="PT000", name="not-parsed", severity="error", count=1),
    ),
    times=(
        RuleTime(code="PER003", name="leading-wildcard-like", seconds=0.0123, calls=1204, findings=1),
        RuleTime(code="PER012", name="scalar-subquery", seconds=0.0102, calls=60, findings=1),
        RuleTime(code="PER040", name="select-star", seconds=0.0031, calls=2361, findings=0),
        RuleTime(code="COR001", name="null-comparison", seconds=0.0021, calls=4123, findings=1),
        RuleTime(code="PER009", name="window-without-partition", seconds=0.0007, calls=12, findings=1),
        RuleTime(code="MIG001", name="blocking-index-build", seconds=0.0004, calls=2, findings=2),
        RuleTime(code="MIG014", name="table-rewrite", seconds=0.0, calls=0, findings=0),
    ),
    skipped=(
        SkippedFile(path="etl/dump.sql", reason="permission denied"),
        SkippedFile(path="etl/pipe.sql", reason="not a file, or a link to nothing"),
    ),
    details=(
        LintedFile(path=_REPORTS, dialect="postgres", reason="the configuration says so", sets=("oltp",), statements=1),
        LintedFile(path=_ETL, dialect="duckdb", reason="QUALIFY in 3 statements", sets=("warehouse",), statements=2),
        LintedFile(path=_MIGRATION, dialect="postgres", reason="CONCURRENTLY nearby", sets=("migration", "oltp"),
                   statements=2),
    ),
)  # fmt: skip

CREW = measurements(
    Metrics(workers=2, items=823, payload_bytes=3_500_000, wall_s=0.7, wait_s=9.0, busy_s=(0.6, 0.5), queue_max=41),
    "lint",
)
