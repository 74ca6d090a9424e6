"""Which rules run on which file, under which dialect, and how severe their findings are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from perftool.errors import UsageError
from perftool.lint import catalog
from perftool.lint.paths import changes_online, is_migration, is_model
from perftool.lint.rulebook import Rulebook
from perftool.lint.stopwatch import Stopwatch
from perftool.sql.dialects import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from perftool.lint.api import Rule, RuleSet
    from perftool.model.diagnostic import Severity

SETS: Final = ("oltp", "warehouse", "migration")
SEVERITIES: Final = ("info", "warning", "error")


@dataclass(frozen=True, kw_only=True)
class PathRule:
    """What is different for files that ``match`` (as in .gitignore) matches; empty leaves it as it is."""

    match: str
    dialect: str = ""
    rules_for: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the user chose; see the settings of the same names."""

    dialect: str = ""
    rules_for: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    paths: tuple[PathRule, ...] = ()


@dataclass(frozen=True)
class FilePlan:
    """What holds for one file: ``dialect`` is None where its text is to tell; ``sets`` None where the dialect is."""

    dialect: str | None
    sets: frozenset[RuleSet] | None
    ignored: frozenset[str]
    extended: frozenset[str]


@dataclass(eq=False)
class Selection:
    """The choices made definite: rules by code, severities and thresholds checked.

    raises: UsageError naming what is wrong and the nearest right word.
    """

    choices: Choices
    rules: dict[str, Rule] = field(init=False)
    severities: dict[str, Severity] = field(init=False, default_factory=dict)
    options: dict[str, int] = field(init=False, default_factory=dict)
    _off: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        choices = self.choices
        #: Every rule there is, those that do not run among them.
        self.known = everything = catalog.known(choices.plugins)
        self._read_severities(everything)
        self._read_options(everything)
        selected = catalog.matching(choices.select, everything)
        extended = catalog.matching(choices.extend_select, everything)
        for one in choices.paths:
            extended |= catalog.matching(one.extend_select, everything)
        off = catalog.matching(choices.ignore, everything) | self._off
        self.selected = selected
        self.extended = catalog.matching(choices.extend_select, everything)
        #: Every rule that runs on some file.
        self.rules = {
            code: rule
            for code, rule in everything.items()
            if code not in off and (code in selected or code in extended or (not selected and rule.sets != {"extra"}))
        }
        self.sets = _sets(choices.rules_for)
        self._plans = [
            (
                _matcher(one.match),
                canonical(one.dialect) if one.dialect else None,
                _sets(one.rules_for),
                catalog.matching(one.ignore, everything),
                catalog.matching(one.extend_select, everything),
            )
            for one in choices.paths
        ]
        self._dialect = canonical(choices.dialect) if choices.dialect else None

    def time(self) -> Stopwatch:
        """Have what the rules do timed from now on, and return the watch."""
        watch = Stopwatch()
        self.rules = {code: watch.timed(rule) for code, rule in self.rules.items()}
        return watch

    def plan(self, name: str) -> FilePlan:
        """Return what holds for the file called ``name`` (relative, with /)."""
        dialect, sets = self._dialect, self.sets
        ignored: frozenset[str] = frozenset()
        extended = self.extended
        place = name.removeprefix("./").removeprefix("/")
        for matcher, own_dialect, own_sets, own_ignored, own_extended in self._plans:
            if matcher(place):
                dialect = own_dialect if own_dialect is not None else dialect
                sets = own_sets or sets
                ignored |= own_ignored
                extended |= own_extended
        return FilePlan(dialect, sets, ignored, extended)

    def sets_of(self, plan: FilePlan, name: str, dialect: str, *, generated: bool = False) -> frozenset[RuleSet]:
        """Return the sets of rules for a file whose dialect is known.

        None for one that was ``generated``, unless the choices name some: what is wrong there is to be put right in
        what it was made from.
        """
        if plan.sets is not None:
            return plan.sets | {"all"}
        if generated:
            return frozenset()
        sets = catalog.sets_for(dialect, migration=is_migration(name) and not changes_online(name))
        return sets - {"oltp"} if is_model(name) else sets

    def book(self, runner: Mapping[str, str] | None = None) -> Rulebook:
        """Return what is needed to judge by these choices; ``runner`` is what is known of the migration runner."""
        return Rulebook(
            self.known,
            self.rules,
            selected=self.selected,
            severities=self.severities,
            options=self.options,
            runner=runner,
        )

    def _read_severities(self, everything: Mapping[str, Rule]) -> None:
        for one in self.choices.severity:
            word, _, level = (part.strip() for part in one.partition("="))
            codes = catalog.matching([word], everything)
            if level == "off":
                self._off |= codes
            elif level in SEVERITIES:
                self.severities |= dict.fromkeys(codes, cast("Severity", level))
            else:
                raise UsageError(f"no severity {level!r} in {one!r}", hint="CODE=error, warning, info or off")

    def _read_options(self, everything: Mapping[str, Rule]) -> None:
        known = {option.name: option for rule in everything.values() for option in rule.options}
        for one in self.choices.options:
            name, _, value = (part.strip() for part in one.partition("="))
            if name not in known:
                import difflib

                close = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {close[0]}?" if close else "known: " + ", ".join(sorted(known))
                raise UsageError(f"no lint option named {name!r}", hint=hint)
            if not value.isdecimal() or len(value) > 9:
                raise UsageError(f"lint option {one!r} is not NAME=number", hint=f"{name}={known[name].default}")
            self.options[name] = int(value)


def _sets(words: Sequence[str]) -> frozenset[RuleSet] | None:
    wrong = [word for word in words if word not in SETS]
    if wrong:
        raise UsageError(f"no set of rules named {wrong[0]!r}", hint="sets: " + ", ".join(SETS))
    return frozenset(cast("Sequence[RuleSet]", words)) if words else None


def _matcher(pattern: str) -> Callable[[str], object]:
    from pathspec import GitIgnoreSpec

    try:
        told = [one for one in GitIgnoreSpec.from_lines([pattern]).patterns if one.include is not None]
        # One pattern has none to be weighed against: asking it itself takes a tenth of the time.
        return told[0].match_file if len(told) == 1 and told[0].include else lambda _: None
    except ValueError as error:
        raise UsageError(f"lint.path: {pattern!r} is no pattern as in .gitignore: {error}") from error
