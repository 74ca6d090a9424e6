from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.reading.alignment import align

MODEL = """\
{{ config(materialized='table') }}

with a as (
    select * from {{ ref('orders') }} o
    where o.x = NULL
)
{% for c in ['p', 'q'] %}
, {{ c }} as (
    select 1
)
{% endfor %}
select *
from a
"""
COMPILED = """\


with a as (
    select * from "db"."main"."orders" o
    where o.x = NULL
)

, p as (
    select 1
)

, q as (
    select 1
)

select *
from a
"""


def origin(text: str, nth: int = 0) -> str | None:
    """Return what stands in the model where ``text`` of the compiled text comes from."""
    start = -1
    for _ in range(nth + 1):
        start = COMPILED.index(text, start + 1)
    found = align(MODEL.encode(), COMPILED.encode()).origin(start, start + len(text))
    return None if found is None else MODEL[found[0] : found[1]]


def test_copied_text_is_found_where_it_was_copied_from() -> None:
    assert origin("o.x = NULL") == "o.x = NULL"
    assert origin("*", 0) == "*"
    assert origin("select *\nfrom a") == "select *\nfrom a"
    assert origin("with a as (\n") == "with a as (\n"


def test_what_was_rendered_comes_from_its_tag() -> None:
    assert origin('"db"."main"."orders"') == "{{ ref('orders') }}"
    assert origin('"main"') == "{{ ref('orders') }}"
    assert origin('from "db"."main"."orders" o') == "from {{ ref('orders') }} o"


def test_what_nobody_knows_is_not_guessed() -> None:
    assert origin(", q as (") is None


def test_other_indents_and_scripts() -> None:
    source, made = "select 'é', {{ a }}\n  from b\n".encode(), "select 'é', 'ü'\n  from b\n".encode()
    found = align(source, made).origin(made.index("'ü'".encode()), made.index(b"\n"))
    assert found is not None
    assert source[slice(*found)] == b"{{ a }}"


_TEXTS = st.lists(st.sampled_from(["a", "b", "c", " d", "{{ x }}", "", "é"]), max_size=12).map(
    lambda lines: "\n".join(lines).encode()
)


@given(_TEXTS, _TEXTS, st.integers(0, 30), st.integers(0, 30))
def test_an_origin_lies_in_the_template(source: bytes, made: bytes, start: int, size: int) -> None:
    start = min(start, len(made))
    found = align(source, made).origin(start, min(start + size, len(made)))
    assert found is None or 0 <= found[0] <= found[1] <= len(source)


@given(_TEXTS)
def test_a_text_comes_from_itself(text: bytes) -> None:
    alignment = align(text, text)
    for start in range(len(text)):
        assert alignment.origin(start, start + 1) == (start, start + 1)


def test_many_equal_lines_take_no_longer_than_their_number() -> None:
    line = b"select 1 union all\n"
    assert align(line * 20_000, line * 20_001).origin(0, 6) == (0, 6)
