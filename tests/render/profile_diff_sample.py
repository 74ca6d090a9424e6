"""What ``perftool profile diff`` says of two groups of captures."""

from __future__ import annotations

from perftool.model.profile import FunctionChange, ProfileDiffPayload


def _row(function: str, before: float, after: float, half: float, p: float, **more: object) -> FunctionChange:
    change = after - before
    fields: dict[str, object] = {"before_total_share": before, "after_total_share": after, **more}
    return FunctionChange(
        function=function, before=before, after=after, change=change, lo=change - half, hi=change + half,
        share_of_change=None, before_share=before, after_share=after, p=p, sure=p < 0.05,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip


PAYLOAD = ProfileDiffPayload(
    labels=("main", "now"), value="cpu", unit="s", per="share", before=12.41, after=14.87, captures=(5, 5),
    basis="captures", confidence=0.95, left_out=184,
    rows=(
        _row("shop.checkout.total", 0.081, 0.204, 0.011, 0.0002, file="shop/checkout.py", line=88, changed=True),
        _row("shop.checkout.discount.<locals>.<lambda>", 0.0, 0.047, 0.006, 0.0011, file="shop/checkout.py", line=120),
        _row("shop.parse.rows", 0.31, 0.265, 0.009, 0.004, file="shop/parse.py", line=14, changed=False),
        _row("shop.legacy.round_up", 0.021, 0.0, 0.004, 0.02, file="shop/legacy.py", line=3),
        _row("garbage collection", 0.118, 0.104, 0.021, 0.48, kind="marker"),
        _row("json.decoder.JSONDecoder.raw_decode", 0.142, 0.139, 0.016, 1.0, file="json/decoder.py", line=343),
        _row("shop.main", 0.0, 0.0, 0.0, 1.0, before_total_share=1.0, after_total_share=1.0, file="shop/main.py"),
    ),
)  # fmt: skip
