"""Draw docs/images/tour.svg: a real bench and a real compare, as a terminal shows them.

Run it from anywhere with the project's interpreter: python docs/images/tour.py (about a minute).
"""

from __future__ import annotations

import os
import pty
import re
import shlex
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).parent
WIDTH = 104
BEFORE = """ROWS = [f"{i},name {i},{i * 3.5}" for i in range(1000)]


def bench_split():
    return [row.split(",") for row in ROWS]


def bench_join():
    return [",".join((row, "x")) for row in ROWS]
"""
AFTER = BEFORE.replace('row.split(",")', '[field.strip() for field in row.split(",")]')


def run(command: str, folder: Path) -> str:
    """Run ``command`` in a pseudo terminal and return what a person would see at the end of it."""
    pid, descriptor = pty.fork()
    if pid == 0:
        os.chdir(folder)
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "COLUMNS": str(WIDTH),
            "TERM": "xterm-256color",
        }
        environment.pop("NO_COLOR", None)
        os.execvpe("sh", ["sh", "-c", f'stty cols {WIDTH}; {command}; echo "exit $?"'], environment)
    seen = b""
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.waitpid(pid, 0)
    return settled(seen.decode())


def settled(output: str) -> str:
    """Return the last state of every line: the progress line overwrites itself and is gone at the end."""
    output = output.replace("\r\n", "\n")
    lines = [re.split(r"\r|\x1b\[2K|\x1b\[1A", line)[-1] for line in output.split("\n") if "━━" not in line]
    return "\n".join(lines).replace("\x1b[?25l", "").replace("\x1b[?25h", "")


def main() -> None:
    """Measure, compare, draw."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "rows.py").write_text(BEFORE)
        steps = ["perftool bench rows.py --mem -o before.json"]
        parts = [(steps[0], run(steps[0], folder))]
        (folder / "rows.py").write_text(AFTER)
        run("perftool bench rows.py --mem -o after.json", folder)
        compare = "perftool compare before.json after.json"
        parts.append((compare, run(compare, folder)))
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, force_terminal=True)
        for command, output in parts:
            console.print(Text.assemble(("$ ", "green"), (shlex.join(shlex.split(command)), "bold")))
            console.print(Text.from_ansi(output.strip("\n")))
            console.print()
        svg = console.export_svg(title="perftool", theme=MONOKAI)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S).replace("Fira Code", "Menlo, Consolas, DejaVu Sans Mono")
    (HERE / "tour.svg").write_text(re.sub(r"[ \t]+$", "", svg, flags=re.M))


if __name__ == "__main__":
    main()
