"""The table of stacks of one process, as plain values."""

from __future__ import annotations

from .digests import digest
from .doubts import doubts
from .facts import facts

TYPE_CHECKING = False  # typing would cost the target 10 ms
if TYPE_CHECKING:
    from typing import Any

    from .sampling import Sampling

VERSION = 1


def table(sampling: Sampling) -> dict[str, Any]:
    """Return everything that was sampled, in the form that ``perftool.profiling.raw.capture_of`` reads."""
    stacks, weights = sampling.stacks, sampling.weights
    frames: list[list[int]] = []
    at: dict[tuple[int, int], int] = {}
    for _, function, line in stacks.nodes:
        if (function, line) not in at:
            at[function, line] = len(frames)
            frames.append([function, line])
    chains: dict[int, int] = {}
    said: dict[tuple[tuple[str, str], ...], int] = {(): 0}
    several = len({dict(weights.labels[label]).get("thread") for _, label in weights.held}) > 1
    samples: dict[tuple[int, int], list[int]] = {}
    for (node, label), (count, spent) in weights.held.items():
        pairs = tuple(pair for pair in weights.labels[label] if several or pair[0] != "thread")
        key = chains.setdefault(node, len(chains)), said.setdefault(pairs, len(said))
        held = samples.setdefault(key, [0, 0])
        held[0] += count
        held[1] += spent
    figures = facts(sampling)
    return {
        "version": VERSION,
        "value_types": [["samples", "count"], ["cpu", "nanoseconds"]],
        "functions": [
            [name, file, line, kind, "" if code is None else digest(code)]
            for (name, file, line, kind), code in zip(stacks.functions, stacks.codes)
        ],
        "frames": frames,
        "stacks": [_stack(stacks.nodes, at, node) for node in chains],
        "labels": [[list(pair) for pair in pairs] for pairs in said],
        "samples": [[stack, label, values] for (stack, label), values in samples.items()],
        "default": 1,
        "period": int(1e9 / sampling.rate),
        "period_type": ["cpu", "nanoseconds"],
        "started_ns": sampling.account.started_ns,
        "duration_ns": sampling.account.wall_ns(),
        "engine": "sampler",
        "facts": figures,
        "doubts": [list(one) for one in [*sampling.doubts.items(), *doubts(figures)]],
    }


def _stack(nodes: list[tuple[int, int, int]], at: dict[tuple[int, int], int], node: int) -> list[int]:
    """Return the frames of a node, the outermost first."""
    chain = []
    while node >= 0:
        node, function, line = nodes[node]
        chain.append(at[function, line])
    chain.reverse()
    return chain
