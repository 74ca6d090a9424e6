"""The findings of a lint run on an HTML page, with filters by severity, rule and text that need no network."""

from __future__ import annotations

from html import escape
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

from perftool.model.lint import LintPayload
from perftool.render.document import MARKS
from perftool.render.excerpt import excerpt
from perftool.render.figures import count
from perftool.render.visible import to_ascii, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from perftool.model.diagnostic import Diagnostic, Severity
    from perftool.model.lint import RuleCount
    from perftool.model.report import Report
    from perftool.render.api import RenderOptions

MOST_SHOWN: Final = 5000
"""Findings on one page: with more of them, browsers are slow to open it and slow to filter."""

_COLUMNS: Final = 160
_OUTCOMES: Final[dict[Severity, str]] = {"error": "fail", "warning": "warn", "info": "info"}

SCRIPT: Final = """
(() => {
  const box = document.querySelector('.filters'), out = box.querySelector('output');
  const rule = box.querySelector('select'), text = box.querySelector('[type=search]');
  const all = [...document.querySelectorAll('.finding')], files = [...document.querySelectorAll('.file')];
  const words = all.map(e => (e.parentNode.dataset.path + ' ' + e.textContent).toLowerCase());
  const show = () => {
    const on = new Set([...box.querySelectorAll('[type=checkbox]:checked')].map(e => e.value));
    const wanted = text.value.toLowerCase().split(' ').filter(Boolean);
    let shown = 0;
    all.forEach((e, i) => {
      e.hidden = !(on.has(e.dataset.severity) && (!rule.value || rule.value === e.dataset.rule)
        && wanted.every(w => words[i].includes(w)));
      shown += !e.hidden;
    });
    files.forEach(f => { f.hidden = !f.querySelector('.finding:not([hidden])'); });
    out.textContent = shown + ' of ' + all.length + ' shown';
  };
  box.hidden = false;
  box.addEventListener('input', show);
  show();
})();
"""

STYLE: Final = """
[hidden]{display:none!important}
.filters{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;font-size:14px;position:sticky;top:0;z-index:1}
.filters label{display:flex;gap:5px;align-items:center;white-space:nowrap}
.filters input,.filters select{font:inherit;accent-color:var(--accent)}
.filters select,.filters [type=search]{color:inherit;background:var(--bg);border:1px solid var(--line);
border-radius:6px;padding:4px 8px;min-width:0;max-width:100%}
.filters [type=search]{flex:1 1 12em}
.filters output{color:var(--soft);white-space:nowrap}
.file h2{font:600 15px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.finding{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--soft);border-radius:8px;
padding:10px 14px;margin:8px 0;content-visibility:auto;contain-intrinsic-size:auto 130px}
.finding.error{border-left-color:var(--bad)}.finding.warning{border-left-color:var(--warn)}
.finding p{margin:2px 0}
.finding .rule{display:flex;flex-wrap:wrap;gap:2px 10px;font-size:13px;color:var(--soft)}
.finding .rule b{color:var(--ink)}
.finding .rule .place{margin-left:auto;font-variant-numeric:tabular-nums}
.finding.error .mark{color:var(--bad)}.finding.warning .mark{color:var(--warn)}
.finding pre{margin:8px 0;padding:8px 12px;background:var(--bg);white-space:pre}
.finding pre .line{color:var(--soft);margin-right:1.2em;user-select:none}
.finding mark{color:inherit;background:var(--warn-bg);border-bottom:2px solid var(--warn);padding:1px 0}
.finding.error mark{background:var(--bad-bg);border-color:var(--bad)}
.finding.info mark{background:none;border-color:var(--soft)}
.finding code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.finding .do{font-size:14px}.finding .do b{color:var(--accent);font-weight:600;margin-right:.5em}
.finding .do code{white-space:pre-wrap}.finding .do .muted{margin-left:.8em}
@media (max-width:640px){.filters{position:static}}
""".strip()


def source() -> str:
    """Return what the page's content security policy must allow: this one script, whatever else stands in the page."""
    from base64 import b64encode
    from hashlib import sha256

    return f"script-src 'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"


def findings(report: Report, options: RenderOptions) -> Iterator[str]:
    """Yield the filters, the findings file by file, and the script that joins them."""
    payload = report.payload
    assert isinstance(payload, LintPayload)
    yield _filters(payload, options)
    for path, members in groupby(islice(report.diagnostics, MOST_SHOWN), _path):
        shown = _text(path, options)
        yield f'<section class="file" data-path="{shown}">' + (f"<h2><bdi>{shown}</bdi></h2>" if path else "")
        for one in members:
            yield _finding(one, options)
        yield "</section>"
    more = len(report.diagnostics) - MOST_SHOWN
    if more > 0:
        yield f'<p class="muted">{count(more, "finding")} more than a page can hold: --format json has them all</p>'
    yield f"<script>{SCRIPT}</script>"


def _path(one: Diagnostic) -> str:
    return one.span.path if one.span else ""


def _text(text: str, options: RenderOptions) -> str:
    shown = visible(text)
    return escape(to_ascii(shown) if options.ascii_only else shown, quote=True)


def _filters(payload: LintPayload, options: RenderOptions) -> str:
    totals = {"error": payload.errors, "warning": payload.warnings, "info": payload.infos}
    boxes = "".join(
        f'<label><input type="checkbox" value="{name}" checked> {name} {number:,}</label>'
        for name, number in totals.items()
        if number
    )
    rules = "".join(
        f'<option value="{_text(one.code, options)}">{_text(_entry(one), options)}</option>'
        for one in payload.rules
        if one.count
    )
    return (
        f'<div class="filters card" role="search" hidden>{boxes}'
        f'<select aria-label="rule"><option value="">all rules</option>{rules}</select>'
        '<input type="search" placeholder="path, message, SQL" aria-label="text"><output></output></div>'
    )


def _entry(rule: RuleCount) -> str:
    return f"{rule.code} {rule.name} ({rule.count:,})"


def _finding(one: Diagnostic, options: RenderOptions) -> str:
    mark = MARKS[_OUTCOMES[one.severity]]
    mark = to_ascii(mark) if options.ascii_only else mark
    code, name = _text(one.code, options), _text(one.name, options)
    place = f'<span class="place">{one.span.line}:{one.span.column}</span>' if one.span else ""
    return (
        f'<article class="finding {one.severity}" data-rule="{code}" data-severity="{one.severity}">'
        f'<div class="rule"><span class="mark">{mark} {one.severity}</span><b>{code}</b><span>{name}</span>{place}'
        f"</div><p>{_text(one.message, options)}</p>{_source(one, options)}{_advice(one, options)}</article>"
    )


def _source(one: Diagnostic, options: RenderOptions) -> str:
    span = one.span
    text = options.source(span.path, span.start, span.end) if span is not None and options.source is not None else None
    if span is None or text is None:
        return ""
    shown = excerpt(text, span, _COLUMNS, ascii_only=options.ascii_only)
    # What stands in the page is escaped; what cannot be seen is spelled out already.
    marked = f"{escape(shown.before)}<mark>{escape(shown.marked) or ' '}</mark>{escape(shown.after)}"
    return f'<pre><span class="line">{span.line}</span><code>{marked}</code></pre>'


def _advice(one: Diagnostic, options: RenderOptions) -> str:
    safe = one.fix is not None and one.fix.safe
    lines = "\n".join(_text(line, options) for line in (one.help or "").splitlines())
    told = [f"<code>{lines}</code>"] if lines else []
    told += ['<span class="muted">perftool lint --fix</span>'] if safe else []
    return f'<p class="do"><b>do</b>{" ".join(told)}</p>' if told else ""
