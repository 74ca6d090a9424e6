"""Which sqlglot is at work."""

from __future__ import annotations


def engine_version() -> str:
    """Return sqlglot's version, with what its compiled part says where there is one."""
    from importlib import metadata

    import sqlglot

    compiled = "c" if sqlglot.__file__ and not str(getattr(sqlglot.parser, "__file__", "")).endswith(".py") else "py"
    return f"{metadata.version('sqlglot')}-{compiled}"
