"""Find comparisons with NULL, which are never true.

Why: `a = NULL` and `a <> NULL` give NULL for every row, so a WHERE keeps none and an UPDATE changes none, silently.
Bad: SELECT id FROM t WHERE a = NULL
Good: SELECT id FROM t WHERE a IS NULL
Limits: T-SQL compares with NULL where ANSI_NULLS is off. Assignments (UPDATE … SET a = NULL) are no comparisons. The
fix is for = and <>; `a > NULL` and CASE a WHEN NULL, which are never true either, have none.
Source: ISO/IEC 9075-2, 8.2 <comparison predicate>, general rules on null values
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from perftool.lint.api import Edit, Finding, Rule
from perftool.sql.nodes import Node, exp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from perftool.lint.statement import Statement
    from perftool.sql.tokens import Lexeme

_SETTINGS: Final = (exp.Alter, exp.AlterSet, exp.Execute)


def _comparison(node: Node, at: Statement) -> Iterable[Finding]:
    args = node.args
    if args["expression"].__class__ is not exp.Null and args["this"].__class__ is not exp.Null:
        return ()
    return () if _is_assignment(node) else _with_null(node, at)


def _with_null(node: Node, at: Statement) -> Iterator[Finding]:
    message = "is never true: a comparison with NULL gives NULL, whatever the value is"
    if not isinstance(node, (exp.EQ, exp.NEQ)):
        yield at.found(node, message, help="IS NULL or IS NOT NULL")
        return
    test = "IS NOT NULL" if isinstance(node, exp.NEQ) else "IS NULL"
    start, end = at.span(node)
    if isinstance(node.this, exp.Null):
        yield at.found(node, message, help=f"{' '.join(at.source(node.expression).split())} {test}")
        return
    left = at.span(node.this)
    # Brackets around the left side are no part of its span.
    operator = at.word_after(left[1], "=", "<>", "!=", "==")
    null = at.word_after(operator.end, "null") if operator else None
    edits = _edits(operator, null, test, at) if operator and null else []
    help_ = f"{' '.join(at.source(node.this).split())} {test}"
    yield at.found(node, message, help=help_, edits=edits, span=(start, max(end, null.end if null else end)))


def _edits(operator: Lexeme, null: Lexeme, test: str, at: Statement) -> list[Edit]:
    before = "" if at.text[operator.start - 1].isspace() else " "
    if at.text[operator.end : null.start].strip():
        # A comment stands between the two, and stays there.
        return [Edit(operator.start, operator.end, f"{before}{test.removesuffix(' NULL')} ")]
    return [Edit(operator.start, null.end, f"{before}{test}")]


def _case(node: Node, at: Statement) -> Iterator[Finding]:
    if node.this is None:
        return
    for branch in node.args.get("ifs") or ():
        if isinstance(branch.this, exp.Null):
            text = " ".join(at.source(node.this).split())
            message = f"never takes the branch WHEN NULL: it compares {text} with NULL, which gives NULL"
            yield at.found(node, message, help=f"CASE WHEN {text} IS NULL THEN …")
            return


def _is_assignment(node: Node) -> bool:
    parent = node.parent
    if isinstance(
        parent, (exp.Update, exp.SetItem, exp.PropertyEQ, exp.Kwarg, exp.Properties, exp.Property, exp.When, *_SETTINGS)
    ):
        return not (isinstance(parent, exp.Update) and node.arg_key == "where")
    if isinstance(parent, exp.Select) and isinstance(node.this, exp.Parameter):
        # T-SQL: SELECT @a = NULL
        return True
    # MERGE … UPDATE SET and ON CONFLICT DO UPDATE SET hold theirs in lists of their own.
    return node.arg_key == "expressions" and isinstance(parent, (exp.OnConflict, exp.Update))


RULE = Rule(
    code="COR001",
    name="null-comparison",
    severity="error",
    sets=frozenset({"all"}),
    fix="safe",
    nodes={
        exp.EQ: _comparison,
        exp.NEQ: _comparison,
        exp.GT: _comparison,
        exp.GTE: _comparison,
        exp.LT: _comparison,
        exp.LTE: _comparison,
        exp.Case: _case,
    },
)
