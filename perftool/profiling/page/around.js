// What stands around the graph: where one is, what colours mean, what the marked frame is, the table.
class Around extends Figures {
  // Lists of labels, those that tell samples apart, with the share of each value.
  showFilters() {
    const {data, state} = this, held = new Float64Array(data.labels.length);
    data.groups.forEach(group => group.labels.forEach((label, i) => {
      held[label] += group.values[state.value][i] * group.scale;
    }));
    const all = held.reduce((a, b) => a + b, 0) || 1;
    const boxes = [...this.labels].filter(([, values]) => values.size > 1).map(([key, values]) => {
      const options = [...values].map(([value, sets]) => [value, sets.reduce((sum, i) => sum + held[i], 0)])
        .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
      const box = make('select', {'data-key': key}, make('option', {value: ''}, `all ${options.length}`),
        ...options.slice(0, 500).map(([value, weight]) =>
          make('option', {value}, `${data.shown[value] || '(none)'} ${percent(weight / all)}`)));
      box.value = state.filters[key] ?? '';
      box.addEventListener('change', () => {
        if (box.value === '') delete state.filters[key]; else state.filters[key] = +box.value;
        this.refresh('weights');
      });
      const on = state.filters[key] === undefined ? '' : ' on';
      return make('label', {class: 'pick' + on}, data.shown[key] + ' ', box);
    });
    $('filters').replaceChildren(...boxes);
  }
  showMatched() {
    if (!this.matched) { $('matched').textContent = ''; return; }
    const {sums, functions} = this.matched, all = this.tree.total.map(list => list[this.zoom]);
    const share = g => all[g] ? percent(sums[g] / all[g]) : '0.0\u00a0%';
    const found = this.diff ? `${share(0)} → ${share(1)}` : `${share(0)} (${this.written(sums[0])})`;
    $('matched').textContent = `${found} in ${functions.toLocaleString('en')} function${functions === 1 ? '' : 's'}`;
  }
  showCrumbs() {
    const {state, tree, names, data} = this, items = tree.path(this.zoom);
    const parts = [make('button', {type: 'button', onclick: () => this.go([])}, 'all')];
    items.forEach((item, i) => {
      if (items.length > 7 && i > 0 && i < items.length - 5) {
        if (i === 1) parts.push(make('span', {class: 'gap', title: `${items.length - 6} more`}, '› …'));
        return;
      }
      parts.push(make('span', {class: 'gap'}, '›'),
        make('button', {type: 'button', title: names.name(item), onclick: () => this.go(items.slice(0, i + 1))},
          make('bdi', {}, names.name(item))));
    });
    const what = {up: 'bottom up', callees: 'calls of', callers: 'callers of'}[state.view];
    const whose = state.view.startsWith('call') ? ' ' + data.shown[data.names[state.focus]] : '';
    if (what) parts.unshift(make('span', {class: 'gap'}, make('bdi', {}, `${what}${whose}:`)));
    $('crumbs').replaceChildren(...parts);
    $('crumbs').scrollLeft = $('crumbs').scrollWidth;
  }
  showLegend() {
    if (this.diff) {
      const stops = [-1, -0.5, -0.2, 0, 0.2, 0.5, 1].map(t => this.tint(t)).join(',');
      const most = this.state.measure === 'share'
        ? percent(this.scale).replace('\u00a0%', '\u00a0points') : this.written(this.scale);
      $('legend').replaceChildren(
        make('span', {class: 'scale'}, `less: −${most}`,
          make('i', {style: `background:linear-gradient(90deg,${stops})`}), `more: +${most}`),
        make('span', {class: 'key'}, '+ only after'), make('span', {class: 'key'}, '− only before'));
      return;
    }
    const sums = [0, 0, 0, 0, 0];
    const {base, names} = this;
    for (let i = 1; i < base.parent.length; i++) sums[names.origin(base.item[i])] += base.own[0][i];
    const keys = sums.map((sum, i) => [sum, i]).filter(([sum]) => sum > 0).map(([sum, i]) => {
      const [hue, , s, l] = this.look.origins[i];
      return make('span', {class: 'key'}, make('i', {style: `background:${hsl([hue, s, l])}`}), ORIGINS[i] + ' ',
        make('b', {}, percent(sum / (this.wholes[0] || 1))));
    });
    $('legend').replaceChildren(...keys);
  }
  showFacts() {
    const {data, state} = this, counted = data.types.findIndex(([kind]) => kind === 'samples'), on = this.wanted();
    const held = this.wholes.map(x => this.written(x)).join(' → ');
    const parts = [make('b', {}, `${held} ${typeTitle(data.types[state.value])}`)];
    if (Object.keys(state.filters).length) parts.push(' of the chosen samples');
    if (counted >= 0 && counted !== state.value) {
      const sums = data.groups.map(group =>
        group.values[counted].reduce((sum, x, i) => on[group.labels[i]] ? sum + x : sum, 0));
      parts.push(' · ' + sums.map(x => amount(x, 'count')).join(' → ') + ' samples');
    }
    for (const text of data.facts) parts.push(' · ', make('bdi', {}, visible(text)));
    $('facts').replaceChildren(...parts);
  }
  showTable() {
    const {state, diff, names, tree, wholes, whole} = this;
    const weight = (row, g) => row[state.by][g] * this.norm(g);
    const bare = item => this.data.strings[this.data.names[names.functionOf(item)]];
    const change = row => weight(row, 1) - weight(row, 0);
    const side = (row, g) => {
      const share = percent(wholes[g] ? row[state.by][g] / wholes[g] : 0), size = this.written(row[state.by][g]);
      return state.measure === 'share' ? [share, size] : [size, share];
    };
    const single = (row, which) => {
      const share = whole[0] ? row[which][0] / whole[0] : 0;
      return [percent(share), this.written(row[which][0]), share];
    };
    this.board.show({
      rows: this.rows, diff, sort: state.sort, by: state.by, hits: this.hits, weight, change,
      name: names.name, place: names.place, colour: item => this.colourOf(item),
      marked: state.marked > 0 ? tree.item[state.marked] : -1,
      edited: item => this.edited.has(bare(item)),
      // Of what functions call, nothing is known but of what is their own.
      chance: item => state.by === 'own' && this.sure !== null && !this.sure.has(bare(item)),
      side: row => !row.total[0] ? 'new' : !row.total[1] ? 'gone' : '',
      changed: row => [this.writtenChange(change(row))],
      written: (row, which) => diff ? side(row, which) : single(row, which),
    });
  }
  writtenChange(by) {
    if (this.state.measure === 'share') return points(by);
    return by ? (by > 0 ? '+' : '\u2212') + this.written(Math.abs(by)) : '0';
  }

  // ---- one frame
  describe(node) {
    const {tree, wholes, zoom, state} = this, parent = tree.parent[node], lines = [];
    const say = (what, list, g, more) => {
      const parts = wholes[g] ? [percent(list[g][node] / wholes[g]) + ' of all'] : [];
      if (more && zoom > 0 && tree.total[g][zoom])
        parts.push(percent(list[g][node] / tree.total[g][zoom]) + ' of what is zoomed');
      if (more && parent > 0 && parent !== zoom && tree.total[g][parent])
        parts.push(percent(list[g][node] / tree.total[g][parent]) + ' of the frame above');
      lines.push([what, this.written(list[g][node]), parts.join(', ')]);
    };
    const owns = node > 0 && (state.view === 'down' || state.view === 'callees');
    if (this.diff) {
      const [before, after] = [tree.total[0][node], tree.total[1][node]];
      say('before', tree.total, 0);
      say('after', tree.total, 1);
      const factor = before && after ? `× ${(this.total(node, 1) / this.total(node, 0)).toFixed(2)}`
        : after ? 'only after' : 'only before';
      lines.push(['change', this.writtenChange(this.change(node)), factor]);
      if (owns) { say('own before', tree.own, 0); say('own after', tree.own, 1); }
    } else {
      say('total', tree.total, 0, true);
      if (owns) say('own', tree.own, 0);
    }
    if (node === 0) return {name: 'everything', place: '', origin: '', lines};
    const item = tree.item[node], {names} = this;
    return {name: names.name(item), place: names.place(item), origin: ORIGINS[names.origin(item)], lines};
  }
  showDetail(node) {
    if (node === 0) {
      $('detail').textContent = 'Point at a frame to see what it is, click it to zoom; the table counts what is '
        + 'zoomed. The arrow keys go from frame to frame.';
      return;
    }
    const {name, place, lines} = this.describe(node);
    const told = lines.map(([what, size, share]) => `${what} ${size}${share ? ` (${share})` : ''}`).join(' · ');
    $('detail').replaceChildren(make('b', {}, make('bdi', {}, name)), place ? ' ' : '', make('bdi', {}, place),
      make('br'), told + this.hottest(node));
  }
  // Where in its source the function spends what is its own, whoever calls it.
  hottest(node) {
    const {data, state} = this, f = this.names.functionOf(this.tree.item[node]), [functions, lines] = data.frames;
    const on = this.wanted(), group = data.groups[data.groups.length - 1], found = new Map();
    let all = 0;
    group.nodes.forEach((at, i) => {
      const frame = at ? data.nodes[at - 1] : -1;
      if (frame < 0 || functions[frame] !== f || !lines[frame] || !on[group.labels[i]]) return;
      found.set(lines[frame], (found.get(lines[frame]) || 0) + group.values[state.value][i]);
      all += group.values[state.value][i];
    });
    const best = [...found].filter(([, x]) => x > 0).sort((a, b) => b[1] - a[1]).slice(0, 3);
    return best.length ? ' · own by line: ' + best.map(([line, x]) => `${line} (${percent(x / all)})`).join(', ') : '';
  }
  showTip(node, x, y) {
    const box = $('tip');
    box.hidden = node === null;
    if (node === null) return;
    if (node < 0) {
      const {tree, picture} = this, parent = ~node;
      const drawn = picture.childrenDrawn(tree, parent), count = tree.start[parent + 1] - tree.start[parent] - drawn;
      box.replaceChildren(make('b', {}, `${count.toLocaleString('en')} too narrow to draw`),
        make('small', {}, 'below ', make('bdi', {}, this.labelOf(parent)), ': zoom in to see them'));
    } else {
      const {name, place, origin, lines} = this.describe(node);
      box.replaceChildren(make('b', {}, make('bdi', {}, name)),
        make('small', {}, make('bdi', {}, place), place && origin ? ' · ' : '', origin),
        make('dl', {}, ...lines.flatMap(([what, size, share]) =>
          [make('dt', {}, what), make('dd', {}, size), make('dd', {class: 'of'}, share)])));
    }
    const {width, height} = box.getBoundingClientRect();
    box.style.left = Math.max(6, Math.min(x + 14, innerWidth - width - 8)) + 'px';
    box.style.top = (y + 20 + height > innerHeight ? Math.max(6, y - height - 12) : y + 20) + 'px';
  }
}
