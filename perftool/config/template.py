"""Write the settings down for people: a commented file, a table for the documentation, an existing pyproject.toml."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from perftool.config.kinds import Flag, Fraction, Size, Text, Words
from perftool.config.schema import DATABASE_KEYS, KEYS, LINT_PATH_KEYS, LISTS, RULE_KEYS, WAIVER_KEYS
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.config.schema import Key

_HEAD = """\
# Settings of perftool. Each line shows a default: take the # away to change it.
# A PERFTOOL_* variable or an option of a command wins over this file: perftool config tells what holds and why.
"""


def as_toml() -> str:
    """Return a perftool.toml that changes nothing: every setting as a comment with its meaning and its default."""
    parts = [_HEAD]
    for section, keys in groupby(KEYS.values(), key=_section):
        lines = [f"[{section}]"] if section else []
        for key in keys:
            lines += [f"# {key.description}{_shape(key)}", f"# {_name(key)} = {key.kind.write(key.default)}"]
        parts.append("\n".join(lines) + "\n")
    lines = [
        "# Thresholds for some rows only; repeat the section for more, the first that matches wins.",
        "# [[compare.rule]]",
    ]
    examples = {"match": '"sql-parse/CTE*"', "unit": '"B/op"', "fail": '"5%"', "gate": "true"}
    lines += [f"# {name} = {value:<20}# {RULE_KEYS[name].description}" for name, value in examples.items()]
    parts.append("\n".join(lines) + "\n")
    lines = [
        "# A loss that is accepted for a while: the row warns instead of failing, up to the ceiling and until the day.",
        "# [[compare.waiver]]",
    ]
    examples = {"match": '"sql-parse/CTE*"', "ceiling": '"35%"', "until": '"2027-06-30"', "reason": '"ticket 123"'}
    lines += [f"# {name} = {value:<20}# {WAIVER_KEYS[name].description}" for name, value in examples.items()]
    parts.append("\n".join(lines) + "\n")
    lines = [
        "# Other rules for some files; repeat the section for more, every one that matches counts.",
        "# [[lint.path]]",
    ]
    examples = {"match": '"tests/**"', "dialect": '"postgres"', "ignore": '["PERF001"]'}
    lines += [f"# {name} = {value:<20}# {LINT_PATH_KEYS[name].description}" for name, value in examples.items()]
    parts.append("\n".join(lines) + "\n")
    lines = [
        "# A database with a name: perftool query run @shop … opens it. A password is best kept in a variable.",
        "# [[database]]",
    ]
    examples = {"name": '"shop"', "url": '"env:SHOP_URL"', "write": "false", "settings": '["work_mem=64MB"]'}
    lines += [f"# {name} = {value:<20}# {DATABASE_KEYS[name].description}" for name, value in examples.items()]
    parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def as_markdown() -> str:
    """Return a table of every setting for each section."""
    parts = []
    for section, keys in groupby(KEYS.values(), key=_section):
        heading = f"### `[{section}]`" if section else "### At the top"
        parts.append("\n".join([heading, "", *_rows(list(keys))]))
    for name, keys_of_table in LISTS.items():
        parts.append("\n".join([f"### `[[{name}]]`", "", *_rows(list(keys_of_table.values()), table=True)]))
    return "\n\n".join(parts) + "\n"


def _rows(keys: list[Key], *, table: bool = False) -> Iterator[str]:
    yield "| setting | default | variable | meaning |" if not table else "| setting | default | meaning |"
    yield "|---|---|---|---|" if not table else "|---|---|---|"
    for key in keys:
        default = f"`{key.kind.write(key.default)}`" if key.default is not None else "the general one"
        default = "has to be given" if key.required else default
        variable = "" if table else f" `{key.variable}` |"
        yield f"| `{_name(key)}` | {default} |{variable} {key.description}: {key.kind.name} |"


def extend(text: str, name: str) -> tuple[str, tuple[str, ...]]:
    """Add what is missing under ``[tool.perftool]`` of a pyproject.toml and keep everything else as it is.

    Only the settings that people change most are added, with their defaults. ``name`` is the file for messages.
    returns: the new text and the dotted names added.
    raises: UsageError when ``text`` is not TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise UsageError(f"{name}: not TOML: {error}") from error
    table: Any = document.setdefault("tool", tomlkit.table(is_super_table=True)).setdefault("perftool", tomlkit.table())
    added = []
    for dotted in ("bench.blocks", "bench.mem", "compare.fail", "compare.warn"):
        key = KEYS[dotted]
        section, _, leaf = dotted.partition(".")
        inner = table.setdefault(section, tomlkit.table())
        if leaf in inner:
            continue
        value = tomlkit.value(key.kind.write(key.default))
        value.comment(key.description)
        inner.add(leaf, value)
        added.append(dotted)
    return tomlkit.dumps(document), tuple(added)


def _shape(key: Key) -> str:
    """Return the kind in brackets where the default does not show it."""
    return "" if isinstance(key.kind, Text | Flag | Words | Size | Fraction) else f" ({key.kind.name})"


def _section(key: Key) -> str:
    return key.name.rpartition(".")[0]


def _name(key: Key) -> str:
    return key.name.rpartition(".")[2]
