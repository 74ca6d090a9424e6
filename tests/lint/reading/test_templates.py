from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.lint.reading import templates
from perftool.lint.reading.templates import EMPTY, neutralise
from tests.lint.reading.shapes import made_up, neutral, parses, same_places, squeezed


@pytest.mark.parametrize(
    "plain",
    [
        "SELECT 1",
        "SELECT '{{1,2},{3,4}}'::int[][], '{{a,b},{c,d}}'",
        "SELECT * FROM t WHERE a LIKE '{%' OR b LIKE '%{%' OR c = '{#'",
        'SELECT \'{"a": {"b": {"c": 1}}}\'::jsonb',
        "SELECT {d '2026-01-01'}, {fn now()}",
        "",
    ],
)
def test_text_without_templates_stays_as_it_is(plain: str) -> None:
    result = neutral(plain)
    assert result.data == plain.encode()
    assert (result.kind, result.replaced, result.note) == ("", (), "")


@pytest.mark.parametrize(
    ("template", "sql"),
    [
        ("select * from {{ ref('orders') }} o", "select * from orders o"),
        ("select * from {{ ref('pkg', 'orders') }}", "select * from orders"),
        ("select * from {{ ref('orders', v=2) }}", "select * from orders"),
        ('select * from {{source("raw","orders")}}', "select * from orders"),
        ("select * from {{ this }} where a > 1", "select * from this where a > 1"),
        ("select * from {{ ref('order') }}", "select * from order_"),
        ("select * from {{ ref('my-model') }}", "select * from my_model"),
        ("select {{ ref('orders') }}.id from {{- ref('orders') -}} ", "select orders .id from orders"),
        ("{{ config(materialized='table') }}\nselect 1", "select 1"),
        ("select cast(a as {{ dbt.type_string() }}) from t", "select cast(a as VARCHAR ) from t"),
        ("select a::{{ type }} from t", "select a::INT from t"),
        ("select a from t limit {{ var('n') }}", "select a from t limit 1"),
        ("select a from t where b in {{ ids }}", "select a from t where b in (1)"),
        ("select {{ x }} from t", "select x from t"),
        ("select {{ 30 }} from t", "select 30 from t"),
        ("select a from t where b > {{ var('a') }} and c", "select a from t where b > var_a and c"),
        ("select a from t {{ limit_in_dev() }}", "select a from t"),
        ("select a from t {{ where_clause() }} group by 1", "select a from t group by 1"),
        ("select a from t group by a {{ more() }} order by 1", "select a from t group by a order by 1"),
        ("with a as ( {{ unioned() }} ) select * from a", "with a as ( SELECT 1 ) select * from a"),
        ("select 1 union all {{ other() }}", "select 1 union all SELECT 1"),
        ("select * from a_{{ suffix }} b", "select * from a_suffix b"),
        ("select * from {{ schema }}.t", "select * from schema .t"),
        ("select * from {{ prefix }}_t", "select * from prefix_______t"),
        ("select {{ 'a' if x else 'b' }} from t", "select a from t"),
        ("{# a note #}select 1", "/* a note */select 1"),
        ("{#+ hint #}select 1", "/* hint */select 1"),
        ("{# /* nested */ #}select 1", "/* / nested * */select 1"),
        ("{% set x = 1 %}select 1", "select 1"),
        ("{% raw %}select {{ x }} from t{% endraw %}", "select x from t"),
        ("with {{ imported_ctes() }} select 1", "with x AS(SELECT 1) select 1"),
        ("with a as (select 1), {{ imported_ctes }} , b as (select 2) select 3", None),
        ("select f(a), {{ b }} , c from t", "select f(a), b , c from t"),
        ("with a as (select 1), {{ ctes }} b as (select 2) select 3", "with a as (select 1), b as (select 2) select 3"),
        ("select cast(a as {{ b_type }})", "select cast(a as INT )"),
        ("select 2 * {{ b }} from t", "select 2 * b from t"),
        (
            "with a as (select f(1) from t)\n/* as JSON */ {{ exported('a') }}",
            "with a as (select f(1) from t) /* as JSON */ SELECT 1",
        ),
        ("select a from t where (b) {{ more() }}", "select a from t where (b)"),
        ("select a from b join{{ ref('c') }} on d", "select a from b join c on d"),
        ("{{ selected('a') }} where b", "SELECT 1 where b"),
        ("select a as b {{ columns }} {{ more }} from t", "select a as b from t"),
        ("select {{ last_value('a') }} over (order by b) from t", "select x() over (order by b) from t"),
        ("select a from t where b {{ operator }} {{ c }}", "select a from t where b = c"),
        ('select a as {{"b_"+c}} from t', "select a as b__c from t"),
    ],
)
def test_tags_become_sql(template: str, sql: str | None) -> None:
    assert parses(template)
    assert sql is None or squeezed(template) == sql


@pytest.mark.parametrize(
    ("template", "sql"),
    [
        ("select {% if a %}b{% elif c %}d{% else %}e{% endif %} from t", "select b from t"),
        ("select 1{% if a %}{# none #}{% else %}, 2{% endif %}", "select 1 , 2"),
        ("select {% if a %}{% if b %}x{% else %}y{% endif %}{% else %}z{% endif %} from t", "select x from t"),
        ("select {% for c in cs %}{{ c }}{% if not loop.last %},{% endif %}{% endfor %} from t", "select c from t"),
        ("select {% for c in cs %}{{ c }}{{ ',' if not loop.last }} {% endfor %} from t", "select c from t"),
        ('select {% for c in cs %}{{ c }}{{ "," if not loop.last else "" }}{% endfor %} from t', "select c from t"),
        ("select {% for c in cs %}a{% if loop.first %}{% else %},{% endif %}{% else %}b{% endfor %} from t", None),
        ("select a {%- for c in cs %}, {{ c }} {%- endfor %} from t", "select a , c from t"),
        ("select 1 {% if not a() %}from b{% endif %} {% if a() %}from c{% endif %}", "select 1 from b"),
        ("select 1 {% if a %}, b{% endif %} {% if not  a %}, c{% else %}, d{% endif %}", "select 1 , b , d"),
        ("{% set q %}(1, 2){% endset %}select 1", "select 1"),
        ("{% macro m(a) %}{{ a }} is null{% endmacro %}select 1", "select 1"),
        ("{% docs x %}It's text{% enddocs %}select 1", "select 1"),
        ("{% snapshot s %}{{ config(a=1) }}select 1{% endsnapshot %}", "select 1;"),
        ("{% macro m() %}select 1 from t{% endmacro %}select 2", "select 1 from t; select 2"),
        ("{% call statement('x') %}delete from t where a = 1{% endcall %}", "delete from t where a = 1;"),
        ("select a{% if x %}_b{% endif %}_c from t", None),
        ("select 1 {% endif %} from t", "select 1 from t"),
        ("select a {% if x %} from t", "select a from t"),
    ],
)
def test_one_branch_and_one_round_stay(template: str, sql: str | None) -> None:
    assert parses(template)
    if sql is not None:
        assert squeezed(template) == sql


def test_the_branch_of_the_dialect_is_taken() -> None:
    template = (
        "select {% if target.type == 'bigquery' %}a{% elif target.type in ('postgres', 'x') %}b{% else %}c{% endif %}"
    )
    assert squeezed(template, "bigquery") == "select a"
    assert squeezed(template, "postgres") == "select b"
    assert squeezed(template, "snowflake") == "select c"
    assert squeezed(template, "") == "select a"
    assert squeezed("select {% if target.type != 'postgres' %}a{% else %}b{% endif %}", "postgres") == "select b"


def test_strings_names_and_comments_keep_their_ends() -> None:
    assert (
        squeezed("""select '{{ var("x") }}', '{{ var('y') }}' from t""")
        == "select '___var__x_____', '___var__y_____' from t"
    )
    assert squeezed('select "{{ x }}".a from t') == 'select "___x___".a from t'
    assert squeezed("select `{{ p }}.{{ d }}.t`.a", "bigquery") == "select `___p___.___d___.t`.a"
    assert squeezed("select 1 -- it's {{ x }}\n, {{ y }}") == "select 1 -- it's {{ x }} , y"
    assert squeezed("select 1 /* it's {{ '*/' }} */, {{ y }}") == "select 1 /* it's {{ '* ' }} */, y"
    assert squeezed("select $$ it's {{ x }} $$, {{ y }}") == "select $$ it's x $$, y"
    assert squeezed(r"select E'\'{{ x }}', {{ y }}") == r"select E'\'___x___', y"
    assert squeezed(r"select '\'{{ x }}', {{ y }}", "mysql") == r"select '\'___x___', y"


def test_a_tag_over_lines_in_a_line_comment_comments_the_rest() -> None:
    sql = "select 1 -- {{ config(\n  a = 1\n) }} rest\n, 2"
    assert parses(sql) == "select 1 -- {{ config( -- = 1 -- } rest , 2"


def test_positions_hold_with_other_scripts_and_line_ends() -> None:
    assert parses("{{ config(alias='naïve') }}\r\nselect 'é' as {{ x }}\r\nfrom {{ ref('zoë') }} -- ü\n").startswith(
        "/* config("
    )
    parses("select {% if x == '日本' %}a{% else %}b{% endif %} from {{ source('𝒳', 'y') }}\rwhere a = 1")
    parses("select * from {{\n  ref(\n    'orders'\n  )\n}} o where o.a = 1")
    assert b"orders" in neutral("select * from {{\n  ref(\n    'orders'\n  )\n}} o").data
    assert neutral("select 1 {% if a %}{% else %}é\r\n").data.endswith(b"\r\n")
    neutral("select \udcff{{ '\udcfe' }}{% if \udcfd %}\udcfc{% else %}\udcfb{% endif %}")


def test_what_is_made_up_is_listed_and_notes_are_not() -> None:
    assert made_up("{{ config(a=1) }}{# b #}{% set c = 1 %}select {{ d }} from t") == ["{{ d }}"]
    assert made_up("select {% if a %}b{% else %}c{% endif %}") == ["{% if a %}", "{% else %}c{% endif %}"]
    assert made_up("select '{{ a }}' -- {{ b }}") == ["{{ a }}"]


def test_a_tag_that_never_ends_leaves_the_rest() -> None:
    result = neutral("select {{ a }}\nfrom {{ ref('x' }}\nwhere b")
    assert result.data.decode().split("\n")[1:] == ["from {{ ref('x' }}", "where b"]
    result = neutral("select {{ a }},\n  {{ b from t where {{ c }}")
    assert "line 2" in result.note
    assert result.data.decode() == "select a      ,\n  {{ b from t where {{ c }}"
    assert neutral("select 1 {% if 'x %}").note


def test_a_template_without_sql_says_so() -> None:
    for template in (
        "{{ config(a=1) }}\n{{ daily('é') }} -- all of it",
        "{% macro m() %}a is null{% endmacro %}",
        "{# a #}",
    ):
        assert neutral(template).note == EMPTY
    assert neutral("{{ config(a=1) }} select 1").note == ""


def test_go_templates() -> None:
    assert squeezed("select {{ .Column }} from {{ .Schema }}.t {{ if .Where }}where a{{ else }}where b{{ end }}") == (
        "select Column from Schema .t where a"
    )
    assert neutral("{{/* a note */}}select {{- range $i, $c := .Cs }} a {{- end }}").kind == "go"
    assert squeezed("select '{{ start }}', {{ end }} from t") == "select '___start___', end_ from t"


def test_equal_references_are_equal_names() -> None:
    text = squeezed("select * from {{ ref('a') }} join {{ref('a')}} on {{ref( 'a' )}}.x = 1")
    assert text == "select * from a join a on a .x = 1"


_PIECES = st.sampled_from(
    ["{{", "}}", "{%", "%}", "{#", "#}", "if a", "else", "endif", "for x in y", "endfor", "set x", "endset",
     "raw", "endraw", "'", '"', "`", "$$", "--", "/*", "*/", "\n", "\r\n", "\\", "(", ")", "{", "}", "[", "]",
     "a", "1", " ", ",", ";", "é", "日", "𝒳", "ref('a')", "select", "from", "limit", "config(", "macro m()",
     "endmacro", "end", "range .x", ".", ":a", "${b}", "%s"]
)  # fmt: skip


@given(
    st.lists(_PIECES, max_size=40).map("".join),
    st.sampled_from(["", "postgres", "mysql", "bigquery", "tsql", "oracle"]),
)
def test_any_text_keeps_its_places(text: str, dialect: str) -> None:
    data = text.encode()
    same_places(data, neutralise(data, dialect))


@given(
    st.lists(_PIECES, max_size=40).map("".join),
    st.sampled_from(["", "postgres", "mysql", "bigquery", "tsql", "oracle"]),
)
def test_all_that_reads_otherwise_than_the_file_is_listed(text: str, dialect: str) -> None:
    data = text.encode()
    neutral = neutralise(data, dialect)
    listed = {place for start, end in (*neutral.replaced, *neutral.rewritten) for place in range(start, end)}
    assert {place for place, byte in enumerate(data) if neutral.data[place] != byte} <= listed


@given(st.binary(max_size=60))
def test_any_bytes_keep_their_places(data: bytes) -> None:
    tag = b"{{" + data + b"}}"
    same_places(tag, neutralise(tag))


@pytest.mark.parametrize(
    "unit",
    ["{{ a }}", "{{", "{%", "{#", "{{'", '{{ "', "{% if a %}", "{% if a %}b{% else %}", "{% endif %}", "{{ {",
     "{{(", "{{{{ }", "{{ config() }}", "'{{ x }}", "{{ '\\'", "$${{ a }}", "/*{{ a }}", "{% raw %}",
     "{% for a in b %}{{ a if not loop.last }}", "--{{ a\n}}", "{{ x.y.", "{% set x %}select",
     "{{ 'a' if ' else ", "{% macro a() %}", "{{ end }}{{ if .x }}"]
)  # fmt: skip
def test_time_grows_with_the_text_only(unit: str) -> None:
    """Eight times the text takes eight times the calls; and one that squares would not come to its end here."""

    def calls(times: int) -> int:
        made = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal made
            made += event in ("call", "c_call")

        data = (unit * times).encode()
        sys.setprofile(count)
        try:
            neutralise(data)
        finally:
            sys.setprofile(None)
        return made

    neutralise(unit.encode())
    assert calls(1600) <= 9 * calls(200) + 1000
    data = (unit * 8_000).encode()
    assert len(neutralise(data).data) == len(data)


@pytest.mark.parametrize("piece", [b" {{- x -}}", b"/* c */ {{ x }}", b"{{end}} ", b", {{ x }}"])
def test_words_before_a_value_are_looked_for_once(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []
    search = templates.last_words

    def counted(data: bytes) -> list[str]:
        searched.append(len(data))
        return search(data)

    monkeypatch.setattr(templates, "last_words", counted)
    neutralise(b"SELECT" + piece * 400, "postgres")
    assert len(searched) < 2_000
