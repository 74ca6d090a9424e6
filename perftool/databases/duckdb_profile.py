"""Read DuckDB's plans and profiles, whose JSON has other keys in each major version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES: Final = ("name", "type", "operator_name", "operator_type")


def counts(tree: Any) -> tuple[float, float]:
    """Return the rows that scans read and the rows that operators gave on, over the whole profile.

    Since 2.0 the totals are below "query", and are called intermediate; before, EXPLAIN left the totals empty, and each
    operator has its own.
    """
    if "query" in tree:
        totals = tree["query"]
        return float(totals["total_rows_scanned"]), float(totals["total_intermediate_rows"])
    own = tree.get("operator_rows_scanned", 0), tree.get("operator_cardinality", 0)
    below = [counts(child) for child in tree.get("children", ())]
    return float(own[0] + sum(one[0] for one in below)), float(own[1] + sum(one[1] for one in below))


def lines(tree: Any) -> list[str]:
    """Return a plan as indented lines: operator, what it works on, rows."""
    roots = tree if isinstance(tree, list) else tree.get("operator") or tree.get("children") or [tree]
    return [line for root in roots for line in _lines(root, 0)]


def _lines(node: Any, depth: int) -> Iterator[str]:
    name = str(next((node[key] for key in _NAMES if node.get(key)), "")).strip()
    # What only wraps the statement says nothing of it.
    wrapper = name in {"RESULT_COLLECTOR", "EXPLAIN_ANALYZE"}
    if not wrapper:
        yield "  " * depth + " ".join([name, *_told(node)])
    for child in node.get("children", ()):
        yield from _lines(child, depth if wrapper else depth + 1)


def _told(node: Any) -> Iterator[str]:
    extra = node.get("extra_info") or {}
    for key, value in extra.items():
        if key not in {"Type", "Estimated Cardinality"}:
            yield f"{key}: {', '.join(value) if isinstance(value, list) else value}"
    if estimate := extra.get("Estimated Cardinality"):
        yield f"(estimated {estimate} rows)"
    rows = node.get("intermediate_rows", node.get("operator_cardinality"))
    if rows is not None:
        yield f"(gave {rows} rows)"
    if scanned := node.get("rows_scanned", node.get("operator_rows_scanned")):
        yield f"(read {scanned} rows)"
