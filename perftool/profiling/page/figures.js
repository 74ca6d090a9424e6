// What the reader asked for, and the figures that follow from it.
class Figures {
  constructor(data) {
    this.data = data;
    this.diff = data.groups.length > 1;
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.labels = this.labelValues();
    this.state = {...this.usual(), sort: {key: this.diff ? 'change' : 'own', up: false}, by: 'own', marked: 0};
    this.zoom = 0;
  }
  // What the address may say otherwise.
  usual() {
    return {value: this.data.default, filters: {}, view: 'down', focus: -1, zoom: [], search: '', flame: false,
      lines: false, side: 'after', measure: this.data.measure || 'share'};
  }
  // Key of a label → its value → the sets of labels that have it, all as numbers.
  labelValues() {
    const keys = new Map();
    this.data.labels.forEach((set, index) => {
      for (const [key, value] of set) {
        if (!keys.has(key)) keys.set(key, new Map());
        const values = keys.get(key);
        if (!values.has(value)) values.set(value, []);
        values.get(value).push(index);
      }
    });
    return keys;
  }
  // Which sets of labels fit all filters.
  wanted() {
    const on = new Uint8Array(this.data.labels.length).fill(1);
    for (const [key, value] of Object.entries(this.state.filters)) {
      const good = new Set((this.labels.get(+key) || new Map()).get(value) || []);
      on.forEach((_, i) => { if (!good.has(i)) on[i] = 0; });
    }
    return on;
  }
  get unit() { return this.data.types[this.state.value][1]; }
  written(x) { return amount(x, this.unit); }
  // What turns a weight of a side into what is compared.
  norm(g) {
    if (!this.diff || this.state.measure !== 'share') return 1;
    return this.wholes[g] ? 1 / this.wholes[g] : 0;
  }
  total(node, g) { return this.tree.total[g][node] * this.norm(g); }
  change(node) { return this.total(node, 1) - this.total(node, 0); }
  width(node) {
    if (!this.diff) return this.tree.total[0][node];
    const {side} = this.state;
    return (side !== 'after' ? this.total(node, 0) : 0) + (side !== 'before' ? this.total(node, 1) : 0);
  }

  // ---- stages: each builds on those before it
  buildTree() {
    this.names = namer(this.data, this.state.lines);
    this.base = baseTree(this.data, this.state.lines);
  }
  buildWeights() {
    weigh(this.data, this.base, this.state.value, this.wanted());
    this.wholes = this.base.total.map(list => list[0]);
  }
  buildView() {
    const {state, base} = this;
    if (state.view.startsWith('call') && state.focus < 0) state.view = 'down';
    if (state.view === 'down') this.tree = base;
    else if (state.view === 'up') this.tree = bottomUp(base);
    else this.tree = focused(base, item => this.names.functionOf(item) === state.focus, state.view === 'callers');
    this.tree.arrange(node => this.width(node));
    if (this.tree !== base) base.arrange(node => base.total.reduce((sum, list) => sum + list[node], 0));
  }
  buildZoom() {
    const {state, tree, base} = this;
    this.zoom = tree.find(state.zoom);
    state.zoom = tree.path(this.zoom);
    state.marked = this.zoom;
    // The other views turn stacks round: their table counts everything.
    const below = state.view === 'down' || state.view === 'callees';
    this.rows = below ? byItem(tree, this.zoom) : byItem(base, 0);
    this.whole = tree.total.map((list, g) => below ? list[this.zoom] : this.wholes[g]);
  }
  // Which items match, which nodes have a match at or below them, and what is in stacks with a match.
  buildSearch() {
    const {tree, zoom, names, data} = this, test = matcher(this.state.search);
    this.hits = this.within = this.matched = null;
    if (!test) return;
    const hits = new Uint8Array(this.state.lines ? data.frames[0].length : data.names.length);
    for (let i = 0; i < hits.length; i++) hits[i] = test(names.name(i)) || test(names.file(i)) ? 1 : 0;
    const n = tree.parent.length, inside = new Uint8Array(n), below = new Uint8Array(n), within = new Uint8Array(n);
    const sums = tree.total.map(() => 0);
    for (let i = 0; i < n; i++) {
      const parent = tree.parent[i];
      below[i] = i === zoom || (i > 0 && below[parent]) ? 1 : 0;
      if (!below[i] || i === 0) continue;
      const hit = hits[tree.item[i]], above = inside[parent];
      inside[i] = hit || above ? 1 : 0;
      within[i] = hit;
      if (hit && !above) tree.total.forEach((list, g) => { sums[g] += list[i]; });
    }
    for (let i = n - 1; i > 0; i--) if (within[i]) within[tree.parent[i]] = 1;
    const functions = this.rows.reduce((count, row) => count + hits[row.item], 0);
    Object.assign(this, {hits, within, matched: {sums, functions}});
  }

  // ---- colours
  get look() {
    return LOOKS[document.documentElement.dataset.theme || (this.dark.matches ? 'dark' : 'light')];
  }
  forgetColours() {
    this.fills = new Map();
    this.scale = 0;
    if (!this.diff) return;
    for (let i = 1; i < this.tree.parent.length; i++) this.scale = Math.max(this.scale, Math.abs(this.change(i)));
  }
  colourOf(item) {
    const [hue, range, s, l] = this.look.origins[this.names.origin(item)], name = this.names.name(item);
    const spread = 2 * hashed(this.names.group(item) || name) - 1;
    return hsl([hue + spread * range, s, l + (hashed(name) - 0.5) * 5]);
  }
  // From -1, blue, over nothing to 1, red.
  tint(t) {
    const {none, more, less} = this.look, strength = Math.min(1, Math.abs(t)) ** 0.6, to = t > 0 ? more : less;
    return hsl([strength < 0.02 ? none[0] : to[0], none[1] + (to[1] - none[1]) * strength,
      none[2] + (to[2] - none[2]) * strength]);
  }
  fillOf(node) {
    let known = this.fills.get(node);
    if (known) return known;
    const item = this.tree.item[node], hit = this.hits && node > 0 && this.hits[item];
    let fill = this.look.root;
    if (hit) fill = hsl(this.look.hit);
    else if (node > 0 && this.diff) fill = this.tint(this.scale ? this.change(node) / this.scale : 0);
    else if (node > 0) fill = this.colourOf(item);
    known = {fill, faint: Boolean(this.hits) && !hit && node > 0};
    this.fills.set(node, known);
    return known;
  }
  labelOf(node) {
    const {total} = this.tree;
    if (node === 0) return 'all: ' + total.map(list => this.written(list[0])).join(' → ');
    const side = !this.diff ? '' : !total[0][node] ? '+ ' : !total[1][node] ? '\u2212 ' : '';
    return side + this.names.name(this.tree.item[node]);
  }
}

// What is searched for: a regular expression where it is one, and the text as it is in any case.
const matcher = text => {
  if (!text) return null;
  let regex = null;
  try { regex = new RegExp(text, 'iu'); } catch { /* then only as it is */ }
  const plain = text.toLowerCase();
  return name => Boolean(regex && regex.test(name)) || name.toLowerCase().includes(plain);
};
