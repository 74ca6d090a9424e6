"""perftool ends by the signal that ended its target."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from perftool.cli.endings import die
sys.stdout.write("said")
die(int(sys.argv[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("number", [2, 6, 9, 11, 15])
def test_what_was_written_is_flushed_and_the_signal_is_the_end(number: int) -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM, str(number)], stdout=subprocess.PIPE, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (-number, "said")
