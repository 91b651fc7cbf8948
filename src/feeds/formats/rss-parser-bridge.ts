// The bridge to rss-parser, and the only file that knows it. rss-parser reads RSS 2.0 well but stops at the first error and knows
// few fields, so it is given the unified feed, which is always well-formed. What rss-parser reads is picked up here by element
// name (unified/write-xml.ts) and becomes our own types.
import Parser from 'rss-parser';
import { present } from '../../text/present.js';
import type { Enclosure, ParsedEntry, ParsedFeed } from '../feed.js';
import { resolveEntryLink } from './links.js';
import type { UnifiedFeed } from './unified/unified-feed.js';
import { parseWishes } from './wishes.js';

/** An element as rss-parser returns it: its text, or its text and its attributes. */
type Node = string | { _?: string; $?: Record<string, string> };
type Nodes = Record<string, unknown>;

/** Elements of the unified feed beyond the `title` and `link` that rss-parser knows. */
const FEED_ELEMENTS = ['about', 'language', 'hub', 'self', 'ttl', 'period', 'frequency', 'skipHour', 'skipDay'];
const ITEM_ELEMENTS = [
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

/** Asks for every element as an array, under a name that rss-parser's own fields do not overwrite. */
const toCustomFields = (names: readonly string[]) =>
  names.map((name) => [name, `all:${name}`, { keepArray: true }]) as unknown as string[];

const CUSTOM_FIELDS = { feed: toCustomFields(FEED_ELEMENTS), item: toCustomFields(ITEM_ELEMENTS) };

/** Reads a unified feed. Relative links are resolved against `url`, the address of the document. */
export async function readUnifiedFeed({ xml, format, bodies, dropped, repairs }: UnifiedFeed, url: string): Promise<ParsedFeed> {
  // A parser keeps the error state of its last document, so each document gets its own.
  const parser = new Parser<Nodes, Nodes>({ customFields: CUSTOM_FIELDS });
  const feed = await parser.parseString(xml);
  return {
    format,
    ...present({
      title: feed.title || undefined,
      siteUrl: feed.link || undefined,
      description: findText(feed, 'about'),
      language: findText(feed, 'language'),
      hubUrl: findText(feed, 'hub'),
      selfUrl: findText(feed, 'self'),
    }),
    wishes: parseWishes({
      ttl: findText(feed, 'ttl'),
      period: findText(feed, 'period'),
      frequency: findText(feed, 'frequency'),
      skipHours: listTexts(feed, 'skipHour'),
      skipDays: listTexts(feed, 'skipDay'),
    }),
    entries: feed.items.map((item) => toEntry(item, bodies, url)),
    entriesDropped: dropped,
    repairs,
  };
}

function toEntry(item: Nodes, bodies: readonly string[], base: string): ParsedEntry {
  const findBody = (name: string) => bodies[Number(findText(item, name) ?? -1)] || undefined;
  return {
    ...present({
      guid: findText(item, 'guid'),
      title: typeof item.title === 'string' && item.title !== '' ? item.title : undefined,
      updatedAt: toDate(findText(item, 'updated')),
      summaryHtml: findBody('brief'),
      contentHtml: findBody('body'),
      imageUrl: findText(item, 'picture'),
      language: findText(item, 'language'),
      commentsUrl: findText(item, 'comments'),
      source: toSource(item),
    }),
    ...resolveEntryLink(typeof item.link === 'string' ? item.link : undefined, base),
    ...toPublished(item),
    authors: listTexts(item, 'person'),
    categories: listTexts(item, 'subject'),
    enclosures: listNodes(item, 'file').flatMap((file) => toEnclosure(file) ?? []),
  };
}

function toPublished(item: Nodes): Pick<ParsedEntry, 'publishedAt' | 'publishedAs'> {
  const publishedAt = toDate(findText(item, 'published'));
  if (!publishedAt) return {};
  const [node] = listNodes(item, 'published');
  const zoneAssumed = getAttribute(node, 'zone') !== undefined;
  return { publishedAt, publishedAs: { text: getAttribute(node, 'text') ?? '', zoneAssumed } };
}

const toDate = (iso: string | undefined): Date | undefined => (iso === undefined ? undefined : new Date(iso));

function toSource(item: Nodes): ParsedEntry['source'] {
  const [origin] = listNodes(item, 'origin');
  const source = present({ title: getText(origin) || undefined, url: getAttribute(origin, 'url') || undefined });
  return Object.keys(source).length > 0 ? source : undefined;
}

function toEnclosure(file: Node): Enclosure | undefined {
  const url = getAttribute(file, 'url');
  if (!url) return undefined;
  const length = Number(getAttribute(file, 'length'));
  return {
    url,
    ...present({
      type: getAttribute(file, 'type') || undefined,
      length: length > 0 ? length : undefined,
      duration: parseDuration(getAttribute(file, 'duration')) || undefined,
    }),
  };
}

/** A duration in seconds, or as h:mm:ss (itunes:duration, Media RSS). */
function parseDuration(text: string | undefined): number | undefined {
  const written = text?.trim();
  if (written === undefined || !/^\d{1,9}(:\d{1,2}){0,2}(\.\d+)?$/.test(written)) return undefined;
  return Math.round(written.split(':').reduce((total, part) => total * 60 + Number(part), 0));
}

function listNodes(nodes: Nodes, name: string): Node[] {
  const value = nodes[`all:${name}`];
  return Array.isArray(value) ? (value as Node[]) : [];
}
const listTexts = (nodes: Nodes, name: string): string[] => listNodes(nodes, name).map(getText);
const findText = (nodes: Nodes, name: string): string | undefined => listTexts(nodes, name).find(Boolean);
const getText = (node: Node | undefined): string => (typeof node === 'string' ? node : (node?._ ?? '')).trim();
const getAttribute = (node: Node | undefined, name: string): string | undefined =>
  node === undefined || typeof node === 'string' ? undefined : node.$?.[name];
