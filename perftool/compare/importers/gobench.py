"""Read Go benchmark text.

source: golang.org/design/14313-benchmark-format and the reader of golang.org/x/perf/benchfmt (behaviour)
"""

from __future__ import annotations

import math
import re
import sys
from array import array
from typing import TYPE_CHECKING, BinaryIO, Final

from perftool.compare.api import Config, Imported, Importer, ReadOptions, Series, SyntaxMessage, UnitDeclaration
from perftool.compare.lines import LineTooLongError, batches
from perftool.compare.numbers import INVALID, parse_count, parse_float
from perftool.compare.plan import Plan, share_constants
from perftool.errors import InputError
from perftool.model.verdict import ReportWarning
from perftool.units.unit import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable

_PREFIX: Final = b"Benchmark"
_BOM: Final = b"\xef\xbb\xbf"
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
# White space of Go's unicode.IsSpace: Python's own set has U+001C to U+001F too.
_SPACE: Final = re.compile("[\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_CONFIG: Final = re.compile(rb"([a-z][^:A-Z\t\n\v\f\r ]*):(?:[ \t]+(.*))?", re.DOTALL)


class _Reader:
    def __init__(self, name: str, options: ReadOptions) -> None:
        self.name = name
        self.options = options
        self.config: dict[str, str] = {}
        self.frozen_config: Config = ()
        self.series: dict[tuple[Config, str, str, bool], Series] = {}
        self.plans: dict[bytes, Plan] = {}
        self.plans_by_config: dict[Config, dict[bytes, Plan]] = {(): self.plans}
        self.events: list[SyntaxMessage | UnitDeclaration] = []
        self.units: dict[tuple[bytes, ...], list[bytes]] = {}
        self.infinities = 0

    def imported(self) -> Imported:
        known: dict[tuple[bytes, int], array[float]] = {}
        for plans in self.plans_by_config.values():
            for plan in plans.values():
                plan.flush()
                share_constants(plan.series, known)
        _wall_time_informs(self.series.values())
        warnings = []
        if self.infinities:
            message = f"{self.infinities} infinite values were left out"
            warnings.append(ReportWarning(code="infinite-values", message=message, subject=self.name))
        kept = tuple(series for series in self.series.values() if series.values)
        return Imported(self.name, "gobench", kept, tuple(self.events), warnings=tuple(warnings))

    def read(self, stream: BinaryIO) -> None:
        number = 0
        first = True
        as_benchstat = self.options.as_benchstat
        for lines in batches(stream, self.name):
            if first:
                first = False
                self.check_start(lines)
            for line in lines:
                number += 1
                if line[:9] == _PREFIX:
                    fields = line.split()
                    # The whole of a usual line in as few steps as possible; anything odd goes the slow way.
                    plan = self.plans.get(fields[0])
                    if plan is not None and len(fields) == plan.length and fields[3::2] == plan.units:
                        try:
                            values = list(map(float, fields[2::2]))
                        except ValueError:
                            values = [math.nan]
                        if (
                            fields[1].isdigit()
                            and len(fields[1]) < 19
                            and math.isfinite(sum(values))
                            and not (as_benchstat and 0.0 in values)
                        ):
                            plan.pending.fromlist(values)
                            continue
                    self.result(number, line)
                elif line:
                    self.other(number, line)

    def check_start(self, lines: list[bytes]) -> None:
        if self.options.as_benchstat:
            return
        if lines[0].startswith(_UTF16) or _every_other_is_nul(lines[0]):
            raise InputError(
                f"{self.name}: the text is UTF-16, benchmark text is UTF-8",
                hint="PowerShell's > writes UTF-16: use | Out-File -Encoding utf8",
            )
        lines[0] = lines[0].removeprefix(_BOM)

    def find(self, config: Config, name: str, written: str, *, tidied: bool) -> Series:
        key = (config, name, written, tidied)
        series = self.series.get(key)
        if series is None:
            name, written = sys.intern(name), sys.intern(written)
            unit = tidy(written)[0] if tidied else written
            series = self.series[config, name, written, tidied] = Series(config, name, unit, written)
        return series

    def result(self, number: int, line: bytes) -> None:
        """Read a line that begins with ``Benchmark``, whatever is wrong with it."""
        try:
            parsed = _parse_result(line)
        except ValueError as error:
            self.events.append(SyntaxMessage(number, str(error)))
            return
        if parsed is None:
            return
        name, pairs = parsed
        plan = self.plans.get(_PREFIX + name.encode())
        if plan is not None:
            plan.flush()
        usual = True
        found: list[Series] = []
        factors: list[float] = []
        for value, written in pairs:
            factor = tidy(written)[1]
            scaled = value * factor
            unchanged = scaled == value and factor != 1.0
            if math.isinf(value) and not self.options.as_benchstat:
                self.infinities += 1
                usual = False
                continue
            # What scaling does not change has a table of its own in benchstat; elsewhere 0 ns/op are 0 sec/op.
            tidied = not (unchanged and self.options.as_benchstat)
            series = self.find(self.frozen_config, name, written, tidied=tidied)
            series.values.append(scaled)
            usual = usual and tidied
            found.append(series)
            factors.append(factor)
        # A unit given twice has its values in turn, which a plan would sort.
        if usual and line.isascii() and len(set(map(id, found))) == len(found):
            fields = line.split()
            units = self.units.setdefault(tuple(fields[3::2]), fields[3::2])
            self.plans[fields[0]] = Plan(units, tuple(found), tuple(factors), len(fields), array("d"))

    def other(self, number: int, line: bytes) -> None:
        """Read a unit or configuration line; any other is no concern of ours."""
        line = line.removesuffix(b"\r")
        if line[:4] == b"Unit":
            fields = _split(line)
            if fields[0] == "Unit":
                self.unit_line(number, fields[1:])
                return
        first = line[:1]
        if not (b"a" <= first <= b"z" or first >= b"\x80") or b":" not in line:
            return
        pair = _parse_config(line)
        if pair is None:
            return
        key, value = pair
        if value:
            if self.config.get(key) == value:
                return
            self.config[key] = value
        elif key in self.config:
            self.delete(key)
        else:
            return
        self.frozen_config = tuple(self.config.items())
        self.plans = self.plans_by_config.setdefault(self.frozen_config, {})

    def delete(self, key: str) -> None:
        """Drop ``key``; as in the reference the last key moves into the freed place."""
        items = list(self.config.items())
        place = [name for name, _ in items].index(key)
        last = items.pop()
        if place < len(items):
            items[place] = last
        self.config = dict(items)

    def unit_line(self, number: int, fields: list[str]) -> None:
        if not fields:
            self.events.append(SyntaxMessage(number, "missing unit"))
            return
        written = fields[0]
        for field in fields[1:]:
            key, equals, value = field.partition("=")
            if key and equals:
                self.events.append(UnitDeclaration(number, tidy(written)[0], written, key, value))
            else:
                self.events.append(SyntaxMessage(number, "expected key=value"))


def _every_other_is_nul(line: bytes) -> bool:
    """Tell whether ``line`` looks like ASCII in UTF-16 without a byte order mark."""
    even, odd = set(line[:40:2]), set(line[1:40:2])
    return len(line) > 3 and (even == {0}) != (odd == {0})


def _split(line: bytes) -> list[str]:
    """Return the fields of ``line``; the first is empty when the line begins with white space."""
    fields = _SPACE.split(line.decode("utf-8", "replace"))
    if len(fields) > 1 and not fields[-1]:
        fields.pop()
    return fields


def _parse_result(line: bytes) -> tuple[str, list[tuple[float, str]]] | None:
    """Return name and (value, unit) pairs, None for a bare name as ``go test -v`` prints it.

    raises: ValueError with the reference's message.
    """
    text = line.removesuffix(b"\r").decode("utf-8", "replace")[len(_PREFIX) :]
    fields = _SPACE.split(text)
    name, fields = fields[0], fields[1:]
    if not fields:
        return None
    if not fields[-1]:
        fields.pop()
    if not fields:
        raise ValueError("missing iteration count")
    try:
        parse_count(fields[0].encode())
    except ValueError as error:
        raise ValueError(f"parsing iteration count: {error}") from None
    if len(fields) == 1:
        raise ValueError("missing measurements")
    pairs: list[tuple[float, str]] = []
    for place in range(1, len(fields), 2):
        try:
            value = parse_float(fields[place].encode())
            if math.isnan(value):
                raise ValueError(INVALID)
        except ValueError as error:
            raise ValueError(f"parsing measurement: {error}") from None
        if place + 1 == len(fields):
            raise ValueError("missing units")
        pairs.append((value, fields[place + 1]))
    return name, pairs


def _parse_config(line: bytes) -> tuple[str, str] | None:
    """Return key and value of a configuration line; the value is empty where the key is deleted."""
    if line.isascii():
        match = _CONFIG.fullmatch(line)
        if not match:
            return None
        return match[1].decode(), (match[2] or b"").decode()
    import unicodedata

    text = line.decode("utf-8", "replace")
    end = text.find(":", 1)
    key, rest = text[:end], text[end + 1 :]
    if end < 0 or unicodedata.category(key[0]) != "Ll":
        return None
    if _SPACE.search(key) or any(unicodedata.category(character) == "Lu" for character in key):
        return None
    value = rest.lstrip(" \t")
    return (key, value) if not rest or len(value) < len(rest) else None


def _wall_time_informs(series: Iterable[Series]) -> None:
    """Let wall time inform only where a benchmark gives its CPU time too, as perftool's own reports do."""
    by_unit: dict[str, list[Series]] = {"sec/op": [], "cpu-sec/op": []}
    for one in series:
        if one.unit in by_unit:
            by_unit[one.unit].append(one)
    with_cpu = {(one.config, one.name) for one in by_unit["cpu-sec/op"]}
    for one in by_unit["sec/op"] if with_cpu else ():
        if (one.config, one.name) in with_cpu:
            one.gates = False


def _detects(head: bytes) -> bool:
    """Tell whether ``head`` has a line of results."""
    return head.removeprefix(_BOM).startswith(_PREFIX) or b"\n" + _PREFIX in head


def _read(stream: BinaryIO, name: str, options: ReadOptions) -> Imported:
    reader = _Reader(name, options)
    try:
        reader.read(stream)
    except LineTooLongError as error:
        error.before = reader.imported()
        raise
    return reader.imported()


IMPORTER = Importer("gobench", detects=_detects, read=_read, fallback=True)
