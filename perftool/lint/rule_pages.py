"""The pages of docs/rules: one for each rule and an index, made from the docstrings of the rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from perftool.lint import catalog, documentation
from perftool.lint.problems import MEANINGS, PROBLEMS
from perftool.store import atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from perftool.lint.api import Rule

INDEX: Final = "README.md"

_LOWER_START: Final = re.compile(r"^[a-z]+(?=[ ,:])")
_FAMILIES: Final = {
    "COR": "Correctness: the query does not say what was meant",
    "IDX": "Keys and indexes: what is missing, and what is there twice",
    "MIG": "Migrations: what blocks, fails or breaks readers while it runs",
    "PERF": "Speed: what keeps an engine from doing less work",
    "WARE": "Warehouses: what costs scanned bytes",
}


def pages(rules: Mapping[str, Rule] | None = None) -> dict[str, str]:
    """Return all pages by file name; ``rules`` are the built-in ones unless given."""
    known = catalog.rules() if rules is None else rules
    made = {f"{rule.name}.md": page(rule) for rule in known.values()}
    return {INDEX: index(known), **made}


def page(rule: Rule) -> str:
    """Return the page of one rule."""
    told = documentation.of(rule)
    lines = [f"# {rule.code}: {rule.name}", "", told.summary, "", _prose(told.why), ""]
    for word, sql in (("Bad", told.bad), ("Good", told.good)):
        where = documentation.circumstances(told)
        lines += [f"**{word}**{f' ({where})' if where else ''}", "", "```sql", sql, "```", ""]
    if told.limits:
        lines += ["## Limits", "", _prose(told.limits), ""]
    lines += ["## Facts", "", "| | |", "|---|---|", f"| severity | {rule.severity} |"]
    lines += [f"| {word} | {_cell(value)} |" for word, value in documentation.facts(rule)]
    lines += [f"| silence | `-- perftool: ignore[{rule.code}] why` |", "", f"Source: {told.source}", ""]
    lines += [f"[All rules]({INDEX})"]
    return "\n".join(lines) + "\n"


def index(rules: Mapping[str, Rule]) -> str:
    """Return the index: a table for each family of codes."""
    lines = [
        "# Lint rules",
        "",
        "`perftool lint --rules` prints this table, `perftool lint --explain CODE` the page of a rule. Each page is",
        "made from the file of its rule; a test runs its examples.",
    ]
    families: dict[str, list[documentation.Row]] = {}
    for row in documentation.rows(rules.values()):
        families.setdefault(row.code.rstrip("0123456789"), []).append(row)
    for family, rows in sorted(families.items()):
        lines += ["", f"## {_FAMILIES.get(family, family)}", ""]
        lines += ["| code | rule | severity | runs | fix | finds |", "|---|---|---|---|---|---|"]
        lines += [
            f"| {row.code} | [{row.name}]({row.name}.md) | {row.severity} | {row.runs} | {row.fix} "
            f"| {_cell(row.summary.removeprefix('Find '))} |"
            for row in rows
        ]
    lines += ["", "## Codes that are no rule's", "", "| code | name | what it says |", "|---|---|---|"]
    lines += [f"| {code} | {name} | {MEANINGS[code]} |" for code, name in PROBLEMS.items()]
    return "\n".join(lines) + "\n"


def write(folder: Path) -> None:
    """Write all pages into ``folder`` and delete those of rules that are no more; raises: OutputError."""
    made = pages()
    for name, text in made.items():
        atomic.write_bytes(folder / name, text.encode())
    for path in sorted(folder.glob("*.md")):
        if path.name not in made:
            path.unlink()


def _prose(text: str) -> str:
    """Return text as paragraphs that begin with a capital, unless they begin with a piece of SQL."""
    return "\n\n".join(_LOWER_START.sub(lambda match: match[0].capitalize(), part) for part in text.split("\n"))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
