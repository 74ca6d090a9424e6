// The address of the page keeps what is looked at, so that it can be sent, kept, and gone back to.
const USUAL_VIEW = 'down';

const addressOf = ({data, state}) => {
  const said = new URLSearchParams();
  const set = (key, value, usual = '') => { if (value !== usual) said.set(key, value); };
  set('value', data.types[state.value]?.[0] ?? '', data.types[data.default]?.[0] ?? '');
  for (const [key, value] of Object.entries(state.filters)) said.set('label.' + data.strings[key], data.strings[value]);
  set('view', state.view, USUAL_VIEW);
  if (state.view.startsWith('call')) said.set('of', state.focus);
  set('zoom', state.zoom.join('.'));
  set('search', state.search);
  set('roots', state.flame ? 'bottom' : '');
  set('lines', state.lines ? '1' : '');
  set('width', state.side, 'after');
  set('by', state.measure, data.measure || 'share');
  return String(said) && '#' + said;
};

const rememberAddress = (page, push) => {
  const hash = addressOf(page);
  if (hash === location.hash) return;
  try {
    history[push ? 'pushState' : 'replaceState'](null, '', hash || location.pathname + location.search);
  } catch { /* a page shown inside another may have no history of its own */ }
};

// What an address says, as far as this page has it.
const recalled = ({data, labels}, hash, usual) => {
  const said = new URLSearchParams(hash.slice(1)), state = {...usual, filters: {}};
  const number = (text, most) => /^\d+$/.test(text || '') && +text < most ? +text : -1;
  const one = (key, known, otherwise) => known.includes(said.get(key)) ? said.get(key) : otherwise;
  const value = data.types.findIndex(([kind]) => kind === said.get('value'));
  if (value >= 0) state.value = value;
  for (const [key, text] of said) {
    const name = data.strings.indexOf(key.slice(6)), found = data.strings.indexOf(text);
    if (key.startsWith('label.') && labels.has(name) && labels.get(name).has(found)) state.filters[name] = found;
  }
  state.focus = number(said.get('of'), data.names.length);
  state.view = one('view', ['up', 'callees', 'callers'], USUAL_VIEW);
  state.zoom = (said.get('zoom') || '').split('.').filter(Boolean).map(text => number(text, ITEMS));
  state.search = said.get('search') || '';
  state.flame = said.get('roots') === 'bottom';
  state.lines = said.get('lines') === '1';
  state.side = one('width', ['before', 'both'], 'after');
  state.measure = one('by', ['share', 'weight'], usual.measure);
  return state;
};
