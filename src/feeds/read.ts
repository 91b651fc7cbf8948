import Parser from 'rss-parser';
import { decode } from '../web/decode.js';
import { parseDate } from './dates.js';
import type { Enclosure, FeedReading, ParsedEntry, ParsedFeed } from './feed.js';
import { readJsonFeed } from './json-feed.js';
import { absolute, entryLink, finishFeed, MAX_ITEMS, plainText } from './normalize.js';
import { repairXml } from './repair.js';
import type { Wishes } from './schedule.js';
import { shieldElements } from './shield.js';

/** An element as rss-parser's XML layer gives it: its text, or its text and attributes, or its children. */
type Node = string | { _?: string; $?: Record<string, string>; [child: string]: unknown };
type Nodes = Record<string, unknown>;

const FEED_FIELDS = [
  'title',
  'subtitle',
  'fm-description',
  'link',
  'atom:link',
  'atom10:link',
  'language',
  'dc:language',
  'ttl',
  'sy:updatePeriod',
  'sy:updateFrequency',
  'skipHours',
  'skipDays',
];
const ITEM_FIELDS = [
  'title',
  'link',
  'guid',
  'id',
  'author',
  'dc:creator',
  'itunes:author',
  'pubDate',
  'dc:date',
  'fm-published',
  'fm-updated',
  'dcterms:created',
  'fm-description',
  'fm-summary',
  'fm-content:encoded',
  'fm-content',
  'category',
  'dc:subject',
  'enclosure',
  'media:content',
  'media:thumbnail',
  'media:group',
  'itunes:duration',
  'itunes:image',
  'dc:language',
];
/** All as arrays, and under names that rss-parser's own fields do not overwrite. */
const custom = (names: readonly string[]) => [
  ...names.map((name) => [name, `all:${name}`, { keepArray: true }] as const),
  ['$', 'attributes', { keepArray: true }] as const,
];

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
  if (!/<(?:\w+:)?(rss|feed|rdf)[\s>:]/i.test(text.slice(0, 20_000))) {
    const html = /<(!doctype html|html|head|body)[\s>]/i.test(head);
    return { kind: 'not-a-feed', reason: html ? 'It is a web page, not a feed.' : 'It is neither RSS, Atom, RDF nor JSON Feed.' };
  }
  return readXml(text, document.url, now);
}

/** A feed of as many items as are read has a fraction of this in tags, objects and lists; a parser's tree of more fills the memory. */
const MAX_PARTS = 500_000;
const TOO_MANY_PARTS: FeedReading = {
  kind: 'not-a-feed',
  reason: `It has more than ${MAX_PARTS} elements: no feed needs so many.`,
};

/** Whether a document has more tags than are read. What CDATA holds is text to the parser. */
function hasTooManyTags(xml: string): boolean {
  let count = 0;
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at)) {
    count += 1;
    if (count > MAX_PARTS) return true;
    const end = xml.startsWith('<![CDATA[', at) ? xml.indexOf(']]>', at) : at;
    if (end < 0) return false;
    at = end + 1;
  }
  return false;
}

/** The same of objects and lists. Brackets in texts count too: honest feeds stay far below all the same. */
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

/** Leaves out what lies between the first MAX_ITEMS items and the end of the last: the parser would take all of it into memory. */
function boundItems(xml: string): { xml: string; dropped: number } {
  const start = /<(?:\w+:)?(?:item|entry)(?=[\s>/])/g;
  let count = 0;
  let cutAt = 0;
  for (let match = start.exec(xml); match; match = start.exec(xml)) {
    if (count === MAX_ITEMS) cutAt = match.index;
    count += 1;
  }
  if (count <= MAX_ITEMS) return { xml, dropped: 0 };
  const end = /<\/(?:\w+:)?(?:channel|feed|rdf)\b[^<]*(?:<\/[^<]*)?$/i.exec(xml.slice(-1_000));
  return { xml: xml.slice(0, cutAt) + (end?.[0] ?? ''), dropped: count - MAX_ITEMS };
}

async function readXml(source: string, url: string, now: Date): Promise<FeedReading> {
  const { xml: text, dropped } = boundItems(source);
  const repaired = repairXml(text);
  // A parser keeps the error state of the document before: one for each.
  const parser = new Parser<Nodes, Nodes>({
    customFields: { feed: custom(FEED_FIELDS) as unknown as string[], item: custom(ITEM_FIELDS) as unknown as string[] },
  });
  try {
    const shielded = shieldElements(repaired);
    if (hasTooManyTags(shielded)) return TOO_MANY_PARTS;
    const parsed = await parser.parseString(shielded);
    return { kind: 'feed', feed: toFeed(parsed, repaired, url, now, dropped) };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { kind: 'not-a-feed', reason: `It looks like a feed, but can't be read: ${message.slice(0, 200)}` };
  }
}

function toFeed(parsed: Nodes & { items: Nodes[] }, xml: string, url: string, now: Date, dropped: number): ParsedFeed {
  const format = /<(?:\w+:)?feed[\s>]/i.test(xml.slice(0, 2_000))
    ? 'atom'
    : /<rdf:RDF/i.test(xml.slice(0, 2_000))
      ? 'rdf'
      : 'rss';
  const declaredBase = absolute(attributesOf(parsed)['xml:base'], url);
  const siteUrl = absolute(
    format === 'atom' ? alternate(all(parsed, 'link')) : all(parsed, 'link').map(textOf).find(Boolean),
    declaredBase ?? url,
  );
  const title = textOf(all(parsed, 'title')[0]) || (typeof parsed.title === 'string' ? parsed.title : '');
  const description = first(parsed, ['subtitle', 'fm-description']);
  const language =
    first(parsed, ['language', 'dc:language']) ?? /<feed[^>]*\sxml:lang=["']([^"']+)/i.exec(xml.slice(0, 5_000))?.[1];
  const base = declaredBase ?? siteUrl ?? url;
  const links = ['link', 'atom:link', 'atom10:link'].flatMap((name) => all(parsed, name));
  const hubUrl = absolute(related(links, 'hub'), declaredBase ?? url);
  const selfUrl = absolute(related(links, 'self'), declaredBase ?? url);
  return finishFeed(
    {
      format,
      ...(title ? { title: plainText(title) } : {}),
      ...(siteUrl ? { siteUrl } : {}),
      ...(description ? { description: plainText(description) } : {}),
      ...(language ? { language: language.trim() } : {}),
      wishes: wishesOf(parsed),
      ...(hubUrl ? { hubUrl } : {}),
      ...(selfUrl ? { selfUrl } : {}),
    },
    parsed.items.map((item) => toEntry(item, base, now)),
    dropped,
  );
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** RSS 2.0's ttl (minutes), skipHours and skipDays (GMT), or the syndication module's period and frequency. */
function wishesOf(feed: Nodes): Wishes {
  const pollEveryMs = askedPause(feed);
  // Early versions counted hours from 1 to 24.
  const skipHours = childTexts(feed, 'skipHours', 'hour').map((hour) => Number(hour) % 24);
  const skipDays = childTexts(feed, 'skipDays', 'day').map((day) => DAYS.indexOf(day.toLowerCase()));
  return {
    ...(pollEveryMs ? { pollEveryMs } : {}),
    ...(skipHours.length > 0 ? { skipHours: skipHours.filter((hour) => Number.isInteger(hour) && hour >= 0) } : {}),
    ...(skipDays.length > 0 ? { skipDays: skipDays.filter((day) => day >= 0) } : {}),
  };
}

function askedPause(feed: Nodes): number | undefined {
  const ttl = Number(first(feed, ['ttl']));
  if (ttl > 0) return ttl * 60_000;
  const period = PERIOD_MS[first(feed, ['sy:updatePeriod'])?.toLowerCase() ?? ''];
  return period === undefined ? undefined : period / Math.max(1, Number(first(feed, ['sy:updateFrequency'])) || 1);
}

/** The texts of the elements `child` in the elements `name`. */
const childTexts = (nodes: Nodes, name: string, child: string): string[] =>
  all(nodes, name).flatMap((node) => {
    const inside = typeof node === 'string' ? undefined : node[child];
    return Array.isArray(inside) ? (inside as Node[]).slice(0, 24).map(textOf).filter(Boolean) : [];
  });

function toEntry(item: Nodes, feedBase: string, now: Date): ParsedEntry {
  const attributes = attributesOf(item);
  // XML Base §4: the nearest declaration, itself relative to the one around it.
  const base = absolute(attributes['xml:base'], feedBase) ?? feedBase;
  const guidNode = all(item, 'guid')[0];
  const guid = (textOf(guidNode) || first(item, ['id']) || attributes['rdf:about'])?.trim();
  const permalink =
    guidNode !== undefined && attribute(guidNode, 'isPermaLink') !== 'false' && /^https?:/i.test(guid ?? '') ? guid : undefined;
  const links = all(item, 'link');
  const link = entryLink(alternate(links) || links.map(textOf).find(Boolean) || permalink, base);
  const title = titleOf(item);
  const published = parseDate(first(item, ['pubDate', 'fm-published', 'dc:date', 'dcterms:created', 'fm-updated']), now);
  const updated = parseDate(first(item, ['fm-updated']), now);
  const content = first(item, ['fm-content:encoded']) ?? contentOf(item);
  const summary = first(item, ['fm-description', 'fm-summary']);
  const image = imageOf(item, base);
  const language = first(item, ['dc:language']);
  return {
    ...(guid ? { guid } : {}),
    ...link,
    ...(title ? { title } : {}),
    authors: authorsOf(item),
    ...(published ? { publishedAt: published } : {}),
    ...(updated ? { updatedAt: updated } : {}),
    ...(summary ? { summaryHtml: summary } : {}),
    ...(content ? { contentHtml: content } : {}),
    categories: [...all(item, 'category'), ...all(item, 'dc:subject')]
      .map((node) => attribute(node, 'term') ?? plainText(textOf(node)))
      .filter(Boolean),
    enclosures: enclosuresOf(item, base),
    ...(image ? { imageUrl: image } : {}),
    ...(language ? { language } : {}),
  };
}

/** The attributes of the element itself. */
const attributesOf = (nodes: Nodes) => (nodes.attributes ?? {}) as Record<string, string | undefined>;

const all = (nodes: Nodes, name: string): Node[] => {
  const value = nodes[`all:${name}`];
  return Array.isArray(value) ? (value as Node[]) : [];
};

const textOf = (node: Node | undefined): string => (typeof node === 'string' ? node : (node?._ ?? '')).trim();
const attribute = (node: Node, name: string): string | undefined => (typeof node === 'string' ? undefined : node.$?.[name]);

/** The first of the elements that has text. */
function first(nodes: Nodes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = all(nodes, name).map(textOf).find(Boolean);
    if (text) return text;
  }
  return undefined;
}

/** Atom's link: rel alternate, or none (RFC 4287 §4.2.7.2). */
const alternate = (links: readonly Node[]): string | undefined =>
  links
    .filter((link) => (attribute(link, 'rel') ?? 'alternate') === 'alternate')
    .map((link) => attribute(link, 'href'))
    .find(Boolean);

/** The first link of a relation: a hub, or the document itself (WebSub §4). */
const related = (links: readonly Node[], rel: string): string | undefined =>
  links
    .filter((link) => attribute(link, 'rel')?.toLowerCase() === rel)
    .map((link) => attribute(link, 'href'))
    .find(Boolean);

function titleOf(item: Nodes): string {
  const node = all(item, 'title')[0];
  const text = textOf(node) || (typeof item.title === 'string' ? item.title : '');
  return plainText(text);
}

/** Atom content: text and HTML as they stand, XHTML as shield.ts made it text. */
function contentOf(item: Nodes): string | undefined {
  const node = all(item, 'fm-content')[0];
  if (node === undefined || (typeof node !== 'string' && node.$?.src !== undefined)) return undefined;
  return textOf(node) || undefined;
}

function authorsOf(item: Nodes): string[] {
  const names = [...all(item, 'dc:creator'), ...all(item, 'author')].map((node) => {
    const name = typeof node === 'string' ? undefined : node.name;
    return plainText(Array.isArray(name) ? textOf(name[0] as Node) : textOf(node));
  });
  const found = names.length > 0 ? names : all(item, 'itunes:author').map((node) => plainText(textOf(node)));
  // RSS 2.0's author is an address with a name behind it: "desk@example.org (The Desk)".
  return [
    ...new Set(
      found.map((name) => /^\S+@\S+\s+\((.+)\)$/.exec(name)?.[1] ?? name).filter((name) => name && !/^\S+@\S+$/.test(name)),
    ),
  ];
}

function enclosuresOf(item: Nodes, base: string): Enclosure[] {
  const linked = all(item, 'link').filter((link) => attribute(link, 'rel') === 'enclosure');
  const duration = seconds(first(item, ['itunes:duration']));
  const found = [...all(item, 'enclosure'), ...linked, ...mediaOf(item, 'media:content')].flatMap((node): Enclosure[] => {
    const url = absolute(attribute(node, 'url') ?? attribute(node, 'href'), base);
    if (!url) return [];
    const type = attribute(node, 'type');
    const length = Number(attribute(node, 'length'));
    return [{ url, ...(type ? { type } : {}), ...(length > 0 ? { length } : {}), ...(duration ? { duration } : {}) }];
  });
  // Podcasts name one file as enclosure and as media:content.
  const byUrl = new Map<string, Enclosure>();
  for (const enclosure of found) if (!byUrl.has(enclosure.url)) byUrl.set(enclosure.url, enclosure);
  return [...byUrl.values()];
}

/** Media RSS elements of an item, alone or in its groups. */
const mediaOf = (item: Nodes, name: string): Node[] => [
  ...all(item, name),
  ...all(item, 'media:group').flatMap((group) => {
    const inside = typeof group === 'string' ? undefined : group[name];
    return Array.isArray(inside) ? (inside as Node[]) : [];
  }),
];

/** `1:02:03`, `62:03` or `3723`, in seconds. */
const seconds = (text: string | undefined): number | undefined =>
  text && /^\d{1,6}(:\d{1,2}){0,2}$/.test(text)
    ? text.split(':').reduce((total, part) => total * 60 + Number(part), 0)
    : undefined;

function imageOf(item: Nodes, base: string): string | undefined {
  const pictures = [...mediaOf(item, 'media:content'), ...all(item, 'enclosure')].filter(
    (node) => attribute(node, 'medium') === 'image' || attribute(node, 'type')?.startsWith('image/'),
  );
  const node = pictures[0] ?? mediaOf(item, 'media:thumbnail')[0] ?? all(item, 'itunes:image')[0];
  return node === undefined ? undefined : absolute(attribute(node, 'url') ?? attribute(node, 'href'), base);
}
