"""What a worker process does for ``perftool lint``: analyse one statement after the other."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any, Final

from perftool.lint import catalog
from perftool.lint.analysis import Analyser
from perftool.lint.diagnosing import Diagnoser
from perftool.lint.filework import FileWorker
from perftool.lint.rulebook import Rulebook
from perftool.lint.stopwatch import Stopwatch
from perftool.lint.work import Stretch, Work, decode_work, encode
from perftool.sql.stack import grown_stack
from perftool.workers import pace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from perftool.lint.records import StatementRecord

_WARMING: Final = (
    "SELECT a.x, count(*) AS n FROM t AS a LEFT JOIN u ON a.id = u.id WHERE a.y IN (1, 2) GROUP BY a.x ORDER BY n",
    "WITH c AS (SELECT 1 AS a) INSERT INTO t (a) SELECT a FROM c",
    "CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(20) NOT NULL)",
)
# Trees are taken apart when they are done with; little is left to collect but what the parser threw away itself.
_THRESHOLD: Final = 50_000


def settings(
    rules: Sequence[str],
    options: Mapping[str, int],
    plugins: Sequence[str],
    dialects: Sequence[str],
    *,
    timing: bool = False,
    isolated: bool = False,
    book: Rulebook | None = None,
) -> Any:
    """Return what ``make`` needs to know, in a form that can be sent to a process.

    ``isolated``: it will work in processes of its own, so that a statement that ends one costs itself alone. With a
    ``book`` it judges files too, where it can without knowing the others.
    """
    judging = None if book is None else {"selected": sorted(book.selected), "severities": dict(book.severities)}
    if book is not None and judging is not None:
        judging["runner"] = dict(book.runner)
    return {
        "rules": list(rules),
        "options": dict(options),
        "plugins": list(plugins),
        "dialects": list(dialects),
        "timing": timing,
        "isolated": isolated,
        "judging": judging,
    }


class Worker:
    """Analysers of all dialects met so far, with one set of rules."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        known = catalog.known(given["plugins"])
        self._watch = Stopwatch() if given["timing"] else None
        rules = [known[code] for code in given["rules"]]
        self._rules = rules if self._watch is None else [self._watch.timed(rule) for rule in rules]
        self._options = given["options"]
        self._analysers: dict[str, Analyser] = {}
        self._stack = grown_stack() if given["isolated"] else 0
        judging = given["judging"]
        self._diagnoser = None
        if judging is not None:
            by_code = {rule.code: rule for rule in self._rules}
            self._diagnoser = Diagnoser(Rulebook(known, by_code, options=self._options, **judging))
        self._files = FileWorker(self.record, self._diagnoser)

    def analyser(self, dialect: str) -> Analyser:
        """Return the analyser of a dialect."""
        found = self._analysers.get(dialect)
        if found is None:
            found = Analyser(dialect, self._rules, self._options, stack=self._stack)
            self._analysers[dialect] = found
        return found

    def forget(self) -> None:
        """Let go of the statements seen so far and of the time that they took."""
        self._files = FileWorker(self.record, self._diagnoser)
        if self._watch is not None:
            self._watch.forget()

    def stats(self) -> dict[str, float]:
        """Return what each rule took, see ``stopwatch.times``; nothing where it is not timed."""
        return self._watch.counters() if self._watch is not None else {}

    def __call__(self, payload: bytes) -> bytes:
        """Return what came of the statement, the stretch of statements or the file in ``payload``.

        For a statement its encoded record, for a stretch those of its statements, for a file a ``FileResult``.
        raises: InputError when a file cannot be text.
        """
        work = decode_work(payload)
        if isinstance(work, Stretch):
            return encode([self._renewed(decode_work(one)) for one in work.statements])
        return encode(self.record(work) if isinstance(work, Work) else self._files(work))

    def _renewed(self, work: Work) -> bytes:
        """Return the record of one statement among others, encoded; it has as much time as one by itself."""
        pace.renew()
        return encode(self.record(work))

    def record(self, work: Work) -> StatementRecord:
        """Return what is known of one statement."""
        return self.analyser(work.dialect).analyse(work.text, fault=work.fault, replaced=work.replaced, unit=work.unit)


def make(given: Any) -> Callable[[bytes], bytes]:
    """Return the function that a worker applies to each statement or file."""
    worker = _warm(given)
    worker.forget()
    gc.set_threshold(_THRESHOLD, *gc.get_threshold()[1:])
    return worker


def prepare(given: Any) -> None:
    """Load rules and parsers and use them once, so that workers start with them."""
    _warm(given)


_kept: dict[bytes, Worker] = {}


def _warm(given: Any) -> Worker:
    key = encode(given)
    worker = _kept.get(key)
    if worker is None:
        worker = _kept[key] = Worker(given)
        for dialect in given["dialects"]:
            for text in _WARMING:
                worker.analyser(dialect).analyse(text)
    return worker
