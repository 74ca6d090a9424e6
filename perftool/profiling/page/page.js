// The page itself: draws again what depends on what the reader does.
const STAGES = ['tree', 'weights', 'view', 'zoom', 'search', 'look'];

class Page extends Around {
  constructor(data) {
    super(data);
    this.picture = new Picture($('canvas'), $('scroller'));
    this.edited = new Set(data.changed || []);
    this.sure = data.sure ? new Set(data.sure) : null;
    this.board = new Board({
      sort: key => this.with({sort: {key, up: this.state.sort.key === key && !this.state.sort.up}}, 'look'),
      by: by => this.with({by}, 'look'),
      pick: item => {
        const exact = '^' + this.names.name(item).replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + '$';
        this.with({search: this.state.search === exact ? '' : exact, focus: this.names.functionOf(item)}, 'search');
      },
      callers: item => this.lookAt('callers', this.names.functionOf(item)),
    });
    document.body.classList.toggle('diff', this.diff);
    $('title').replaceChildren(make('bdi', {}, visible(data.title)));
    $('about').replaceChildren(...data.about.flatMap(([name, text]) =>
      [make('dt', {}, make('bdi', {}, visible(name))), make('dd', {}, make('bdi', {}, visible(text)))]));
    data.types.forEach((type, index) => $('value').append(make('option', {value: index}, typeTitle(type))));
    listen(this);
    this.recall();
  }
  recall() {
    Object.assign(this.state, recalled(this, location.hash, this.usual()));
    this.refresh('tree');
  }
  with(changes, from, push = false) {
    Object.assign(this.state, changes);
    this.refresh(from, push);
  }
  refresh(from, push = false) {
    const at = STAGES.indexOf(from);
    if (at <= 0) this.buildTree();
    if (at <= 1) { this.buildWeights(); this.showFilters(); }
    if (at <= 2) this.buildView();
    if (at <= 3) { this.buildZoom(); this.showCrumbs(); }
    if (at <= 4) { this.buildSearch(); this.showMatched(); }
    this.forgetColours();
    this.showLegend();
    this.showFacts();
    this.lay();
    this.showTable();
    this.showControls();
    rememberAddress(this, push);
  }
  showControls() {
    const {state} = this;
    $('value').value = state.value;
    $('view').value = state.view;
    for (const option of $('view').options)
      if (option.value.startsWith('call')) option.disabled = state.focus < 0 && state.marked < 1;
    $('side').value = state.side;
    $('measure').value = state.measure;
    $('flip').setAttribute('aria-pressed', String(state.flame));
    $('lines').setAttribute('aria-pressed', String(state.lines));
    if ($('search').value !== state.search) $('search').value = state.search;
  }
  lay() {
    const {picture, state} = this;
    picture.flame = state.flame;
    picture.measure();
    picture.rows = layOut(this.tree, this.zoom, picture.width, this.within);
    picture.above = this.tree.path(this.zoom).length;
    if (innerWidth <= 900) $('scroller').style.height = picture.needed + 2 + 'px';
    else $('scroller').style.removeProperty('height');
    $('tall').style.height = picture.height + 'px';
    if (state.flame) $('scroller').scrollTop = picture.height;
    this.paint();
    this.point(state.marked);
  }
  paint() { this.picture.draw(this.look, node => this.labelOf(node), node => this.fillOf(node)); }

  // ---- moving about
  go(path) { this.with({zoom: path}, 'zoom', true); }
  lookAt(view, focus) { this.with({view, zoom: [], ...(focus >= 0 ? {focus} : {})}, 'view', true); }
  functionAt(node) { return node > 0 ? this.names.functionOf(this.tree.item[node]) : this.state.focus; }
  point(node) {
    const place = this.picture.placeOf(node), mark = $('mark');
    mark.hidden = !place || (node === 0 && document.activeElement !== $('canvas'));
    if (place) for (const [key, value] of Object.entries(this.picture.box(place))) mark.style[key] = value + 'px';
    this.showDetail(node);
  }
  choose(node) {
    this.state.marked = node;
    this.point(node);
    const place = this.picture.placeOf(node), scroller = $('scroller');
    if (!place) return;
    const {top} = this.picture.box(place), bottom = top + ROW;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
  }
  sideways(step) {
    const place = this.picture.placeOf(this.state.marked);
    if (!place) return;
    const {nodes} = this.picture.rows[place.depth];
    for (let i = place.index + step; i >= 0 && i < nodes.length; i += step)
      if (nodes[i] >= 0) { this.choose(nodes[i]); return; }
  }
  outward() { this.choose(Math.max(this.tree.parent[this.state.marked], 0)); }
  inward() {
    const {tree} = this, at = tree.start[this.state.marked];
    if (at < tree.start[this.state.marked + 1] && this.picture.placeOf(tree.list[at])) this.choose(tree.list[at]);
  }
  back() {
    if (this.state.search) this.with({search: ''}, 'search');
    else if (this.zoom > 0) this.go(this.tree.path(this.tree.parent[this.zoom]));
    else if (this.state.view !== 'down') this.lookAt('down', -1);
    this.showTip(null);
  }
}

load().then(data => {
  const page = new Page(data);
  document.body.classList.remove('waiting');
  document.body.dataset.ready = '1';
  return page;
}).catch(error => {
  document.body.classList.remove('waiting');
  $('facts').textContent = `This page could not be drawn: ${error.message}. It needs a browser of 2023 or later.`;
  throw error;
});
