"""Explain rules from the docstrings of their files: for ``--explain``, ``--rules`` and the pages of docs/rules.

``python -m perftool.lint.explaining docs/rules`` writes the pages.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import textwrap
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from perftool.lint import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.api import Rule

SECTIONS: Final = ("Why", "Bad", "Good", "Limits", "Source", "Dialect", "Path")
REQUIRED: Final = ("Why", "Bad", "Good", "Limits", "Source")
WIDTH: Final = 100
_SPELLED: Final = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "×": "x", "≥": ">=", "≤": "<=", "→": "->"}
)

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


def table(rules: Iterable[Rule], *, ascii_only: bool = False) -> str:
    """Return the table of rules as plain text: code, name, severity, when it runs, fix, what it finds."""
    lines = [("code", "name", "severity", "runs", "fix", "finds")]
    for row in rows(rules):
        summary = row.summary.removeprefix("Find ")
        lines.append(
            (row.code, row.name, row.severity, row.runs, row.fix, _spelled(summary) if ascii_only else summary)
        )
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    text = ""
    for *cells, summary in lines:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        text += "  ".join([*padded, summary]).rstrip() + "\n"
    return text


def explain(rule: Rule, *, width: int = WIDTH, ascii_only: bool = False) -> str:
    """Return all that is to be said of ``rule`` as plain text, wrapped at ``width``."""
    told = of(rule)
    lines = [f"{rule.code} {rule.name}   {rule.severity}", "", *textwrap.wrap(told.summary, width)]
    where = circumstances(told)
    for word, text in (("why", told.why), ("bad", told.bad), ("good", told.good), ("limits", told.limits)):
        if text:
            code = word in ("bad", "good")
            lines += ["", f"{word} ({where})" if code and where else word, *_indented(text, width, code=code)]
    lines += ["", *_facts(rule, told, width)]
    text = "".join(f"{line}\n" for line in lines)
    return _spelled(text) if ascii_only else text


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


def _facts(rule: Rule, told: Explanation, width: int) -> Iterator[str]:
    words = [*facts(rule), ("source", told.source), ("silence", f"-- perftool: ignore[{rule.code}] why")]
    for word, value in words:
        if value:
            yield from textwrap.wrap(
                value, width, initial_indent=f"{word:<10}", subsequent_indent=" " * 10, break_on_hyphens=False
            )


def _indented(text: str, width: int, *, code: bool) -> Iterator[str]:
    for paragraph in text.split("\n"):
        if code or not paragraph:
            yield f"    {paragraph}".rstrip()
        else:
            yield from textwrap.wrap(paragraph, width, initial_indent="    ", subsequent_indent="    ")


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


def _spelled(text: str) -> str:
    return text.translate(_SPELLED).encode("ascii", "backslashreplace").decode()


def _sql(lines: list[str]) -> str:
    first, rest = lines[0].strip(), textwrap.dedent("\n".join(lines[1:]))
    return "\n".join(part for part in (first, rest.rstrip()) if part)


def _paragraphs(lines: list[str]) -> str:
    blocks = "\n".join(line.strip() for line in lines).strip().split("\n\n")
    return "\n".join(" ".join(block.split("\n")) for block in blocks)


def main(arguments: list[str]) -> None:
    """Write the page of every rule into the folder named by the only argument."""
    from pathlib import Path

    from perftool.lint import rule_pages

    (folder,) = map(Path, arguments)
    rule_pages.write(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
