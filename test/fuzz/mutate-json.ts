import { pick } from '../faults/random.js';
import { LONG_TEXTS, MARKUP, TEXTS } from './pieces.js';

type Random = () => number;

/** Deepest nesting that a value gets. Several may add up; JSON.stringify overflows the stack at 10,000. */
const MAX_DEPTH = 1_000;
/** Copies of a value: a feed of some thousand items, up to the length of all of them, in characters. */
const MAX_COPIES = 3_000;
const MAX_COPIED = 1_000_000;

/** What a value is replaced by. */
function makeValue(value: unknown, random: Random): unknown {
  const depth = Math.ceil(random() * MAX_DEPTH);
  return pick<() => unknown>(
    [
      () => null,
      () => random() < 0.5,
      () => pick([0, -1, 1e300, 1e-300, 2 ** 53, 0.5], random),
      () => pick(TEXTS, random),
      () => `${typeof value === 'string' ? value : ''}${pick(LONG_TEXTS, random)}`,
      () => pick(MARKUP, random),
      () => [],
      () => ({}),
      () => [value],
      () => [value, value, null, 7],
      () => ({ name: value, url: value, id: value }),
      () => copy(value, random),
      () => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown,
    ],
    random,
  )();
}

function copy(value: unknown, random: Random): unknown[] {
  const length = JSON.stringify(value)?.length ?? 1;
  return Array.from({ length: Math.floor(random() * Math.min(MAX_COPIES, MAX_COPIED / length)) }, () => value);
}

/** Changes one value of a JSON document, or cuts it off. Text that is no JSON, as after a cut, gets a piece of text. */
export function mutateJson(text: string, random: Random): string {
  const at = Math.floor(random() * text.length);
  if (random() < 0.1) return text.slice(0, at);
  const root = parse(text);
  if (root === undefined || random() < 0.1)
    return text.slice(0, at) + pick(['{', ']', ',', '"', '\\ud800', '\0', '1e999', ':'], random) + text.slice(at);
  const places = listPlaces(root);
  if (places.length === 0) return JSON.stringify(makeValue(root, random)) ?? '';
  const { holder, key } = pick(places, random);
  if (Array.isArray(holder) && random() < 0.3) holder.push(...copy(holder[Number(key)], random));
  else if (random() < 0.15) delete holder[key];
  else holder[key] = makeValue(holder[key], random);
  return JSON.stringify(root);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an earlier mutation broke it
  }
}

/** Where values are, of those that are not nested too deep to be interesting. */
function listPlaces(root: unknown): { holder: Record<string, unknown>; key: string }[] {
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const open = [root];
  for (let value = open.pop(); value !== undefined && places.length < 10_000; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const holder = value as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      open.push(holder[key] ?? null);
    }
  }
  return places;
}
