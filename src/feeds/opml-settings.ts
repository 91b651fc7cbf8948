import { parseDuration, writeDuration } from '../text/durations.js';
import { present } from '../text/present.js';
import { isHeaderText } from '../web/headers.js';
import type { OpmlFeed } from './opml.js';
import { POLL_INTERVAL } from './poll-interval.js';

/** What our attributes say about a feed. */
export type OpmlSettings = Pick<OpmlFeed, 'content' | 'pollEveryMs' | 'ignoreRobots' | 'gapMs' | 'paused' | 'headers'>;

/** Longest value of one of our attributes, in characters: 20 headers of some kilobytes each. */
const MAX_VALUE = 100_000;
/** An import takes every interval that an export writes, so also that of the sample feeds, which no command would set. In ms. */
const EVERY_MS = { least: POLL_INTERVAL.sample, most: POLL_INTERVAL.longest };
/** The limits of the setting itself (db/contract/51-feed-settings.sql), in ms. */
const GAP_MS = { least: 0, most: 3_600_000 };

/** One of our attributes: how its value is written, undefined to leave it out, and read, undefined when it can't be. */
interface Attribute<Value> {
  write(value: Value): string | undefined;
  read(text: string): Value | undefined;
}

const duration = ({ least, most }: { least: number; most: number }): Attribute<number> => ({
  write: writeDuration,
  read: (text) => {
    const ms = Math.round(parseDuration(text));
    return ms >= least && ms <= most ? ms : undefined;
  },
});

/** True or false, as XML Schema writes them; false is the default of all of ours. */
const flag: Attribute<boolean> = {
  write: (value) => (value ? 'true' : undefined),
  read: (text) => ({ true: true, '1': true, false: false, '0': false })[text],
};

const choice: Attribute<'page' | 'feed'> = {
  write: (value) => (value === 'page' ? undefined : value),
  read: (text) => (text === 'page' || text === 'feed' ? text : undefined),
};

/** JSON, with the names in order, so that the same headers are always written alike. */
const headers: Attribute<Record<string, string>> = {
  write: (value) => JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))),
  read: (text) => {
    const value = parseJson(text);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    const isUsable =
      isMap &&
      Object.entries(value)
        .flat()
        .every((one) => typeof one === 'string' && isHeaderText(one));
    return isUsable ? (value as Record<string, string>) : undefined;
  },
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Our attributes, by setting: their name in the file and their values. */
const ATTRIBUTES: { [Setting in keyof OpmlSettings]-?: Attribute<NonNullable<OpmlSettings[Setting]>> & { name: string } } = {
  content: { name: 'content', ...choice },
  pollEveryMs: { name: 'every', ...duration(EVERY_MS) },
  ignoreRobots: { name: 'ignoreRobots', ...flag },
  gapMs: { name: 'gap', ...duration(GAP_MS) },
  paused: { name: 'paused', ...flag },
  headers: { name: 'headers', ...headers },
};

/** The settings of a feed as attributes, by name; those with their default are left out. */
export function writeSettings(feed: OpmlSettings): [name: string, value: string][] {
  return (Object.keys(ATTRIBUTES) as (keyof OpmlSettings)[]).flatMap((setting) => {
    const { name, write } = ATTRIBUTES[setting] as Attribute<unknown> & { name: string };
    const value = feed[setting];
    const text = value === undefined ? undefined : write(value);
    return text === undefined ? [] : [[name, text] as [string, string]];
  });
}

/** Reads the settings of a feed from its attributes; `get` finds one by its name. Unusable ones are named and left out. */
export function readSettings(get: (name: string) => string | undefined): { settings: OpmlSettings; unusable: string[] } {
  const unusable: string[] = [];
  const read = <Value>({ name, read: readValue }: Attribute<Value> & { name: string }): Value | undefined => {
    const text = get(name)?.trim();
    if (text === undefined) return undefined;
    const value = text.length <= MAX_VALUE ? readValue(text) : undefined;
    if (value === undefined) unusable.push(name);
    return value;
  };
  const settings = present({
    content: read(ATTRIBUTES.content),
    pollEveryMs: read(ATTRIBUTES.pollEveryMs),
    ignoreRobots: read(ATTRIBUTES.ignoreRobots),
    gapMs: read(ATTRIBUTES.gapMs),
    paused: read(ATTRIBUTES.paused),
    headers: read(ATTRIBUTES.headers),
  });
  return { settings, unusable };
}
