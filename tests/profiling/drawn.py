"""Captures to try formats with: one that has a bit of everything, and any that hypothesis can think of."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import strategies as st

from perftool.profiling.capture import (
    ALLOC_OBJECTS,
    ALLOC_SPACE,
    CPU,
    GARBAGE_COLLECTION,
    INUSE_OBJECTS,
    INUSE_SPACE,
    SAMPLES,
    WALL,
    Builder,
    Capture,
    Function,
    ValueType,
)

SOURCE = """\
class Shop:
    def total(self):
        return sum(i for i in range(9))

def outer():
    def inner():
        return Shop().total()
    return inner()

again = lambda: outer()
again()
"""


def example(file: str = "/app/shop.py", *, times: int = 1) -> Capture:
    """Return a capture with every kind of function, labels, facts and a doubt; ``times`` scales one of its stacks."""
    builder = Builder((SAMPLES, CPU))
    module = builder.frame(Function("shop.<module>", file, 1), 11)
    again = builder.frame(Function("shop.<lambda>", file, 10, code="d0"), 10)
    outer = builder.frame(Function("shop.outer", file, 5, code="d1"), 8)
    inner = builder.frame(Function("shop.outer.<locals>.inner", file, 6, code="d2"), 7)
    total = builder.frame(Function("shop.Shop.total", file, 2, code="d3"), 3)
    each = builder.frame(Function("shop.Shop.total.<locals>.<genexpr>", file, 3), 3)
    collecting = builder.frame(Function(GARBAGE_COLLECTION, kind="marker"))
    mangled = builder.frame(Function("_ZN4shop6pricesEi", "/lib/libshop.so", kind="native"))
    finding = builder.frame(Function("importlib._bootstrap._find", "<frozen importlib._bootstrap>", 100), 110)
    stat = builder.frame(Function("posix.stat <built-in>"))
    builder.add((module, again, outer, inner, total, each), (3 * times, 30_000_000 * times), {"thread": "Main"})
    builder.add((module, again, outer, inner, total), (4, 40_000_000), {"thread": "Worker-1", "pid": "12"})
    builder.add((module, again, outer, inner, total), (2, 20_000_000), {"thread": "Main", "pid": "0"})
    builder.add((module, again, outer, outer, total), (1, 10_000_000))
    builder.add((module, again, outer, inner, total, collecting), (4, 41_000_000), {"thread": "Main"})
    builder.add((module, again, outer, inner, total, mangled), (4, 42_000_000), {"thread": "Main"})
    builder.add((module, finding, stat), (4, 43_000_000), {"endpoint": "/hot;{id}", "thread": "Main"})
    return replace(
        builder.build(),
        default=1,
        period=10_000_000,
        period_type=CPU,
        started_ns=1_700_000_000_000_000_000,
        duration_ns=2_000_000_000,
        engine="sampler",
        facts={"gc.cpu_ns": "41000000", "rate": "100"},
        doubts=(("unseen-cpu", "3 % of the CPU time\nwas not seen"),),
    )


def heap() -> Capture:
    """Return a capture of memory, with the four types that Go's heap files have."""
    builder = Builder((ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE))
    main = builder.frame(Function("shop.main", "/app/shop.py", 1), 2)
    keep = builder.frame(Function("shop.keep", "/app/shop.py", 5), 6)
    waste = builder.frame(Function("shop.waste", "/app/shop.py", 9), 11)
    builder.add((main, keep), (10, 10 << 20, 10, 10 << 20))
    builder.add((main, waste), (5000, 50 << 20, 0, 0))
    return replace(builder.build(), default=3, engine="memray")


def weights(capture: Capture, index: int | None = None) -> tuple[Counter[str], Counter[str]]:
    """Return own and total weight by name of function, in the plainest way that there is."""
    at = capture.default if index is None else index
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for sample in capture.samples:
        names = [capture.function_of(frame).name for frame in capture.stacks[sample.stack]]
        own.update({names[-1]: sample.values[at]} if names else {})
        total.update(dict.fromkeys(names, sample.values[at]))
    return own, total


_TEXT = st.text(max_size=12)
_NAMES = st.one_of(
    st.sampled_from(["a", "b.c", "m.<lambda>", "m.f.<locals>.g", "x;y", "p\nq", "_ZN3fooEv", "std::f<int>(int)"]),
    st.text(min_size=1, max_size=12),
)
_FUNCTIONS = st.builds(
    Function,
    name=_NAMES,
    file=st.one_of(st.just(""), st.sampled_from(["/app/a.py", "<string>", "a b.py"]), _TEXT),
    start_line=st.integers(0, 10_000),
    kind=st.sampled_from(["python", "native", "marker"]),
    code=st.sampled_from(["", "d1", "d2"]),
)
_LABELS = st.dictionaries(
    st.one_of(st.sampled_from(["pid", "thread", "test", "case"]), _TEXT),
    st.one_of(st.sampled_from(["0", "12", "-3", "007", "Main;1", ""]), st.integers().map(str), _TEXT),
    max_size=3,
)
_TYPES = st.lists(
    st.one_of(st.sampled_from([SAMPLES, CPU, WALL, ALLOC_SPACE]), st.builds(ValueType, _TEXT, st.just("count"))),
    min_size=1,
    max_size=4,
    unique_by=lambda one: one.kind,
)
_INTS = st.integers(-(1 << 63), (1 << 63) - 1)


@st.composite
def captures(draw: st.DrawFn, *, values: st.SearchStrategy[int] | None = None) -> Capture:
    """Return any capture that a builder can make."""
    types = draw(_TYPES)
    builder = Builder(types)
    weight = values if values is not None else st.one_of(st.integers(0, 10**12), _INTS)
    functions = draw(st.lists(_FUNCTIONS, min_size=1, max_size=6))
    used: set[tuple[tuple[int, ...], tuple[tuple[str, str], ...]]] = set()
    for _ in range(draw(st.integers(0, 8))):
        chosen = draw(st.lists(st.tuples(st.sampled_from(functions), st.integers(0, 5000)), max_size=5))
        labels = draw(_LABELS)
        stack = tuple(builder.frame(function, line) for function, line in chosen)
        key = (stack, tuple(sorted(labels.items())))
        if key not in used:
            # Sums would leave 64 bits.
            used.add(key)
            builder.add(stack, [draw(weight) for _ in types], labels)
    return replace(
        builder.build(),
        default=draw(st.integers(0, len(types) - 1)),
        period=draw(_INTS),
        period_type=draw(st.one_of(st.none(), st.sampled_from([SAMPLES, CPU]))),
        started_ns=draw(_INTS),
        duration_ns=draw(_INTS),
        engine=draw(_TEXT),
        facts=draw(st.dictionaries(_TEXT, _TEXT, max_size=2)),
        doubts=tuple(draw(st.lists(st.tuples(_TEXT, _TEXT), max_size=2, unique=True))),
    )
