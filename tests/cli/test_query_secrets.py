"""A password of a database is shown by no command that queries: not printed, logged, kept, or in a traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.servers.running import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Ran, Run
    from tests.servers.postgresql import PostgreSQL

pytestmark = pytest.mark.xdist_group("postgresql")
WRONG = "wr0ng-Planted/%&"
FORMS = [form for word in (PASSWORD, WRONG) for form in (word, quote(word), quote(word, safe=""), word.split("/")[0])]


def assert_silent(ran: Ran, project: Path, capsys_log: str) -> None:
    kept = [
        path.read_text(errors="replace") for path in project.rglob("*") if path.is_file() and path.name != "q.ndjson"
    ]
    for form in FORMS:
        assert form not in ran.out
        assert form not in ran.err
        assert form not in capsys_log
        assert not any(form in text for text in kept)


@pytest.mark.parametrize(
    ("password", "sql"),
    [(PASSWORD, "SELECT 1"), (PASSWORD, "SELECT * FORM x"), (WRONG, "SELECT 1")],
    ids=["right", "fault", "wrong"],
)
def test_nothing_shows_it(
    run: Run, project: Path, postgresql: PostgreSQL, password: str, sql: str, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgresql.url(password=password)
    caplog.set_level("DEBUG")
    entries = [{"query": sql}, {"query": sql, "source": url}, {"query": sql, "source": url + "?connect_timeout=soon"}]
    (project / "q.ndjson").write_text("\n".join(json.dumps(entry) for entry in entries))
    commands = [
        ("run", url, sql, "--explain", "-o", "report.html"),
        ("run", url, sql, "-f", "json"),
        ("stream", url, sql, "--to", "rows.csv"),
        ("batch", "q.ndjson", "--source", url, "--to", "r.ndjson", "-o", "batch.json"),
    ]
    for words in commands:
        ran = run("--debug", "query", *words)
        assert ran.code in (0, 1, 3, 4), ran.err
        assert_silent(ran, project, caplog.text)
    if password == WRONG:
        assert run("query", "run", url, sql).code == 4
        assert run("query", "batch", "q.ndjson", "-s", url).code == 4


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{WRONG}@host/db",
        f"postgresql://u:p#{WRONG}@host/db",
        f"nosuch://u:{WRONG}@host/db",
        f"postgresql:u:{WRONG}@host/db",
        f"postgresql://u:{WRONG}@host:port/db",
        f"u:{WRONG}@host/db",
        f"postgresql://u@127.0.0.1:1/db?password={quote(WRONG, safe='')}",
        f"mysql://u:{quote(WRONG, safe='')}@127.0.0.1:1/db",
        f"flightsql://u:{quote(WRONG, safe='')}@127.0.0.1:1/?token={quote(WRONG, safe='')}",
    ],
)
def test_no_url_is_shown_however_wrong(run: Run, project: Path, url: str) -> None:
    (project / "q.ndjson").write_text(json.dumps({"query": "SELECT 1", "source": url}))
    for words in (("run", url, "SELECT 1"), ("batch", "q.ndjson"), ("batch", "q.ndjson", "--source", f"shop={url}")):
        ran = run("--debug", "query", *words, "--connect-timeout", "1s")
        assert ran.code in (1, 2, 4), ran.out + ran.err
        assert_silent(ran, project, "")
