"""Parse statements: many small functions, deep stacks, many objects."""

import sys

import sqlglot
from measured import measured

STATEMENTS = (
    "SELECT a, b FROM t WHERE a = 1",
    "WITH x AS (SELECT a, SUM(b) OVER (PARTITION BY c ORDER BY d) AS s FROM t JOIN u ON t.id = u.id WHERE a > 1 AND b"
    " IN (1, 2, 3)) SELECT * FROM x LEFT JOIN y USING (k) GROUP BY 1, 2 HAVING COUNT(*) > 3 ORDER BY s LIMIT 10",
    "INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')",
    "SELECT CASE WHEN a THEN b ELSE c END, COALESCE(x, y, 0) FROM t AS q WHERE EXISTS (SELECT 1 FROM z WHERE i = q.i)",
)


def work(rounds):
    """Parse every statement so many times."""
    for _ in range(rounds):
        for statement in STATEMENTS:
            sqlglot.parse_one(statement, read="postgres")


work(5)
measured(work, int(sys.argv[1]))
