"""Parameter lists: ``-L n 1,2`` measures a command once for every value of ``{n}``."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from perftool.bench.processes.api import CommandSpec
from perftool.bench.processes.naming import case_names
from perftool.bench.processes.shell import argv_for
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class ParameterList:
    """A name and its values, in the order given."""

    name: str
    values: tuple[str, ...]


def parse_parameter_lists(options: Iterable[tuple[str, str]]) -> tuple[ParameterList, ...]:
    r"""Read ``(name, "a,b,c")`` pairs; ``\,`` is a comma within a value.

    raises: UsageError for a bad or repeated name, no values, or a repeated value.
    """
    lists: list[ParameterList] = []
    for name, text in options:
        if not _NAME.fullmatch(name):
            raise UsageError(f"parameter name {name!r} is not a word", hint="-L size 1,10,100")
        if any(known.name == name for known in lists):
            raise UsageError(f"parameter {name!r} is given twice", hint=f"put all values in one list: -L {name} a,b,c")
        values = tuple(v.replace("\\,", ",") for v in re.split(r"(?<!\\),", text))
        if values == ("",):
            raise UsageError(f"parameter {name!r} has no values", hint=f"-L {name} a,b,c")
        for value in values:
            if values.count(value) > 1:
                raise UsageError(f"parameter {name!r} has the value {value!r} twice")
        lists.append(ParameterList(name, values))
    return tuple(lists)


def expand(
    commands: Sequence[str],
    *,
    lists: Sequence[ParameterList] = (),
    names: Sequence[str] = (),
    setup: str | None = None,
    prepare: Sequence[str] = (),
    cleanup: str | None = None,
    shell: str = "auto",
) -> tuple[CommandSpec, ...]:
    """Return every command with every combination of the parameters that it, or what runs around it, uses.

    ``names`` name the commands in the report, one each; ``prepare`` is one line for all or one for each.
    raises: UsageError for unequal numbers, an unused parameter, two equal commands, or a bad command line.
    """
    prepares = _one_each(prepare, len(commands), "--prepare")
    titles = _one_each(names, len(commands), "--command-name", shared=False)
    shown = case_names([t or c for t, c in zip(titles, commands, strict=True)])
    specs: list[CommandSpec] = []
    used: set[str] = set()
    for case, command, before in zip(shown, commands, prepares, strict=True):
        texts = [t for t in (case, command, before, setup, cleanup) if t]
        mine = [p for p in lists if any("{" + p.name + "}" in t for t in texts)]
        used.update(p.name for p in mine)
        for values in itertools.product(*(p.values for p in mine)):
            parameters = {p.name: v for p, v in zip(mine, values, strict=True)}
            specs.append(
                CommandSpec(
                    case=case,
                    argv=argv_for(substitute(command, parameters), shell),
                    parameters=parameters,
                    setup=substitute(setup, parameters) if setup else None,
                    prepare=substitute(before, parameters) if before else None,
                    cleanup=substitute(cleanup, parameters) if cleanup else None,
                )
            )
    for unused in (p.name for p in lists if p.name not in used):
        raise UsageError(
            f"no command uses the parameter {unused!r}", hint=f"write {{{unused}}} where its value belongs"
        )
    return tuple(specs)


def substitute(text: str, parameters: dict[str, str]) -> str:
    """Replace every ``{name}`` of a known parameter, once: values are not searched again."""
    if not parameters:
        return text
    pattern = "|".join(re.escape(name) for name in parameters)
    return re.sub(r"\{(" + pattern + r")\}", lambda match: parameters[match[1]], text)


def _one_each(given: Sequence[str], count: int, option: str, *, shared: bool = True) -> list[str | None]:
    if not given:
        return [None] * count
    if shared and len(given) == 1:
        return [given[0]] * count
    if len(given) != count:
        expected = f"one or {count}" if shared and count > 1 else str(count)
        times = "once" if len(given) == 1 else f"{len(given)} times"
        commands = "1 command" if count == 1 else f"{count} commands"
        raise UsageError(f"{option} is given {times} for {commands}", hint=f"give {expected}")
    return list(given)
