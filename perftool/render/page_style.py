"""The style sheet of the HTML page: light and dark, phone and desk."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1c2128;--soft:#5b6570;--line:#dfe3e8;--accent:#3867d6;
--good:#157347;--bad:#c02b2b;--warn:#8a5a00;--good-bg:#e5f5ec;--bad-bg:#fdeaea;--warn-bg:#fff4dc}
@media (prefers-color-scheme:dark){:root{--bg:#12161b;--card:#1a2027;--ink:#e3e8ee;--soft:#9aa5b1;--line:#303944;
--accent:#7aa2f7;--good:#5fd08f;--bad:#ff8a80;--warn:#f0c05a;--good-bg:#15301f;--bad-bg:#3b1a1c;--warn-bg:#33290f}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1160px;margin:0 auto;padding:24px 20px 40px}
header{color:var(--soft);font-size:13px;margin-bottom:12px;overflow-wrap:anywhere}
header b{color:var(--ink)}
h2{font-size:17px;line-height:1.35;margin:28px 0 4px;overflow-wrap:anywhere}
h3{font-size:14px;font-weight:600;margin:0 0 8px;overflow-wrap:anywhere}
p{margin:8px 0;overflow-wrap:anywhere}
.aside{color:var(--soft);font-size:13px;margin:0 0 12px}
.banner{border-radius:10px;padding:14px 18px;margin:0 0 16px;border:1px solid var(--line);background:var(--card);
font-size:18px;font-weight:600;overflow-wrap:anywhere;display:flex;gap:12px;align-items:baseline}
.banner>div{min-width:0}
.banner .aside{font-weight:400;margin:2px 0 0}
.banner.pass{background:var(--good-bg);border-color:var(--good)}
.banner.pass .mark{color:var(--good)}
.banner.fail{background:var(--bad-bg);border-color:var(--bad)}
.banner.fail .mark{color:var(--bad)}
.banner.warn,.banner.inconclusive{background:var(--warn-bg);border-color:var(--warn)}
.banner.warn .mark,.banner.inconclusive .mark{color:var(--warn)}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;margin:12px 0}
.scroll{overflow-x:auto;margin:0 -16px;padding:0 16px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
th{font-weight:600;font-size:12px;color:var(--soft);border-bottom:1px solid var(--line)}
th,td{padding:6px 10px;text-align:right;white-space:nowrap}
td{border-bottom:1px solid var(--line)}
tr:last-child td{border-bottom:0}
th.left,td.left{text-align:left}
th:first-child,td:first-child{padding-left:0;white-space:normal;overflow-wrap:break-word;max-width:30em}
th:last-child,td:last-child{padding-right:0}
tr.total td{border-top:2px solid var(--line);color:var(--soft)}
.good{color:var(--good)}.bad{color:var(--bad);font-weight:600}.warn{color:var(--warn)}.muted{color:var(--soft)}
.strong{font-weight:600}
.banner.good,.banner.bad,.banner.warn{color:var(--ink)}
details{margin:10px 0 0}
summary{cursor:pointer;color:var(--accent);font-size:14px;overflow-wrap:anywhere}
details.card>summary{font-weight:600}
details.card{padding:10px 16px}
dl{display:grid;grid-template-columns:fit-content(40%) minmax(0,1fr);gap:3px 20px;margin:10px 0 4px;font-size:14px}
dt{color:var(--soft);overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}
ul{list-style:none;margin:12px 0;padding:0;font-size:14px}
li{margin:4px 0;overflow-wrap:anywhere}
li .mark{font-weight:600;margin-right:.3em}
pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;overflow-x:auto;font-size:13px}
.plot{display:grid;grid-template-columns:minmax(7em,13em) minmax(0,1fr) max-content;gap:0 14px;
align-items:center;font-size:13px;font-variant-numeric:tabular-nums}
.plot .name{grid-column:1;overflow-wrap:anywhere}.plot .value{grid-column:3;text-align:right;white-space:nowrap}
.plot .group{grid-column:1/-1;font-weight:600;margin-top:12px;overflow-wrap:anywhere}
.plot .ends{grid-column:2;display:flex;justify-content:space-between;color:var(--soft);font-size:11px;
margin:-2px 0 8px}
.plot svg{grid-column:2;display:block;width:100%;overflow:visible}
.strip{height:26px;color:var(--accent)}.names{height:15px;margin:0 0 6px}
.strip.good{color:var(--good)}.strip.bad{color:var(--bad)}.strip.warn{color:var(--warn)}
svg text{font-size:11px;fill:var(--soft)}svg text.bad{fill:var(--bad);font-weight:400}svg text.warn{fill:var(--warn)}
.guide{stroke:var(--soft);stroke-dasharray:2 3}.guide.plain{stroke-dasharray:none}
.guide.bad{stroke:var(--bad)}.guide.warn{stroke:var(--warn)}
figure{margin:0 0 22px}figure:last-child{margin-bottom:4px}
figcaption{display:flex;justify-content:space-between;gap:14px;font-size:13px;margin:0 0 4px}
figcaption .name{font-weight:600;min-width:0;overflow-wrap:anywhere}figcaption .value{white-space:nowrap}
.time{display:grid;grid-template-columns:64px minmax(0,1fr);color:var(--accent)}
.time svg{display:block;width:100%;height:150px;overflow:visible}
.time .ends{grid-column:2;display:flex;justify-content:space-between;gap:14px;color:var(--soft);font-size:11px}
.time .ends span{min-width:0;overflow-wrap:anywhere}.time .ends span:last-child{text-align:right}
.grid{stroke:var(--line)}.band{fill:currentColor;opacity:.16}.level{stroke:currentColor;stroke-width:2}
.whisker{stroke:currentColor;opacity:.35}.far{fill:none;stroke:currentColor}
line.turn{stroke:var(--ink);stroke-dasharray:3 3}line.turn.good{stroke:var(--good)}
line.turn.bad{stroke:var(--bad)}line.turn.warn{stroke:var(--warn)}svg text.turn{fill:var(--ink);font-weight:600}
svg text.turn.good{fill:var(--good)}svg text.turn.bad{fill:var(--bad);font-weight:600}
svg text.turn.warn{fill:var(--warn)}
ol.turns{margin:6px 0 0 64px;padding-left:1.4em;font-size:13px}
ol.turns li{margin:2px 0}ol.turns li.bad{font-weight:400}
.axis{stroke:var(--line)}.bar{stroke:currentColor;stroke-width:9;opacity:.22}
.tick{stroke:currentColor;stroke-width:2.5}.dot{fill:currentColor;opacity:.62}
footer{color:var(--soft);font-size:12px;margin-top:24px}
@media (max-width:640px){main{padding:14px 12px 28px}.banner{font-size:16px;padding:12px 14px}
.time{grid-template-columns:52px minmax(0,1fr)}ol.turns{margin-left:0}
.plot{grid-template-columns:minmax(0,1fr) max-content}.plot svg,.plot .ends{grid-column:1/-1}
.plot .name{grid-column:1}.plot .value{grid-column:2}.plot{grid-auto-flow:dense}
dl{grid-template-columns:minmax(0,1fr);gap:0}dd{margin-bottom:6px}
thead{display:none}tr{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 18px;padding:7px 0;
border-bottom:1px solid var(--line)}tr:last-child{border-bottom:0}
td,td.left{display:flex;justify-content:space-between;gap:8px;border:0;padding:1px 0;text-align:right;
white-space:normal;overflow-wrap:anywhere}
td:first-child{grid-column:1/-1;font-weight:600;justify-content:flex-start;overflow-wrap:anywhere;max-width:100%}
td:not(:first-child)::before{content:attr(data-label);color:var(--soft);font-weight:400;overflow:hidden;
text-overflow:ellipsis}td:empty{display:none}tr.total td{border:0}}
@media (max-width:520px){tr{grid-template-columns:minmax(0,1fr)}}
@media print{body{background:#fff}.card,.banner{break-inside:avoid}}
""".strip()
