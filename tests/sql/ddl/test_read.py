"""Whatever text it is given, reading gives actions whose places lie in the text, and raises nothing."""

# ruff: noqa: E501  cases read best in one line each
from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from perftool.sql import ddl
from perftool.sql.actions import AnyAction
from perftool.sql.kinds import kind_of
from perftool.sql.tokens import lex

DIALECTS = st.sampled_from(["", "postgres", "mysql", "tsql", "oracle", "snowflake", "bigquery", "spark", "sqlite"])
VERBS = st.sampled_from(
    ["ALTER TABLE t", "ALTER TYPE", "CREATE TABLE t", "CREATE INDEX", "CREATE", "DROP", "TRUNCATE", "RENAME TABLE",
     "REFRESH MATERIALIZED VIEW", "REINDEX", "VACUUM", "LOCK", "SET", "RESET", "BEGIN", "COMMIT", "COPY", "DO", "EXEC",
     "EXEC sp_rename", "SELECT set_config(", "ALTER TABLE t ADD", "ALTER TABLE t ALTER COLUMN a", "ALTER TABLE t DROP"]
)  # fmt: skip
TOKENS = st.sampled_from(
    ["(", ")", ",", ".", ";", "=", "[", "]", "*", "::", "a", "t", '"Q"', "`q`", "[b]", "'s'", "N'", '"', "$$", "12",
     "ADD", "COLUMN", "DROP", "ALTER", "TYPE", "USING", "SET", "NOT", "NULL", "DEFAULT", "CONSTRAINT", "PRIMARY", "KEY",
     "FOREIGN", "REFERENCES", "UNIQUE", "CHECK", "EXCLUDE", "INDEX", "CONCURRENTLY", "IF", "EXISTS", "ON", "ONLY",
     "CASCADE", "RENAME", "TO", "PARTITION", "OF", "BY", "ATTACH", "DETACH", "GENERATED", "ALWAYS", "AS", "IDENTITY",
     "STORED", "VALID", "MODIFY", "CHANGE", "ALGORITHM", "LOCK", "ONLINE", "LIKE", "SELECT", "WITH", "IN", "MODE", "TIME",
     "ZONE", "FULL", "VIEW", "FROM", "INHERITS", "-- c\n", "/* c */", "ü", "\n", "@@x", "false"]
)  # fmt: skip
STATEMENTS = st.sampled_from(
    ["ALTER TABLE a.b ADD COLUMN c varchar(20) NOT NULL DEFAULT 'x' REFERENCES d (e) ON DELETE SET NULL, DROP COLUMN f",
     "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES u (c, d) MATCH FULL NOT VALID, VALIDATE CONSTRAINT x",
     "CREATE TABLE t (a int GENERATED ALWAYS AS (b + 1) STORED, CONSTRAINT k PRIMARY KEY (a), KEY i (b(10)), LIKE u)",
     "CREATE UNIQUE INDEX CONCURRENTLY i ON t USING gin (lower(a) DESC, b x_ops) INCLUDE (c) WHERE d IS NOT NULL",
     "ALTER TABLE t MODIFY a ENUM('x','y') COMMENT 'z' AFTER b, CHANGE c d INT, ALGORITHM=INPLACE, LOCK=NONE",
     "ALTER TABLE t ALTER COLUMN a TYPE timestamp(3) with time zone USING a::text::timestamptz, RENAME TO u",
     "REINDEX (CONCURRENTLY, VERBOSE) TABLE a.b", "EXEC sp_rename 'a.b.c', 'd', 'COLUMN'",
     "SELECT set_config('lock_timeout', '2s', false)", "LOCK TABLE a, ONLY b * IN SHARE ROW EXCLUSIVE MODE"]
)  # fmt: skip


def check(text: str, dialect: str) -> None:
    kind = kind_of(lex(text, dialect))
    for action in ddl.read(text, kind, dialect):
        _in_text(action, text)
        encoded = msgspec.msgpack.encode(action)
        assert msgspec.msgpack.decode(encoded, type=AnyAction) == action


def _in_text(value: Any, text: str) -> None:
    if isinstance(value, tuple):
        for one in value:
            _in_text(one, text)
    elif isinstance(value, msgspec.Struct):
        if hasattr(value, "start"):
            assert 0 <= value.start <= value.end <= len(text), value
        if hasattr(value, "keyword_end"):
            assert 0 <= value.keyword_end <= len(text), value
        for name in value.__struct_fields__:
            _in_text(getattr(value, name), text)


@given(VERBS, st.lists(TOKENS, max_size=14), DIALECTS)
@settings(max_examples=600, deadline=None)
def test_soups_of_tokens(verb: str, tokens: list[str], dialect: str):
    check(" ".join([verb, *tokens]), dialect)


@given(STATEMENTS, st.integers(0, 120), st.integers(0, 120), TOKENS, DIALECTS)
@settings(max_examples=400, deadline=None)
def test_cut_and_mutated_statements(statement: str, cut: int, at: int, token: str, dialect: str):
    check(statement[:cut], dialect)
    check(statement[cut:], dialect)
    check(f"{statement[:at]} {token} {statement[at:]}", dialect)


@given(st.text(max_size=60), VERBS, DIALECTS)
@settings(max_examples=200, deadline=None)
def test_any_text(text: str, verb: str, dialect: str):
    check(text, dialect)
    check(f"{verb} {text}", dialect)


def test_long_texts_are_left_alone():
    assert ddl.read("DROP TABLE " + "a, " * (1 << 17) + "b", "DROP TABLE") == ()


def test_a_text_without_a_token_does_nothing():
    assert ddl.read("/* only a remark */", "CREATE TABLE", "postgres") == ()
    assert ddl.read("", "ALTER TABLE") == ()
