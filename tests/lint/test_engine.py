from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from perftool.events import Silent
from perftool.lint.cache import Cache
from perftool.lint.engine import Limits, Run
from perftool.lint.found import Found
from perftool.lint.reading.files import find
from perftool.lint.reading.python import CONCATENATED
from perftool.lint.reading.templates import EMPTY
from perftool.lint.selection import Choices, PathRule, Selection
from perftool.lint.versions import salt
from perftool.lint.worker import settings
from perftool.workers.api import Job
from perftool.workers.inline import InlineExecutor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NULLS = "SELECT a FROM t WHERE a = NULL"


@contextmanager
def run(
    folder: Path,
    *,
    cache: Path | None = None,
    limits: Limits | None = None,
    files: list[Found] | None = None,
    detailed: bool = False,
    judging: bool = True,
    **choices: object,
) -> Iterator[Run]:
    """Lint the files of a folder in this process; not ``judging`` leaves all of that to the second half."""
    selection = Selection(Choices(**({"dialect": "postgres"} | choices)))  # type: ignore[arg-type]
    chosen = limits or Limits()
    kept = Cache(cache)
    book = selection.book(chosen.runner) if judging else None
    given = settings(list(selection.rules), selection.options, (), (), book=book)
    job = Job(make="perftool.lint.worker:make", settings=given)
    with InlineExecutor(job) as executor:
        done = Run(selection, kept, executor, Silent(), chosen, salt(selection, chosen))
        done.totals.detailed = detailed
        try:
            done.lint(files if files is not None else find([folder], base=folder))
            yield done
        finally:
            done.close()
            kept.close()


def write(folder: Path, **files: str | bytes) -> None:
    """Write files; two underscores in a name stand for a slash, the suffix is .sql."""
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".sql")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def told(done: Run) -> list[tuple[str, str, int, int]]:
    """Return path, code, line and column of every finding."""
    return [(d.span.path, d.code, d.span.line, d.span.column) for d in done.diagnostics if d.span]


def test_findings_stand_where_they_are_in_their_files(tmp_path: Path) -> None:
    write(tmp_path, b=f"-- é\nSELECT 1;\n  {NULLS};\n", a="SELECT 'ü', a\nFROM t\nWHERE 'ö' = b AND a = NULL")
    with run(tmp_path, select=("COR001",)) as done:
        assert told(done) == [("a.sql", "COR001", 3, 19), ("b.sql", "COR001", 3, 25)]
        for one in done.diagnostics:
            assert one.span is not None
            data = (tmp_path / one.span.path).read_bytes()
            assert data[one.span.start : one.span.end] == b"a = NULL"
            assert one.fix is not None
            edit = one.fix.edits[0]
            assert data[: edit.start].endswith(b"a ")
            assert (one.span.end_line, one.span.end_column) == (3, one.span.column + 8)


def test_equal_statements_are_analysed_once(tmp_path: Path) -> None:
    write(tmp_path, a=f"{NULLS};\nSELECT 1;\n{NULLS};", b=f"\n\n{NULLS}")
    with run(tmp_path, select=("COR001",)) as done:
        assert (done.totals.statements, done.totals.distinct, done.totals.repeated) == (4, 2, 2)
        assert [line for _, _, line, _ in told(done)] == [1, 3, 3]
        keys = [one.key for one in done.diagnostics]
        # Equal statements of one file are told apart by their number, those of different files by the path.
        assert keys[0] != keys[1]
        assert keys[0] == keys[2]


def test_an_unchanged_folder_is_not_analysed_again(tmp_path: Path) -> None:
    write(tmp_path, a=NULLS, b="CREATE TABLE t (a int)")
    kept = tmp_path / "cache"
    with run(tmp_path, cache=kept) as first:
        before = list(first.diagnostics)
        assert before
        assert first.totals.distinct == 2
    with run(tmp_path, cache=kept) as second:
        assert list(second.diagnostics) == before
        assert (second.totals.unchanged_files, second.totals.distinct, second.totals.statements) == (2, 0, 2)


def test_a_changed_statement_costs_itself_alone(tmp_path: Path) -> None:
    write(tmp_path, a=f"{NULLS};\nSELECT 1;")
    kept = tmp_path / "cache"
    with run(tmp_path, cache=kept, select=("COR001",)):
        pass
    write(tmp_path, a=f"SELECT 2;\n{NULLS};")
    with run(tmp_path, cache=kept, select=("COR001",)) as done:
        assert (done.totals.kept, done.totals.unchanged_files) == (1, 0)
        assert told(done) == [("a.sql", "COR001", 2, 23)]


def test_other_choices_find_nothing_in_the_cache(tmp_path: Path) -> None:
    write(tmp_path, a=NULLS)
    kept = tmp_path / "cache"
    with run(tmp_path, cache=kept, select=("COR001",)) as done:
        assert len(done.diagnostics) == 1
    with run(tmp_path, cache=kept, ignore=("COR001",), select=("COR",)) as done:
        assert "COR001" not in {one.code for one in done.diagnostics}
        assert done.totals.unchanged_files == 0


def test_findings_are_judged_again_when_a_definition_elsewhere_changes(tmp_path: Path) -> None:
    index = "CREATE TABLE t (a int PRIMARY KEY);\nCREATE INDEX i ON t (a);"
    write(tmp_path, migrations__1="SELECT 1", migrations__2=index)
    kept = tmp_path / "cache"
    with run(tmp_path, cache=kept) as done:
        assert done.totals.unchanged_files == 0
    write(tmp_path, migrations__1="CREATE TABLE u (a int PRIMARY KEY)")
    with run(tmp_path, cache=kept) as done:
        # The second file is the same, but the project is not.
        assert (done.totals.unchanged_files, done.totals.files) == (0, 2)
    with run(tmp_path, cache=kept) as done:
        assert done.totals.unchanged_files == 2


def test_what_no_definition_has_a_say_in_is_not_judged_again(tmp_path: Path) -> None:
    write(tmp_path, a=NULLS, b="CREATE TABLE t (a int PRIMARY KEY)")
    kept = tmp_path / "cache"
    with run(tmp_path, cache=kept, select=("COR001",)) as done:
        before = told(done)
    write(tmp_path, b="CREATE TABLE u (a int PRIMARY KEY)")
    with run(tmp_path, cache=kept, select=("COR001",)) as done:
        assert told(done) == before != []
        assert (done.totals.unchanged_files, done.totals.files) == (1, 2)


def test_it_does_not_matter_who_judges(tmp_path: Path) -> None:
    write(
        tmp_path,
        migrations__1="CREATE TABLE t (a int PRIMARY KEY, b text);\nCREATE INDEX i ON t (b);",
        migrations__2="CREATE INDEX j ON t (b); -- perftool: ignore[MIG001]\nALTER TABLE t DROP COLUMN b;",
        query=f"SELECT * FROM t WHERE a = '1';\n{NULLS}; -- noqa\nSELECT FROM WHERE (;\n{NULLS}",
    )
    with run(tmp_path) as one, run(tmp_path, judging=False) as other:
        assert list(one.diagnostics) == list(other.diagnostics)
        assert {path for path, *_ in told(one)} == {"migrations/2.sql", "query.sql"}
        assert one.totals.payload() == other.totals.payload()


def test_a_bad_statement_costs_one_finding_and_never_the_file(tmp_path: Path) -> None:
    write(tmp_path, a=f"SELECT FROM WHERE (;\n{NULLS};\nSELECT 'never closed")
    with run(tmp_path, select=("COR001",)) as done:
        assert [(code, line) for _, code, line, _ in told(done)] == [("PT000", 1), ("COR001", 2), ("PT000", 3)]
        assert done.totals.not_parsed == 2


def test_a_statement_that_is_too_long_is_said_and_not_read(tmp_path: Path) -> None:
    write(tmp_path, a=f"SELECT '{'x' * 300}';\n{NULLS}")
    with run(tmp_path, select=("COR001",), limits=Limits(max_statement=200)) as done:
        assert [(code, line) for _, code, line, _ in told(done)] == [("PT001", 1), ("COR001", 2)]


def test_files_that_cannot_be_read_are_told_and_cost_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, a=NULLS, utf32=NULLS.encode("utf-32"))
    (tmp_path / "gone.sql").symlink_to(tmp_path / "nowhere.sql")
    with run(tmp_path, select=("COR001",)) as done:
        assert [path for path, *_ in told(done)] == ["a.sql"]
        assert sorted(one.path for one in done.totals.skipped) == ["gone.sql", "utf32.sql"]


def test_bytes_that_are_no_utf8_and_utf16_keep_their_places(tmp_path: Path) -> None:
    write(
        tmp_path, a=b"SELECT '\xff' FROM t WHERE a = NULL", b=("\ufeff" + f"-- \U0001f600\n{NULLS}").encode("utf-16-le")
    )
    with run(tmp_path, select=("COR001",)) as done:
        assert told(done) == [("a.sql", "COR001", 1, 25), ("b.sql", "COR001", 2, 23)]
        first, second = done.diagnostics
        assert first.span is not None
        assert (tmp_path / "a.sql").read_bytes()[first.span.start : first.span.end] == b"a = NULL"
        assert second.span is not None
        found = (tmp_path / "b.sql").read_bytes()[second.span.start : second.span.end]
        assert found.decode("utf-16-le") == "a = NULL"


def test_standard_input_is_a_file_like_any_other(tmp_path: Path) -> None:
    found = Found(path=tmp_path / "x", name="db/migrations/1.sql", data=b"CREATE INDEX i ON t (a)")
    with run(tmp_path, files=[found]) as done:
        assert ("db/migrations/1.sql", "MIG001", 1, 1) in told(done)


def test_paths_choose_dialects(tmp_path: Path) -> None:
    write(tmp_path, my__a="SELECT `a` FROM t WHERE `a` = NULL", pg__a='SELECT "a" FROM t WHERE "a" = NULL')
    paths = (PathRule(match="/my/**", dialect="mysql"), PathRule(match="/pg/**", dialect="postgres"))
    with run(tmp_path, dialect="", paths=paths, select=("COR001",)) as done:
        assert [code for _, code, *_ in told(done)] == ["COR001", "COR001"]
        assert done.totals.dialects == {"mysql": 1, "postgres": 1}


def test_scope_and_known_findings_do_not_count(tmp_path: Path) -> None:
    write(tmp_path, a=NULLS, b=NULLS, c=NULLS)
    selection = Selection(Choices(dialect="postgres", select=("COR001",)))
    job = Job(make="perftool.lint.worker:make", settings=settings(list(selection.rules), {}, (), ()))
    cache = Cache(None)
    with InlineExecutor(job) as executor:
        done = Run(selection, cache, executor, Silent(), Limits(), b"salt")
        done.scope = lambda one: one.span is not None and one.span.path != "a.sql"
        done.known = lambda one: one.span is not None and one.span.path == "b.sql"
        done.lint(find([tmp_path], base=tmp_path))
        assert [path for path, *_ in told(done)] == ["c.sql"]
        assert (done.totals.known, done.totals.severities.total()) == (1, 1)
        done.close()
    cache.close()


def test_a_file_that_changes_after_it_was_read_is_known_as_another(tmp_path: Path) -> None:
    write(tmp_path, a=NULLS)
    with run(tmp_path) as done:
        assert done.is_as_read("a.sql", NULLS.encode())
        assert not done.is_as_read("a.sql", b"SELECT 1")
        assert not done.is_as_read("b.sql", NULLS.encode())


def test_what_a_program_wrote_is_read_for_its_tables_and_not_judged(tmp_path: Path) -> None:
    write(tmp_path, a=f"-- GENERATED FROM b.sql. DO NOT EDIT.\n{NULLS}", b=NULLS)
    with run(tmp_path) as done:
        assert [path for path, *_ in told(done)] == ["b.sql"]
        assert done.totals.files == 2
    with run(tmp_path, select=("COR001",)) as done:
        assert [path for path, *_ in told(done)] == ["a.sql", "b.sql"]


def test_a_fix_never_takes_away_what_a_template_holds(tmp_path: Path) -> None:
    sorts = "SELECT count(*) FROM (SELECT a FROM t ORDER BY {} a) AS x"
    write(tmp_path, a="{{ config(x=1) }}" + sorts.format(""), b=sorts.format("{{ log('sorted') }}"))
    with run(tmp_path, select=("PERF032",)) as done:
        assert [(one.span.path, one.fix is not None) for one in done.diagnostics if one.span] == [
            ("a.sql", True),
            ("b.sql", False),
        ]


def test_a_file_of_tags_alone_is_told_and_not_clean(tmp_path: Path) -> None:
    write(tmp_path, a="{% macro m(x) %}{{ x }}{% endmacro %}", b="{{ m(1) }} -- only\n", c=NULLS, d="-- nothing\n")
    kept = tmp_path / "cache"
    for _ in range(2):
        with run(tmp_path, cache=kept, select=("COR001",)) as done:
            assert [(one.path, one.reason) for one in done.totals.skipped] == [("a.sql", EMPTY), ("b.sql", EMPTY)]
            assert done.totals.files == 2
            assert done.totals.left_out == 0
        assert done.totals.unchanged_files in (0, 2)


def test_parts_that_are_left_out_are_counted_and_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f'c.execute("{NULLS}")\n\nc.execute("SELECT 1 FROM t " + x)\n')
    write(tmp_path, b=f"{NULLS};\nSELECT '{{{{ x'")
    found = [Found(path=tmp_path / name, name=name) for name in ("a.py", "b.sql")]
    with run(tmp_path, select=("COR001",), files=found, detailed=True) as done:
        assert done.totals.left_out == 2
        notes = [one.notes for one in done.totals.details]
        assert notes[0] == (f"line 3: {CONCATENATED}",)
        assert "line 2 is never closed" in notes[1][0]
