"""The lint baseline: what was there before does not count, wherever it has moved to."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.errors import InputError, OutputError, UsageError
from perftool.lint.known import Comparison, Gone, Known
from perftool.model.diagnostic import Diagnostic, Span


def finding(key: str, path: str = "a.sql", line: int = 1) -> Diagnostic:
    span = Span(path=path, start=0, end=0, line=line, column=1)
    return Diagnostic(code=key.partition(":")[0], severity="warning", message="m", span=span, key=key)


ONE, TWO = finding("COR001:aa:0"), finding("COR001:aa:1")
KNOWN = Known.of([ONE, TWO, finding("MIG001:bb:0"), finding("COR001:aa:0", "b.sql")])


def test_moved_findings_stay_known():
    moved = [finding("COR001:aa:0", line=70), finding("MIG001:bb:0", line=1)]
    split = KNOWN.split(moved)
    assert (split.new, split.known) == ([], moved)


def test_other_statements_rules_and_files_are_new():
    new = [finding("COR001:ab:0"), finding("COR002:aa:0"), finding("COR001:aa:0", "c.sql")]
    assert KNOWN.split(new).new == new


def test_one_more_of_the_same_is_new():
    third = finding("COR001:aa:2")
    split = KNOWN.split([ONE, TWO, third])
    assert (split.new, split.known) == ([third], [ONE, TWO])


def test_a_silenced_one_before_it_makes_nothing_new():
    assert Known.of([TWO]).split([TWO]).known == [TWO]


def test_what_is_gone_is_told():
    gone = KNOWN.split([TWO]).gone
    assert gone == (Gone("a.sql", "COR001:aa", 1), Gone("a.sql", "MIG001:bb", 1), Gone("b.sql", "COR001:aa", 1))
    assert KNOWN.split([ONE, TWO], looked_at={"a.sql"}).gone == (Gone("a.sql", "MIG001:bb", 1),)
    assert KNOWN.split([ONE, TWO], looked_at=()).gone == ()


def test_findings_without_a_key_are_never_known():
    bare = Diagnostic(code="COR001", severity="warning", message="m")
    assert Known.of([bare]) == Known()
    assert not Comparison(KNOWN).is_known(bare)


def test_findings_without_a_place_can_be_known():
    bare = Diagnostic(code="COR001", severity="warning", message="m", key="COR001:aa:0")
    assert Known.of([bare]).split([bare]).known == [bare]


def test_a_run_over_some_files_renews_these_only():
    renewed = KNOWN.renewed([finding("COR009:cc:0")], {"a.sql"})
    assert renewed == Known.of([finding("COR009:cc:0"), finding("COR001:aa:0", "b.sql")])
    assert len(KNOWN.renewed([], {"a.sql", "b.sql"})) == 0


def test_the_file_is_small_sorted_and_has_an_entry_a_line(tmp_path):
    path = tmp_path / "known.json"
    KNOWN.save(path)
    assert path.read_text() == (
        '{\n  "version": 1,\n  "findings": {\n'
        '    "a.sql": {\n      "COR001:aa": 2,\n      "MIG001:bb": 1\n    },\n'
        '    "b.sql": {\n      "COR001:aa": 1\n    }\n  }\n}\n'
    )
    assert Known.load(path) == KNOWN


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match=r"known\.json: no such file"):
        Known.load(tmp_path / "known.json")
    with pytest.raises(OutputError):
        KNOWN.save(tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no lint baseline"),
        (b"{", "no lint baseline"),
        (b"[]", "no lint baseline"),
        (b'{"findings": {}}', "no lint baseline"),
        (b'{"version": 1, "findings": {"a.sql": {"COR001:aa": 0}}}', "no lint baseline"),
        (b'{"version": 1, "findings": {"a.sql": ["COR001:aa"]}}', "no lint baseline"),
        (b'{"version": 1, "findings": {"\xff": {}}}', "no lint baseline"),
        (b'{"version": 2, "findings": []}', "newer than this perftool"),
        (b'{\n<<<<<<< ours\n"version": 1,\n=======\n>>>>>>> theirs\n}', "merge conflict"),
    ],
)
def test_damaged_and_newer_files_are_refused_in_one_line(data, said):
    with pytest.raises(InputError, match=said) as caught:
        Known.decode(data, name="known.json")
    assert caught.value.message.startswith("known.json: ")
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_fields_of_a_later_minor_version_are_no_harm():
    assert Known.decode(b'{"version": 1, "made": "now", "findings": {}}', name="k") == Known()


FINDINGS = st.lists(
    st.tuples(st.sampled_from(["COR001", "MIG002"]), st.sampled_from(["aa", "0123"]), st.sampled_from(["a", "b/ä"])),
    max_size=30,
)


def numbered(drawn: list[tuple[str, str, str]]) -> list[Diagnostic]:
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for code, digest, path in drawn:
        ordinal = seen[code, digest, path] = seen.get((code, digest, path), -1) + 1
        found.append(finding(f"{code}:{digest}:{ordinal}", path))
    return found


@given(FINDINGS, FINDINGS)
def test_what_is_known_plus_what_is_new_is_all(before, now):
    known = Known.of(numbered(before))
    again = Known.decode(known.encode(), name="k")
    assert again == known
    assert json.loads(known.encode())["version"] == 1
    assert known.split(numbered(before))[0::2] == ([], ())
    split = again.split(numbered(now))
    assert len(split.new) + len(split.known) == len(now)
    assert len(split.known) + sum(one.times for one in split.gone) == len(before)
