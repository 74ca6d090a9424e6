"""What holds for all tests."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

pytest_plugins = ["tests.servers.fixtures"]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.profiling.chromium import Browser

# A shell starts background jobs with Ctrl-C ignored, nohup all with SIGHUP ignored, and so would every program be that
# a test interrupts.
for _name, _handler in (
    ("SIGINT", signal.default_int_handler),
    ("SIGHUP", signal.SIG_DFL),
    ("SIGQUIT", signal.SIG_DFL),
    ("SIGTERM", signal.SIG_DFL),
):
    if (_number := getattr(signal, _name, None)) is not None and signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)

# Hundreds of processes are started here: each would compile perftool anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.dealing import ByFile

    return ByFile(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture
def few_objects() -> Iterator[None]:
    """Let the garbage collector know only what is made from now on: all tests together are a million objects."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start one browser for all tests of the group ``chromium``."""
    from tests.profiling.chromium import Browser

    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser
