import { pick } from '../faults/random.js';
import { MARKUP, TEXTS } from './pieces.js';

type Random = () => number;

/** Depth to which a value is nested: JSON.parse itself takes any depth, so that what reads its result must bear it. */
const MAX_DEPTH = 2_000;
const MAX_COPIES = 3_000;

/** What a value is replaced by. */
function makeValue(value: unknown, random: Random): unknown {
  const depth = Math.floor(random() * MAX_DEPTH);
  return pick<() => unknown>(
    [
      () => null,
      () => random() < 0.5,
      () => pick([0, -1, 1e300, 1e-300, 2 ** 53, 0.5], random),
      () => pick(TEXTS, random),
      () => pick(MARKUP, random),
      () => [],
      () => ({}),
      () => [value],
      () => [value, value, null, 7],
      () => ({ name: value, url: value, id: value }),
      () => Array.from({ length: depth }, () => value),
      () => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown,
    ],
    random,
  )();
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
  if (Array.isArray(holder) && random() < 0.3)
    holder.push(...Array.from({ length: Math.floor(random() * MAX_COPIES) }, () => holder[Number(key)]));
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
