"""Find the SQL in the string literals of a Python file.

Only literals whose text in the file is the text that runs, so that a position in the one is a position in the other.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING, Final

from perftool.lint.reading.region import Region

if TYPE_CHECKING:
    from collections.abc import Iterator

_CALLS: Final = frozenset(
    {"execute", "executemany", "executescript", "execute_async", "exec_driver_sql", "mogrify", "text", "read_sql",
     "read_sql_query", "sql", "query", "raw", "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one", "scalar",
     "scalars", "get_pandas_df", "run_sql"}
)  # fmt: skip
# A call of one of these leaves positions inside its literal as they are.
_WRAPPERS: Final = frozenset({"dedent", "cleandoc", "text", "sql", "composed", "strip", "rstrip", "lstrip", "format"})
_NAME: Final = re.compile(r"(?:^|_)(?:sql|query|stmt|statement|ddl)$|[a-z](?:SQL|Sql|Query)$", re.IGNORECASE)
_VERB: Final = re.compile(
    rb"(?i:\s|--[^\r\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/|\()*+"
    rb"(?i:(?:select|with|insert\s++(?:into|or|ignore|overwrite)|update\s++\S++\s++(?:as\s++\w++\s++|\w++\s++)?set|delete\s++from"
    rb"|merge\s++into|replace\s++into|create\s++(?:or|table|temp|temporary|unique|index|view|materialized|schema|extension"
    rb"|function|type|external|database|trigger|sequence)|alter\s++(?:table|index|type|view|database|schema|sequence)"
    rb"|drop\s++(?:table|index|view|schema|type|materialized|database|column|function|sequence)|truncate\s++\w|vacuum\b"
    rb"|copy\s++\S++\s++(?:from|to|into)|grant\s++\w++.*\bto|explain\s++\w|lock\s++table|refresh\s++materialized|reindex\s++\w)\b)"
)
_SELECTS: Final = re.compile(rb"(?i:select|with)\b")
_SELECTING: Final = re.compile(rb"(?i)\bfrom\b|\bselect\s++(?:[0-9*'@:]|\w++\()")
_PREFIX: Final = re.compile(rb"(?P<prefix>[A-Za-z]{0,2})(?P<quote>'''|\"\"\"|'|\")")
_BREAK: Final = re.compile(rb"\r\n?|\n")
_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_FORMAT: Final = re.compile(rb"\{[^{}]*+\}")
_SIGN: Final = re.compile(rb"'(?:[^'\\\r\n]|\\.)*+'|\"(?:[^\"\\\r\n]|\\.)*+\"|[{}()\[\]]")
_UTF8: Final = frozenset({"utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii", "u8"})

CONCATENATED: Final = "put together of several pieces: positions in it are not those of the file"
ESCAPED: Final = "holds escapes: its text in the file is not what runs"


def literals(data: bytes) -> tuple[Region, ...]:
    """Return the regions of SQL in the Python source ``data``; whatever it is, nothing is raised."""
    problem = _foreign(data)
    tree: ast.AST | None = None
    if not problem:
        try:
            with warnings.catch_warnings():
                # What the file's author gets to hear from Python is not ours to repeat.
                warnings.simplefilter("ignore")
                tree = ast.parse(data)
        except SyntaxError as error:
            problem = f"Python's parser stops in line {error.lineno}: {error.msg}"
        except (ValueError, RecursionError, MemoryError) as error:
            problem = f"this Python cannot be parsed ({type(error).__name__})"
    if tree is None:
        return (Region(0, len(data), "python", reason=problem),)
    places = _Places(data)
    found: dict[int, Region] = {}
    for node in ast.walk(tree):
        for candidate in _candidates(node):
            for literal, formatted in _unwrapped(candidate):
                region = _region(literal, places, formatted=formatted)
                if region is not None:
                    found.setdefault(region.start, region)
    return tuple(found[start] for start in sorted(found))


def _foreign(data: bytes) -> str:
    """Say why positions of Python's parser would not be those of the file, or nothing."""
    for line in data.split(b"\n", 2)[:2]:
        cookie = _COOKIE.match(line)
        if cookie and cookie[1].decode("ascii").lower().replace("_", "-") not in _UTF8:
            return f"Python in {cookie[1].decode('ascii')}, which is not read: save it as UTF-8"
    return ""


class _Places:
    """The lines of a source, for offsets of what ``ast`` found."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        self.lines = [mark, *(line_break.end() for line_break in _BREAK.finditer(data))]

    def offset(self, line: int, column: int) -> int:
        return self.lines[line - 1] + column


def _candidates(node: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions at ``node`` that are SQL if they are literals."""
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if node.args and called.lower() in _CALLS:
            yield node.args[0]
        for keyword in node.keywords:
            if keyword.arg and _NAME.search(keyword.arg):
                yield keyword.value
    elif isinstance(node, ast.Assign):
        if any(_NAME.search(_name(target)) for target in node.targets):
            yield node.value
    elif (
        isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None and _NAME.search(_name(node.target))
    ):
        yield node.value


def _name(target: ast.expr) -> str:
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def _unwrapped(node: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the literals that ``node`` is or wraps, and whether ``format`` or ``%`` fills in their fields."""
    formatted = False
    while True:
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute) and function.attr in _WRAPPERS and not _is_module(function.value):
                formatted = formatted or function.attr == "format"
                node = function.value
                continue
            called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if len(node.args) == 1 and called.lower() in _WRAPPERS:
                node = node.args[0]
                continue
            return
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            node = node.left
            continue
        if isinstance(node, ast.IfExp):
            yield from _unwrapped(node.body)
            yield from _unwrapped(node.orelse)
            return
        break
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        # Reported where it begins, as left out.
        while isinstance(node, ast.BinOp):
            node = node.left
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            yield ast.copy_location(ast.Tuple([node], ast.Load()), node), formatted
        return
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node, formatted


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)


def _region(node: ast.expr, places: _Places, *, formatted: bool) -> Region | None:
    """Return the region of a literal, with a reason where it cannot be taken, or None if it is no SQL."""
    added = isinstance(node, ast.Tuple)
    if node.end_lineno is None or node.end_col_offset is None:
        return None
    start = places.offset(node.lineno, node.col_offset)
    end = places.offset(node.end_lineno, node.end_col_offset)
    source = places.data[start:end]
    head = _PREFIX.match(source)
    if head is None:
        return None
    prefix, quote = head["prefix"].lower(), head["quote"]
    inner = (start + head.end(), end - len(quote))
    text = places.data[inner[0] : inner[1]]
    if not _is_sql(text):
        return None
    if added or not source.endswith(quote):
        return Region(*inner, "python", reason=CONCATENATED)
    if isinstance(node, ast.JoinedStr):
        fields, constant = _fields(text, inner[0])
        values = (part.value for part in node.values if isinstance(part, ast.Constant))
        if b"f" not in prefix or fields is None or constant != _encoded("".join(map(str, values))):
            return Region(*inner, "python", reason=_why(text, quote))
        return Region(*inner, "python", tuple(fields))
    if isinstance(node, ast.Constant) and _plain(text) != _encoded(str(node.value)):
        return Region(*inner, "python", reason=_why(text, quote))
    if formatted:
        if b"{{" in text or b"}}" in text:
            return Region(*inner, "python", reason=ESCAPED)
        return Region(
            *inner, "python", tuple((inner[0] + m.start(), inner[0] + m.end()) for m in _FORMAT.finditer(text))
        )
    return Region(*inner, "python")


def _is_sql(text: bytes) -> bool:
    verb = _VERB.match(text)
    if verb is None:
        return False
    # "Select a file" and "with care" begin like SQL as well.
    return not _SELECTS.match(verb[0].lstrip(b" \t\r\n(")) or _SELECTING.search(text) is not None


def _why(text: bytes, quote: bytes) -> str:
    return CONCATENATED if quote in text and b"\\" not in text else ESCAPED


def _plain(text: bytes) -> bytes:
    """Return ``text`` as Python reads it: every line ends with LF."""
    return _BREAK.sub(b"\n", text)


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _fields(text: bytes, base: int) -> tuple[list[tuple[int, int]] | None, bytes]:
    """Return where the fields of an f-string stand, None if one is not closed, and the text between them.

    Python tells their places rightly from 3.12 on only.
    """
    fields: list[tuple[int, int]] = []
    constant: list[bytes] = []
    position = 0
    while (start := text.find(b"{", position)) >= 0:
        constant.append(text[position:start])
        end = _field_end(text, start)
        if end < 0:
            return None, b""
        fields.append((base + start, base + end))
        position = end
    constant.append(text[position:])
    return fields, _plain(b"".join(constant))


def _field_end(text: bytes, start: int) -> int:
    depth = 0
    for sign in _SIGN.finditer(text, start):
        if sign[0] in (b"{", b"(", b"["):
            depth += 1
        elif sign[0] in (b"}", b")", b"]"):
            depth -= 1
            if depth == 0:
                return sign.end()
    return -1
