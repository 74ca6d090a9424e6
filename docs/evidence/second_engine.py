"""Judge polyglot-sql beside sqlglot on the SQL files of folders: speed in turn, acceptance, worth as a screen.

Run: python docs/evidence/second_engine.py DIALECT FOLDER…
"""

from __future__ import annotations

import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perftool.batch.api import Settings
from perftool.batch.engines.polyglot import ENGINE as POLYGLOT
from perftool.batch.engines.sqlglot import ENGINE as SQLGLOT
from perftool.batch.operations.extract import OPERATION as EXTRACT
from perftool.errors import InputError
from perftool.lint import catalog
from perftool.lint.analysis import Analyser
from perftool.sql.files import find
from perftool.sql.source import Source
from perftool.sql.warm import settled_gc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from perftool.batch.api import Parser

write = partial(print, flush=True)
ROUNDS = 5
MOST = 6000


def statements(folder: Path, dialect: str) -> list[str]:
    """Return the distinct statements below ``folder``, evenly spread ones where there are more than 6,000."""
    found: dict[str, None] = {}
    for file in find([folder]):
        if not file.reason:
            for one in Source.of(file.path.read_bytes(), name=file.name).statements(dialect):
                if one.text and not one.fault and not one.damaged:
                    found[one.text] = None
    texts = list(found)
    return texts[:: -(-len(texts) // MOST)] if len(texts) > MOST else texts


def accepted(validate: Callable[[str], object], texts: Iterable[str]) -> list[bool]:
    """Return for each text whether it is taken."""
    taken = []
    for text in texts:
        try:
            validate(text)
        except InputError:
            taken.append(False)
        else:
            taken.append(True)
    return taken


def cpu(validate: Callable[[str], object], texts: list[str]) -> float:
    """Return the CPU seconds that one pass takes."""
    began = time.process_time()
    accepted(validate, texts)
    return time.process_time() - began


def judge(folder: Path, dialect: str) -> None:
    """Print what there is to say of one folder."""
    import polyglot_sql

    texts = statements(folder, dialect)
    size = sum(len(text.encode()) for text in texts)
    first: Parser = SQLGLOT.make(dialect)
    both: Parser = POLYGLOT.make(dialect)

    def alone(text: str) -> None:
        if not polyglot_sql.validate(text, dialect=dialect).valid:
            raise InputError("refused")

    ways: dict[str, Callable[[str], Any]] = {"sqlglot": first.validate, "polyglot": alone, "both": both.validate}
    taken = {name: accepted(validate, texts) for name, validate in ways.items()}
    times: dict[str, list[float]] = {name: [] for name in ways}
    with settled_gc():
        for number in range(ROUNDS):
            for name in list(ways) if number % 2 else reversed(list(ways)):
                times[name].append(cpu(ways[name], texts))
    median = {name: statistics.median(values) for name, values in times.items()}
    write(f"{folder.name}: {len(texts):,} statements, {size / 1e6:.1f} MB")
    for name in ways:
        write(f"  {name}: {size / 1e6 / median[name]:.1f} MB/s, accepts {sum(taken[name]) / len(texts):.2%}")
    ratios = [a / b for a, b in zip(times["sqlglot"], times["both"], strict=True)]
    write(f"  both {statistics.median(ratios):.2f} times sqlglot ({min(ratios):.2f} to {max(ratios):.2f})")
    pairs = list(zip(texts, taken["sqlglot"], taken["polyglot"], strict=True))
    only_first = [text for text, a, b in pairs if a and not b]
    only_second = [text for text, a, b in pairs if b and not a]
    write(f"  only sqlglot accepts {len(only_first)}, only polyglot {len(only_second)}")
    for text in only_second[:: max(1, len(only_second) // 12)]:
        write("   " + " ".join(text.split())[:110])
    extract(texts, first, dialect)
    screen(texts, dialect)


def extract(texts: list[str], parser: Parser, dialect: str) -> None:
    """Print how often both name the same tables."""
    import polyglot_sql

    operate = EXTRACT.make(Settings(operation="extract", dialect=dialect), parser)
    same = asked = 0
    for text in texts:
        try:
            mine = {name.rpartition(".")[2] for name in operate(text)["tables"]}
            theirs = {one.name for tree in polyglot_sql.parse(text, dialect=dialect) for one in tree.find_all("table")}
        except (InputError, polyglot_sql.PolyglotError):
            continue
        asked += 1
        same += mine == theirs
    write(f"  same tables in {same:,} of {asked:,} that both take")


def screen(texts: list[str], dialect: str) -> None:
    """Print what a screen could spare at most, and what it would cost.

    It may spare statements in which no rule looks at any node, and which tell nothing that rules on others depend on.
    """
    import polyglot_sql

    rules = list(catalog.rules().values())
    analyser, parser = Analyser(dialect, rules), SQLGLOT.make(dialect)
    wanted = {node for rule in rules if rule.dialects is None or dialect in rule.dialects for node in rule.nodes}
    unseen = silent = total = cost = 0.0
    for text in texts:
        try:
            trees = parser.trees(text)
        except InputError:
            continue
        took = min(cpu(parser.validate, [text]) for _ in range(3))
        total += took
        cost += min(cpu(partial(walked, polyglot_sql, dialect), [text]) for _ in range(3))
        if not any(node.__class__ in wanted for tree in trees for node in tree.walk()):
            unseen += took
            record = analyser.analyse(text)
            silent += took * (not record.actions and not record.filters)
    write(f"  parse time of statements without a node that rules look at: {unseen / total:.1%}")
    write(f"  … and without an action that others depend on: {silent / total:.1%}")
    write(f"  polyglot's parse and a walk over its nodes, of sqlglot's parse: {cost / total:.1%}")


def walked(engine: Any, dialect: str, text: str) -> None:
    """Parse and ask each node for its kind."""
    try:
        for tree in engine.parse(text, dialect=dialect):
            for node in tree.walk():
                _ = node.kind
    except engine.PolyglotError:
        return


if __name__ == "__main__":
    for name in sys.argv[2:]:
        judge(Path(name), sys.argv[1])
