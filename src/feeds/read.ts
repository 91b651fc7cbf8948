import Parser from 'rss-parser';
import { decode } from '../text/decode.js';
import type { Enclosure, FeedReading, ParsedEntry, ParsedFeed } from './feed.js';
import { readJsonFeed } from './formats/json-feed.js';
import { toUnifiedFeed } from './formats/unified-feed.js';
import { entryLink } from './normalize.js';
import type { Wishes } from './schedule.js';

/** An element of the unified form as rss-parser gives it: its text, or its text and attributes. */
type Node = string | { _?: string; $?: Record<string, string> };
type Nodes = Record<string, unknown>;

/** The elements of the unified form, beside those that rss-parser knows (unified.ts). */
const FEED_FIELDS = ['about', 'language', 'hub', 'self', 'ttl', 'period', 'frequency', 'skipHour', 'skipDay'];
const ITEM_FIELDS = [
  'guid',
  'person',
  'published',
  'updated',
  'brief',
  'body',
  'subject',
  'file',
  'picture',
  'language',
  'comments',
  'origin',
];
/** All as arrays, under names that rss-parser's own fields do not overwrite. */
const custom = (names: readonly string[]) => names.map((name) => [name, `all:${name}`, { keepArray: true }] as const);

/** Characters that are looked at to tell what a document is. */
const SNIFF = 2_000;
const PERIOD_MS: Record<string, number> = {
  hourly: 3_600_000,
  daily: 86_400_000,
  weekly: 604_800_000,
  monthly: 2_592_000_000,
  yearly: 31_536_000_000,
};

/**
 * Bytes of a document → the feed in it, or one sentence why there is none. Never throws for what the document holds.
 * The only file that knows rss-parser.
 */
export async function readFeed(document: { body: Uint8Array; contentType: string; url: string }): Promise<FeedReading> {
  const now = new Date();
  const { text } = decode(document.body, document.contentType, 'xml');
  const head = text.slice(0, SNIFF).trimStart();
  if (head === '') return { kind: 'not-a-feed', reason: 'The document is empty.' };
  if (/^\uFEFF?\s*[{[]/.test(head)) return readJson(text, document.url, now);
  return readXmlFeed(text, document.url, now);
}

/** A feed of as many items as are read has a fraction of this in objects and lists; a tree of more fills the memory. */
const MAX_PARTS = 500_000;
const TOO_MANY_PARTS: FeedReading = {
  kind: 'not-a-feed',
  reason: `It has more than ${MAX_PARTS} elements: no feed needs so many.`,
};

/** Whether JSON has more objects and lists than are read. Brackets in texts count too: honest feeds stay far below all the same. */
function hasTooManyObjects(json: string): boolean {
  const bracket = /[{[]/g;
  for (let count = 0; bracket.test(json); count += 1) if (count > MAX_PARTS) return true;
  return false;
}

function readJson(text: string, url: string, now: Date): FeedReading {
  if (hasTooManyObjects(text)) return TOO_MANY_PARTS;
  try {
    const feed = readJsonFeed(JSON.parse(text.replace(/^\uFEFF/, '')), url, now);
    return feed
      ? { kind: 'feed', feed }
      : { kind: 'not-a-feed', reason: 'It is JSON, but no JSON Feed: it has no list of items.' };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { kind: 'not-a-feed', reason: 'It looks like JSON, but is broken.' };
  }
}

async function readXmlFeed(document: string, url: string, now: Date): Promise<FeedReading> {
  const unified = toUnifiedFeed(document, url, now);
  if (unified.kind === 'too-many-elements') return TOO_MANY_PARTS;
  if (unified.kind === 'too-deep') return { kind: 'not-a-feed', reason: 'Its elements lie too deep in each other to be read.' };
  if (unified.kind === 'cut')
    return { kind: 'not-a-feed', reason: 'It begins like a feed, and ends before there is anything to read.' };
  if (unified.kind === 'no-root') {
    const html = /<(!doctype html|html|head|body)[\s>]/i.test(document.slice(0, SNIFF));
    return { kind: 'not-a-feed', reason: html ? 'It is a web page, not a feed.' : 'It is neither RSS, Atom, RDF nor JSON Feed.' };
  }
  // A parser keeps the error state of the document before: one for each.
  const parser = new Parser<Nodes, Nodes>({
    customFields: { feed: custom(FEED_FIELDS) as unknown as string[], item: custom(ITEM_FIELDS) as unknown as string[] },
  });
  const parsed = await parser.parseString(unified.xml);
  const feed: ParsedFeed = {
    format: unified.format,
    ...present({
      title: parsed.title,
      siteUrl: parsed.link,
      description: first(parsed, 'about'),
      language: first(parsed, 'language'),
      hubUrl: first(parsed, 'hub'),
      selfUrl: first(parsed, 'self'),
    }),
    wishes: wishesOf(parsed),
    entries: parsed.items.map((item) => toEntry(item, unified.bodies, url)),
    entriesDropped: unified.dropped,
    repairs: unified.repairs,
  };
  return { kind: 'feed', feed };
}

/** The values that are there. */
function present<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as { [K in keyof T]?: string };
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** RSS 2.0's ttl (minutes), skipHours and skipDays (GMT), or the syndication module's period and frequency. */
function wishesOf(feed: Nodes): Wishes {
  const pollEveryMs = askedPause(feed);
  // Early versions counted hours from 1 to 24.
  const skipHours = all(feed, 'skipHour').map((hour) => Number(textOf(hour)) % 24);
  const skipDays = all(feed, 'skipDay').map((day) => DAYS.indexOf(textOf(day).toLowerCase()));
  return {
    ...(pollEveryMs ? { pollEveryMs } : {}),
    ...(skipHours.length > 0 ? { skipHours: skipHours.filter((hour) => Number.isInteger(hour) && hour >= 0) } : {}),
    ...(skipDays.length > 0 ? { skipDays: skipDays.filter((day) => day >= 0) } : {}),
  };
}

function askedPause(feed: Nodes): number | undefined {
  const ttl = Number(first(feed, 'ttl'));
  if (ttl > 0) return ttl * 60_000;
  const period = PERIOD_MS[first(feed, 'period')?.toLowerCase() ?? ''];
  return period === undefined ? undefined : period / Math.max(1, Number(first(feed, 'frequency')) || 1);
}

function toEntry(item: Nodes, bodies: readonly string[], base: string): ParsedEntry {
  const html = (name: string) => bodies[Number(first(item, name) ?? -1)];
  const date = (name: string) => {
    const iso = first(item, name);
    return iso === undefined ? undefined : new Date(iso);
  };
  const published = date('published');
  const dated = all(item, 'published')[0];
  const updated = date('updated');
  const link = entryLink(typeof item.link === 'string' ? item.link : undefined, base);
  const origin = all(item, 'origin')[0];
  const source = present({ title: textOf(origin), url: attribute(origin, 'url') });
  return {
    ...present({
      guid: first(item, 'guid'),
      title: typeof item.title === 'string' ? item.title : undefined,
      summaryHtml: html('brief'),
      contentHtml: html('body'),
      imageUrl: first(item, 'picture'),
      language: first(item, 'language'),
      commentsUrl: first(item, 'comments'),
    }),
    ...link,
    authors: all(item, 'person').map(textOf),
    ...(published
      ? {
          publishedAt: published,
          publishedAs: { text: attribute(dated, 'text') ?? '', zoneAssumed: attribute(dated, 'zone') !== undefined },
        }
      : {}),
    ...(updated ? { updatedAt: updated } : {}),
    categories: all(item, 'subject').map(textOf),
    enclosures: all(item, 'file').flatMap((node) => enclosureOf(node) ?? []),
    ...(Object.keys(source).length > 0 ? { source } : {}),
  };
}

function enclosureOf(node: Node): Enclosure | undefined {
  const url = attribute(node, 'url');
  const type = attribute(node, 'type');
  const length = Number(attribute(node, 'length'));
  const duration = seconds(attribute(node, 'duration'));
  return url
    ? { url, ...(type ? { type } : {}), ...(length > 0 ? { length } : {}), ...(duration ? { duration } : {}) }
    : undefined;
}

/** A duration in seconds, or as h:mm:ss (itunes:duration, Media RSS). */
const seconds = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}(:\d{1,2}){0,2}(\.\d+)?$/.test(text.trim())
    ? Math.round(
        text
          .trim()
          .split(':')
          .reduce((total, part) => total * 60 + Number(part), 0),
      )
    : undefined;

const all = (nodes: Nodes, name: string): Node[] => {
  const value = nodes[`all:${name}`];
  return Array.isArray(value) ? (value as Node[]) : [];
};
const textOf = (node: Node | undefined): string => (typeof node === 'string' ? node : (node?._ ?? '')).trim();
const attribute = (node: Node | undefined, name: string): string | undefined =>
  node === undefined || typeof node === 'string' ? undefined : node.$?.[name];
const first = (nodes: Nodes, name: string): string | undefined => all(nodes, name).map(textOf).find(Boolean);
