"""The line of each key in a TOML file."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from perftool.config.lines import locate

TEXT = '''\
profile = "ci"   # a comment with = and [
"quoted" = 1

[bench]
blocks = 3
suites = [
  "a = b",
  "[no]",
]
text = """
hidden = 1
[also.hidden]
"""
 seed = 4
[[compare.rule]]
match = "x"
[[compare.rule]] # second
match = "y"
[ tool . perftool ]
a.b = 2
'''


def test_keys_tables_and_lists_of_tables() -> None:
    tomllib.loads(TEXT)
    assert locate(TEXT) == {
        "profile": 1,
        "quoted": 2,
        "bench": 4,
        "bench.blocks": 5,
        "bench.suites": 6,
        "bench.text": 10,
        "bench.seed": 14,
        "compare.rule[0]": 15,
        "compare.rule[0].match": 16,
        "compare.rule[1]": 17,
        "compare.rule[1].match": 18,
        "tool.perftool": 19,
        "tool.perftool.a.b": 20,
    }


@given(st.text())
def test_any_text_gives_lines_that_exist(text: str) -> None:
    lines = len(text.splitlines())
    assert all(1 <= line <= lines for line in locate(text).values())
