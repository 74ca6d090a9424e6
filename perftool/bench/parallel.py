"""Parse generated statements in one or several worker processes: the operations of the suite ``workers``.

The statements are all different, so that nothing can be kept from one to the next. An operation is the whole set
through workers that are warm already: starting them is not part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from perftool.workers.local import LocalExecutor

WARM_UP: Final = "SELECT a, COUNT(*) FROM t AS x JOIN u ON x.id = u.id WHERE a IN (1, 2) GROUP BY a ORDER BY 1"

_SHAPES: Final = (
    "SELECT c{n}, name_{n} FROM customers AS c WHERE c.region_{k} = '{n}' AND c.score > {k} ORDER BY c{n} LIMIT {k}",
    "SELECT o.id, SUM(l.price * (1 - l.discount_{n})) AS total FROM orders AS o JOIN lines_{k} AS l ON l.order_id = "
    "o.id WHERE o.placed_at >= '2024-01-{day:02d}' GROUP BY o.id HAVING SUM(l.price) > {n} ORDER BY total DESC",
    "WITH recent_{n} AS (SELECT id, owner FROM jobs WHERE state = 'done' AND tries < {k}), ranked AS (SELECT r.*, "
    "ROW_NUMBER() OVER (PARTITION BY owner ORDER BY id) AS place FROM recent_{n} AS r) "
    "SELECT owner, place FROM ranked WHERE place <= {k}",
    "INSERT INTO events_{k} (id, kind, body) VALUES ({n}, 'opened', 'x{n}'), ({n}1, 'closed', 'y{n}')",
    "UPDATE stock SET amount = amount - {k}, changed_by = 'u{n}' WHERE item_id = {n} AND amount >= {k}",
)  # fmt: skip


def statements(count: int) -> Iterator[str]:
    """Yield ``count`` statements of five shapes, no two alike, the same every time."""
    for n in range(count):
        yield _SHAPES[n % len(_SHAPES)].format(n=n, k=n % 7 + 1, day=n % 28 + 1)


def prepare(dialect: str) -> None:
    """Import and warm a parser before there are workers."""
    from perftool.sql.parsing import Engine

    Engine(dialect).parse(WARM_UP)


def parsing(dialect: str) -> Callable[[bytes], bytes]:
    """Return the work of a worker: parse a statement, answer with one byte."""
    from perftool.sql.parsing import Engine

    engine = Engine(dialect)

    def work(item: bytes) -> bytes:
        return b"%d" % len(engine.parse(item.decode()))

    return work


def start_workers(workers: int, dialect: str) -> dict[str, Any]:
    """Return the workers that an operation takes."""
    from perftool.workers.api import Job
    from perftool.workers.local import LocalExecutor

    return {"executor": LocalExecutor(Job("perftool.bench.parallel:parsing", dialect), workers=workers)}


def parse_all(workers: int, count: int, dialect: str, executor: LocalExecutor) -> Callable[[], int]:
    """Return the operation that parses ``count`` statements in the workers of ``executor`` and counts them.

    The workers, ``workers`` at most, are warm when this returns.
    raises: InputError when a statement does not parse.
    """
    from perftool.errors import InputError
    from perftool.workers.api import Item

    del workers  # the number is the executor's; the harness gives every argument to both
    items = [Item(number, text.encode()) for number, text in enumerate(statements(count))]

    def operation() -> int:
        return sum(outcome.result == b"1" for outcome in executor.run(items))

    if operation() != count:
        raise InputError(f"not every generated statement parses as {dialect or 'generic SQL'}")
    return operation


def end_workers(executor: LocalExecutor) -> None:
    """End the workers."""
    executor.close()
