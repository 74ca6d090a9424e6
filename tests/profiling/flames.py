"""Captures of a small shop, for the pages and the comparisons that are made of them."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

from perftool.profiling.capture import ALLOC_SPACE, CPU, GARBAGE_COLLECTION, SAMPLES, Builder, Capture, Function

_OWN: Final = "/srv/shop/"
_INSTALLED: Final = "/srv/shop/.venv/lib/python3.11/site-packages/"
_STDLIB: Final = "/usr/lib/python3.11/"

MAIN: Final = Function("__main__.<module>", f"{_OWN}run.py", 1)
ROWS: Final = Function("shop.parse.rows", f"{_OWN}shop/parse.py", 14)
TOTAL: Final = Function("shop.checkout.total", f"{_OWN}shop/checkout.py", 88)
SELECT: Final = Function("sqlglot.parser.Parser._parse_select", f"{_INSTALLED}sqlglot/parser.py", 2800)
EXPRESSION: Final = Function("sqlglot.parser.Parser._parse_expression", f"{_INSTALLED}sqlglot/parser.py", 4300)
DECODE: Final = Function("json.decoder.JSONDecoder.raw_decode", f"{_STDLIB}json/decoder.py", 343)
SCAN: Final = Function("scan_once", f"{_STDLIB}lib-dynload/_json.so", 0, "native")
COLLECTION: Final = Function(GARBAGE_COLLECTION, kind="marker")
BOOTSTRAP: Final = Function("threading.Thread._bootstrap", f"{_STDLIB}threading.py", 995)

#: Samples of 10 ms, in all threads: stack, those of "main", those of "worker".
STACKS: Final = (
    ((MAIN, ROWS), 30, 0),
    ((MAIN, ROWS, DECODE), 8, 0),
    ((MAIN, ROWS, DECODE, SCAN), 22, 0),
    ((MAIN, TOTAL), 20, 0),
    ((MAIN, SELECT), 6, 0),
    ((MAIN, SELECT, EXPRESSION, SELECT), 24, 0),
    ((MAIN, SELECT, EXPRESSION, COLLECTION), 10, 0),
    ((BOOTSTRAP, ROWS), 0, 40),
    ((BOOTSTRAP, SELECT, EXPRESSION), 0, 40),
)
PERIOD: Final = 10_000_000


def shop(*, seed: int | None = None, slow: int = 0) -> Capture:
    """Return 200 samples; with a ``seed`` they scatter, and ``slow`` more fall on ``shop.checkout.total``."""
    source = random.Random(seed)
    builder = Builder([SAMPLES, CPU, ALLOC_SPACE])
    for functions, *numbers in STACKS:
        frames = [builder.frame(one, one.start_line + 3 if one.start_line else 0) for one in functions]
        for thread, number in zip(("main", "worker"), numbers, strict=True):
            drawn = number + (slow if functions[-1] == TOTAL and number else 0)
            if seed is not None and drawn:
                drawn = max(1, drawn + source.randint(-1, 1))
            if drawn:
                builder.add(frames, [drawn, drawn * PERIOD, 1000 * len(functions)], {"thread": thread, "pid": "7"})
    return replace(
        builder.build(), default=1, engine="sampler", period=PERIOD, period_type=CPU, duration_ns=1_400_000_000,
        started_ns=1_795_000_000_000_000_000, facts={"rate": "100", "target": "python run.py"},
        doubts=(("unseen-cpu", "2.1 % of the CPU time was used where the sampler could not look"),),
    )  # fmt: skip
