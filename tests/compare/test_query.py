"""The filter language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.compare import query
from perftool.compare.query import Subject
from perftool.compare.syntax import ExpressionError
from tests.fakes.failures import failure
from tests.fakes.results import series

SUBJECT = Subject(
    series("Enc/format=json/size=4k-8", [1.0], "sec/op", written_unit="ns/op"),
    "old.txt",
    {"pkg": "example.com/a", "commit": "abc"},
)


@pytest.mark.parametrize(
    "expression",
    [
        "*", "-(-*)", ".name:Enc", ".fullname:Enc/format=json/size=4k-8", ".file:old.txt", "/format:json",
        "/gomaxprocs:8", "pkg:/^example/", "missing:\"\"", ".unit:ns/op", ".unit:sec/op", ".unit:(B/op OR ns/op)",
        "/format:json /size:4k", "/format:json AND AND /size:4k AND", "/format:xml OR pkg:/a$/", "-/format:xml",
        "(/format:xml OR /size:4k) commit:abc", "/format:(xml OR /^js/)", '"pkg":"example.com/a"', "- /format:xml",
        ".unknown:\"\"", "-.unit:B/op", "/format : json",
    ],
)  # fmt: skip
def test_what_is_selected(expression: str) -> None:
    assert query.parse(expression)(SUBJECT)


@pytest.mark.parametrize(
    "expression",
    ["-*", ".name:enc", "/format:jso", "pkg:/^a/", ".unit:B/op", "/size:4k -/format:json", "a:b OR /format:xml",
     '.file:"/old/"', "commit:AbC"],
)  # fmt: skip
def test_what_is_not_selected(expression: str) -> None:
    assert not query.parse(expression)(SUBJECT)


@pytest.mark.parametrize(
    ("expression", "problem", "offset"),
    [
        ("", "expected key:value or subexpression", 0),
        ("a", "expected key:value", 0),
        ("* a", "expected key:value", 2),
        ("a:", "expected key:value", 0),
        ("a:-b", "expected key:value", 0),
        ("a:b)", 'unexpected ")"', 3),
        ("a:b :", 'unexpected ":"', 4),
        ("(a:b", 'missing ")"', 4),
        ("a:(b c)", "value list must be separated by OR", 5),
        ("a:(", "expected value", 3),
        ("a:(b OR )", "expected value", 8),
        ("OR a:b", "expected key:value or subexpression", 0),
        ("a:/b", 'missing close "/"', 2),
        ("a:/b/c", 'regexp must be followed by space or an operator (unescaped "/"?)', 5),
        ("a:/(/", 'missing close "/"', 2),
        ('a:"b', "missing end quote", 2),
        (r'a:"\q"', "bad escape sequence", 2),
        ("a:b .config:c", ".config is only allowed in projections", 4),
        ('"":b', "key must not be empty", 0),
        ("a:/b**/", "error parsing regexp: invalid nested repetition operator: `**`", 2),
    ],
)
def test_what_is_wrong_and_where(expression: str, problem: str, offset: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        query.parse(expression)
    assert (caught.value.problem, caught.value.offset) == (problem, offset)


ATOMS = st.sampled_from(["*", ".unit:ns/op", ".unit:B/op", "/format:json", "/format:xml", "-pkg:/a$/"])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} {two[1]})"),
        inner.map(lambda one: f"-({one})"),
    ),
)


@given(EXPRESSIONS, EXPRESSIONS)
def test_boolean_algebra(left: str, right: str) -> None:
    a, b = query.parse(left)(SUBJECT), query.parse(right)(SUBJECT)
    assert query.parse(f"{left} AND {right}")(SUBJECT) == (a and b)
    assert query.parse(f"{left} OR {right}")(SUBJECT) == (a or b)
    assert query.parse(f"-({left})")(SUBJECT) == (not a)


@given(st.text(alphabet='ab:()-*"/\\ ANDOR.unit,@', max_size=16))
def test_any_text_is_a_filter_or_a_pointed_error(expression: str) -> None:
    error = failure(ExpressionError, lambda: query.parse(expression)(SUBJECT))
    assert error is None or 0 <= error.offset <= len(expression)  # type: ignore[attr-defined]
