"""What the docstring of a rule's file says about the rule, taken apart."""

from __future__ import annotations

import importlib
import inspect
import re
import textwrap
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from perftool.lint import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.api import Rule

SECTIONS: Final = ("Why", "Bad", "Good", "Limits", "Source", "Dialect", "Path")
REQUIRED: Final = ("Why", "Bad", "Good", "Limits", "Source")
_SECTION: Final = re.compile(rf"^({'|'.join(SECTIONS)}):(?:[ \t]+|$)")
_CODE_SECTIONS: Final = ("Bad", "Good")
_WHEN: Final = {
    "all": "in every file",
    "oltp": "for row stores",
    "warehouse": "for warehouses",
    "migration": "in migrations",
    "extra": "when selected",
}
_FIXES: Final = {
    "safe": "safe: perftool lint --fix",
    "unsafe": "may change the meaning: perftool lint --fix --unsafe-fixes",
    "hint": "by hand, as the finding says",
    "none": "none",
}
_NEEDS: Final = {
    "text": "the statement alone",
    "project": "the definitions in the project's files",
    "schema": "a complete schema",
}


class Explanation(NamedTuple):
    """What the docstring of a rule says; "" where it says nothing. ``bad`` and ``good`` are SQL."""

    summary: str = ""
    why: str = ""
    bad: str = ""
    good: str = ""
    limits: str = ""
    source: str = ""
    dialect: str = ""
    path: str = ""


class Row(NamedTuple):
    """A rule in the table of rules."""

    code: str
    name: str
    severity: str
    runs: str
    dialects: str
    fix: str
    summary: str


def parse(docstring: str | None) -> Explanation:
    """Return the parts of a rule's docstring.

    A part begins with its word at the start of a line and goes on to the next one. Text is joined into one paragraph
    (an empty line begins another), SQL keeps its lines. Of a part given twice the last one counts.
    """
    parts: dict[str, list[str]] = {"Summary": []}
    current = parts["Summary"]
    for line in inspect.cleandoc(docstring or "").split("\n"):
        match = _SECTION.match(line)
        if match:
            current = parts[match[1]] = []
            line = line[match.end() :]  # noqa: PLW2901  the rest of it
        current.append(line)
    texts = {
        word.lower(): _sql(lines) if word in _CODE_SECTIONS else _paragraphs(lines) for word, lines in parts.items()
    }
    return Explanation(**texts)


def of(rule: Rule) -> Explanation:
    """Return what the file of ``rule`` says about it; empty when Python was told to drop docstrings."""
    return parse(_docstring(rule))


def faults(rule: Rule) -> tuple[str, ...]:
    """Return what is missing in the documentation of ``rule``, for whoever writes rules."""
    told = of(rule)
    found = [f"{word}: is missing" for word in REQUIRED if not getattr(told, word.lower())]
    if not told.summary.startswith("Find "):
        found.append("the first line must begin with Find")
    elif not told.summary.endswith("."):
        found.append("the first line must end with a full stop")
    return tuple(found)


def when(rule: Rule) -> str:
    """Say where ``rule`` runs unless it is selected or ignored by name."""
    return ", ".join(words for name, words in _WHEN.items() if name in rule.sets)


def dialects(rule: Rule) -> str:
    """Say for which dialects ``rule`` is meant."""
    if rule.dialects is None:
        return "all"
    return ", ".join(sorted(name or "generic" for name in rule.dialects))


def rows(rules: Iterable[Rule]) -> Iterator[Row]:
    """Yield the table of rules, by code."""
    for rule in sorted(rules, key=lambda rule: rule.code):
        yield Row(
            rule.code, rule.name, rule.severity, when(rule), dialects(rule), rule.fix, of(rule).summary.rstrip(".")
        )


def circumstances(told: Explanation) -> str:
    """Say in which dialect and file the examples stand, "" where any will do."""
    return ", ".join(part for part in (told.dialect, told.path) if part)


def facts(rule: Rule) -> list[tuple[str, str]]:
    """Return what is fixed for a rule beside its text, as (word, value)."""
    found = [
        ("runs", when(rule)),
        ("dialects", dialects(rule)),
        ("needs", _NEEDS[rule.needs]),
        ("fix", _FIXES[rule.fix]),
    ]
    found += [("option", f"{option.name} = {option.default}: {option.description}") for option in rule.options]
    return found


def _docstring(rule: Rule) -> str | None:
    """Return the docstring of the file that defines ``rule``, wherever it was loaded from."""
    for handler in (*rule.nodes.values(), *rule.actions.values(), rule.judge):
        names: dict[str, Any] = getattr(handler, "__globals__", {})
        if names.get("RULE") is rule:
            return names.get("__doc__")
    module = f"{catalog.RULES}.{rule.name.replace('-', '_')}"
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError:
        return None
    return found.__doc__ if getattr(found, "RULE", None) is rule else None


def _sql(lines: list[str]) -> str:
    first, rest = lines[0].strip(), textwrap.dedent("\n".join(lines[1:]))
    return "\n".join(part for part in (first, rest.rstrip()) if part)


def _paragraphs(lines: list[str]) -> str:
    blocks = "\n".join(line.strip() for line in lines).strip().split("\n\n")
    return "\n".join(" ".join(block.split("\n")) for block in blocks)
