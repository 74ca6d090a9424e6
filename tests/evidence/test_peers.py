"""What the peers say is read as they mean it."""

from __future__ import annotations

from docs.evidence.honesty import peers

PYPERF = """parse: Mean +- std dev: [old] 2.6 ms +- 0.1 ms -> [new] 2.8 ms +- 0.1 ms: 1.08x slower

Benchmark hidden because not significant (2): records, words

Geometric mean: 1.02x slower
"""
PYTEST = """ERROR: Performance has regressed:
\ttest_case[parse] (0001_old) - Field 'mean' has failed PercentageRegressionCheck: 70.093145 > 5.000000000
\ttest_case[parse] (0001_old) - Field 'mean' has failed PercentageRegressionCheck: 70.093145 > 10.000000000
\ttest_case[words] (0001_old) - Field 'min' has failed PercentageRegressionCheck: 12.000000000 > 10.000000000
"""


def test_pyperf_hides_what_is_not_significant() -> None:
    assert peers.hidden_by_pyperf(PYPERF) == {"records", "words"}
    assert peers.hidden_by_pyperf("parse: Mean +- std dev: …") == set()


def test_pytest_benchmark_names_each_rule() -> None:
    assert peers.failed_by_pytest(PYTEST) == {("parse", "mean:5%"), ("parse", "mean:10%"), ("words", "min:10%")}
    assert {rule for _, rule in peers.failed_by_pytest(PYTEST)} <= set(peers.FAIL_RULES)


def test_hyperfine_excludes_one_by_its_own_spread() -> None:
    one = {"mean": 1.0, "stddev": 0.01}
    assert peers.excludes_one(one, {"mean": 1.1, "stddev": 0.01})
    assert peers.excludes_one({"mean": 1.1, "stddev": 0.01}, one)
    assert not peers.excludes_one(one, {"mean": 1.01, "stddev": 0.01})


def test_welch() -> None:
    assert peers.welch([1.0, 1.1, 0.9], [2.0, 2.1, 1.9]) < 0.001
