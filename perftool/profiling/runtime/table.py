"""The table of stacks of one process, as plain values."""

from __future__ import annotations

VERSION = 1


def table(sampler):
    """Return everything a sampler has seen, in the form that ``perftool.profiling.raw.capture_of`` reads."""
    stacks = sampler.stacks
    frames, at, below = [], {}, []
    for parent, function, line in stacks.nodes:
        key = (function, line)
        if key not in at:
            at[key] = len(frames)
            frames.append([function, line])
        below.append((below[parent] if parent >= 0 else ()) + (at[key],))
    names = list(sampler.labels)
    used = {said for _, said in sampler.weights}
    several = len({dict(names[i]).get("thread") for i in used}) > 1
    plain = [[list(pair) for pair in said if several or pair[0] != "thread"] for said in names]
    chains, samples = {}, []
    for (node, said), (count, spent) in sampler.weights.items():
        stack = chains.setdefault(below[node] if node >= 0 else (), len(chains))
        samples.append([stack, said, [count, spent]])
    facts = {key: str(value) for key, value in sampler.facts().items()}
    return {
        "version": VERSION,
        "value_types": [["samples", "count"], ["cpu", "nanoseconds"]],
        "functions": [[name, file, line, kind, code] for name, file, line, code, kind in stacks.functions],
        "frames": frames,
        "stacks": [list(chain) for chain in chains],
        "labels": plain,
        "samples": samples,
        "default": 1,
        "period": int(1e9 / sampler.rate),
        "period_type": ["cpu", "nanoseconds"],
        "started_ns": sampler.started_ns,
        "duration_ns": sampler.duration_ns(),
        "engine": "sampler",
        "facts": {"rate": f"{sampler.rate:g}", **facts},
        "doubts": [list(one) for one in sampler.doubts.items()],
    }
