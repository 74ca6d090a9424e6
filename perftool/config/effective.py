"""List effective settings for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool import discovery
from perftool.config.schema import KEYS, RULE_KEYS, SECTIONS
from perftool.model.listing import ConfigValue

if TYPE_CHECKING:
    from perftool.config.schema import Settings


def effective(settings: Settings, key: str = "") -> tuple[ConfigValue, ...]:
    """Return every setting as TOML with its origin; ``key`` keeps one setting or one section.

    raises: UsageError naming the nearest setting when ``key`` is none.
    """
    rows = [*_plain(settings), *_rules(settings)]
    if not key:
        return tuple(rows)
    kept = tuple(row for row in rows if row.name == key or row.name.startswith((f"{key}.", f"{key}[")))
    if not kept and key != "compare.rule":
        raise discovery.unknown("setting", key, (*SECTIONS, *KEYS))
    return kept


def _plain(settings: Settings) -> list[ConfigValue]:
    rows = []
    for key in KEYS.values():
        section, _, name = key.name.rpartition(".")
        value = getattr(settings.section(section), name)
        rows.append(
            ConfigValue(
                name=key.name,
                value=key.kind.write(value),
                origin=settings.origin(key.name),
                description=key.description,
            )
        )
    return rows


def _rules(settings: Settings) -> list[ConfigValue]:
    rows = []
    for index, rule in enumerate(settings.rules):
        parts = [
            f"{name} = {key.kind.write(value)}"
            for name, key in RULE_KEYS.items()
            if (value := getattr(rule, name)) is not None
        ]
        name = f"compare.rule[{index}]"
        rows.append(
            ConfigValue(
                name=name,
                value="{ " + ", ".join(parts) + " }",
                origin=settings.origin(name),
                description="thresholds of the rows it matches; the first rule that matches wins",
            )
        )
    return rows
