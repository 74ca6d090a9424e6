// The functions as a table, sortable; of two captures, with what changed.
const make = (tag, attributes = {}, ...inside) => {
  const one = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'onclick') one.addEventListener('click', value);
    else if (value !== false && value !== undefined) one.setAttribute(key, value);
  }
  one.append(...inside);
  return one;
};

// A long name may break behind its dots, a path behind its slashes.
const breakable = text =>
  text.split(text.includes('/') ? /(?<=\/)/u : /(?<=[^.]\.)(?=[^.])/u).flatMap((part, i) => (i ? [make('wbr'), part] : [part]));

class Board {
  constructor(actions) {
    this.actions = actions;
    this.most = 100;
    this.only = '';
  }
  // "view" says what there is: rows, names, how to write weights, which items are marked.
  show(view) {
    this.view = view;
    const {rows, diff, sort} = view;
    const columns = diff
      ? [['before', 'before'], ['after', 'after'], ['change', 'change'], ['name', 'function']]
      : [['own', 'own'], ['total', 'total'], ['name', 'function']];
    $('columns').replaceChildren(make('tr', {}, ...columns.map(([key, title]) => make('th', {
      scope: 'col', 'aria-sort': sort.key === key ? (sort.up ? 'ascending' : 'descending') : undefined},
    make('button', {type: 'button', onclick: () => this.actions.sort(key)},
      title + (sort.key === key ? (sort.up ? ' ▲' : ' ▼') : ''))))));
    this.head();
    const value = row => {
      switch (sort.key) {
        case 'name': return view.name(row.item);
        case 'own': return row.own[0];
        case 'total': return row.total[0];
        case 'before': return view.weight(row, 0);
        case 'after': return view.weight(row, 1);
        default: return Math.abs(view.change(row));
      }
    };
    const keyed = rows.filter(row => !this.only || view.side(row) === this.only).map(row => [value(row), row]);
    keyed.sort(([a, x], [b, y]) => {
      const order = typeof a === 'string' ? (a < b ? -1 : a > b ? 1 : 0) : b - a;
      return (sort.up ? -order : order) || y.total[0] - x.total[0] || x.item - y.item;
    });
    let shown = keyed.map(([, row]) => row);
    if (view.hits) shown = [...shown.filter(row => view.hits[row.item]), ...shown.filter(row => !view.hits[row.item])];
    const drawn = shown.slice(0, this.most);
    $('rows').replaceChildren(...drawn.map(row => this.row(row)));
    $('more').replaceChildren(...(shown.length > drawn.length ? [make('button', {type: 'button', onclick: () => {
      this.most = this.most * 10;
      this.show(this.view);
    }}, `show more of ${shown.length.toLocaleString('en')}`)] : []));
  }
  head() {
    const {diff, rows, side, by} = this.view;
    if (!diff) return $('table-head').replaceChildren();
    const count = which => rows.filter(row => side(row) === which).length;
    const pressed = (on, text, onclick) => make('button', {type: 'button', 'aria-pressed': String(on), onclick}, text);
    const sides = [['new', 'only after'], ['gone', 'only before']].filter(([which]) => count(which));
    $('table-head').replaceChildren(
      pressed(by === 'own', 'own', () => this.actions.by('own')),
      pressed(by === 'total', 'with what they call', () => this.actions.by('total')),
      ...sides.map(([which, text]) => pressed(this.only === which, `${count(which)} ${text}`, () => {
        this.only = this.only === which ? '' : which;
        this.show(this.view);
      })));
  }
  row(row) {
    const {view} = this, {item} = row;
    const cell = ([text, under, share], kind) => make('td', {class: kind || undefined,
      style: share ? `--share:${share.toFixed(3)}` : undefined}, text,
    ...(under ? [make('small', {}, under)] : []));
    const change = view.diff ? view.change(row) : 0;
    const tone = !change || view.chance(item) ? '' : change > 0 ? 'more' : 'less';
    const cells = view.diff
      ? [cell(view.written(row, 0)), cell(view.written(row, 1)),
        cell([...view.changed(row), change && view.chance(item) ? 'maybe chance' : ''], tone)]
      : [cell(view.written(row, 'own'), 'share'), cell(view.written(row, 'total'), 'share')];
    const side = view.diff ? view.side(row) : '';
    const name = make('td', {}, make('i', {class: 'dot', style: `background:${view.colour(item)}`}),
      make('span', {}, make('bdi', {}, ...breakable(view.name(item)))),
      ...(side ? [make('i', {class: 'tag'}, side === 'new' ? 'only after' : 'only before')] : []),
      ...(view.edited(item) ? [make('i', {class: 'tag'}, 'code changed')] : []),
      make('button', {type: 'button', class: 'focus', title: 'its callers', 'aria-label': 'callers of this function',
        onclick: event => { event.stopPropagation(); this.actions.callers(item); }}, '⇱'),
      ...(view.place(item) ? [make('small', {}, make('bdi', {}, ...breakable(view.place(item))))] : []));
    const classes = [view.hits && view.hits[item] ? 'hit' : '', view.marked === item ? 'on' : ''].join(' ').trim();
    return make('tr', {class: classes || undefined, 'data-item': item, onclick: () => this.actions.pick(item)},
      ...cells, name);
  }
}
