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


def origin(text: str, nth: int = 0, model: str = MODEL, compiled: str = COMPILED) -> tuple[str, bool] | None:
    """Return what stands in the model where ``text`` of the compiled text comes from, and whether it was copied."""
    start = -1
    for _ in range(nth + 1):
        start = compiled.index(text, start + 1)
    source, made = model.encode(), compiled.encode()
    first, last = len(compiled[:start].encode()), len(compiled[: start + len(text)].encode())
    found = align(source, made).origin(first, last)
    return None if found is None else (source[found.start : found.end].decode(), found.exact)


def copied(text: str, nth: int = 0, **texts: str) -> bool:
    return origin(text, nth, **texts) == (text, True)


def test_copied_text_is_found_where_it_was_copied_from() -> None:
    assert copied("o.x = NULL")
    assert copied("*", 0)
    assert copied("select *\nfrom a")
    assert copied("with a as (\n")


def test_what_was_rendered_comes_from_its_tag() -> None:
    tag = "{{ ref('orders') }}"
    assert origin('"db"."main"."orders"') == (tag, False)
    assert origin('"main"') == (tag, False)
    assert origin('from "db"."main"."orders" o') == (f"from {tag} o", True)


def test_what_a_loop_made_comes_from_its_head() -> None:
    assert origin(", q as (") == ("{% for c in ['p', 'q'] %}", False)
    assert copied("select *\nfrom a", 0)


def test_a_macro_may_take_lines_of_its_own() -> None:
    model = "select a, {{ cents('x') }} as é, b\nfrom t\n    {{ filters() }}\norder by 1\n"
    compiled = "select a, \n    round(x, 2)\n as é, b\nfrom t\n    where x = NULL\n  and y = NULL\norder by 1"
    texts = {"model": model, "compiled": compiled}
    assert copied("as é, b", **texts)
    assert copied("select a,", **texts)
    assert copied("order by 1", **texts)
    assert origin("round(x, 2)", **texts) == ("{{ cents('x') }}", False)
    assert origin("x = NULL", **texts) == origin("y = NULL", **texts) == ("{{ filters() }}", False)


def test_a_block_that_leaves_nothing_leaves_its_surroundings_alone() -> None:
    model = "select a\nfrom t\n{% if is_incremental() %}\nwhere a = NULL\n{% endif %}\n  and {{ x() }} = NULL\n"
    compiled = "select a\nfrom t\n\n  and c = NULL"
    texts = {"model": model, "compiled": compiled}
    assert copied("from t", **texts)
    assert copied("= NULL", **texts)
    assert origin(" c ", **texts) == ("{{ x() }}", False)


def test_text_that_stands_in_two_places_is_not_guessed() -> None:
    texts = {"model": "{{ a() }}, b, {{ c() }}", "compiled": "x, b, y, b, z"}
    assert origin(", b,", **texts) == ("{{ a() }}", False)
    assert origin("zzz", model="select 1", compiled="zzz") is None


def test_text_in_tags_is_no_text() -> None:
    model = "{{ config(\n  a\n) }}\nselect (\n{{ x() }}\n)"
    compiled = "\nselect (\n1 +\n  a\n)"
    texts = {"model": model, "compiled": compiled}
    assert origin("  a", **texts) == ("{{ x() }}", False)
    assert copied(")", **texts)


def test_verbatim_text_alone_may_be_edited() -> None:
    alignment = align(MODEL.encode(), COMPILED.encode())
    place = COMPILED.index("= NULL")
    found = alignment.verbatim(place, place + 6)
    assert found is not None
    assert MODEL[slice(*found)] == "= NULL"
    assert alignment.verbatim(place, place) == (MODEL.index("= NULL"),) * 2
    rendered = COMPILED.index('"main"')
    assert alignment.verbatim(rendered, rendered + 6) is None
    assert alignment.verbatim(rendered, rendered) is None
    assert alignment.verbatim(place - 40, place) is None


def test_other_indents_and_scripts() -> None:
    source, made = "select 'é', {{ a }}\n  from b\n".encode(), "select 'é', 'ü'\n  from b\n".encode()
    found = align(source, made).origin(made.index("'ü'".encode()), made.index(b"\n"))
    assert found is not None
    assert source[found.start : found.end] == b"{{ a }}"
    assert copied("from b", model="select {{ a }}\r\n  from b\r\n", compiled="select 1\n  from b")


_LINES = (
    "a", "b", "c", " d", "{{ x }}", "", "é", "{% if a %}", "{% endif %}", "{% for b in c %}", "{% endfor %}",
    "a {{ y", "}} c", "{% else %}", "a, {{ z }}, b",
)  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_LINES), max_size=12).map(lambda lines: "\n".join(lines).encode())


@given(_TEXTS, _TEXTS, st.integers(0, 30), st.integers(0, 30))
def test_an_origin_lies_in_the_template_and_what_was_copied_is_the_same(
    source: bytes, made: bytes, start: int, size: int
) -> None:
    start = min(start, len(made))
    alignment = align(source, made)
    end = min(start + size, len(made))
    found = alignment.origin(start, end)
    assert found is None or 0 <= found.start <= found.end <= len(source)
    edited = alignment.verbatim(start, end)
    assert edited is None or source[slice(*edited)] == made[start:end]
    if found is not None and found.exact and end - start == 1:
        assert source[found.start : found.end] == made[start:end]


_PLAIN = st.lists(st.sampled_from(["a", "b", "c", " d", "", "é"]), max_size=12).map(
    lambda lines: "\n".join(lines).encode()
)


@given(_PLAIN)
def test_a_text_comes_from_itself(text: bytes) -> None:
    alignment = align(text, text)
    for start in range(len(text)):
        assert alignment.origin(start, start + 1) == (start, start + 1, True)


def test_many_equal_lines_take_no_longer_than_their_number() -> None:
    line = b"select 1 union all\n"
    assert align(line * 20_000, line * 20_001).origin(0, 6) == (0, 6, True)


def test_many_tags_in_a_row_are_no_trouble() -> None:
    source, made = b"{{ ref('a') }}\n" * 5_000, b"a\n" * 5_000
    alignment = align(source, made)
    for line in (0, 1, 4_999):
        assert alignment.origin(2 * line, 2 * line + 1) == (15 * line, 15 * line + 14, False)


class Rendering:
    """A template with what it renders to, and for each byte of that where it was copied from, -1 for none."""

    def __init__(self) -> None:
        self.source = b""
        self.made = b""
        self.origins: list[int] = []
        self.names = 0

    def text(self, text: bytes, *, rounds: int) -> None:
        start = len(self.source)
        self.source += text
        for _ in range(rounds):
            self.made += text
            self.origins += range(start, start + len(text))

    def value(self, *, rounds: int) -> None:
        self.source += b"{{ x%d() }}" % self.names
        for _ in range(rounds):
            text = b"X%d\n X" % self.names if self.names % 3 else b"X%d" % self.names
            self.made += text
            self.origins += [-1] * len(text)
            self.names += 1


_PARTS = st.lists(
    st.tuples(
        st.sampled_from(["word", "same", "value", "off", "on", "loop"]), st.sampled_from(["\n", " ", ", ", "\n  "])
    ),
    min_size=1,
    max_size=14,
)


@given(_PARTS)
def test_what_is_taken_for_copied_was_copied_from_there(parts: list[tuple[str, str]]) -> None:
    made = Rendering()
    for number, (kind, separator) in enumerate(parts):
        if kind == "value":
            made.value(rounds=1)
        elif kind in ("word", "same"):
            made.text(b"w%d" % number if kind == "word" else b"same", rounds=1)
        elif kind in ("on", "off"):
            made.source += b"{% if a %}"
            made.text(b"i%d" % number, rounds=kind == "on")
            made.source += b"{% endif %}"
        else:
            made.source += b"{% for a in b %}"
            begun = len(made.origins)
            made.text(b"l%d " % number, rounds=1)
            made.value(rounds=1)
            # The second round, with the same text and another value.
            text, origins = made.made[begun:], made.origins[begun:]
            made.made += text
            made.origins += origins
            made.source += b"{% endfor %}"
        made.text(separator.encode(), rounds=1)
    alignment = align(made.source, made.made)
    for place, true in enumerate(made.origins):
        if made.made[place : place + 1].isspace() or made.made[place : place + 1] == b",":
            continue
        found = alignment.origin(place, place + 1)
        if found is not None and found.exact:
            assert true >= 0, "rendered text was taken for copied"
            # Equal words may stand for each other, others not.
            assert found.start == true or made.made[place:].startswith((b"s", b"a", b"m", b"e"))
            assert made.source[found.start] == made.made[place]
