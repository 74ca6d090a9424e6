// Where frames lie, and their picture on a canvas: only what can be seen is laid out and drawn.
const ROW = 21, FONT = 12, LEAST = 0.4;

// Rows from the root on; of children too narrow to see one block stands for all, with ~(their parent) as its node.
const layOut = (tree, zoom, width, marked) => {
  const rows = [];
  const put = (depth, node, x, w, hit) => {
    const row = rows[depth] || (rows[depth] = {nodes: [], x: [], w: [], hit: []});
    row.nodes.push(node); row.x.push(x); row.w.push(w); row.hit.push(hit);
  };
  const above = [];
  for (let node = tree.parent[zoom]; node >= 0; node = tree.parent[node]) above.unshift(node);
  above.forEach((node, depth) => put(depth, node, 0, width, false));
  const stack = [[zoom, 0, width, above.length]], blocks = [];
  while (stack.length) {
    const [node, x, w, depth] = stack.pop();
    put(depth, node, x, w, false);
    const scale = tree.weights[node] > 0 ? w / tree.weights[node] : 0;
    const end = tree.start[node + 1], next = [];
    let at = tree.start[node], left = x;
    for (; at < end; at++) {
      const child = tree.list[at], size = tree.weights[child] * scale;
      if (size < LEAST) break;
      next.push([child, left, size, depth + 1]);
      left += size;
    }
    let rest = 0, hit = false;
    for (; at < end; at++) {
      rest += tree.weights[tree.list[at]] * scale;
      hit ||= Boolean(marked && marked[tree.list[at]]);
    }
    while (next.length) stack.push(next.pop());
    if (rest >= LEAST || hit) blocks.push([depth + 1, ~node, left, rest, hit]);
  }
  for (const one of blocks) put(...one);
  for (const row of rows) {
    const order = row.x.map((_, i) => i).sort((a, b) => row.x[a] - row.x[b]);
    for (const key of ['nodes', 'x', 'w', 'hit']) row[key] = order.map(i => row[key][i]);
  }
  return rows;
};

const mix = (a, b, t) => a.map((x, i) => x + (b[i] - x) * t);
const hsl = ([h, s, l]) => `hsl(${h.toFixed(0)} ${s.toFixed(0)}% ${l.toFixed(0)}%)`;
// Hue with its range, saturation, lightness of each origin.
const LOOKS = {
  light: {origins: [[37, 8, 92, 67], [212, 13, 66, 76], [150, 12, 28, 77], [266, 8, 46, 82], [346, 4, 84, 74]],
    none: [42, 10, 88], more: [6, 84, 60], less: [214, 80, 62], hit: [296, 78, 74], root: 'hsl(220 14% 88%)',
    small: 'hsl(220 10% 82%)', ink: '#16181d', faint: 0.72},
  dark: {origins: [[32, 8, 76, 37], [212, 12, 46, 37], [154, 12, 22, 33], [266, 8, 32, 42], [346, 4, 58, 46]],
    none: [218, 10, 30], more: [4, 68, 47], less: [214, 66, 48], hit: [296, 54, 47], root: 'hsl(216 12% 26%)',
    small: 'hsl(216 10% 30%)', ink: '#f4f6f9', faint: 0.66},
};

class Picture {
  constructor(canvas, scroller) {
    this.canvas = canvas;
    this.scroller = scroller;
    this.context = canvas.getContext('2d');
    this.rows = [];
    this.flame = false;
    this.above = 0; // rows of callers above what is zoomed
  }
  measure() {
    this.width = Math.max(120, this.scroller.clientWidth);
    this.context.font = `${FONT}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace`;
    this.letter = this.context.measureText('mmmmmmmmmm').width / 10;
  }
  // The height of everything; the canvas itself is only as high as what is seen.
  get needed() { return this.rows.length * ROW + 2; }
  // With the roots at the bottom, the bottom is that of the window where there is less than fills it.
  get height() { return this.flame ? Math.max(this.needed, this.scroller.clientHeight) : this.needed; }
  top(depth) { return this.flame ? this.height - (depth + 1) * ROW - 1 : depth * ROW + 1; }
  draw(look, labelOf, fillOf) {
    const ratio = window.devicePixelRatio || 1, seen = this.scroller.clientHeight, c = this.context;
    this.canvas.style.height = seen + 'px';
    this.canvas.style.width = this.width + 'px';
    const w = Math.round(this.width * ratio), h = Math.round(seen * ratio);
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, {width: w, height: h});
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, this.width, seen);
    c.font = `${FONT}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace`;
    c.textBaseline = 'middle';
    c.direction = 'ltr';
    const offset = this.scroller.scrollTop;
    this.rows.forEach((row, depth) => {
      const y = this.top(depth) - offset;
      if (y > seen || y + ROW < 0) return;
      for (let i = 0; i < row.nodes.length; i++) {
        const node = row.nodes[i], x = row.x[i];
        let width = row.w[i];
        if (node < 0) {
          c.fillStyle = row.hit[i] ? hsl(look.hit) : look.small;
          c.fillRect(row.hit[i] ? Math.min(x, this.width - 3) : x, y, row.hit[i] ? Math.max(width, 3) : width, ROW - 1);
          continue;
        }
        const {fill, faint} = fillOf(node);
        c.globalAlpha = faint ? 1 - look.faint : depth < this.above ? 0.6 : 1;
        c.fillStyle = fill;
        if (width > 3) width -= 1;
        c.fillRect(x, y, width, ROW - 1);
        if (width > 3 * this.letter) {
          c.globalAlpha = faint ? 0.6 : 1;
          c.fillStyle = look.ink;
          const text = this.fit(labelOf(node), width - 9);
          if (text) c.fillText(text, x + 4, y + ROW / 2 + 0.5);
        }
        c.globalAlpha = 1;
      }
    });
  }
  fit(name, room) {
    const most = Math.floor(room / this.letter);
    if (most < 2) return '';
    let text = name;
    while (text.length > most) {
      const less = shorter(text);
      if (!less) break;
      text = less;
    }
    if (text.length > most) text = text.slice(0, most - 1) + '…';
    // Letters of other scripts may be wider, and must not turn round what stands beside them.
    return /^[\x20-\x7e…]*$/.test(text) ? text : '\u2068' + text.slice(0, Math.ceil(most * 0.7)) + '\u2069';
  }
  depthAt(y) {
    const depth = Math.floor((this.flame ? this.height - 1 - y : y - 1) / ROW);
    return depth >= 0 && depth < this.rows.length ? depth : -1;
  }
  // What lies at a point of the whole picture: its place in its row, or null.
  at(x, y) {
    const depth = this.depthAt(y);
    if (depth < 0) return null;
    const row = this.rows[depth];
    let low = 0, high = row.x.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (row.x[middle] <= x) low = middle; else high = middle - 1;
    }
    const hit = x >= row.x[low] && x < row.x[low] + Math.max(row.w[low], 1);
    return hit ? {depth, index: low, node: row.nodes[low]} : null;
  }
  placeOf(node) {
    for (let depth = 0; depth < this.rows.length; depth++) {
      const index = this.rows[depth].nodes.indexOf(node);
      if (index >= 0) return {depth, index, node};
    }
    return null;
  }
  // How many of a node's children have a place of their own; those that have are the first.
  childrenDrawn(tree, parent) {
    const place = this.placeOf(parent), row = place && this.rows[place.depth + 1];
    return row ? row.nodes.reduce((count, node) => count + (node >= 0 && tree.parent[node] === parent), 0) : 0;
  }
  box({depth, index}) {
    const row = this.rows[depth];
    return {left: row.x[index], top: this.top(depth), width: Math.max(row.w[index] - 1, 1), height: ROW - 1};
  }
}
