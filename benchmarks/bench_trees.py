"""Trees that are taken apart beside trees that are left to the garbage collector."""

from __future__ import annotations

from perftool.sql.parsing import Engine
from perftool.sql.releasing import release

QUERY = (
    "WITH recent AS (SELECT id, user_id FROM orders WHERE placed > '2026-06-01') "
    "SELECT r.user_id, COUNT(*) AS n FROM recent r LEFT JOIN users u ON u.id = r.user_id "
    "WHERE u.kind = 2 OR lower(u.name) LIKE '%x' GROUP BY r.user_id ORDER BY n DESC LIMIT 10"
)
ENGINE = Engine("postgres")


def bench_parse_and_release() -> None:
    release(ENGINE.parse(QUERY))


def bench_parse_and_leave_to_the_collector() -> None:
    ENGINE.parse(QUERY)
