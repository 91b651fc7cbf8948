import { type FeedDate, readDate } from '../../text/dates.js';
import { escapeAttribute, escapeText } from '../../text/escape.js';
import type { Repair } from '../feed.js';
import { absolute, BAD_SCHEME, keepNewest, MAX_ENTRIES, MAX_TITLE, plainText } from '../normalize.js';
import { MAX_TEXT, parseXml, type XmlElement, type XmlHandler } from './xml.js';

/** A feed in one small dialect: RSS 2.0 in the words of `ITEM` and `FEED`, whatever the document was written in. */
export interface UnifiedFeed {
  kind: 'feed';
  format: 'rss' | 'atom' | 'rdf';
  xml: string;
  /** The texts of items that are HTML, by the number that stands for each in `xml`: a parser would only copy them, and take most of its time for that. */
  bodies: string[];
  /** Items that were left out, since there were more than are kept. */
  dropped: number;
  repairs: Repair[];
}

export type UnifiedReading =
  | UnifiedFeed
  | { kind: 'no-root' }
  | { kind: 'cut' }
  | { kind: 'too-many-elements' }
  | { kind: 'too-deep' };

/** The elements of the canonical form, each with what it takes from a document, the best first. */
const ITEM = {
  guid: ['guid', 'id'],
  title: ['title', 'dc:title', 'itunes:title', 'media:title'],
  published: [
    'pubdate',
    'published',
    'issued',
    'dcterms:issued',
    'dc:date',
    'created',
    'dcterms:created',
    'dc:created',
    'dcterms:date',
    'dcterms:available',
  ],
  updated: ['updated', 'modified', 'dcterms:modified'],
  summary: ['description', 'summary', 'dc:description', 'itunes:summary', 'itunes:subtitle', 'media:description'],
  content: ['content:encoded', 'encoded', 'content', 'xhtml:body', 'xhtml:div', 'body', 'fullitem'],
  language: ['language', 'dc:language'],
  comments: ['comments'],
  duration: ['itunes:duration'],
} as const;

const FEED = {
  title: ['title', 'dc:title', 'itunes:title'],
  description: ['description', 'subtitle', 'tagline', 'dc:description', 'itunes:summary', 'itunes:subtitle'],
  language: ['language', 'dc:language'],
  ttl: ['ttl'],
  period: ['sy:updateperiod'],
  frequency: ['sy:updatefrequency'],
} as const;

/** Elements of items and feeds that are read in ways of their own. */
const OTHERS = ['link', 'category', 'dc:subject', 'dc:creator', 'dc:author', 'dc:identifier', 'itunes:author'];
const FIELDS = new Set<string>([...Object.values(ITEM).flat(), ...Object.values(FEED).flat(), ...OTHERS]);
const TITLES = new Set<string>([...ITEM.title, 'subtitle', 'tagline']);
const BODIES = new Set<string>([...ITEM.summary, ...ITEM.content]);
/** Where one of these begins, a field that is still open was never closed: in the body of an item, their names mean nothing to HTML. */
const ENDS_BODY = new Set([
  ...[
    'item',
    'entry',
    'channel',
    'guid',
    'pubdate',
    'link',
    'enclosure',
    'comments',
    'category',
    'author',
    'published',
    'updated',
  ],
  ...['dc:creator', 'dc:date', 'dc:subject', 'content:encoded'],
]);
/** HTML's elements without an end (HTML §13.1.2). */
const VOID = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);
/** Attributes of HTML that hold one address. */
const ADDRESSES = new Set(['href', 'src', 'poster', 'cite', 'longdesc', 'action', 'data', 'background']);

/** So many links, categories, persons and files of one item are looked at: no news has more. */
const MAX_PARTS = 200;

interface File {
  url: string;
  type?: string | undefined;
  length?: string | undefined;
  duration?: string | undefined;
  /** A picture, by what the document says of it. */
  picture: boolean;
}

/** What a feed or an item says, while it is read. */
interface Draft {
  /** rdf:about, which names an item of RSS 1.0. */
  about?: string | undefined;
  /** What its links are relative to: xml:base, else (for an item) the site, else the document. */
  base: string;
  language?: string | undefined;
  /** The first text of each field. */
  texts: Map<string, string>;
  links: ReadonlyMap<string, string>[];
  persons: string[];
  podcasters: string[];
  categories: string[];
  files: File[];
  thumbnails: string[];
  covers: string[];
  source: { title?: string | undefined; url?: string | undefined; persons: string[] };
  guidIsLink: boolean;
  skipHours: string[];
  skipDays: string[];
}

const newDraft = (element: XmlElement, base: string, language: string | undefined): Draft => ({
  about: element.attributes.get('about'),
  base,
  language,
  texts: new Map(),
  links: [],
  persons: [],
  podcasters: [],
  categories: [],
  files: [],
  thumbnails: [],
  covers: [],
  source: { persons: [] },
  guidIsLink: true,
  skipHours: [],
  skipDays: [],
});

/** What an element inherits. */
interface Surroundings {
  /** xml:base, resolved; undefined where none is declared. */
  base: string | undefined;
  language: string | undefined;
}

/** An open element, by what it is to us. `markup` is what stands inside a field. */
interface Frame extends Surroundings {
  kind: 'outside' | 'feed' | 'item' | 'part' | 'person' | 'source' | 'list' | 'field' | 'markup' | 'skipped';
}

/** How the text of a field is meant (RFC 4287 §3.1, §4.1.3; Atom 0.3's `mode`). */
type TextType = 'text' | 'html' | 'xhtml' | 'base64';

/** The field that is being read. */
interface Field {
  key: string;
  type: TextType;
  parts: string[];
  /** Of the text in it, in characters. */
  length: number;
  /** Elements open inside it. */
  depth: number;
  /** Takes its text, and how that turned out to be meant. */
  keep(value: string, type: TextType): void;
}

const oneLine = (text: string) => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();

const keyOf = ({ vocabulary, name }: Pick<XmlElement, 'vocabulary' | 'name'>) =>
  vocabulary === 'core' ? name : `${vocabulary}:${name}`;

/**
 * Any document of a feed → its canonical form, in one pass and in linear time: one spelling for each field whatever the
 * format, links and dates resolved, XHTML as text, titles as plain text, and nothing that we do not keep.
 */
export function toUnifiedFeed(document: string, url: string, now: Date): UnifiedReading {
  let format: UnifiedFeed['format'] | undefined;
  let feed: Draft | undefined;
  let item: Draft | undefined;
  let field: Field | undefined;
  let personText = '';
  let dropped = 0;
  let badDates = 0;
  let halfItems = 0;
  let items: { xml: string; at: number | undefined }[] = [];
  const frames: Frame[] = [];
  let inSource = false;
  let hasGuids = false;
  let isCut = false;

  const siteUrl = () => feed && linkOf(feed);
  const newDraftAt = (element: XmlElement, { base, language }: Surroundings) =>
    newDraft(element, base ?? siteUrl() ?? url, language);

  /** Whose persons the one that is read belongs to. */
  const personsOf = (): string[] => (inSource ? item?.source.persons : (item ?? feed)?.persons) ?? [];
  const begin = (kind: Frame['kind'], around: Surroundings) => frames.push({ kind, ...around });
  const collect = (key: string, type: TextType, around: Surroundings, keep: Field['keep']) => {
    begin('field', around);
    field = { key, type, parts: [], length: 0, depth: 0, keep };
  };

  /** A child of the feed or of an item. */
  const openPart = (element: XmlElement, around: Surroundings, draft: Draft) => {
    const key = keyOf(element);
    const { attributes } = element;
    const text = (keep: Field['keep']) => collect(key, 'text', around, keep);
    switch (key) {
      case 'link':
        if (draft.links.length < MAX_PARTS) draft.links.push(attributes);
        if (relOf(attributes) === 'enclosure') addFile(draft, fileOf(attributes, draft.base));
        if (attributes.has('href')) return begin('skipped', around);
        return text((value) => (relOf(attributes) === 'alternate' ? keepFirst(draft, key, value) : undefined));
      case 'author':
      case 'itunes:owner':
        personText = '';
        return begin(key === 'author' ? 'person' : 'skipped', around);
      case 'dc:creator':
      case 'dc:author':
        return text((value) => add(draft.persons, personOf(value)));
      case 'itunes:author':
        return text((value) => add(draft.podcasters, personOf(value)));
      case 'category':
      case 'dc:subject':
        return text((value) => add(draft.categories, plainText(attributes.get('label') || attributes.get('term') || value)));
      case 'itunes:category':
        add(draft.categories, plainText(attributes.get('text') ?? ''));
        return begin(draft === item ? 'part' : 'skipped', around);
      case 'media:category':
        return text((value) => add(draft.categories, plainText(attributes.get('label') || value)));
      case 'enclosure':
        addFile(draft, fileOf(attributes, draft.base));
        return begin('skipped', around);
      case 'media:content':
        addFile(draft, fileOf(attributes, draft.base));
        return begin('part', around);
      case 'media:group':
        return begin('part', around);
      case 'media:thumbnail':
      case 'itunes:image':
        add(
          key === 'itunes:image' ? draft.covers : draft.thumbnails,
          absolute(attributes.get('url') ?? attributes.get('href'), draft.base),
        );
        return begin('skipped', around);
      case 'source':
        if (draft !== item) return begin('skipped', around);
        inSource = !attributes.has('url');
        if (inSource) return begin('source', around);
        draft.source.url ??= absolute(attributes.get('url'), draft.base);
        return text((value) => {
          draft.source.title ??= plainText(value);
        });
      case 'skiphours':
      case 'skipdays':
        return begin('list', around);
      case 'guid':
        draft.guidIsLink = attributes.get('ispermalink')?.toLowerCase() !== 'false';
        return text((value) => keepFirst(draft, key, value));
    }
    if (!FIELDS.has(key)) return begin('skipped', around);
    if (TITLES.has(key)) {
      return collect(key, typeOf(element, format), around, (value, type) =>
        keepFirst(draft, key, isPlain(type, element) ? oneLine(value) : plainText(value)),
      );
    }
    if (!BODIES.has(key)) return text((value) => keepFirst(draft, key, oneLine(value)));
    return collect(key, typeOf(element, format), around, (value) => keepFirst(draft, key, value));
  };

  const handler: XmlHandler = {
    ends(_, next) {
      const top = frames.at(-1);
      if (!top || top.kind === 'feed' || top.kind === 'outside') return false;
      const key = keyOf(next);
      if (key === 'item' || key === 'entry') return !next.empty;
      if (top.kind === 'markup') return field !== undefined && field.type !== 'xhtml' && ENDS_BODY.has(key) && key !== 'link';
      if (top.kind === 'field')
        return field !== undefined && (BODIES.has(field.key) || TITLES.has(field.key) ? ENDS_BODY : FIELDS).has(key);
      return false;
    },

    open(element) {
      const parent = frames.at(-1);
      const { attributes } = element;
      const declared = attributes.get('xml:base');
      const around: Surroundings = {
        base: (declared === undefined ? undefined : absolute(declared, parent?.base ?? url)) ?? parent?.base,
        language: attributes.get('xml:lang') ?? parent?.language,
      };
      const key = keyOf(element);
      switch (parent?.kind) {
        case undefined:
        case 'outside':
          format = format ?? rootOf(element);
          if (format === undefined) return void begin('outside', around);
          feed ??= newDraftAt(element, around);
          // An entry can be a document of its own (RFC 4287 §2).
          if (key === 'entry') item = newDraftAt(element, around);
          return void begin(item ? 'item' : 'feed', around);
        case 'feed':
          if (key === 'item' || key === 'entry') {
            item = newDraftAt(element, around);
            return void begin('item', around);
          }
          if (key === 'channel') {
            // Its own declarations hold for the feed.
            if (feed) Object.assign(feed, { base: around.base ?? feed.base, language: around.language });
            return void begin('feed', around);
          }
          if (!feed || ['image', 'textinput', 'items', 'cloud'].includes(element.name)) return void begin('skipped', around);
          return openPart(element, around, feed);
        case 'item':
        case 'part':
          return item ? openPart(element, around, item) : void begin('skipped', around);
        case 'person':
          if (element.name !== 'name') return void begin('skipped', around);
          return collect(key, 'text', around, (value) => {
            add(personsOf(), oneLine(value));
            personText = '';
          });
        case 'source':
          if (element.name === 'author') {
            personText = '';
            return void begin('person', around);
          }
          if (element.name === 'link' && item) item.source.url ??= absolute(attributes.get('href'), item.base);
          if (element.name !== 'title') return void begin('skipped', around);
          return collect(key, typeOf(element, format), around, (value) => {
            if (item) item.source.title ??= plainText(value);
          });
        case 'list':
          return collect(key, 'text', around, (value) => {
            if (element.name === 'hour') add(feed?.skipHours ?? [], value.trim());
            if (element.name === 'day') add(feed?.skipDays ?? [], value.trim());
          });
        case 'field':
        case 'markup':
          if (field) {
            // Markup in plain text is XHTML that was not announced.
            if (field.type === 'text' && (BODIES.has(field.key) || TITLES.has(field.key))) {
              field.parts = field.parts.map(escapeText);
              field.type = 'xhtml';
            }
            field.depth += 1;
            field.parts.push(startTag(element, around.base ?? url));
          }
          return void begin('markup', around);
        default:
          return void begin('skipped', around);
      }
    },

    text(text) {
      if (field) {
        if (field.length >= MAX_TEXT) return;
        field.length += text.length;
        const isText = field.type === 'xhtml' || (field.depth > 0 && field.type === 'html' && format !== 'atom');
        field.parts.push(isText ? escapeText(text) : text);
      } else if (frames.at(-1)?.kind === 'person' && personText.length < MAX_TITLE) personText += text;
    },

    close(element, how) {
      const frame = frames.pop();
      switch (frame?.kind) {
        case 'markup':
          if (!field) return;
          field.depth -= 1;
          if (!VOID.has(element.name)) field.parts.push(`</${element.name}>`);
          return;
        case 'field': {
          const done = field;
          field = undefined;
          // Half an address or a date is none; half a text is better than nothing.
          if (done && (how !== 'cut' || BODIES.has(done.key))) done.keep(contentsOf(done, frame.base ?? url, element), done.type);
          return;
        }
        case 'person':
          add(personsOf(), personOf(personText));
          return;
        case 'source':
          inSource = false;
          return;
        case 'feed':
          isCut ||= how === 'cut';
          return;
        case 'item':
          if (item && (how !== 'cut' || isIdentified(item))) finishItem(item);
          else halfItems += 1;
          item = undefined;
      }
    },
  };

  const bodies: string[] = [];
  const bodyOf = (name: string, html: string | undefined) => (html ? `<${name}>${bodies.push(html) - 1}</${name}>` : '');
  const finishItem = (draft: Draft) => {
    hasGuids ||= first(draft, ITEM.guid) !== undefined;
    const published = dateOf(draft, ITEM.published);
    const updated = dateOf(draft, ITEM.updated);
    const at = published ?? updated;
    items.push({
      xml: writeItem(draft, { link: linkOf(draft), published: at, updated, authors: authorsOf(draft), bodyOf }),
      at: at?.at.getTime(),
    });
    // Now and then, so that no archive fills the memory.
    if (items.length >= 2 * MAX_ENTRIES) boundItems();
  };
  /** Whether an item that is cut off is told from others by what is left of it: a guid may have been to come. */
  const isIdentified = (draft: Draft) =>
    first(draft, ITEM.guid) !== undefined || draft.about !== undefined || (!hasGuids && linkOf(draft) !== undefined);
  /** An Atom entry without an author has its source's, else its feed's (RFC 4287 §4.2.1). */
  const authorsOf = ({ persons, podcasters, source }: Draft) =>
    [persons, podcasters, source.persons, format === 'atom' ? (feed?.persons ?? []) : []].find((names) => names.length > 0) ?? [];
  const dateOf = (draft: Draft, keys: readonly string[]) => {
    for (const key of keys) {
      const text = draft.texts.get(key);
      const date = readDate(text, now);
      if (date) return date;
      if (text) badDates += 1;
    }
    return undefined;
  };
  const boundItems = () => {
    const kept = keepNewest(items, ({ at }) => at);
    dropped += items.length - kept.length;
    items = kept;
  };

  const reading = parseXml(document, handler);
  if (reading.kind !== 'read') return reading;
  if (!feed || !format) return { kind: 'no-root' };
  boundItems();
  if (isCut && items.length === 0 && feed.texts.size === 0) return { kind: 'cut' };
  const xml = `<rss version="2.0"><channel>${writeFeed(feed, siteUrl())}${items.map((one) => one.xml).join('')}</channel></rss>`;
  const repairs = Object.entries({ ...reading.forgiven, badDates, halfItems, cut: isCut ? 1 : 0 })
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => ({ kind: kind as Repair['kind'], count }));
  return { kind: 'feed', format, xml, bodies, dropped, repairs };
}

/** What kind of feed begins with this element; undefined: none. */
function rootOf({ name, vocabulary }: XmlElement): UnifiedFeed['format'] | undefined {
  if (vocabulary === 'xhtml') return undefined;
  return name === 'feed' || name === 'entry'
    ? 'atom'
    : name === 'rdf'
      ? 'rdf'
      : name === 'rss' || name === 'channel'
        ? 'rss'
        : undefined;
}

function typeOf({ attributes, vocabulary, name }: XmlElement, format: UnifiedFeed['format'] | undefined): TextType {
  const type = attributes.get('type')?.trim().toLowerCase() ?? '';
  const mode = attributes.get('mode')?.trim().toLowerCase();
  if (mode === 'base64') return 'base64';
  if (type === 'html' || type === 'text/html') return 'html';
  if (type === 'xhtml' || /[/+]xml$/.test(type)) return mode === 'escaped' ? 'html' : 'xhtml';
  if (format !== 'atom' || vocabulary !== 'core') return 'html';
  return name === 'content' && type.includes('/') && !type.startsWith('text/') ? 'base64' : 'text';
}

const relOf = (link: ReadonlyMap<string, string>) => (link.get('rel') ?? 'alternate').trim().toLowerCase();

const add = (list: string[], value: string | undefined) => {
  if (value && list.length < MAX_PARTS && !list.includes(value)) list.push(value);
};

function keepFirst(draft: Draft, key: string, value: string): void {
  if (value.trim() !== '' && !draft.texts.has(key)) draft.texts.set(key, value);
}

/** RSS 2.0's author is an address with a name behind it: "desk@example.org (The Desk)". Bare addresses are no names. */
function personOf(text: string): string | undefined {
  const name = plainText(text);
  const named = /^\S+@\S+\s+\((.+)\)$/.exec(name)?.[1] ?? name;
  return /^\S+@\S+$/.test(named) ? undefined : named;
}

function fileOf(attributes: ReadonlyMap<string, string>, base: string): File | undefined {
  const url = absolute(attributes.get('url') ?? attributes.get('href'), base);
  const type = attributes.get('type');
  return url
    ? {
        url,
        type,
        length: attributes.get('length') ?? attributes.get('filesize'),
        duration: attributes.get('duration'),
        picture: attributes.get('medium') === 'image' || (type?.startsWith('image/') ?? false),
      }
    : undefined;
}

/** Podcasts name one file as enclosure and as media:content. */
function addFile(draft: Draft, file: File | undefined): void {
  if (!file || draft.files.length >= MAX_PARTS) return;
  const known = draft.files.find(({ url }) => url === file.url);
  if (!known) draft.files.push(file);
  else {
    known.type ??= file.type;
    known.length ??= file.length;
    known.duration ??= file.duration;
  }
}

/** The page of a feed or an item: Atom's alternate link (RFC 4287 §4.2.7.2), else RSS's link, else a guid that is one. */
function linkOf(draft: Draft): string | undefined {
  const alternates = draft.links.filter((link) => link.get('href') && relOf(link) === 'alternate');
  const page = alternates.find((link) => /html/.test(link.get('type') ?? 'html')) ?? alternates[0];
  const guid = draft.guidIsLink ? draft.texts.get('guid')?.trim() : undefined;
  const link = draft.texts.get('link') ?? page?.get('href') ?? (guid && /^https?:/i.test(guid) ? guid : undefined);
  if (link === undefined) return undefined;
  return BAD_SCHEME.test(link) ? link.trim() : absolute(link, draft.base);
}

function startTag({ name, attributes }: XmlElement, base: string): string {
  const written = [...attributes].map(([attribute, value]) => {
    const resolved = ADDRESSES.has(attribute) ? (absoluteAny(value, base) ?? value) : value;
    return attribute.startsWith('xml:') ? '' : ` ${attribute}="${escapeAttribute(resolved)}"`;
  });
  return `<${name}${written.join('')}>`;
}

/** An address made absolute, whatever its scheme. */
const absoluteAny = (url: string, base: string) => (URL.canParse(url.trim(), base) ? new URL(url.trim(), base).href : undefined);

function contentsOf({ key, type, parts }: Field, base: string, element: XmlElement): string {
  const text = parts.join('');
  if (!BODIES.has(key)) return type === 'base64' ? fromBase64(text) : text;
  if (type === 'xhtml') return text.trim();
  const html = type === 'base64' ? fromBase64(text) : text;
  if (isPlain(type, element)) return escapeText(html);
  return withAbsoluteLinks(html.trim(), base);
}

/** Whether markup in such a text means itself. */
const isPlain = (type: TextType, { attributes }: XmlElement): boolean =>
  type === 'text' || (type === 'base64' && !/html/i.test(attributes.get('type') ?? ''));

const fromBase64 = (text: string) => Buffer.from(text, 'base64').toString('utf8');

/** So many relative links of one text are made absolute: no text has more. */
const MAX_LINKS = 10_000;

/** HTML whose relative links are made absolute. A tag is looked for up to the next `<`, so the time is linear. */
export function withAbsoluteLinks(html: string, base: string): string {
  if (!RELATIVE.test(html)) return html;
  let links = 0;
  return html.replace(/<[a-z][^<>]*>/gi, (tag) =>
    tag.replace(
      ADDRESS,
      (whole: string, before: string, quoted: string | undefined, single: string | undefined, bare: string | undefined) => {
        const value = (quoted ?? single ?? bare ?? '').replaceAll('&amp;', '&');
        if (links >= MAX_LINKS || /^\s*[a-z][a-z0-9+.-]*:/i.test(value)) return whole;
        links += 1;
        const resolved = absoluteAny(value, base);
        return resolved === undefined ? whole : `${before}"${escapeAttribute(resolved)}"`;
      },
    ),
  );
}

/** Something that begins like an address, and like none with a scheme. */
const RELATIVE =
  /\s(?:href|src|poster|cite|longdesc|action|data|background)\s*=\s*(?:"(?!\s*[a-z][a-z0-9+.-]*:)|'(?!\s*[a-z][a-z0-9+.-]*:)|(?![\s"']|[a-z][a-z0-9+.-]*:))/i;
const ADDRESS = /(\s(?:href|src|poster|cite|longdesc|action|data|background)\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

const written = (name: string, text: string | undefined) => (text ? `<${name}>${escapeText(text)}</${name}>` : '');
const first = (draft: Draft, keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const text = draft.texts.get(key);
    if (text !== undefined) return text;
  }
  return undefined;
};

function writeFeed(feed: Draft, siteUrl: string | undefined): string {
  const related = (rel: string) =>
    absolute(feed.links.find((link) => relOf(link) === rel && link.get('href'))?.get('href'), feed.base);
  return [
    written('title', first(feed, FEED.title)),
    written('link', siteUrl),
    written('about', plainText(first(feed, FEED.description) ?? '')),
    written('language', first(feed, FEED.language) ?? feed.language),
    written('hub', related('hub')),
    written('self', related('self')),
    written('ttl', first(feed, FEED.ttl)),
    written('period', first(feed, FEED.period)),
    written('frequency', first(feed, FEED.frequency)),
    ...feed.skipHours.map((hour) => written('skipHour', hour)),
    ...feed.skipDays.map((day) => written('skipDay', day)),
  ].join('');
}

function writeItem(
  draft: Draft,
  {
    link,
    published,
    updated,
    authors,
    bodyOf,
  }: {
    link: string | undefined;
    published: FeedDate | undefined;
    updated: FeedDate | undefined;
    authors: readonly string[];
    /** An element that stands for HTML. */
    bodyOf(name: string, html: string | undefined): string;
  },
): string {
  const picture = draft.thumbnails[0] ?? draft.covers[0] ?? draft.files.find((file) => file.picture)?.url;
  const duration = first(draft, ITEM.duration);
  return [
    '<item>',
    written('guid', first(draft, ITEM.guid) ?? draft.about ?? draft.texts.get('dc:identifier')),
    written('link', link),
    written('title', first(draft, ITEM.title)),
    ...authors.map((author) => written('person', author)),
    published
      ? `<published${attribute('text', published.text)}${attribute('zone', published.zoneAssumed ? 'assumed' : undefined)}>${published.at.toISOString()}</published>`
      : '',
    written('updated', updated?.at.toISOString()),
    bodyOf('brief', first(draft, ITEM.summary)),
    bodyOf('body', first(draft, ITEM.content)),
    ...draft.categories.map((category) => written('subject', category)),
    ...draft.files.map(
      (file) =>
        `<file${attribute('url', file.url)}${attribute('type', file.type)}${attribute('length', file.length)}${attribute('duration', file.duration ?? duration)}/>`,
    ),
    written('picture', picture),
    written('language', first(draft, ITEM.language) ?? draft.language),
    written('comments', first(draft, ITEM.comments)),
    draft.source.title || draft.source.url
      ? `<origin${attribute('url', draft.source.url)}>${escapeText(draft.source.title ?? '')}</origin>`
      : '',
    '</item>',
  ].join('');
}

const attribute = (name: string, value: string | undefined) => (value ? ` ${name}="${escapeAttribute(value)}"` : '');
