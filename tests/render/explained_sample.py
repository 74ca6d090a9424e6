"""Explanations of the rows of a comparison: suspects of every sort, and a row that nobody can explain."""

from __future__ import annotations

from perftool.model.profile import Commit, Explanation, Suspect
from perftool.model.verdict import ReportWarning

EXPLANATIONS = (
    Explanation(
        row="sql-parse/ComplexQuery",
        unit="cpu-sec/op",
        before=102e-6,
        after=133e-6,
        source="measured",
        captures=(8, 8),
        suspects=(
            Suspect(
                function="app.orders.OrderParser._parse_join",
                change=24.2e-6,
                lo=21.7e-6,
                hi=26.7e-6,
                share=0.78,
                file="app/orders.py",
                line=88,
                why=("code changed", "calls app.orders.OrderParser._peek more often"),
                commits=(
                    Commit(id="4f2c91a", subject="Look for hints before every join", date="2026-11-19"),
                    Commit(id="90be7d2", subject="Name the joins", date="2026-11-18"),
                ),
            ),
            Suspect(
                function="app.cache.keep",
                change=5.0e-6,
                lo=3.4e-6,
                hi=6.5e-6,
                share=0.16,
                file="app/cache.py",
                line=12,
                why=("decorators changed", "runs more often", "garbage collection"),
                garbage_collection=True,
                commits=(Commit(id="", subject="not committed yet"),),
            ),
            Suspect(
                function="sqlglot.tokens.Tokenizer.tokenize",
                change=-1.9e-6,
                lo=-2.5e-6,
                hi=-1.2e-6,
                share=-0.06,
                file="sqlglot/tokens.py",
                line=1030,
                why=("code changed",),
            ),
        ),
        unexplained=0.12,
        warnings=(
            ReportWarning(
                code="captures-disagree",
                message="the captures show 46 % of the change that was measured",
                subject="sql-parse/ComplexQuery",
            ),
        ),
    ),
    Explanation(
        row="sql-parse/CTE",
        unit="cpu-sec/op",
        before=44.6e-6,
        after=54.9e-6,
        source="none",
        captures=(0, 0),
        reason="HEAD~1 has no CPU profile of it; perftool bench --capture cpu takes them, bench --vs --explain too",
    ),
)
