// What was captured, trees made of it, and what their nodes weigh.
// More than any capture has functions or frames: nodes are found by their parent's number times this and their item.
const ITEMS = 4194304;
const $ = id => document.getElementById(id);
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/gu;
const visible = text => text.replace(HIDDEN, c => '\\u{' + c.codePointAt(0).toString(16) + '}');

const load = async () => {
  const packed = atob($('data').textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let i = 0; i < packed.length; i++) bytes[i] = packed.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const data = await new Response(stream).json();
  data.shown = data.strings.map(visible);
  const parents = new Int32Array(data.parents.length + 1);
  data.parents.forEach((back, i) => { parents[i + 1] = i + 1 - back; });
  data.parents = parents;
  return data;
};

// A tree whose nodes are found by what stands in them; a parent always has the smaller number.
class Tree {
  constructor(groups) {
    this.parent = [-1];
    this.item = [-1];
    this.own = Array.from({length: groups}, () => [0]);
    this.total = Array.from({length: groups}, () => [0]);
    this.known = new Map();
  }
  below(parent, item) {
    const key = parent * ITEMS + item;
    let node = this.known.get(key);
    if (node === undefined) {
      node = this.parent.push(parent) - 1;
      this.item.push(item);
      for (const list of this.own) list.push(0);
      for (const list of this.total) list.push(0);
      this.known.set(key, node);
    }
    return node;
  }
  sumUp() {
    this.own.forEach((own, g) => {
      const total = own.slice();
      for (let i = total.length - 1; i > 0; i--) total[this.parent[i]] += total[i];
      this.total[g] = total;
    });
  }
  // Children of each node as one list with the place where each node's begin, the heaviest first.
  arrange(weight) {
    const n = this.parent.length, start = new Int32Array(n + 2), list = new Int32Array(Math.max(n - 1, 0));
    for (let i = 1; i < n; i++) start[this.parent[i] + 2]++;
    for (let i = 2; i < n + 2; i++) start[i] += start[i - 1];
    for (let i = 1; i < n; i++) list[start[this.parent[i] + 1]++] = i;
    const weights = new Float64Array(n);
    for (let i = 0; i < n; i++) weights[i] = weight(i);
    for (let i = 0; i < n; i++) {
      if (start[i + 1] - start[i] > 1)
        list.subarray(start[i], start[i + 1]).sort((a, b) => weights[b] - weights[a] || a - b);
    }
    Object.assign(this, {start, list, weights});
  }
  path(node) {
    const items = [];
    for (; node > 0; node = this.parent[node]) items.unshift(this.item[node]);
    return items;
  }
  // The node that a path leads to, as far as it goes here.
  find(path) {
    let node = 0;
    for (const item of path) {
      const next = this.known.get(node * ITEMS + item);
      if (next === undefined) break;
      node = next;
    }
    return node;
  }
}

// Every stack from the outermost frame on, by function or by line; "places" is the node of each stack's end.
const baseTree = (data, lines) => {
  const tree = new Tree(data.groups.length);
  const places = new Int32Array(data.parents.length);
  const functions = data.frames[0];
  for (let i = 1; i < places.length; i++) {
    const frame = data.nodes[i - 1];
    places[i] = tree.below(places[data.parents[i]], lines ? frame : functions[frame]);
  }
  tree.places = places;
  return tree;
};

const weigh = (data, tree, value, wanted) => {
  data.groups.forEach((group, g) => {
    const own = tree.own[g].fill(0), values = group.values[value];
    for (let i = 0; i < group.nodes.length; i++)
      if (wanted[group.labels[i]]) own[tree.places[group.nodes[i]]] += values[i] * group.scale;
  });
  tree.sumUp();
};

const heavy = (lists, node) => lists.some(list => list[node] > 0);

// Leaves become roots: who calls what is heavy by itself.
const bottomUp = base => {
  const tree = new Tree(base.own.length);
  for (let i = 1; i < base.parent.length; i++) {
    if (!heavy(base.own, i)) continue;
    let at = 0;
    tree.own.forEach((own, g) => { tree.total[g][0] += base.own[g][i]; });
    for (let node = i; node > 0; node = base.parent[node]) {
      at = tree.below(at, base.item[node]);
      tree.own.forEach((own, g) => { tree.total[g][at] += base.own[g][i]; if (node === i) own[at] += base.own[g][i]; });
    }
  }
  return tree;
};

// One function as the root, whoever calls it: below it what it calls, or its callers up to the outermost.
const focused = (base, isIt, callers) => {
  const tree = new Tree(base.own.length), inside = new Int32Array(base.parent.length).fill(-1);
  for (let i = 1; i < base.parent.length; i++) {
    const above = inside[base.parent[i]], it = isIt(base.item[i]);
    if (above < 0 && !it) continue;
    if (callers) {
      inside[i] = 0;
      if (above >= 0) continue;
      let at = 0;
      tree.own.forEach((own, g) => { tree.total[g][0] += base.total[g][i]; });
      for (let node = i; node > 0; node = base.parent[node]) {
        at = tree.below(at, base.item[node]);
        tree.own.forEach((own, g) => {
          tree.total[g][at] += base.total[g][i];
          if (node === i) own[at] += base.own[g][i];
        });
      }
    } else {
      inside[i] = tree.below(above < 0 ? 0 : above, base.item[i]);
      tree.own.forEach((own, g) => { own[inside[i]] += base.own[g][i]; });
    }
  }
  if (!callers) tree.sumUp();
  return tree;
};

// What each item weighs below a node; in a total, a function that calls itself counts once.
const byItem = (tree, root) => {
  const found = new Map(), depth = new Map(), groups = tree.own.length;
  const stack = [root];
  while (stack.length) {
    const node = stack.pop();
    if (node < 0) {
      const item = tree.item[~node];
      depth.set(item, depth.get(item) - 1);
      continue;
    }
    const item = tree.item[node];
    if (item >= 0) {
      let row = found.get(item);
      if (!row) found.set(item, row = {item, own: new Array(groups).fill(0), total: new Array(groups).fill(0)});
      const level = depth.get(item) || 0;
      for (let g = 0; g < groups; g++) {
        row.own[g] += tree.own[g][node];
        if (!level) row.total[g] += tree.total[g][node];
      }
      depth.set(item, level + 1);
      stack.push(~node);
    }
    for (let at = tree.start[node]; at < tree.start[node + 1]; at++) stack.push(tree.list[at]);
  }
  return [...found.values()].filter(row => row.total.some(x => x > 0));
};
