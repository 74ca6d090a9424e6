// Mouse, touch, keys and lists.
const listen = page => {
  const {state} = page, canvas = $('canvas'), scroller = $('scroller');
  const focusGraph = () => canvas.focus({preventScroll: true});
  const under = event => {
    const box = canvas.getBoundingClientRect();
    return page.picture.at(event.clientX - box.left, event.clientY - box.top + scroller.scrollTop);
  };
  canvas.addEventListener('pointermove', event => {
    if (event.pointerType === 'touch') return;
    const found = under(event);
    page.showTip(found ? found.node : null, event.clientX, event.clientY);
  });
  for (const name of ['pointerleave', 'pointerdown']) canvas.addEventListener(name, () => page.showTip(null));
  for (const name of ['focus', 'blur']) canvas.addEventListener(name, () => page.point(state.marked));
  canvas.addEventListener('click', event => {
    const found = under(event);
    if (!found) return;
    const node = found.node < 0 ? ~found.node : found.node;
    state.focus = page.functionAt(node);
    // A second click on what is zoomed goes out again.
    page.go(page.tree.path(node === page.zoom && node > 0 ? page.tree.parent[node] : node));
    focusGraph();
  });

  const plain = event => !(event.ctrlKey || event.metaKey || event.altKey);
  const inGraph = {
    ArrowLeft: () => page.sideways(-1),
    ArrowRight: () => page.sideways(1),
    ArrowUp: () => state.flame ? page.inward() : page.outward(),
    ArrowDown: () => state.flame ? page.outward() : page.inward(),
    Enter: () => {
      state.focus = page.functionAt(state.marked);
      page.go(page.tree.path(state.marked));
    },
  };
  canvas.addEventListener('keydown', event => {
    if (!inGraph[event.key] || !plain(event)) return;
    event.preventDefault();
    inGraph[event.key]();
  });
  const anywhere = {
    '/': () => { $('search').focus(); $('search').select(); },
    f: () => $('flip').click(),
    l: () => $('lines').click(),
    c: () => { if (state.marked > 0) page.lookAt('callers', page.functionAt(state.marked)); },
    0: () => page.with({view: 'down', zoom: [], search: ''}, 'view', true),
  };
  document.addEventListener('keydown', event => {
    if (!plain(event)) return;
    if (event.key === 'Escape') {
      page.back();
      focusGraph();
    } else if (anywhere[event.key] && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      anywhere[event.key]();
    }
  });

  const chosen = (id, change) => $(id).addEventListener('change', () => change($(id).value));
  chosen('value', value => page.with({value: +value}, 'weights'));
  chosen('side', side => page.with({side}, 'view'));
  chosen('measure', measure => page.with({measure}, 'view'));
  chosen('view', view => page.lookAt(view, page.functionAt(state.marked)));
  $('flip').addEventListener('click', () => {
    page.with({flame: !state.flame}, 'look');
    if (!state.flame) scroller.scrollTop = 0;
  });
  $('lines').addEventListener('click', () => page.with({lines: !state.lines, zoom: []}, 'tree'));
  $('theme').addEventListener('click', () => {
    document.documentElement.dataset.theme = page.look === LOOKS.dark ? 'light' : 'dark';
    page.refresh('look');
  });
  let waiting = 0;
  $('search').addEventListener('input', () => {
    clearTimeout(waiting);
    const search = () => page.with({search: $('search').value}, 'search');
    if (page.tree.parent.length > 20000) waiting = setTimeout(search, 200); else search();
  });
  $('search').addEventListener('keydown', event => { if (event.key === 'Enter') focusGraph(); });

  page.dark.addEventListener('change', () => page.refresh('look'));
  addEventListener('popstate', () => page.recall());
  let frame = 0;
  scroller.addEventListener('scroll', () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => page.paint());
  });
  let known = '';
  new ResizeObserver(() => {
    const size = `${scroller.clientWidth} ${scroller.clientHeight}`;
    if (size === known || !page.tree) return;
    known = size;
    page.lay();
  }).observe($('graph'));
};
