import { readDate } from '../text/dates.js';
import { decode } from '../text/decode.js';
import { describeRepair, type FeedEntry, type ParsedFeed } from './feed.js';
import { identify } from './identity.js';

/** Something that is wrong with a feed, and how it was read all the same. */
export interface Finding {
  /** Stable, for scripts. */
  code: string;
  /** One sentence for people, or two. */
  text: string;
  /** On how many entries or places; absent: it is of the document. */
  count?: number;
  /** The first of those, as far as it fits in a line. */
  example?: string;
}

export interface Inspection {
  /** The encoding that the document was read in. */
  encoding: string;
  entries: FeedEntry[];
  findings: Finding[];
}

interface Source {
  body: Uint8Array;
  contentType: string;
  url: string;
}

/** What a feed that could be read holds, and what a publisher should mend: a validator's report, of what matters to readers of feeds. */
export function inspectFeed(source: Source, feed: ParsedFeed, now: Date): Inspection {
  const { text, encoding } = decode(source.body, source.contentType, 'xml');
  const entries = identify(feed.entries, source.url, 'guid');
  const findings = [
    ...(source.contentType === '' ? [] : typeFindings(source.contentType)),
    ...encodingFindings(source, text, encoding),
    ...(feed.format === 'json' ? [] : markupFindings(text)),
    ...mendedFindings(feed),
    ...feedFindings(feed),
    ...entryFindings(feed, entries),
    ...dateFindings(text, feed, now),
  ];
  return { encoding, entries, findings };
}

/** Longest example, in characters. */
const MAX_EXAMPLE = 80;

/** A finding on those places of which there is at least one. */
function found(code: string, text: string, places: readonly (string | undefined)[]): Finding[] {
  const [first] = places;
  if (places.length === 0) return [];
  return [{ code, text, count: places.length, ...(first ? { example: first.trim().slice(0, MAX_EXAMPLE) } : {}) }];
}

const when = (condition: boolean, code: string, text: string): Finding[] => (condition ? [{ code, text }] : []);

const typeFindings = (contentType: string): Finding[] =>
  when(
    !/\b(xml|json)\b/i.test(contentType),
    'content-type',
    `Its server calls it ${contentType.split(';')[0]}, which is no type of a feed (application/rss+xml, application/atom+xml, application/feed+json). It was read as what it holds.`,
  );

/** Characters in which a declaration stands. */
const HEAD = 500;

function encodingFindings({ contentType }: Source, text: string, encoding: string): Finding[] {
  const inHeader = /charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType)?.[1]?.toLowerCase();
  const inDocument = /^\W*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)/i.exec(text.slice(0, HEAD))?.[1]?.toLowerCase();
  const declared = inHeader ?? inDocument;
  const isUtf8 = (label: string) => /^(utf-?8|us-ascii|ascii)$/.test(label);
  return [
    ...when(
      inHeader !== undefined && inDocument !== undefined && inHeader !== inDocument,
      'encodings-differ',
      `Its server says that it is in ${inHeader}, the document that it is in ${inDocument}.`,
    ),
    ...when(
      declared !== undefined && isUtf8(declared) !== isUtf8(encoding),
      'encoding-wrong',
      `It is said to be in ${declared}, but is not. It was read as ${encoding}.`,
    ),
    ...when(
      declared === undefined && !/^utf-/.test(encoding),
      'encoding-missing',
      `It does not say what encoding it is in. It was read as ${encoding}, by the look of it.`,
    ),
    ...found(
      'characters-damaged',
      'Bytes that are no characters were replaced by the sign for that (\uFFFD).',
      text.match(/.{0,30}\uFFFD/g) ?? [],
    ),
  ];
}

/** What no parser of XML needs to mend, and a publisher all the same. Comments and CDATA may hold anything. */
function markupFindings(source: string): Finding[] {
  const text = source.replace(/<!--[\s\S]{0,100000}?-->|<!\[CDATA\[[\s\S]{0,1000000}?\]\]>/g, '');
  const before = text.slice(0, Math.max(0, text.indexOf('<'))).replace(/^\uFEFF/, '');
  return [
    ...when(
      /\S/.test(before) || (before !== '' && /^\s*<\?xml/.test(text)),
      'before-the-document',
      'Something stands before the first tag, where XML allows nothing. It was left out.',
    ),
    ...found(
      'relative-link',
      'A link is relative. It was taken from the address of the site or of the feed.',
      [...text.matchAll(/<link\b[^>]{0,500}?(?:\bhref\s*=\s*["']([^"']*)|>([^<]*)<)/g)]
        .map(([, href, inside]) => href ?? inside)
        .filter((link) => link !== undefined && /\S/.test(link) && !/^\s*[a-z][a-z0-9+.-]*:/i.test(link)),
    ),
  ];
}

/** What the reader had to mend; its dates are told below, with what they say. */
const mendedFindings = ({ repairs }: ParsedFeed): Finding[] =>
  repairs
    .filter(({ kind }) => kind !== 'badDates')
    .map((mending) => ({
      code: mending.kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      text: `${capital(describeRepair(mending))}.`,
    }));

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

const feedFindings = (feed: ParsedFeed): Finding[] => [
  ...when(!feed.title, 'no-title', 'The feed has no title.'),
  ...when(!feed.siteUrl, 'no-site', 'The feed does not say which site it is of.'),
  ...when(
    feed.language !== undefined && !isLanguage(feed.language),
    'language',
    `“${feed.language}” is no language tag (such as en, pt-BR).`,
  ),
  ...when(feed.entries.length === 0, 'no-entries', 'The feed has no entries.'),
  ...when(
    feed.entriesDropped > 0,
    'too-many',
    `It has ${feed.entries.length + feed.entriesDropped} entries; the newest ${feed.entries.length} are read.`,
  ),
];

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-')).length === 1;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function entryFindings({ entries }: ParsedFeed, identified: readonly FeedEntry[]): Finding[] {
  const nameOf = ({ title, url, guid }: (typeof entries)[number]) => title ?? url ?? guid ?? '(an entry without a name)';
  const those = (which: (entry: (typeof entries)[number]) => boolean) => entries.filter(which).map(nameOf);
  const guids = new Map<string, number>();
  for (const { guid } of entries) if (guid !== undefined) guids.set(guid, (guids.get(guid) ?? 0) + 1);
  return [
    ...found(
      'no-guid',
      'An entry has no guid (RSS guid, Atom id). It is known by its link, else by what it says, and seems new when that changes.',
      those(({ guid }) => guid === undefined),
    ),
    ...found(
      'guid-repeated',
      'A guid stands on several entries. Those that differ are told apart by their links.',
      [...guids].flatMap(([guid, count]) => (count > 1 ? Array<string>(count).fill(guid) : [])),
    ),
    ...when(
      identified.length < entries.length,
      'entry-repeated',
      `${entries.length - identified.length} entries stand there twice. The first of each was read.`,
    ),
    ...found(
      'no-link',
      'An entry has no link. Its record is made of what the feed says.',
      those(({ url, badLink }) => url === undefined && badLink === undefined),
    ),
    ...found(
      'bad-link',
      'A link leads to no page. The entry has no record.',
      entries.flatMap(({ badLink }) => badLink ?? []),
    ),
    ...found(
      'link-shared',
      'Many entries link to one page. Their records are made of what the feed says.',
      identified.flatMap(({ sharesLink, url }) => (sharesLink ? url : [])),
    ),
    ...found(
      'no-entry-title',
      'An entry has no title.',
      those(({ title }) => title === undefined),
    ),
    ...found(
      'nothing-said',
      'An entry has neither summary nor content.',
      those(({ contentHtml, summaryHtml }) => (contentHtml ?? summaryHtml) === undefined),
    ),
    ...found(
      'no-date',
      'An entry has no date that could be read. It has the day on which it was first seen.',
      those(({ publishedAt, updatedAt }) => (publishedAt ?? updatedAt) === undefined),
    ),
    ...found(
      'enclosure-type',
      'An enclosure does not say what type it is of.',
      entries.flatMap(({ enclosures }) => enclosures.flatMap(({ url, type }) => (type ? [] : url))),
    ),
  ];
}

const XML_DATES =
  /<(?:\w{1,20}:)?(?:pubDate|date|published|updated|issued|modified|created)\b[^>]{0,200}>\s*(?:<!\[CDATA\[)?([^<\]]{1,200})/gi;
const JSON_DATES = /"date_(?:published|modified)"\s*:\s*"([^"\\]{1,200})"/g;
/** So far ahead that any date of a calendar is before it. */
const END_OF_TIME = new Date(Date.UTC(9999, 0));

function dateFindings(text: string, { format }: ParsedFeed, now: Date): Finding[] {
  const dates = [...text.matchAll(format === 'json' ? JSON_DATES : XML_DATES)].flatMap(([, date]) =>
    date && /\S/.test(date) ? [{ date, read: readDate(date, now) }] : [],
  );
  const unread = dates.filter(({ read }) => !read).map(({ date }) => date);
  const isAhead = (date: string) => readDate(date, END_OF_TIME) !== undefined;
  return [
    ...found(
      'date-unreadable',
      'A date could not be read, or may mean several. It was left out.',
      unread.filter((date) => !isAhead(date)),
    ),
    ...found('date-ahead', 'A date lies days ahead of now. It was left out.', unread.filter(isAhead)),
    ...found(
      'zone-assumed',
      'A date has no zone that is known. It was taken for UTC.',
      dates.flatMap(({ date, read }) => (read?.zoneAssumed ? [date] : [])),
    ),
  ];
}
