"""The hot paths of ``perftool lint``: apart from the others, which older revisions have too."""

from __future__ import annotations

from perftool.lint import catalog
from perftool.lint.analysis import Analyser
from perftool.lint.reading.templates import neutralise
from perftool.sql import ddl

QUERIES = (
    "SELECT u.id, COUNT(o.id) AS orders FROM users u JOIN orders o ON u.id = o.user_id "
    "WHERE o.created_at > '2026-01-01' GROUP BY u.id HAVING SUM(o.total) > 100 ORDER BY orders DESC LIMIT 10",
    "WITH recent AS (SELECT id, user_id FROM orders WHERE placed > '2026-06-01') "
    "SELECT r.user_id, COUNT(*) FROM recent r LEFT JOIN users u ON u.id = r.user_id "
    "WHERE u.kind = 2 OR lower(u.name) LIKE '%x' GROUP BY r.user_id",
    "UPDATE orders SET state = 'done' WHERE id IN (SELECT order_id FROM deliveries WHERE at < now())",
)
DEFINITIONS = (
    "CREATE TABLE orders (id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id), "
    "total numeric(10, 2) DEFAULT 0, placed timestamptz DEFAULT now(), UNIQUE (user_id, placed))",
    "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id), ADD COLUMN note text",
    "CREATE INDEX orders_user ON orders (user_id, placed DESC) WHERE total > 0",
)
MODEL = b"""{{ config(materialized='table') }}
select a, {{ cents('b') }} from {{ ref('orders') }}
{% if x %} where c {% endif %}
"""
MODELS = MODEL * 20
ANALYSER = Analyser("postgres", list(catalog.rules().values()))


def bench_analyse_queries() -> None:
    for text in QUERIES:
        ANALYSER.analyse(text)


def bench_analyse_definitions() -> None:
    for text in DEFINITIONS:
        ANALYSER.analyse(text)


def bench_read_actions() -> None:
    for text, kind in zip(DEFINITIONS, ("CREATE TABLE", "ALTER TABLE", "CREATE INDEX"), strict=True):
        ddl.read(text, kind, "postgres")


def bench_neutralise() -> None:
    neutralise(MODELS, "postgres")
