"""Run a benchstat command line through perftool's own pipeline, as the tests of its formats need it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.compare.api import ReadOptions
from perftool.compare.comparator import compare
from perftool.compare.inputs import Input, parse, read
from perftool.compare.matcher import CompareQuery
from perftool.model.environment import Cpu, Environment, Memory, OperatingSystem, PythonBuild
from perftool.model.report import Payload, Report, Tool
from perftool.model.verdict import Verdict
from perftool.render.api import RenderOptions
from perftool.render.formats import benchstat, benchstat_csv

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = {"text": benchstat.FORMAT, "csv": benchstat_csv.FORMAT}


@dataclass(frozen=True)
class Printed:
    """What goes to standard output and to standard error."""

    out: str
    err: str


def report(payload: Payload) -> Report:
    """Put ``payload`` into a report from nowhere."""
    environment = Environment(
        label="test",
        os=OperatingSystem(name="linux", release="6", machine="x86_64"),
        cpu=Cpu(model="Example", cores_total=2, cores_usable=2),
        memory=Memory(total_bytes=1, available_bytes=1),
        python=PythonBuild(version="3.11.7", implementation="CPython", compiler="GCC"),
        packages={},
    )
    return Report(
        schema_version="1.0",
        tool=Tool(name="perftool", version="0"),
        created="2026-01-01T00:00:00Z",
        environment=environment,
        payload=payload,
        verdict=Verdict(outcome="pass", headline=""),
    )


def printed(payload: Payload, name: str) -> Printed:
    """Render ``payload`` in the format ``text`` or ``csv``."""
    chosen, whole, options = FORMATS[name], report(payload), RenderOptions()
    assert chosen.messages is not None
    out = chosen.render(whole, options)
    assert isinstance(out, str)
    return Printed(out, chosen.messages(whole, options))


def run(arguments: list[str], folder: Path, name: str) -> Printed:
    """Run ``arguments`` of benchstat (flags, then inputs) on the files in ``folder``."""
    flags = {"table": ".config", "row": ".fullname", "col": ".file", "ignore": "", "filter": "*"}
    numbers = {"alpha": 0.05, "confidence": 0.95}
    rest = list(arguments)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        flag = rest.pop(0).lstrip("-")
        if not flag:
            break
        key, equals, value = flag.partition("=")
        if not equals:
            value = rest.pop(0)
        if key in numbers:
            numbers[key] = float(value)
        else:
            flags[key] = value
    inputs = []
    for one in parse(rest):
        with (folder / one.path).open("rb") as stream:
            inputs.append(Input(one.label, read(stream, one.path, ReadOptions(as_benchstat=True))))
    query = CompareQuery(
        table=flags["table"], row=flags["row"], column=flags["col"], ignore=flags["ignore"], filter=flags["filter"]
    )
    payload, _, _ = compare(inputs, query, alpha=numbers["alpha"], confidence=numbers["confidence"])
    return printed(payload, name)
