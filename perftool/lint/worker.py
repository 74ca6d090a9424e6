"""What a worker process does for ``perftool lint``: analyse one statement after the other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from perftool.lint import catalog
from perftool.lint.analysis import Analyser
from perftool.lint.records import StatementRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SPEAKS: Final = 1
ERROR: Final = 2
OPAQUE: Final = 4
DEFINES: Final = 8

_WARMING: Final = (
    "SELECT a.x, count(*) AS n FROM t AS a LEFT JOIN u ON a.id = u.id WHERE a.y IN (1, 2) GROUP BY a.x ORDER BY n",
    "WITH c AS (SELECT 1 AS a) INSERT INTO t (a) SELECT a FROM c",
    "CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(20) NOT NULL)",
)


class Work(msgspec.Struct, frozen=True, array_like=True):
    """One statement to be analysed, as it goes to a worker."""

    dialect: str
    text: str
    fault: str = ""
    replaced: tuple[tuple[int, int], ...] = ()
    unit: int = 1


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Work).decode


def encode_work(work: Work) -> bytes:
    """Return ``work`` as bytes; lone surrogates, which stand for bytes that are no UTF-8, pass through."""
    try:
        return _encode(work)
    except UnicodeEncodeError:
        # They are rare, and a question mark keeps every offset in characters where it is.
        return _encode(msgspec.structs.replace(work, text=work.text.encode("utf-8", "replace").decode()))


def settings(
    rules: Sequence[str],
    options: Mapping[str, int],
    plugins: Sequence[str],
    dialects: Sequence[str],
    *,
    timing: bool = False,
) -> Any:
    """Return what ``make`` needs to know, in a form that can be sent to a process."""
    return {
        "rules": list(rules),
        "options": dict(options),
        "plugins": list(plugins),
        "dialects": list(dialects),
        "timing": timing,
    }


class Worker:
    """Analysers of all dialects met so far, with one set of rules."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        known = catalog.known(given["plugins"])
        self._rules = [known[code] for code in given["rules"]]
        self._options = given["options"]
        self._analysers: dict[str, Analyser] = {}
        self._timer = time.perf_counter if given["timing"] else None

    def analyser(self, dialect: str) -> Analyser:
        """Return the analyser of a dialect."""
        found = self._analysers.get(dialect)
        if found is None:
            found = Analyser(dialect, self._rules, self._options, timer=self._timer)
            self._analysers[dialect] = found
        return found

    def stats(self) -> dict[str, float]:
        """Return the seconds that each rule took so far, as ``rule CODE``, where they are measured."""
        total: dict[str, float] = {}
        for analyser in self._analysers.values():
            for code, seconds in analyser.seconds.items():
                total[f"rule {code}"] = total.get(f"rule {code}", 0.0) + seconds
        return total

    def __call__(self, payload: bytes) -> bytes:
        """Return flags in one byte and the encoded record of the statement in ``payload``."""
        work = _decode(payload)
        record = self.analyser(work.dialect).analyse(
            work.text, fault=work.fault, replaced=work.replaced, unit=work.unit
        )
        return encoded(record)


def encoded(record: StatementRecord) -> bytes:
    """Return flags in one byte (SPEAKS, ERROR, OPAQUE, DEFINES) and the encoded record."""
    flags = SPEAKS * record.speaks | ERROR * bool(record.error) | OPAQUE * record.opaque | DEFINES * record.defines
    return bytes((flags,)) + _encode(record)


def make(given: Any) -> Callable[[bytes], bytes]:
    """Return the function that a worker applies to each statement."""
    return _warm(given)


def prepare(given: Any) -> None:
    """Load rules and parsers and use them once, so that workers start with them."""
    _warm(given)


_kept: dict[bytes, Worker] = {}


def _warm(given: Any) -> Worker:
    key = _encode(given)
    worker = _kept.get(key)
    if worker is None:
        worker = _kept[key] = Worker(given)
        for dialect in given["dialects"]:
            for text in _WARMING:
                worker.analyser(dialect).analyse(text)
    return worker
