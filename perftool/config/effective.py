"""List effective settings for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool import discovery
from perftool.config.schema import KEYS, LISTS, SECTIONS
from perftool.model.listing import ConfigValue

if TYPE_CHECKING:
    from perftool.config.schema import Settings


def effective(settings: Settings, key: str = "") -> tuple[ConfigValue, ...]:
    """Return every setting as TOML with its origin; ``key`` keeps one setting or one section.

    raises: UsageError naming the nearest setting when ``key`` is none.
    """
    rows = [*_plain(settings), *_tables(settings)]
    if not key:
        return tuple(rows)
    kept = tuple(row for row in rows if row.name == key or row.name.startswith((f"{key}.", f"{key}[")))
    if not kept and key not in LISTS:
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


def _tables(settings: Settings) -> list[ConfigValue]:
    given = {
        "compare.rule": (settings.rules, "thresholds of the rows it matches; the first rule that matches wins"),
        "compare.waiver": (settings.waivers, "a loss accepted for a while; the first waiver that matches wins"),
        "database": (settings.databases, "what @name stands for"),
        "lint.path": (settings.lint_paths, "what differs for the files it matches; every match counts"),
    }
    rows = []
    for name, (tables, description) in given.items():
        for index, table in enumerate(tables):
            parts = [
                f"{setting} = {key.kind.write(value)}"
                for setting, key in LISTS[name].items()
                if (value := getattr(table, setting)) is not None
            ]
            place = f"{name}[{index}]"
            rows.append(
                ConfigValue(
                    name=place,
                    value="{ " + ", ".join(parts) + " }",
                    origin=settings.origin(place),
                    description=description,
                )
            )
    return rows
