"""Load settings: flag > environment > perftool.toml > pyproject.toml > profile > default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from perftool.config import profiles
from perftool.config.kinds import DatabaseUrl
from perftool.config.problems import ConfigurationError, nearest
from perftool.config.schema import (
    KEYS,
    LISTS,
    SECTIONS,
    CompareSection,
    DatabaseSection,
    LintPathSection,
    RuleSection,
    Settings,
    WaiverSection,
)
from perftool.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: bench shifts the stack of a measured command by the length of this one; the command may be perftool itself.
_NO_SETTINGS = frozenset({"PERFTOOL_OFFSET"})
_HINT = "perftool config shows every setting"


class Source:
    """Settings of one place: dotted name → (raw value, where it stands); ``lists`` those that are lists of tables."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[object, str]] = {}
        self.lists: dict[str, list[tuple[dict[str, object], str]]] = {}


def load(
    folder: Path,
    *,
    environment: Mapping[str, str],
    flags: Mapping[str, object] | None = None,
    file: Path | None = None,
    profile: str | None = None,
) -> Settings:
    """Return the settings for a command that runs in ``folder``.

    ``flags`` maps dotted names to what the command line said, None meaning nothing. ``file`` replaces the
    configuration files of the project. ``profile`` wins over a profile named in environment or files.
    raises: ConfigurationError with every wrong setting at once, UsageError when ``file`` cannot be opened.
    """
    problems: list[str] = []
    root = project_root(folder)
    given = [(file, True)] if file is not None else [(root / "perftool.toml", False), (root / "pyproject.toml", False)]
    read = [(path, _read(path, named, root, problems)) for path, named in given]
    sources = [_from_flags(flags or {}), _from_environment(environment, problems)]
    sources += [source for _, source in read if source is not None]
    if profile is not None:
        sources[0].values["profile"] = (profile, "command line")
    chosen = next((s.values["profile"] for s in sources if "profile" in s.values), ("", "default"))
    if isinstance(chosen[0], str) and chosen[0]:
        try:
            path = profiles.find(chosen[0], root)
        except UsageError as error:
            problems.append(f"{chosen[1]}: {error.message}; {error.hint}")
        else:
            sources.append(_from_profile(path, chosen[0], problems))
    settings = _merge(sources, root, tuple(_shown(path, root) for path, s in read if s is not None), problems)
    if problems:
        raise ConfigurationError(problems, hint=_HINT)
    return settings


def project_root(folder: Path) -> Path:
    """Return the nearest folder upwards with a perftool configuration or a repository, else ``folder`` itself."""
    folder = folder.absolute()
    for candidate in (folder, *folder.parents):
        if (candidate / "perftool.toml").is_file() or (candidate / ".git").exists():
            return candidate
        pyproject = candidate / "pyproject.toml"
        if pyproject.is_file() and _mentions_us(pyproject):
            return candidate
    return folder


def _merge(sources: list[Source], root: Path, files: tuple[str, ...], problems: list[str]) -> Settings:
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    for source in sources:
        for name, (raw, origin) in source.values.items():
            key = KEYS[name]
            try:
                value = key.kind.read(raw)
            except ValueError as error:
                place = KEYS[name].option if origin == "command line" else f"{origin}: {name}"
                problems.append(f"{place}: {_short(raw)} is not {error}")
                continue
            if name not in values:
                values[name], origins[name] = value, origin
    lists = {name: _tables(name, sources, origins, problems) for name in LISTS}
    rules = tuple(RuleSection(**table) for table in lists["compare.rule"])
    # What is missing was told; a table that cannot be made only leaves more problems to be found.
    waivers = tuple(
        WaiverSection(**table) for table in lists["compare.waiver"] if not _missing("compare.waiver", table)
    )
    paths = tuple(LintPathSection(**table) for table in lists["lint.path"] if not _missing("lint.path", table))
    databases = tuple(DatabaseSection(**table) for table in lists["database"] if not _missing("database", table))
    sections: dict[str, Any] = {}
    for name, section in SECTIONS.items():
        own = {leaf: value for k, value in values.items() for head, _, leaf in (k.rpartition("."),) if head == name}
        sections[name.rpartition(".")[2]] = section(**own)
    plain: dict[str, Any] = {name: value for name, value in values.items() if "." not in name}
    sections["compare"] = _thresholds(sections["compare"], origins, problems)
    return Settings(
        **plain,
        **sections,
        rules=rules,
        waivers=waivers,
        lint_paths=paths,
        databases=databases,
        root=root,
        files=files,
        origins=origins,
    )


def _thresholds(section: CompareSection, origins: dict[str, str], problems: list[str]) -> CompareSection:
    """Keep the warning below the failure: halfway where nobody chose it, a problem where somebody did."""
    if section.warn <= section.fail:
        return section
    if "compare.warn" in origins:
        problems.append(f"{origins['compare.warn']}: compare.warn is above compare.fail: nothing could ever only warn")
        return section
    origins["compare.warn"] = "half of compare.fail"
    return replace(section, warn=section.fail / 2)


def _tables(
    name: str, sources: list[Source], origins: dict[str, str], problems: list[str]
) -> tuple[dict[str, Any], ...]:
    """Return the tables of the list ``name`` from the first source that has any, all of them checked."""
    chosen: tuple[dict[str, Any], ...] = ()
    given = [source.lists[name] for source in sources if name in source.lists]
    for index, tables in enumerate(given):
        checked = tuple(_entry(name, table, origin, problems) for table, origin in tables)
        if index == 0:
            chosen = checked
            origins |= {f"{name}[{n}]": origin for n, (_, origin) in enumerate(tables)}
    return chosen


def _entry(name: str, table: dict[str, object], origin: str, problems: list[str]) -> dict[str, Any]:
    known = LISTS[name]
    values: dict[str, Any] = {}
    for setting, raw in table.items():
        key = known.get(setting)
        if key is None:
            problems.append(f"{origin}: unknown setting {setting} in [[{name}]]{nearest(setting, list(known))}")
            continue
        try:
            values[setting] = key.kind.read(raw)
        except ValueError as error:
            shown = "this" if isinstance(key.kind, DatabaseUrl) else _short(raw)
            problems.append(f"{origin}: {name}.{setting}: {shown} is not {error}")
            continue
        if key.required and isinstance(raw, str) and not raw.strip():
            problems.append(f"{origin}: {name}.{setting} is empty")
    missing = [setting for setting in _missing(name, values) if setting not in table]
    if missing:
        problems.append(f"{origin}: [[{name}]] needs {', '.join(missing)}")
    return values


def _missing(name: str, table: dict[str, Any]) -> list[str]:
    """Return the settings that a table of the list ``name`` must have and ``table`` has not."""
    return [setting for setting, key in LISTS[name].items() if key.required and setting not in table]


def _from_flags(flags: Mapping[str, object]) -> Source:
    source = Source()
    # A name that does not exist is a bug of the command, so this raises KeyError.
    source.values = {KEYS[name].name: (value, "command line") for name, value in flags.items() if value is not None}
    return source


def _from_environment(environment: Mapping[str, str], problems: list[str]) -> Source:
    source = Source()
    known = {key.variable: key.name for key in KEYS.values()}
    for variable in sorted(environment):
        if not variable.startswith("PERFTOOL_") or variable in _NO_SETTINGS:
            continue
        if variable in known:
            if environment[variable] != "":
                source.values[known[variable]] = (environment[variable], variable)
        else:
            problems.append(f"environment: unknown setting {variable}{nearest(variable, list(known))}")
    return source


def _from_profile(path: Path, name: str, problems: list[str]) -> Source:
    source = _parse(path, f"profile {name}", problems, profile=True)
    return source if source is not None else Source()


def _read(path: Path, named: bool, root: Path, problems: list[str]) -> Source | None:
    """Read a configuration file; None when it is not there (unless the user ``named`` it) or has nothing for us."""
    if not named and not (path.is_file() and (path.name != "pyproject.toml" or _mentions_us(path))):
        return None
    return _parse(path, _shown(path, root), problems)


def _mentions_us(pyproject: Path) -> bool:
    """Say, without a TOML parser, whether ``[tool.perftool]`` may be in the file; most projects need none then."""
    try:
        data = pyproject.read_bytes()
    except OSError:
        return True
    return b"tool.perftool" in data or b"[tool]" in data


def _parse(path: Path, shown: str, problems: list[str], *, profile: bool = False) -> Source | None:
    import tomllib

    from perftool.config.lines import locate

    try:
        text = path.read_bytes().decode("utf-8-sig")
        document: Any = tomllib.loads(text.replace("\r\n", "\n"))
    except OSError as error:
        raise UsageError(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        problems.append(f"{shown}: not TOML: {error}")
        return None
    prefix = ""
    if path.name == "pyproject.toml":
        tool = document.get("tool")
        document = tool.get("perftool") if isinstance(tool, dict) else None
        prefix = "tool.perftool."
        if document is None:
            return None
    lines = locate(text)

    def where(name: str) -> str:
        line = lines.get(prefix + name)
        return f"{shown}:{line}" if line else shown

    source = Source()
    if not isinstance(document, dict):
        problems.append(f"{where('')}: tool.perftool is not a table")
        return None
    if profile:
        document = {k: v for k, v in document.items() if k != "description"}
        if "profile" in document:
            problems.append(f"{where('profile')}: a profile cannot start from another profile")
            del document["profile"]
    _collect(document, where, source, problems)
    return source


def _collect(document: dict[str, Any], where: Any, source: Source, problems: list[str]) -> None:
    for name, value in document.items():
        if name in LISTS:
            _collect_tables(name, value, where, source, problems)
        elif name in SECTIONS:
            if not isinstance(value, dict):
                problems.append(f"{where(name)}: {name} is a section: write [{name}]")
                continue
            for inner, setting in value.items():
                full = f"{name}.{inner}"
                if full in LISTS:
                    _collect_tables(full, setting, where, source, problems)
                elif full in SECTIONS and isinstance(setting, dict):
                    for innermost, leaf in setting.items():
                        _keep(f"{full}.{innermost}", leaf, where(f"{full}.{innermost}"), source, problems)
                else:
                    _keep(full, setting, where(full), source, problems)
        else:
            _keep(name, value, where(name), source, problems)


def _collect_tables(name: str, tables: object, where: Any, source: Source, problems: list[str]) -> None:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        problems.append(f"{where(name)}: {name} is a list of tables: write [[{name}]]")
        return
    source.lists[name] = [(table, where(f"{name}[{index}]")) for index, table in enumerate(tables)]


def _keep(name: str, value: object, origin: str, source: Source, problems: list[str]) -> None:
    if name in KEYS:
        source.values[name] = (value, origin)
        return
    what = "section" if isinstance(value, dict) else "setting"
    candidates = list(SECTIONS) if isinstance(value, dict) else list(KEYS)
    guess = nearest(name, candidates)
    if not guess and "." not in name:
        ends = [key for key in KEYS if key.rpartition(".")[2] == name]
        guess = f": did you mean {ends[0]}?" if ends else ""
    problems.append(f"{origin}: unknown {what} {name}{guess}")


def _shown(path: Path, root: Path) -> str:
    absolute = path.absolute()
    return str(absolute.relative_to(root)) if absolute.is_relative_to(root) else str(path)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
