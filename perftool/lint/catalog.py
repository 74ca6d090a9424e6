"""All rules by code and name, and which of them apply where."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final, cast

from perftool import discovery
from perftool.errors import UsageError
from perftool.lint.api import ROW_STORES, WAREHOUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from perftool.lint.api import Rule, RuleSet

RULES: Final = "perftool.lint.rules"


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Return the built-in rules by code, sorted.

    raises: AssertionError when two share a code or a name, which a test finds first.
    """
    found = [cast("Rule", discovery.load(RULES, name, "RULE", what="rule")) for name in discovery.names(RULES)]
    by_code = {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}
    assert len(by_code) == len(found) == len({rule.name for rule in found})
    return by_code


def known(plugins: Iterable[str] = ()) -> dict[str, Rule]:
    """Return the built-in rules and those that ``plugins`` bring, by code, sorted.

    A plugin is the path of a Python file that defines ``RULES`` (or one ``RULE``), or the name of an installed
    distribution that offers such modules or rules as entry points of the group ``perftool.lint.rules``.
    raises: UsageError when a plugin cannot be loaded or takes a code or a name that another rule has.
    """
    found = dict(rules())
    names = {rule.name: code for code, rule in found.items()}
    for plugin in plugins:
        for rule in _brought(plugin):
            if rule.code in found or rule.name in names:
                other = found.get(rule.code) or found[names[rule.name]]
                raise UsageError(
                    f"lint plugin {plugin}: {rule.code} {rule.name} clashes with {other.code} {other.name}"
                )
            found[rule.code] = rule
            names[rule.name] = rule.code
    return dict(sorted(found.items()))


def _brought(plugin: str) -> list[Rule]:
    from perftool.lint.api import Rule

    loaded = [_from_file(plugin)] if plugin.endswith(".py") else _from_distribution(plugin)
    found: list[object] = []
    for one in loaded:
        rules_of = getattr(one, "RULES", None) or getattr(one, "RULE", None) or one
        found += rules_of if isinstance(rules_of, (list, tuple)) else [rules_of]
    brought = [rule for rule in found if isinstance(rule, Rule)]
    if not brought or len(brought) < len(found):
        raise UsageError(
            f"lint plugin {plugin} brings no rules", hint="it must define RULE = perftool.lint.api.Rule(…)"
        )
    return brought


def _from_file(path: str) -> object:
    import importlib.util

    spec = importlib.util.spec_from_file_location("perftool_lint_plugin_" + str(abs(hash(path))), path)
    if spec is None or spec.loader is None:
        raise UsageError(f"lint plugin {path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"lint plugin {path} cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def _from_distribution(name: str) -> list[object]:
    from importlib import metadata

    try:
        points = metadata.distribution(name).entry_points.select(group="perftool.lint.rules")
        return [point.load() for point in points]
    except metadata.PackageNotFoundError as error:
        raise UsageError(f"no installed distribution named {name!r}", hint=f"pip install {name}") from error
    except Exception as error:
        raise UsageError(f"lint plugin {name} cannot be loaded: {type(error).__name__}: {error}") from error


def matching(words: Iterable[str], among: Mapping[str, Rule]) -> frozenset[str]:
    """Return the codes that ``words`` select: ALL, a code, the beginning of codes (PERF, MIG0), or a rule's name.

    raises: UsageError naming the nearest one for a word that selects nothing.
    """
    found: set[str] = set()
    by_name = {rule.name: rule.code for rule in among.values()}
    for word in words:
        wanted = word.strip()
        if wanted.upper() == "ALL":
            found.update(among)
        elif wanted.lower() in by_name:
            found.add(by_name[wanted.lower()])
        else:
            codes = [code for code in among if code.startswith(wanted.upper())] if wanted else []
            if not codes:
                raise _unknown(word, among)
            found.update(codes)
    return frozenset(found)


def _unknown(word: str, among: Mapping[str, Rule]) -> UsageError:
    import difflib

    names = [*among, *(rule.name for rule in among.values())]
    close = difflib.get_close_matches(word.upper(), names, n=1) or difflib.get_close_matches(word.lower(), names, n=1)
    hint = f"did you mean {close[0]}?" if close else "perftool lint --rules lists them"
    return UsageError(f"no lint rule {word!r}", hint=hint)


def sets_for(dialect: str, *, migration: bool) -> frozenset[RuleSet]:
    """Return the sets of rules that suit a file: by what its dialect is, and whether it lies where migrations lie."""
    found: set[RuleSet] = {"all"}
    if dialect in WAREHOUSES:
        found.add("warehouse")
    if dialect in ROW_STORES:
        found.add("oltp")
    if migration:
        found.add("migration")
    return frozenset(found)


def applying(among: Mapping[str, Rule], dialect: str, sets: frozenset[RuleSet]) -> dict[str, Rule]:
    """Return those of ``among`` that belong to one of ``sets`` and are meant for ``dialect``."""
    return {
        code: rule
        for code, rule in among.items()
        if rule.sets & sets and (rule.dialects is None or dialect in rule.dialects)
    }
