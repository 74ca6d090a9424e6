"""What families the types of columns belong to, as far as indexes and comparisons care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from perftool.sql.actions import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from perftool.lint.api import Fact
    from perftool.lint.place import Place

Family = Literal["", "text", "number", "date", "timestamp", "uuid"]

_FAMILIES: Final[dict[str, Family]] = {
    **dict.fromkeys(
        ("char", "character", "varchar", "nvarchar", "nchar", "text", "varchar2", "nvarchar2", "clob", "nclob",
         "string", "tinytext", "mediumtext", "longtext", "bpchar", "citext", "ntext", "name"), "text"),
    **dict.fromkeys(
        ("int", "integer", "bigint", "smallint", "tinyint", "mediumint", "int2", "int4", "int8", "numeric", "decimal",
         "dec", "number", "float", "float4", "float8", "real", "double", "money", "smallmoney", "serial", "bigserial",
         "smallserial"), "number"),
    "date": "date",
    **dict.fromkeys(
        ("timestamp", "timestamptz", "datetime", "datetime2", "smalldatetime", "datetimeoffset"), "timestamp"),
    **dict.fromkeys(("uuid", "uniqueidentifier"), "uuid"),
}  # fmt: skip


def family(type_: str, dialect: str = "") -> Family:
    """Return the family of a type as ``Column.type`` gives it; "" for all others, arrays and unknown ones."""
    if "[" in type_ or type_.endswith(" array"):
        return ""
    word = type_.partition("(")[0].split(" ")[0]
    # Oracle's DATE holds the time of day.
    return "timestamp" if word == "date" and dialect == "oracle" else _FAMILIES.get(word, "")


def type_of(facts: Mapping[str, Fact], place: Place) -> str:
    """Return the type that the project gives to the column in ``facts`` (table, column); "" if it does not say."""
    named = facts.get("table")
    if not isinstance(named, tuple):
        return ""
    table = place.project.table(Name(*named))
    column = table.column(str(facts.get("column", ""))) if table is not None else None
    return column.type if column is not None else ""
