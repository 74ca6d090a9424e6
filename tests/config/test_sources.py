"""Settings come from flag, environment, perftool.toml, pyproject.toml, profile, default, in this order."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perftool.config.problems import ConfigurationError
from perftool.config.schema import RuleSection, Settings, WaiverSection
from perftool.config.sources import load, project_root
from perftool.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

EVERYWHERE = {
    "perftool.toml": "[bench]\nblocks = 30\n",
    "pyproject.toml": '[project]\nname = "x"\n[tool.perftool]\nprofile = "mine"\n'
    "[tool.perftool.bench]\nblocks = 40\nseed = 4\n",
    "profiles/mine.toml": 'description = "d"\n[bench]\nblocks = 50\nseed = 5\nsamples = 5\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def fill(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text)


def problems(project: Path, **more: object) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load(project, **({"environment": {}} | more))  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
    return [caught.value.message, *caught.value.more]


def test_nothing_said_is_all_defaults(project: Path) -> None:
    settings = load(project, environment={"HOME": "x"})
    assert settings == Settings(root=project)


def test_perftool_can_be_measured_by_perftool(project: Path) -> None:
    assert load(project, environment={"PERFTOOL_OFFSET": "xxx"}) == Settings(root=project)


def test_each_source_wins_over_the_next(project: Path) -> None:
    fill(project, EVERYWHERE)
    environment = {"PERFTOOL_BENCH_BLOCKS": "20"}
    flags = {"bench.blocks": 10, "bench.seed": None}
    expected = [(10, "command line"), (20, "PERFTOOL_BENCH_BLOCKS"), (30, "perftool.toml:2"), (40, "pyproject.toml:6")]
    expected += [(50, "profile mine:3"), (12, "default")]
    seen = []
    seen.append(load(project, environment=environment, flags=flags))
    seen.append(load(project, environment=environment))
    seen.append(load(project, environment={}))
    (project / "perftool.toml").unlink()
    seen.append(load(project, environment={}))
    (project / "pyproject.toml").unlink()
    seen.append(load(project, environment={}, profile="mine"))
    seen.append(load(project, environment={}))
    assert [(s.bench.blocks, s.origin("bench.blocks")) for s in seen] == expected


def test_sources_are_mixed_setting_by_setting(project: Path) -> None:
    fill(project, EVERYWHERE)
    settings = load(project, environment={"PERFTOOL_LABEL": "ci", "PERFTOOL_BENCH_MEM": ""})
    assert (settings.bench.blocks, settings.bench.seed, settings.bench.samples) == (30, 4, 5)
    assert settings.label == "ci"
    assert settings.files == ("perftool.toml", "pyproject.toml")


def test_the_profile_may_come_from_anywhere(project: Path) -> None:
    fill(project, EVERYWHERE)
    assert load(project, environment={}, profile="quick").profile == "quick"
    assert (
        load(project, environment={"PERFTOOL_PROFILE": "ci"}).origin("compare.fail_on_missing").startswith("profile ci")
    )
    assert load(project, environment={}).profile == "mine"
    assert load(project, environment={"PERFTOOL_PROFILE": "ci"}, flags={"profile": "quick"}).profile == "quick"


def test_settings_hold_in_subfolders_too(project: Path) -> None:
    fill(project, EVERYWHERE)
    below = project / "a" / "b"
    below.mkdir(parents=True)
    settings = load(below, environment={})
    assert settings.bench.blocks == 30
    assert settings.report_folder == project / ".perftool" / "reports"
    assert settings.origin("bench.blocks") == "perftool.toml:2"


def test_project_root(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.perftool]")
    assert project_root(below) == tmp_path / "a"


def test_a_named_file_replaces_those_of_the_project(project: Path) -> None:
    fill(project, EVERYWHERE | {"other.toml": "[bench]\nseed = 99\n"})
    settings = load(project, environment={}, file=project / "other.toml")
    assert (settings.bench.seed, settings.bench.blocks, settings.profile) == (99, 12, "")
    with pytest.raises(UsageError, match=r"cannot read .*none\.toml: no such file"):
        load(project, environment={}, file=project / "none.toml")


def test_rules_come_from_the_first_source_that_has_any(project: Path) -> None:
    rule = '[[compare.rule]]\nmatch = "a*"\nfail = "5%"\n'
    fill(project, {"perftool.toml": rule, "profiles/p.toml": '[[compare.rule]]\nunit = "B/op"\ngate = false\n' * 2})
    settings = load(project, environment={}, profile="p")
    assert settings.rules == (RuleSection(match="a*", fail=0.05),)
    assert settings.origin("compare.rule[0]") == "perftool.toml:1"
    (project / "perftool.toml").unlink()
    assert load(project, environment={}, profile="p").rules == (RuleSection(unit="B/op", gate=False),) * 2


def test_the_warning_stays_below_the_failure(project: Path) -> None:
    settings = load(project, environment={}, flags={"compare.fail": "5%"})
    assert (settings.compare.warn, settings.origin("compare.warn")) == (0.025, "half of compare.fail")
    told = problems(project, flags={"compare.fail": "5%", "compare.warn": "6%"})
    assert told == ["command line: compare.warn is above compare.fail: nothing could ever only warn"]


def test_all_problems_are_told_at_once_each_with_its_place(project: Path) -> None:
    fill(
        project,
        {
            "perftool.toml": 'labl = "x"\nprofile = "quik"\nblocks = 3\nbench = 7\n[compare]\nfial = 1\nalpha = 2\n'
            "[[compare.rule]]\nmatsch = 1\nfail = true\n[benhc]\n"
        },
    )
    environment = {"PERFTOOL_BENCH_BLOKS": "3", "PERFTOOL_BENCH_SEED": "x"}
    assert problems(project, environment=environment, flags={"bench.gc": "never"}) == [
        "perftool.toml:1: unknown setting labl: did you mean label?",
        "perftool.toml:3: unknown setting blocks: did you mean bench.blocks?",
        "perftool.toml:4: bench is a section: write [bench]",
        "perftool.toml:6: unknown setting compare.fial: did you mean compare.fail?",
        "perftool.toml:11: unknown section benhc: did you mean bench?",
        "environment: unknown setting PERFTOOL_BENCH_BLOKS: did you mean PERFTOOL_BENCH_BLOCKS?",
        "perftool.toml:2: no profile named 'quik'; did you mean 'quick'?",
        "--gc: 'never' is not one of default, freeze, disable",
        "PERFTOOL_BENCH_SEED: bench.seed: 'x' is not a whole number, 0 or more",
        'perftool.toml:7: compare.alpha: 2 is not a share between 0 and 1 such as 0.05 or "5%"',
        "perftool.toml:8: unknown setting matsch in [[compare.rule]]: did you mean match?",
        'perftool.toml:8: compare.rule.fail: True is not a percentage such as "20%" or a fraction such as 0.2',
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[bench", "perftool.toml: not TOML"),
        ("bench.blocks = 1\nbench.blocks = 2", "perftool.toml: not TOML"),
        ("[compare]\nrule = 3", "perftool.toml:2: compare.rule is a list of tables"),
        ('[bench]\nseed = "' + "x" * 99 + '"', "…"),
    ],
)
def test_malformed_files(project: Path, text: str, told: str) -> None:
    fill(project, {"perftool.toml": text})
    (problem,) = problems(project)
    assert told in problem


def test_not_utf_8_and_a_table_that_is_none(project: Path) -> None:
    (project / "perftool.toml").write_bytes(b"\xff\xfe[")
    assert "not TOML" in problems(project)[0]
    fill(project, {"perftool.toml": "", "pyproject.toml": "[tool]\nperftool = 3\n"})
    assert problems(project) == ["pyproject.toml: tool.perftool is not a table"]


def test_a_profile_cannot_name_another(project: Path) -> None:
    fill(project, {"profiles/p.toml": 'profile = "quick"\n'})
    assert problems(project, profile="p") == ["profile p:1: a profile cannot start from another profile"]


def test_windows_line_ends_and_a_byte_order_mark_are_fine(project: Path) -> None:
    (project / "perftool.toml").write_bytes(b"\xef\xbb\xbf[bench]\r\nblocks = 5\r\n")
    assert load(project, environment={}).bench.blocks == 5


def test_a_flag_that_does_not_exist_is_a_bug_of_the_command(project: Path) -> None:
    with pytest.raises(KeyError):
        load(project, environment={}, flags={"bench.block": 1})


@given(st.binary(max_size=40))
def test_any_bytes_as_configuration_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(data)
    with contextlib.suppress(UsageError):
        load(file.parent, environment={}, file=file)


def test_a_section_within_a_section(tmp_path: Path) -> None:
    (tmp_path / "perftool.toml").write_text('[bench]\nblocks = 9\n[bench.vs]\nsetup = "pip install ."\nblokcs = 30\n')
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, environment={})
    assert "perftool.toml:5: unknown setting bench.vs.blokcs: did you mean bench.vs.blocks?" in str(caught.value)
    (tmp_path / "perftool.toml").write_text('[bench]\nblocks = 9\n[bench.vs]\nsetup = "pip install ."\n')
    settings = load(tmp_path, environment={"PERFTOOL_BENCH_VS_BLOCKS": "30"})
    assert (settings.bench.blocks, settings.vs.blocks, settings.vs.setup) == (9, 30, "pip install .")
    assert settings.origin("bench.vs.setup") == "perftool.toml:4"


WAIVER = '[[compare.waiver]]\nmatch = "a*"\nceiling = "35%"\nuntil = {}\nreason = "why"\n'


@pytest.mark.parametrize("day", ['"2026-12-31"', "2026-12-31"])
def test_a_waiver_takes_its_day_as_text_or_date(project: Path, day: str) -> None:
    fill(project, {"perftool.toml": "\n" + WAIVER.format(day)})
    settings = load(project, environment={})
    assert settings.waivers == (WaiverSection(match="a*", ceiling=0.35, until="2026-12-31", reason="why"),)
    assert settings.origin("compare.waiver[0]") == "perftool.toml:2"


@pytest.mark.parametrize("day", ['"2026-02-30"', '"soon"', "2026-12-31T00:00:00", "7", '"2026-12-31T10"'])
def test_a_waiver_until_no_day_is_refused_with_its_place(project: Path, day: str) -> None:
    fill(project, {"perftool.toml": WAIVER.format(day)})
    (problem,) = problems(project)
    assert problem.startswith("perftool.toml:1: compare.waiver.until: ")
    assert problem.endswith(' is not a day such as "2026-12-31"')


def test_a_waiver_whose_reason_is_empty_has_none(project: Path) -> None:
    """What is shown of a waived row, and what counts it, is the reason."""
    text = '[[compare.waiver]]\nmatch = "a*"\nceiling = "35%"\nuntil = 2026-12-31\nreason = " "\n'
    fill(project, {"perftool.toml": text})
    assert problems(project) == ["perftool.toml:1: compare.waiver.reason is empty"]


def test_a_waiver_without_end_or_reason_is_none(project: Path) -> None:
    fill(project, {"perftool.toml": '[[compare.waiver]]\nmatch = "a"\nceilling = 1\n[compare]\n'})
    assert problems(project) == [
        "perftool.toml:1: unknown setting ceilling in [[compare.waiver]]: did you mean ceiling?",
        "perftool.toml:1: [[compare.waiver]] needs ceiling, until, reason",
    ]
