// Numbers and names for people.
const digits = x => {
  const size = Math.abs(x);
  return size >= 100 ? x.toFixed(0) : size >= 10 ? x.toFixed(1) : x.toFixed(2);
};
const scaled = (x, steps) => {
  const [factor, unit] = steps.find(([f]) => Math.abs(x) >= f * 0.9995) || steps[steps.length - 1];
  return digits(x / factor) + '\u00a0' + unit;
};
const TIME = [[1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']];
const BYTES = [[2 ** 40, 'TiB'], [2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB'], [1, 'B']];
const UNITS = {nanoseconds: [TIME, 1e-9], microseconds: [TIME, 1e-6], milliseconds: [TIME, 1e-3], seconds: [TIME, 1],
  bytes: [BYTES, 1], kilobytes: [BYTES, 1024], megabytes: [BYTES, 2 ** 20]};
const amount = (x, unit) => {
  if (!x) return '0';
  const [steps, factor] = UNITS[unit] || [];
  if (steps) return scaled(x * factor, steps);
  const number = Number.isInteger(x) || Math.abs(x) >= 1000 ? Math.round(x).toLocaleString('en') : digits(x);
  return unit === 'count' || !unit ? number : number + '\u00a0' + unit;
};
const percent = x => {
  const p = x * 100, size = Math.abs(p);
  return (size >= 9.95 || !p ? p.toFixed(1) : size < 0.005 ? (p < 0 ? '>\u2212' : '<') + '0.01' : p.toFixed(2))
    .replace('-', '\u2212') + '\u00a0%';
};
const signed = text => /^[\u2212\-0<>]/.test(text) ? text.replace('-', '\u2212') : '+' + text;
const points = x => {
  const p = x * 100;
  if (Math.abs(p) < 0.005) return '0\u00a0pts';
  return (p > 0 ? '+' : p < 0 ? '\u2212' : '') + (Math.abs(p) < 1 ? Math.abs(p).toFixed(2) : Math.abs(p).toFixed(1))
    + '\u00a0pts';
};
const TITLES = {cpu: 'CPU time', wall: 'wall time', samples: 'samples', alloc_space: 'memory allocated',
  alloc_objects: 'allocations', inuse_space: 'memory held at the end', inuse_objects: 'blocks held at the end',
  peak_space: 'memory at the peak', peak_objects: 'blocks at the peak', temporary_objects: 'temporary allocations'};
const typeTitle = ([kind, unit]) =>
  TITLES[kind] || visible(kind.replaceAll('_', ' ') + (unit === 'count' ? '' : ', ' + unit));
const ORIGINS = ['own code', 'packages', 'standard library', 'native', 'collector, others'];

// The same number for the same text, from 0 to 1.
const hashed = text => {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return ((h ^ (h >>> 15)) >>> 0) / 4294967296;
};

const namer = (data, lines) => {
  const functionOf = item => lines ? data.frames[0][item] : item;
  const name = item => data.shown[data.names[functionOf(item)]];
  const line = item => lines ? data.frames[1][item] : data.lines[functionOf(item)];
  const file = item => data.shown[data.files[functionOf(item)]];
  return {
    functionOf, file,
    name: item => name(item) + (lines && line(item) ? ':' + line(item) : ''),
    place: item => file(item) + (file(item) && line(item) ? ':' + line(item) : ''),
    origin: item => data.origins[functionOf(item)],
    group: item => data.shown[data.packages[functionOf(item)]],
  };
};
// A name that needs less room: without its module, then without its class.
const shorter = name => (/^[^\s(.]+\.(?=[^\s.(])/u.test(name) ? name.slice(name.indexOf('.') + 1) : '');
