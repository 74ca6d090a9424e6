"""Diffs are those that git applies."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perftool.lint.patch import diff

PLAIN = """\
--- a/db/a.sql
+++ b/db/a.sql
@@ -1,4 +1,4 @@
 one
-two
+2
 three
 four
"""


def test_the_change_stands_in_its_context():
    assert diff("db/a.sql", b"one\ntwo\nthree\nfour\n", b"one\n2\nthree\nfour\n") == PLAIN
    assert diff("db/a.sql", b"one\n", b"one\n") == ""


def test_lines_are_counted_in_the_whole_file():
    old = b"".join(b"%d\n" % number for number in range(1000))
    new = old.replace(b"\n500\n", b"\nx\ny\n")
    head, *_ = [line for line in diff("a.sql", old, new).splitlines() if line.startswith("@@")]
    assert head == "@@ -498,7 +498,8 @@"


def test_a_missing_end_of_line_is_told_on_its_side():
    assert diff("a", b"x", b"y").endswith(
        "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n"
    )
    assert diff("a", b"x", b"x\n").endswith("-x\n\\ No newline at end of file\n+x\n")
    assert diff("a", b"", b"x\n").endswith("@@ -0,0 +1 @@\n+x\n")


def test_only_line_feeds_end_lines():
    assert "-a\r\n+b\r\n" in diff("a", b"a\r\n", b"b\r\n")
    assert "-a\x0b\u2028b\n+c\n" in diff("a", "a\x0b\u2028b\n".encode(), b"c\n")


def test_names_are_written_as_git_writes_them():
    assert diff("a b.sql", b"", b"x").startswith("--- a/a b.sql\t\n")
    assert diff('a"\n.sql', b"", b"x").startswith('--- "a/a\\"\\n.sql"\n')


TEXTS = st.lists(
    st.sampled_from([b"a\n", b"b\n", b"a\r\n", b"\n", b"\xff\n", "é\n".encode(), b"c", b"\x0c"]), max_size=14
).map(b"".join)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TEXTS, new=TEXTS)
def test_git_applies_them(tmp_path, old, new):
    if old == new or not old or not new:
        return
    path = tmp_path / "a b.sql"
    path.write_bytes(old)
    text = diff("a b.sql", old, new).encode("utf-8", "surrogateescape")
    subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"], cwd=tmp_path, input=text, check=True, capture_output=True
    )
    assert path.read_bytes() == new
