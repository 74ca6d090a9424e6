"""A capture read in all four ways at once."""

from __future__ import annotations

from perftool.model.profile import FunctionRow, Ranking
from perftool.model.profile_view import CallRow, Edge, Listing, Peek, ProfileViewPayload, SourceLine

MAIN = FunctionRow(
    function="__main__.main", own=0.01, total=4.07, own_share=0.0023, total_share=0.953, file="run.py", line=4
)
ROWS = FunctionRow(
    function="shop.parse.rows", own=0.36, total=3.09, own_share=0.0843, total_share=0.7237, file="shop/parse.py", line=5
)
PARSE = FunctionRow(
    function="sqlglot.parser.Parser.parse", own=1.4, total=2.73, own_share=0.328, total_share=0.6393,
    file="sqlglot/parser.py", line=1612,
)  # fmt: skip
COLLECTOR = FunctionRow(
    function="garbage collection", own=0.598, total=0.598, own_share=0.14, total_share=0.14, kind="marker"
)
LOADS = FunctionRow(function="json.loads", own=0.35, total=0.35, own_share=0.082, total_share=0.082, kind="native")

PAYLOAD = ProfileViewPayload(
    name="20261120-203102-run-cpu.pb.gz",
    engine="sampler",
    value="cpu",
    unit="s",
    values=("samples", "cpu"),
    whole=4.27,
    seen=4.07,
    duration_s=4.5,
    samples=427,
    selection=("with /main/", "thread=MainThread"),
    facts={"rate": "100"},
    top=Ranking(kind="cpu", unit="s", total=4.27, rows=(PARSE, COLLECTOR, ROWS, LOADS, MAIN), rest=0.2),
    tree=(
        CallRow(depth=0, row=MAIN),
        CallRow(depth=1, row=ROWS),
        CallRow(depth=2, row=PARSE, folded=3, through=("sqlglot",), below=41),
        CallRow(depth=3, row=COLLECTOR),
        CallRow(depth=1, row=LOADS),
    ),
    listings=(
        Listing(
            row=ROWS,
            note="the file was changed after the capture: lines may be off",
            lines=(
                SourceLine(line=5, text="def rows(texts):"),
                SourceLine(line=8, text="        tree = parse(text)", own=0.0, total=2.73, gap=2),
                SourceLine(line=9, text="\tfound.append(tree)", own=0.35, total=0.35),
                SourceLine(line=0, text="", own=0.01, total=0.01),
            ),
        ),
    ),
    peeks=(
        Peek(
            row=ROWS,
            callers=(Edge(function="__main__.main", weight=3.09, share=1.0, file="run.py", line=4),),
            callees=(
                Edge(function="sqlglot.parser.Parser.parse", weight=2.73, share=0.88, file="sqlglot/parser.py"),
                Edge(function="garbage collection", weight=0.01, share=0.003, kind="marker"),
            ),
        ),
    ),
    more=2,
)
