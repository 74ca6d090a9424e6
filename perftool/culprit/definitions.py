"""What a source file says around its functions that their code does not show: decorators, defaults, constants."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from perftool.culprit.altered import Defined
from perftool.culprit.naming import Named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_MOST_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Text:
    """One source file on both sides; None where a side does not have it. ``module`` is its dotted name, or its end."""

    module: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Definition:
    """One function: its lines with its decorators, and what was fixed when it was defined."""

    first: int
    last: int
    decorators: tuple[str, ...]
    defaults: tuple[str, ...]
    names: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    owner: str
    body: str


@dataclass(slots=True)
class Source:
    """One version of a file: functions by qualified name, what names of the module and its classes are bound to."""

    functions: dict[str, Definition] = field(default_factory=dict)
    bindings: dict[str, str] = field(default_factory=dict)
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)
    # Local name → (last part of the module, name there), "" for the module itself.
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


def parsed(text: str) -> Source | None:
    """Return what ``text`` defines, None when it is not Python of this version."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    source = Source()
    _scope(tree.body, "", source)
    return source


def defined(texts: Iterable[Text]) -> dict[Named, Defined]:
    """Return the functions that both sides define, and what differs of them and around them.

    ``texts`` are the files that differ and those whose functions ran: a constant may be used in another file.
    """
    both: list[tuple[str, Source, Source]] = []
    rebound: dict[str, frozenset[str]] = {}
    for text in texts:
        old = parsed(text.before) if text.before is not None else None
        new = old if text.before == text.after else parsed(text.after) if text.after is not None else None
        if old is not None and new is not None:
            both.append((text.module, old, new))
            rebound[text.module.rpartition(".")[2]] = _rebound(old, new)
    return {
        Named(f"{module}.{name}"): _compared(old.functions[name], after, _rebound(old, new), rebound, new)
        for module, old, new in both
        for name, after in new.functions.items()
        if name in old.functions
    }


def _compared(
    before: Definition,
    after: Definition,
    changed: frozenset[str],
    rebound: Mapping[str, frozenset[str]],
    source: Source,
) -> Defined:
    why: list[str] = []
    decorated = before.decorators != after.decorators
    if decorated:
        why.append("decorators changed")
    if before.defaults != after.defaults:
        why.append("defaults changed")
    used = {name for name in after.names if name in changed}
    used |= {
        f"{after.owner}.{name}" for base, name in after.attributes if after.owner and base in {"self", "cls"}
    } & changed
    used |= {f"{base}.{name}" for base, name in after.attributes} & changed
    used |= _used_elsewhere(after, rebound, source)
    why += _said(sorted(used))
    return Defined(tuple(why), decorated, tuple(sorted(used)), rewritten=before.body != after.body)


def _said(used: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"uses {name}, which changed" for name in used[:_MOST_NAMED])


def _used_elsewhere(one: Definition, rebound: Mapping[str, frozenset[str]], source: Source) -> set[str]:
    """Return the changed constants of other modules that a function uses, as it calls them."""
    used: set[str] = set()
    for name in one.names:
        module, there = source.imports.get(name, ("", ""))
        if there and there in rebound.get(module, ()):
            used.add(name)
    for base, name in one.attributes:
        module, there = source.imports.get(base, ("", ""))
        # Either the module was imported, or it is what a package has under that name.
        if name in rebound.get(there or module, ()):
            used.add(f"{base}.{name}")
    return used


def _rebound(old: Source, new: Source) -> frozenset[str]:
    """Return the names that are bound to something else, or on one side only; functions and classes are no such."""
    names = old.bindings.keys() | new.bindings.keys()
    return frozenset(name for name in names if old.bindings.get(name) != new.bindings.get(name))


def _scope(body: Sequence[ast.stmt], prefix: str, source: Source) -> None:
    """Take in the statements of a module or class called ``prefix``, also those in an ``if`` or ``try``."""
    for statement in body:
        if isinstance(statement, _Function):
            _function(statement, prefix, source)
        elif isinstance(statement, ast.ClassDef):
            _scope(statement.body, f"{prefix}{statement.name}.", source)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            _import(statement, prefix, source)
        else:
            for name in _targets(statement):
                source.bindings[prefix + name] = source.bindings.get(prefix + name, "") + ast.dump(statement)
                first, last = source.lines.get(prefix + name, (statement.lineno, statement.lineno))
                source.lines[prefix + name] = first, max(last, statement.end_lineno or last)
            for block in ("body", "orelse", "finalbody"):
                _scope(getattr(statement, block, None) or [], prefix, source)
            for handler in getattr(statement, "handlers", []):
                _scope(handler.body, prefix, source)


def _function(node: _Function, prefix: str, source: Source) -> None:
    name = prefix + node.name
    inside = list(ast.walk(node))
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    source.functions[name] = Definition(
        first=first,
        last=node.end_lineno or first,
        decorators=tuple(ast.dump(one) for one in node.decorator_list),
        defaults=tuple(ast.dump(one) if one else "" for one in (*node.args.defaults, *node.args.kw_defaults)),
        names=frozenset(one.id for one in inside if isinstance(one, ast.Name)),
        attributes=frozenset(
            (one.value.id, one.attr)
            for one in inside
            if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
        ),
        owner=prefix.removesuffix("."),
        body="".join(ast.dump(one) for one in _undocumented(node)),
    )
    for inner in _nested(node.body):
        if isinstance(inner, _Function):
            _function(inner, f"{name}.<locals>.", source)
        else:
            _scope(inner.body, f"{name}.<locals>.{inner.name}.", source)


def _undocumented(node: _Function) -> Sequence[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def _nested(body: Iterable[ast.AST]) -> Iterator[_Function | ast.ClassDef]:
    """Yield the functions and classes directly inside a function, also those in an ``if`` or a loop."""
    for one in body:
        if isinstance(one, _Function | ast.ClassDef):
            yield one
        else:
            yield from _nested(ast.iter_child_nodes(one))


def _import(node: ast.Import | ast.ImportFrom, prefix: str, source: Source) -> None:
    for one in node.names:
        local = one.asname or one.name.partition(".")[0]
        if isinstance(node, ast.ImportFrom):
            source.imports[local] = (node.module or "").rpartition(".")[2], one.name
        else:
            source.imports[local] = one.name.rpartition(".")[2], ""
        # In an alias the name is what is bound: another module under it is another thing.
        source.bindings[prefix + local] = f"{getattr(node, 'level', 0)} {getattr(node, 'module', '')} {one.name}"
        source.lines[prefix + local] = node.lineno, node.end_lineno or node.lineno


def _targets(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        # ``TABLE.update(…)``: what is called changes the object, or nothing that matters here.
        call = statement.value.func
        targets = [call.value] if isinstance(call, ast.Attribute) else []
    for target in targets:
        for one in ast.walk(target):
            if isinstance(one, ast.Name):
                yield one.id
