"""One digest of everything that an analysis depends on beside the text: it salts every key of the cache."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from perftool.sql.engine_version import engine_version

if TYPE_CHECKING:
    from perftool.lint.limits import Limits
    from perftool.lint.selection import Selection

_OWN: Final = ("lint", "sql")


def salt(selection: Selection, limits: Limits, schema: bytes = b"") -> bytes:
    """Return 32 bytes that change with perftool's own code, sqlglot, the rules, thresholds, severities, the ``schema``.

    cost: reads perftool's SQL and lint code, about 1 MB.
    """
    digest = blake2b(digest_size=32)
    for name in _OWN:
        for path in sorted(Path(__file__).parent.parent.joinpath(name).rglob("*.py")):
            digest.update(path.read_bytes())
    for plugin in selection.choices.plugins:
        if plugin.endswith(".py"):
            digest.update(Path(plugin).read_bytes())
    told = (
        engine_version(),
        sorted(selection.rules),
        sorted(selection.selected),
        sorted(selection.severities.items()),
        sorted(selection.options.items()),
        selection.choices.plugins,
        limits.max_statement,
        sorted(limits.runner.items()),
        sorted(limits.partitions.items()),
    )
    digest.update(repr(told).encode())
    digest.update(schema)
    return digest.digest()
