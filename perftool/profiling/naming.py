"""What a function of a foreign profile is called here: most tools name it without its module."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from perftool.profiling.capture import Kind

_SOURCES: Final = (".py", ".pyw", ".pyx", ".pxd", ".pxi", ".ipynb")
#: What stands before the name of a package in the path of an installed file.
_ROOTS: Final = re.compile(
    r"(?:^|(?<=/))(?:site-packages|dist-packages|lib(?:64)?/python3(?:\.\d+)?t?|python\d+\.zip)/"
)
_FROZEN: Final = re.compile(r"<frozen (.+)>")
#: The frames that py-spy puts before a stack when it is asked for processes and threads.
PROCESS: Final = re.compile(r'process (\d+):".*"', re.DOTALL)
THREAD: Final = re.compile(r"thread \(([^)]*)\)(?:: (.*))?", re.DOTALL)


def module_of(file: str) -> str:
    """Return the dotted name of the module in a source file, as far as its path says it; "" where it says nothing.

    An installed file and a relative path say it whole; of another absolute path only the last part is sure.
    """
    if frozen := _FROZEN.fullmatch(file):
        return frozen[1]
    if file.startswith("<") or not file.lower().endswith(_SOURCES):
        return ""
    plain = file.replace("\\", "/")
    if installed := list(_ROOTS.finditer(plain)):
        inside = plain[installed[-1].end() :]
    elif plain.startswith("/") or plain[1:3] == ":/":
        inside = plain.rpartition("/")[2]
    else:
        inside = re.sub(r"^(\.{1,2}/)+", "", plain)
    parts = inside.rpartition(".")[0].split("/")
    if len(parts) > 1 and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def qualified(name: str, file: str) -> str:
    """Return the name of a function with its module in front, where the path of the file says it."""
    module = module_of(file)
    return f"{module}.{name}" if module else name


def kind_of(name: str, file: str) -> Kind:
    """Return what a function is, judging from its name and file; a name without a file is taken for Python."""
    if file.lower().endswith(_SOURCES) or file.startswith("<"):
        return "python"
    return "native" if file or "::" in name or name.startswith(("_Z", "__Z", "0x")) else "python"


def unicode_of(name: str) -> str:
    """Return a name as any encoding can hold it: bytes that are no UTF-8, as paths may have them, become signs."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return name
