// What the reader asked for, and everything drawn again that depends on it.
const STAGES = ['tree', 'weights', 'view', 'zoom', 'search', 'look'];

const begin = data => {
  const diff = data.groups.length > 1;
  const state = {value: data.default, filters: {}, view: 'down', focus: -1, zoom: [], search: '', flame: false,
    lines: false, side: 'after', measure: data.measure || 'share', sort: {key: diff ? 'change' : 'own', up: false},
    by: 'own', marked: 0};
  const picture = new Picture($('canvas'), $('scroller'));
  const edited = new Set(data.changed || []);
  let names, base, tree, wholes, shares, hits, within, rows, zoom = 0, whole = [], scale = 1, fills = new Map();
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const look = () => LOOKS[(document.documentElement.dataset.theme || (dark.matches ? 'dark' : 'light'))];
  const unit = () => data.types[state.value][1];
  const written = x => amount(x, unit());

  // ---- labels
  const keys = new Map();
  data.labels.forEach((set, index) => {
    for (const [key, value] of set) {
      if (!keys.has(key)) keys.set(key, new Map());
      const values = keys.get(key);
      if (!values.has(value)) values.set(value, []);
      values.get(value).push(index);
    }
  });
  const wanted = () => {
    const on = new Uint8Array(data.labels.length).fill(1);
    for (const [key, value] of Object.entries(state.filters)) {
      const good = new Set((keys.get(+key) || new Map()).get(value) || []);
      on.forEach((_, i) => { if (!good.has(i)) on[i] = 0; });
    }
    return on;
  };
  const filterBoxes = () => {
    const held = new Float64Array(data.labels.length);
    data.groups.forEach(group => group.labels.forEach((label, i) => {
      held[label] += group.values[state.value][i] * group.scale;
    }));
    const all = held.reduce((a, b) => a + b, 0) || 1;
    const boxes = [...keys].filter(([, values]) => values.size > 1).map(([key, values]) => {
      const options = [...values].map(([value, sets]) => [value, sets.reduce((sum, i) => sum + held[i], 0)])
        .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      const box = make('select', {'data-key': key}, make('option', {value: ''}, `all ${options.length}`),
        ...options.slice(0, 500).map(([value, weight]) =>
          make('option', {value}, `${data.shown[value] || '(none)'}  ${percent(weight / all)}`)));
      box.value = state.filters[key] ?? '';
      box.addEventListener('change', () => {
        if (box.value === '') delete state.filters[key]; else state.filters[key] = +box.value;
        refresh('weights');
      });
      return make('label', {class: 'pick' + (state.filters[key] === undefined ? '' : ' on')},
        data.shown[key] + ' ', box);
    });
    $('filters').replaceChildren(...boxes);
  };

  // ---- stages
  const norm = g => diff && state.measure === 'share' ? (wholes[g] ? 1 / wholes[g] : 0) : 1;
  const total = (node, g) => tree.total[g][node] * norm(g);
  const width = node => {
    if (!diff) return tree.total[0][node];
    return (state.side !== 'after' ? total(node, 0) : 0) + (state.side !== 'before' ? total(node, 1) : 0);
  };
  const change = node => total(node, 1) - total(node, 0);
  const isFocus = item => names.functionOf(item) === state.focus;
  const stages = {
    tree() {
      names = namer(data, state.lines);
      base = baseTree(data, state.lines);
    },
    weights() {
      weigh(data, base, state.value, wanted());
      wholes = base.total.map(list => list[0]);
      filterBoxes();
    },
    view() {
      const one = state.view === 'callees' || state.view === 'callers';
      if (one && state.focus < 0) state.view = 'down';
      tree = state.view === 'up' ? bottomUp(base)
        : state.view === 'down' ? base : focused(base, isFocus, state.view === 'callers');
      tree.arrange(width);
      if (tree !== base) base.arrange(node => base.total.reduce((sum, list) => sum + list[node], 0));
    },
    zoom() {
      zoom = tree.find(state.zoom);
      if (tree.path(zoom).length < state.zoom.length) state.zoom = tree.path(zoom);
      state.marked = Math.max(zoom, 0);
      const below = state.view === 'down' || state.view === 'callees';
      rows = below ? byItem(tree, zoom) : byItem(base, 0);
      whole = tree.total.map((list, g) => below ? list[zoom] : wholes[g]);
      crumbs();
    },
    search() {
      const test = matcher(state.search);
      hits = null;
      within = null;
      $('matched').textContent = '';
      if (!test) return;
      const items = state.lines ? data.frames[0].length : data.names.length;
      hits = new Uint8Array(items);
      for (let i = 0; i < items; i++) hits[i] = test(names.name(i)) || test(names.file(i)) ? 1 : 0;
      const n = tree.parent.length, inside = new Uint8Array(n), under = new Uint8Array(n);
      within = new Uint8Array(n);
      const sums = tree.total.map(() => 0), own = tree.total.map(() => 0);
      for (let i = 0; i < n; i++) {
        under[i] = i === zoom || (i > 0 && under[tree.parent[i]]) ? 1 : 0;
        const hit = i > 0 && hits[tree.item[i]];
        const above = i > 0 && inside[tree.parent[i]];
        inside[i] = under[i] && (hit || above) ? 1 : 0;
        if (under[i] && hit) {
          within[i] = 1;
          tree.total.forEach((list, g) => { if (!above) sums[g] += list[i]; own[g] += tree.own[g][i]; });
        }
      }
      for (let i = n - 1; i > 0; i--) if (within[i]) within[tree.parent[i]] = 1;
      const all = tree.total.map(list => list[zoom]);
      const share = g => all[g] ? percent(sums[g] / all[g]) : '0.0\u00a0%';
      const number = rows.reduce((count, row) => count + hits[row.item], 0);
      $('matched').textContent = (diff ? `${share(0)} → ${share(1)}` : `${share(0)} (${written(sums[0])})`)
        + ` in ${number.toLocaleString('en')} function${number === 1 ? '' : 's'}`;
    },
    look() {
      picture.flame = state.flame;
      fills = new Map();
      scale = 0;
      if (diff) for (let i = 1; i < tree.parent.length; i++) scale = Math.max(scale, Math.abs(change(i)));
      legend();
      facts();
      lay();
      board.show(tableView());
      controls();
      remember();
    },
  };
  const refresh = (from, push = false) => {
    if (push) pushed = true;
    STAGES.slice(STAGES.indexOf(from)).forEach(stage => stages[stage]());
  };
  const lay = () => {
    picture.measure();
    picture.rows = layOut(tree, zoom, picture.width, within);
    picture.above = tree.path(zoom).length;
    if (innerWidth <= 900) $('scroller').style.height = picture.needed + 2 + 'px';
    else $('scroller').style.removeProperty('height');
    $('tall').style.height = picture.height + 'px';
    if (state.flame) $('scroller').scrollTop = picture.height;
    paint();
    point(state.marked);
  };
  const paint = () => picture.draw(look(), label, fillOf);

  // ---- colours and words of a frame
  const colourOf = item => {
    const [hue, range, s, l] = look().origins[names.origin(item)];
    const name = names.name(item);
    return hsl([hue + (2 * hashed(names.group(item) || name) - 1) * range, s, l + (hashed(name) - 0.5) * 5]);
  };
  const tint = t => {
    const {none, more, less} = look();
    const strength = Math.min(1, Math.abs(t)) ** 0.6;
    const to = t > 0 ? more : less;
    return hsl([strength < 0.02 ? none[0] : to[0], none[1] + (to[1] - none[1]) * strength,
      none[2] + (to[2] - none[2]) * strength]);
  };
  const label = node => node === 0 ? rootName() : (diff && !tree.total[0][node] ? '+ ' : diff && !tree.total[1][node] ? '\u2212 ' : '')
    + names.name(tree.item[node]);
  const rootName = () => `all: ${diff ? wholes.map(written).join(' → ') : written(tree.total[0][0])}`;
  const fillOf = node => {
    let known = fills.get(node);
    if (known) return known;
    const item = tree.item[node], hit = hits && node > 0 && hits[item];
    const fill = node === 0 ? look().root : hit ? hsl(look().hit)
      : diff ? tint(scale ? change(node) / scale : 0) : colourOf(item);
    known = {fill, faint: Boolean(hits) && !hit && node > 0};
    fills.set(node, known);
    return known;
  };
  const matcher = text => {
    if (!text) return null;
    let regex = null;
    try { regex = new RegExp(text, 'iu'); } catch { /* what is no regex is looked for as it is */ }
    const plain = text.toLowerCase();
    return regex ? name => regex.test(name) || name.toLowerCase().includes(plain) : name => name.toLowerCase().includes(plain);
  };

  // ---- around the graph
  const crumbs = () => {
    const items = tree.path(zoom), parts = [make('button', {type: 'button', onclick: () => go([])}, 'all')];
    items.forEach((item, i) => {
      if (items.length > 7 && i > 0 && i < items.length - 5) {
        if (i === 1) parts.push(make('span', {class: 'gap', title: `${items.length - 6} more`}, '› …'));
        return;
      }
      parts.push(make('span', {class: 'gap'}, '›'),
        make('button', {type: 'button', title: names.name(item), onclick: () => go(items.slice(0, i + 1))},
          make('bdi', {}, names.name(item))));
    });
    const one = state.focus >= 0 && (state.view === 'callees' || state.view === 'callers');
    const what = {up: 'bottom up', callees: 'calls of', callers: 'callers of'}[state.view];
    if (what) parts.unshift(make('span', {class: 'gap'}, what + (one ? ' ' + data.shown[data.names[state.focus]] : '') + ':'));
    $('crumbs').replaceChildren(...parts);
    $('crumbs').scrollLeft = $('crumbs').scrollWidth;
  };
  const legend = () => {
    if (diff) {
      const stops = [-1, -0.5, -0.2, 0, 0.2, 0.5, 1].map(tint).join(',');
      const most = state.measure === 'share' ? percent(scale).replace('\u00a0%', '\u00a0points') : written(scale);
      $('legend').replaceChildren(make('span', {class: 'scale'}, `less: −${most}`,
        make('i', {style: `background:linear-gradient(90deg,${stops})`}), `more: +${most}`),
      make('span', {class: 'key'}, '+ only after'), make('span', {class: 'key'}, '− only before'));
      return;
    }
    const sums = [0, 0, 0, 0, 0];
    for (let i = 1; i < base.parent.length; i++) sums[names.origin(base.item[i])] += base.own[0][i];
    const parts = sums.map((sum, i) => [sum, i]).filter(([sum]) => sum > 0).map(([sum, i]) => {
      const [hue, , s, l] = look().origins[i];
      return make('span', {class: 'key'}, make('i', {style: `background:${hsl([hue, s, l])}`}), ORIGINS[i] + ' ',
        make('b', {}, percent(sum / (wholes[0] || 1))));
    });
    $('legend').replaceChildren(...parts);
  };
  const facts = () => {
    const shown = diff ? wholes.map(written).join(' → ') : written(wholes[0]);
    const parts = [make('b', {}, `${shown} ${typeTitle(data.types[state.value])}`)];
    const counted = data.types.findIndex(([kind]) => kind === 'samples'), on = wanted();
    if (Object.keys(state.filters).length) parts.push(' of the chosen samples');
    if (counted >= 0 && counted !== state.value) {
      const sums = data.groups.map(group =>
        group.values[counted].reduce((sum, x, i) => on[group.labels[i]] ? sum + x : sum, 0));
      parts.push(' · ' + sums.map(x => amount(x, 'count')).join(' → ') + ' samples');
    }
    for (const text of data.facts) parts.push(' · ', make('bdi', {}, visible(text)));
    $('facts').replaceChildren(...parts);
  };
  const controls = () => {
    $('value').value = state.value;
    $('view').value = state.view;
    for (const option of $('view').options)
      if (option.value.startsWith('call')) option.disabled = state.focus < 0 && state.marked < 1;
    $('side').value = state.side;
    $('measure').value = state.measure;
    $('flip').setAttribute('aria-pressed', String(state.flame));
    $('lines').setAttribute('aria-pressed', String(state.lines));
    if ($('search').value !== state.search) $('search').value = state.search;
  };
  const tableView = () => {
    const weight = (row, g) => row[state.by][g] * norm(g);
    return {
      rows, diff, sort: state.sort, by: state.by, hits, name: names.name, place: names.place, colour: colourOf,
      marked: state.marked > 0 ? tree.item[state.marked] : -1,
      edited: item => edited.has(data.strings[data.names[names.functionOf(item)]]),
      side: row => !row.total[0] ? 'new' : !row.total[1] ? 'gone' : '',
      weight, change: row => weight(row, 1) - weight(row, 0),
      changed: row => {
        const by = weight(row, 1) - weight(row, 0);
        return state.measure === 'share' ? [points(by)] : [by > 0 ? '+' + written(by) : by < 0 ? '\u2212' + written(-by) : '0'];
      },
      written: (row, which) => {
        if (diff) {
          const share = wholes[which] ? row[state.by][which] / wholes[which] : 0;
          return state.measure === 'share' ? [percent(share), written(row[state.by][which])]
            : [written(row[state.by][which]), percent(share)];
        }
        const share = whole[0] ? row[which][0] / whole[0] : 0;
        return [percent(share), written(row[which][0]), share];
      },
    };
  };
  const board = new Board({
    sort: key => {
      state.sort = {key, up: state.sort.key === key ? !state.sort.up : key === 'name' ? false : false};
      refresh('look');
    },
    by: by => { state.by = by; refresh('look'); },
    pick: item => {
      const exact = '^' + names.name(item).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + '$';
      state.search = state.search === exact ? '' : exact;
      state.focus = names.functionOf(item);
      refresh('search');
    },
    callers: item => { lookAt('callers', names.functionOf(item)); },
  });

  // ---- moving about
  let pushed = false;
  const go = path => { state.zoom = path; refresh('zoom', true); };
  const lookAt = (view, focus) => {
    state.view = view;
    if (focus >= 0) state.focus = focus;
    state.zoom = [];
    refresh('view', true);
  };
  const describe = node => {
    const item = tree.item[node], parent = tree.parent[node];
    const lines = [];
    const say = (name, list, g, of) => {
      const parts = [name, written(list[g][node] ?? 0)];
      parts.push(wholes[g] ? percent(list[g][node] / wholes[g]) + ' of all' : '');
      if (of && zoom > 0 && tree.total[g][zoom]) parts[2] += `, ${percent(list[g][node] / tree.total[g][zoom])} of what is zoomed`;
      if (of && parent > 0 && parent !== zoom && tree.total[g][parent]) parts[2] += `, ${percent(list[g][node] / tree.total[g][parent])} of the frame above`;
      lines.push(parts);
    };
    if (diff) {
      say('before', tree.total, 0);
      say('after', tree.total, 1);
      const by = change(node);
      lines.push(['change', state.measure === 'share' ? points(by) : (by >= 0 ? '+' : '\u2212') + written(Math.abs(by)),
        tree.total[0][node] && tree.total[1][node] ? `× ${(total(node, 1) / total(node, 0)).toFixed(2)}` : tree.total[1][node] ? 'only after' : 'only before']);
      say('own before', tree.own, 0);
      say('own after', tree.own, 1);
    } else {
      say('total', tree.total, 0, true);
      if (node > 0 && (state.view === 'down' || state.view === 'callees')) say('own', tree.own, 0);
    }
    return {name: node === 0 ? 'everything' : names.name(item), place: node === 0 ? '' : names.place(item),
      origin: node === 0 ? '' : ORIGINS[names.origin(item)], lines};
  };
  const point = node => {
    const place = node >= 0 && picture.placeOf(node);
    const mark = $('mark');
    mark.hidden = !place || (node === 0 && document.activeElement !== $('canvas'));
    if (place) for (const [key, value] of Object.entries(picture.box(place))) mark.style[key] = value + 'px';
    if (node < 0) return;
    if (node === 0) {
      $('detail').textContent = 'Point at a frame to see what it is, click it to zoom; the table counts what is zoomed. '
        + 'The arrow keys go from frame to frame.';
      return;
    }
    const {name, place: where, lines} = describe(node);
    $('detail').replaceChildren(make('b', {}, make('bdi', {}, name)), where ? '  ' : '', make('bdi', {}, where), make('br'),
      lines.map(([what, size, share]) => `${what} ${size}${share ? ' (' + share + ')' : ''}`).join(' · ') + hottest(node));
  };
  // Where in its source the function itself spends it, over all its callers.
  const hottest = node => {
    if (node < 1) return '';
    const f = names.functionOf(tree.item[node]), found = new Map(), [functions, lines] = data.frames;
    const on = wanted(), g = data.groups.length - 1, group = data.groups[g];
    let all = 0;
    group.nodes.forEach((at, i) => {
      const frame = data.nodes[at - 1];
      if (!at || functions[frame] !== f || !lines[frame] || !on[group.labels[i]]) return;
      found.set(lines[frame], (found.get(lines[frame]) || 0) + group.values[state.value][i]);
      all += group.values[state.value][i];
    });
    const best = [...found].sort((a, b) => b[1] - a[1]).slice(0, 3).filter(([, x]) => x > 0);
    return best.length ? ' · own by line: ' + best.map(([line, x]) => `${line} (${percent(x / all)})`).join(', ') : '';
  };
  const choose = node => { state.marked = node; point(node); reveal(node); };
  const reveal = node => {
    const place = picture.placeOf(node), scroller = $('scroller');
    if (!place) return;
    const {top} = picture.box(place);
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + ROW > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = top + ROW - scroller.clientHeight;
  };
  const tip = (node, x, y) => {
    const box = $('tip');
    if (node === null) { box.hidden = true; return; }
    if (node < 0) {
      const parent = ~node, cut = [];
      for (let at = tree.start[parent]; at < tree.start[parent + 1]; at++) if (!picture.placeOf(tree.list[at])) cut.push(tree.list[at]);
      box.replaceChildren(make('b', {}, `${cut.length.toLocaleString('en')} too narrow to draw`),
        make('small', {}, `below ${label(parent)}: zoom in to see them`));
    } else {
      const told = describe(node);
      box.replaceChildren(make('b', {}, make('bdi', {}, told.name)),
        make('small', {}, make('bdi', {}, told.place), told.origin && told.place ? ' · ' : '', told.origin),
        make('dl', {}, ...told.lines.flatMap(([what, size, share]) =>
          [make('dt', {}, what), make('dd', {}, size), make('dd', {class: 'of'}, share || '')])));
    }
    box.hidden = false;
    const {width: w, height: h} = box.getBoundingClientRect();
    box.style.left = Math.max(6, Math.min(x + 14, innerWidth - w - 8)) + 'px';
    box.style.top = (y + 20 + h > innerHeight ? Math.max(6, y - h - 12) : y + 20) + 'px';
  };
  const under = event => {
    const box = $('canvas').getBoundingClientRect();
    return picture.at(event.clientX - box.left, event.clientY - box.top + $('scroller').scrollTop);
  };
  $('canvas').addEventListener('pointermove', event => {
    if (event.pointerType === 'touch') return;
    const found = under(event);
    tip(found ? found.node : null, event.clientX, event.clientY);
  });
  for (const name of ['pointerleave', 'pointerdown']) $('canvas').addEventListener(name, () => tip(null));
  $('canvas').addEventListener('click', event => {
    const found = under(event);
    if (!found) return;
    const node = found.node < 0 ? ~found.node : found.node;
    state.focus = node > 0 ? names.functionOf(tree.item[node]) : state.focus;
    go(tree.path(node === zoom && node > 0 ? tree.parent[node] : node));
    $('canvas').focus({preventScroll: true});
  });
  const sibling = (node, step) => {
    const place = picture.placeOf(node);
    if (!place) return node;
    const row = picture.rows[place.depth];
    for (let i = place.index + step; i >= 0 && i < row.nodes.length; i += step) if (row.nodes[i] >= 0) return row.nodes[i];
    return node;
  };
  const KEYS = {
    ArrowLeft: () => choose(sibling(state.marked, -1)),
    ArrowRight: () => choose(sibling(state.marked, 1)),
    ArrowUp: () => state.flame ? inward() : outward(),
    ArrowDown: () => state.flame ? outward() : inward(),
    Enter: () => {
      state.focus = state.marked > 0 ? names.functionOf(tree.item[state.marked]) : state.focus;
      go(tree.path(state.marked));
    },
  };
  const outward = () => choose(Math.max(tree.parent[state.marked], 0));
  const inward = () => {
    const child = tree.start[state.marked] < tree.start[state.marked + 1] ? tree.list[tree.start[state.marked]] : -1;
    if (child >= 0 && picture.placeOf(child)) choose(child);
  };
  for (const name of ['focus', 'blur']) $('canvas').addEventListener(name, () => point(state.marked));
  $('canvas').addEventListener('keydown', event => {
    if (!KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    KEYS[event.key]();
  });
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === 'Escape') {
      if (state.search) { state.search = ''; refresh('search'); $('canvas').focus({preventScroll: true}); }
      else if (zoom > 0) go(tree.path(tree.parent[zoom]));
      else if (state.view !== 'down') lookAt('down', -1);
      tip(null);
    } else if (!typing && event.key === '/') {
      event.preventDefault();
      $('search').focus();
      $('search').select();
    } else if (!typing && event.key === 'f') $('flip').click();
    else if (!typing && event.key === 'l') $('lines').click();
    else if (!typing && event.key === '0') { state.view = 'down'; state.zoom = []; state.search = ''; refresh('view', true); }
    else if (!typing && event.key === 'c' && state.marked > 0) lookAt('callers', names.functionOf(tree.item[state.marked]));
  });

  // ---- controls
  data.types.forEach((type, index) => $('value').append(make('option', {value: index}, typeTitle(type))));
  $('value').addEventListener('change', () => { state.value = +$('value').value; refresh('weights'); });
  $('side').addEventListener('change', () => { state.side = $('side').value; refresh('view'); });
  $('measure').addEventListener('change', () => { state.measure = $('measure').value; refresh('view'); });
  $('view').addEventListener('change', () =>
    lookAt($('view').value, state.marked > 0 ? names.functionOf(tree.item[state.marked]) : -1));
  $('flip').addEventListener('click', () => { state.flame = !state.flame; refresh('look'); if (!state.flame) $('scroller').scrollTop = 0; });
  $('lines').addEventListener('click', () => { state.lines = !state.lines; state.zoom = []; refresh('tree'); });
  let waiting = 0;
  $('search').addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { state.search = $('search').value; refresh('search'); }, tree.parent.length > 20000 ? 200 : 0);
  });
  $('search').addEventListener('keydown', event => { if (event.key === 'Enter') $('canvas').focus({preventScroll: true}); });
  $('theme').addEventListener('click', () => {
    const now = document.documentElement.dataset.theme || (dark.matches ? 'dark' : 'light');
    document.documentElement.dataset.theme = now === 'dark' ? 'light' : 'dark';
    refresh('look');
  });
  dark.addEventListener('change', () => refresh('look'));
  let frame = 0;
  $('scroller').addEventListener('scroll', () => { cancelAnimationFrame(frame); frame = requestAnimationFrame(paint); });
  let known = '';
  new ResizeObserver(() => {
    const {clientWidth: wide, clientHeight: high} = $('scroller');
    if (known === wide + ' ' + high) return;
    known = wide + ' ' + high;
    lay();
  }).observe($('graph'));

  // ---- the address keeps what is looked at
  const remember = () => {
    const said = new URLSearchParams();
    const set = (key, value, usual) => { if (value !== usual) said.set(key, value); };
    set('value', data.types[state.value][0], data.types[data.default][0]);
    for (const [key, value] of Object.entries(state.filters)) said.set('label.' + data.strings[key], data.strings[value]);
    set('view', state.view, 'down');
    if (state.view.startsWith('call')) said.set('of', state.focus);
    set('zoom', state.zoom.join('.'), '');
    set('search', state.search, '');
    set('roots', state.flame ? 'bottom' : '', '');
    set('lines', state.lines ? '1' : '', '');
    set('width', state.side, 'after');
    set('by', state.measure, data.measure || 'share');
    const hash = said.size ? '#' + said : '';
    if (hash === location.hash) { pushed = false; return; }
    try {
      history[pushed ? 'pushState' : 'replaceState'](null, '', hash || location.pathname + location.search);
    } catch { /* a page shown inside another may have no history */ }
    pushed = false;
  };
  const recall = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    const number = (text, most) => /^\d+$/.test(text || '') && +text < most ? +text : -1;
    const value = data.types.findIndex(([kind]) => kind === said.get('value'));
    state.value = value < 0 ? data.default : value;
    state.filters = {};
    for (const [key, text] of said) {
      const name = data.strings.indexOf(key.slice(6)), one = data.strings.indexOf(text);
      if (key.startsWith('label.') && keys.has(name) && keys.get(name).has(one)) state.filters[name] = one;
    }
    state.focus = number(said.get('of'), data.names.length);
    state.view = ['up', 'callees', 'callers'].includes(said.get('view')) ? said.get('view') : 'down';
    state.zoom = (said.get('zoom') || '').split('.').filter(Boolean).map(text => number(text, 4194304));
    state.search = said.get('search') || '';
    state.flame = said.get('roots') === 'bottom';
    state.lines = said.get('lines') === '1';
    state.side = ['before', 'both'].includes(said.get('width')) ? said.get('width') : 'after';
    state.measure = ['share', 'weight'].includes(said.get('by')) ? said.get('by') : data.measure || 'share';
  };
  addEventListener('popstate', () => { recall(); refresh('tree'); });

  document.body.classList.toggle('diff', diff);
  $('title').replaceChildren(make('bdi', {}, visible(data.title)));
  $('about').replaceChildren(...data.about.flatMap(([name, text]) =>
    [make('dt', {}, name), make('dd', {}, make('bdi', {}, visible(text)))]));
  recall();
  refresh('tree');
  document.body.classList.remove('waiting');
  document.body.dataset.ready = '1';
};

load().then(begin).catch(error => {
  document.body.classList.remove('waiting');
  $('facts').textContent = 'This page could not be drawn: ' + error.message + '. It needs a browser of 2023 or later.';
  throw error;
});
