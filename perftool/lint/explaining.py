"""Explain rules from the docstrings of their files: for ``--explain``, ``--rules`` and the pages of docs/rules.

``python -m perftool.lint.explaining docs/rules`` writes the pages.
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.lint import rule_pages
from perftool.lint.documentation import Explanation, circumstances, facts, of, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.api import Rule

WIDTH: Final = 100
_SPELLED: Final = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "×": "x", "≥": ">=", "≤": "<=", "→": "->"}
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


def _spelled(text: str) -> str:
    return text.translate(_SPELLED).encode("ascii", "backslashreplace").decode()


def main(arguments: list[str]) -> None:
    """Write the page of every rule into the folder named by the only argument."""
    (folder,) = map(Path, arguments)
    rule_pages.write(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
