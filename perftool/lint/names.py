"""Names in trees, as engines compare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perftool.sql.actions import Name

if TYPE_CHECKING:
    from perftool.sql.nodes import Node


def identifier(node: Node | str | None) -> str:
    """Return an identifier as the engine compares it: in lower case unless it is quoted."""
    if node is None or isinstance(node, str):
        return (node or "").lower()
    args, name = node.args, node.name
    if len(args) == 2 and "quoted" in args:
        # Most have nothing but their name and whether it is quoted.
        return name if args["quoted"] else name.lower()
    if args.get("temporary") or args.get("global_"):
        # The parser takes the marks of temporary tables off their names.
        name = f"#{name}" if args.get("temporary") else f"##{name}"
    return name if args.get("quoted") else name.lower()


def table_name(table: Node) -> Name:
    """Return the name of an ``exp.Table``."""
    args = table.args
    name, schema, catalog = identifier(table.this), args.get("db"), args.get("catalog")
    if schema is None and catalog is None:
        return Name(name)
    return Name(name, ".".join(part for part in (identifier(catalog), identifier(schema)) if part))


def alike(one: str, other: str) -> bool:
    """Say whether two identifiers may be the same in some engine: case is not looked at, quoted or not."""
    return one == other or one.lower() == other.lower()


def same(one: Name, other: Name) -> bool:
    """Say whether two names may mean the same table: a schema that is not given fits any."""
    return one.name == other.name and (one.schema == other.schema or not one.schema or not other.schema)
