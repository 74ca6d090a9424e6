from __future__ import annotations

import pytest

from perftool.errors import PerftoolError, UnavailableError, UsageError
from perftool.workers.loading import described, maker, raised, trouble
from perftool.workers.messages import Trouble
from tests.workers import jobs


def test_a_job_is_found_by_name_with_its_preparation() -> None:
    assert maker("tests.workers.jobs:make") == (jobs.make, jobs.prepare)
    assert maker("base64:b64encode")[1] is None


@pytest.mark.parametrize("name", ["", "module", ":function", "module:", "tests.workers.jobs:missing"])
def test_a_wrong_name_is_told(name: str) -> None:
    with pytest.raises(UsageError, match=r"package\.module:function|has no function missing"):
        maker(name)


def test_something_else_than_a_function_is_refused() -> None:
    with pytest.raises(UsageError, match="has no function not_a_function"):
        maker("tests.workers.jobs:not_a_function")


def test_an_error_of_ours_travels_whole() -> None:
    error = raised(trouble(UnavailableError("no such thing", hint="get it")))
    assert (type(error), error.message, error.hint) == (UnavailableError, "no such thing", "get it")


def test_any_other_error_arrives_as_a_fault_of_ours() -> None:
    error = raised(trouble(ZeroDivisionError("by\nzero")))
    assert (type(error), error.message) == (PerftoolError, "the workers cannot start: ZeroDivisionError: by zero")
    assert type(raised(Trouble("EXIT_OK", "?"))) is PerftoolError


def test_descriptions_are_one_line_of_bounded_length() -> None:
    assert described(ValueError("a\n  b")) == "ValueError: a b"
    assert described(KeyError()) == "KeyError"
    assert len(described(ValueError("x" * 10**6))) < 3000
