from __future__ import annotations

import subprocess
import sys

import pytest

from perftool.errors import InputError, UsageError
from perftool.sql import stages
from perftool.sql.samples import CLASSICAL


@pytest.mark.parametrize("stage", stages.STAGES)
@pytest.mark.parametrize("name", CLASSICAL)
def test_every_stage_runs_and_gives_the_same_each_time(stage: str, name: str) -> None:
    operation = stages.make(stage, CLASSICAL[name], "postgresql")
    first, second = operation(), operation()
    if stage in ("fingerprint", "format", "parse", "optimize"):
        assert str(first) == str(second)
    assert stages.make_all(stage, list(CLASSICAL.values()))() is None


@pytest.mark.parametrize("parser", stages.PARSERS)
def test_every_parser_gives_the_same_tree(parser: str) -> None:
    for text in CLASSICAL.values():
        assert stages.make_parser(parser, text)() == stages.make_parser("plain", text)()


def test_what_fails_fails_when_made() -> None:
    with pytest.raises(InputError, match=r"cannot parse 'select \(\(': "):
        stages.make("parse", "select ((")
    with pytest.raises(InputError, match="…"):
        stages.make("tokenize", "select 'a" + " b" * 100)
    with pytest.raises(UsageError, match="no stage named"):
        stages.make("guess", "select 1")
    with pytest.raises(UsageError, match="no stage named"):
        stages.chosen("guess")
    with pytest.raises(UsageError, match="no parser named"):
        stages.make_parser("guess", "select 1")
    with pytest.raises(UsageError, match="postgers"):
        stages.make("parse", "select 1", "postgers")


def test_options_and_parameters() -> None:
    assert stages.chosen("all") == stages.STAGES
    assert stages.chosen("parse") == ("parse",)
    assert stages.stage_parameters("parse", "") == {}
    assert stages.stage_parameters("format", "mysql") == {"stage": "format", "dialect": "mysql"}
    assert stages.work("select 'é'", "") == {"B": 11.0, "tokens": 2.0, "statements": 1.0}


def test_stands_on_the_standard_library_and_sqlglot_alone() -> None:
    """It runs inside interpreters where perftool's other dependencies are not installed."""
    script = (
        "import sys\n"
        "from perftool.sql import stages\n"
        "assert 'sqlglot' not in sys.modules\n"
        "for s in stages.STAGES: stages.make(s, 'select a from t')()\n"
        "for p in stages.PARSERS: stages.make_parser(p, 'select a from t')()\n"
        "bad = {'msgspec', 'typer', 'rich', 'psutil', 'tomlkit', 'memray'} & set(sys.modules)\n"
        "assert not bad, bad\n"
        "ours = {m for m in sys.modules if m.startswith('perftool')}\n"
        "assert all(m in ('perftool', 'perftool.errors') or m.startswith('perftool.sql') for m in ours), ours\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
