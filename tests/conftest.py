"""What holds for all tests."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import pytest

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
