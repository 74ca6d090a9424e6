"""What a statement of PostgreSQL costs in counts that do not depend on time, and its plan as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Settings of the counting run: workers share the blocks differently each time, and a scan that joins another in the
#: middle of a table sees other rows first.
STEADY: Final = ("max_parallel_workers_per_gather = 0", "synchronize_seqscans = off", "jit = off")
UNITS: Final = ("blocks/op", "temp-blocks/op", "rows-processed/op")
_BLOCKS: Final = ("Shared Hit Blocks", "Shared Read Blocks", "Local Hit Blocks", "Local Read Blocks")
_TEMP: Final = ("Temp Read Blocks", "Temp Written Blocks")
_REMOVED: Final = ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")
#: Keys that a line of the plan tells itself, and those that are told only when somebody asks for the tree.
_TOLD: Final = frozenset(
    {
        *("Node Type", "Relation Name", "Alias", "Index Name", "Startup Cost", "Total Cost", "Plan Rows", "Plan Width"),
        *("Actual Startup Time", "Actual Total Time", "Actual Rows", "Actual Loops", "Plans", "Schema"),
        *("Parent Relationship", "Parallel Aware", "Async Capable", "Join Type", "Strategy", "Partial Mode"),
        *("Scan Direction", "Inner Unique", "Workers", "Disabled", "Command", "Subplan Name"),
    }
)


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a node of a plan and all below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def counts(explained: Mapping[str, Any]) -> dict[str, float]:
    """Return the counts of an EXPLAIN (ANALYZE, BUFFERS) by unit.

    ``blocks/op`` are blocks asked for, whether they were in memory or not; ``rows-processed/op`` are the rows that
    all nodes of the plan gave or dropped, over all their loops. A statement that writes has no blocks here: what
    is rolled back stays in the table, and the next run finds it.
    """
    plan = explained["Plan"]
    rows = sum(
        (node.get("Actual Rows", 0) + sum(node.get(key, 0) for key in _REMOVED)) * node.get("Actual Loops", 0)
        for node in nodes(plan)
    )
    found = {"rows-processed/op": float(rows)}
    if not any(node["Node Type"] in ("ModifyTable", "LockRows") for node in nodes(plan)):
        found["blocks/op"] = float(sum(plan.get(key, 0) for key in _BLOCKS))
        found["temp-blocks/op"] = float(sum(plan.get(key, 0) for key in _TEMP))
    return {unit: found[unit] for unit in UNITS if unit in found}


def text_of(explained: Mapping[str, Any]) -> str:
    """Return a plan that came as a tree as indented lines: one for each node, and one for what it tells of itself."""
    lines: list[str] = []
    _node(explained["Plan"], 0, lines)
    times = (key for key in ("Planning Time", "Execution Time") if key in explained)
    lines.extend(f"{key}: {explained[key]:.3f} ms" for key in times)
    return "\n".join(lines)


def _node(node: Mapping[str, Any], depth: int, lines: list[str]) -> None:
    indent = "  " * depth
    name = [f"{node['Subplan Name']}:"] if "Subplan Name" in node else []
    name += ["Parallel"] if node.get("Parallel Aware") else []
    name += [node[key] for key in ("Strategy", "Command", "Join Type") if node.get(key) not in (None, "Plain", "Inner")]
    name.append(node["Node Type"])
    for word, key in (("using", "Index Name"), ("on", "Relation Name")):
        if key in node:
            name += [word, node[key]]
    if node.get("Alias", node.get("Relation Name")) != node.get("Relation Name"):
        name.append(node["Alias"])
    estimate = f"cost={node['Startup Cost']:.2f}..{node['Total Cost']:.2f} rows={node['Plan Rows']}"
    lines.append(f"{indent}{' '.join(name)}  ({estimate}){_actual(node)}")
    told = [f"{key}: {_value(value)}" for key, value in node.items() if key not in _TOLD and value not in (0, 0.0, [])]
    lines += [f"{indent}    {line}" for line in told]
    for child in node.get("Plans", ()):
        _node(child, depth + 1, lines)


def _actual(node: Mapping[str, Any]) -> str:
    if "Actual Rows" not in node:
        return ""
    if not node.get("Actual Loops"):
        return " (never executed)"
    time = f"time={node['Actual Total Time']:.3f} ms " if "Actual Total Time" in node else ""
    return f" (actual {time}rows={node['Actual Rows']:g} loops={node['Actual Loops']:g})"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
