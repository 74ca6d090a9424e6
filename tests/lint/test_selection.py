import pytest

from perftool.errors import UsageError
from perftool.lint.selection import Choices, PathRule, Selection


def codes(name: str = "a.sql", dialect: str = "postgres", **choices: object) -> set[str]:
    selection = Selection(Choices(**choices))  # type: ignore[arg-type]
    plan = selection.plan(name)
    sets = selection.sets_of(plan, name, dialect)
    return set(selection.book().applying(dialect, sets, plan.ignored, plan.extended))


def test_path_and_dialect_choose_the_sets() -> None:
    assert "COR001" in codes()
    assert "MIG001" not in codes()
    assert "MIG001" in codes("db/migrations/1.sql")
    assert "MIG001" not in codes("db/migrations/1.sql", "bigquery")
    assert "MIG001" not in codes("db/migrations/1_index.cockroach.up.sql")
    assert "PERF010" in codes("app/a.sql")
    assert "PERF010" not in codes("dbt/models/a.sql")


def test_the_user_s_sets_win() -> None:
    assert "MIG001" in codes(rules_for=("migration",))
    assert "MIG001" in codes("x/1.sql", paths=(PathRule(match="/x/**", rules_for=("migration",)),))


def test_no_rules_for_what_was_generated_unless_they_are_asked_for() -> None:
    selection = Selection(Choices())
    plan = selection.plan("a.sql")
    sets = selection.sets_of(plan, "a.sql", "postgres", generated=True)
    assert selection.book().applying("postgres", sets) == {}
    asked = Selection(Choices(rules_for=("oltp",)))
    assert "oltp" in asked.sets_of(asked.plan("a.sql"), "a.sql", "postgres", generated=True)


def test_select_runs_the_named_rules_whatever_their_sets() -> None:
    assert codes(select=("MIG001",)) == {"MIG001"}
    assert codes(select=("blocking-index-build", "COR")) > {"MIG001", "COR001"}
    assert codes("a.sql", "mysql", select=("MIG001",)) == set()


def test_ignore_and_off_take_away_and_extend_adds() -> None:
    assert "COR001" not in codes(ignore=("COR001",))
    assert "COR001" not in codes(severity=("null-comparison=off",))
    assert "MIG001" in codes(extend_select=("MIG001",))
    assert "COR001" not in codes("t/a.sql", paths=(PathRule(match="t/", ignore=("COR001",)),))
    assert "COR001" in codes("u/a.sql", paths=(PathRule(match="t/", ignore=("COR001",)),))


def test_later_paths_win_and_patterns_are_those_of_gitignore() -> None:
    selection = Selection(
        Choices(
            dialect="mysql",
            paths=(PathRule(match="*.sql", dialect="postgres"), PathRule(match="a/**", dialect="tsql")),
        )
    )
    assert selection.plan("x.sql").dialect == "postgres"
    assert selection.plan("a/x.sql").dialect == "tsql"
    assert selection.plan("x.txt").dialect == "mysql"


def test_severities_by_code_and_by_beginning() -> None:
    selection = Selection(Choices(severity=("COR=info", "COR001=error")))
    assert selection.book().severity("COR001", "warning") == "error"
    assert selection.book().severity("MIG001", "warning") == "warning"


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"select": ("MIG0O1",)}, "no lint rule 'MIG0O1'"),
        ({"ignore": ("null-comparision",)}, "no lint rule"),
        ({"severity": ("COR001=fatal",)}, "no severity 'fatal'"),
        ({"severity": ("COR001",)}, "no severity"),
        ({"rules_for": ("oltpp",)}, "no set of rules named 'oltpp'"),
        ({"options": ("nothing=1",)}, "no lint option named 'nothing'"),
        ({"dialect": "postgress"}, "no SQL dialect named 'postgress'"),
        ({"plugins": ("no-such-distribution",)}, "no installed distribution"),
    ],
)
def test_wrong_words_are_said_plainly(choices: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        Selection(Choices(**choices))  # type: ignore[arg-type]
    assert error.value.hint
