import type { ArticleReading, ArticleRecord } from '../../src/articles/article.js';
import type { FeedEntry, ParsedFeed } from '../../src/feeds/feed.js';
import { MAX_ENTRIES } from '../../src/feeds/formats/newest-entries.js';
import type { Inspection } from '../../src/feeds/inspect/inspect-feed.js';
import { FIELD_LIMITS } from '../../src/text/field-limits.js';
import { findScripts } from '../outputs.js';
import { findForbidden } from './check-html.js';
import { type FuzzDocument, NOW } from './documents.js';
import type { Examined } from './examine.js';

/** Longest key of an entry and longest excerpt, in characters; see src/feeds/identity.ts and src/articles/. */
const MAX_KEY = 500;
const MAX_EXCERPT = 281;
/** Most feeds of a page: 20 that it declares, 20 that it links to, and 8 well-known paths; see src/feeds/discover.ts. */
const MAX_LINKS = 48;
/** HTML, text and Markdown may be this many times as long as the document: references, and addresses that become absolute. */
const MAX_GROWTH = 30;
const SPARE_LENGTH = 20_000;
const MAX_DESCRIBED = 120;

type Problems = string[];

/** What is wrong with what our readers made of a document, in words; empty if nothing is. */
export function findProblems(document: FuzzDocument, examined: Examined): Problems {
  const { feed, inspection, articles, discovered, sanitized, shown, markdown } = examined;
  const maxLength = document.body.length * MAX_GROWTH + SPARE_LENGTH;
  const links = [...(discovered?.declared ?? []), ...(discovered?.guessed ?? [])];
  return [
    ...(feed?.kind === 'not-a-feed' ? expectThat(/\S/.test(feed.reason), 'a feed is refused without a reason') : []),
    ...(feed?.kind === 'feed' ? checkFeed(feed.feed, maxLength) : []),
    ...(inspection ? checkInspection(inspection) : []),
    ...articles.flatMap((article) => checkArticle(article, maxLength)),
    ...expectThat(links.length <= MAX_LINKS, `the page has ${links.length} feeds`),
    ...links.flatMap(({ url, title }) => [
      ...checkUrl('discovered feed', url),
      ...checkLine('title of a discovered feed', title, FIELD_LIMITS.title),
    ]),
    ...Object.entries(sanitized).flatMap(([where, html]) =>
      findForbidden(html).map((what) => `sanitized HTML (${where}): ${what}`),
    ),
    ...Object.entries(shown).flatMap(([where, html]) => findScripts(html).map((what) => `${where} would run: ${what}`)),
    ...markdown.flatMap((text) => checkText('Markdown', text, maxLength)),
  ].map((problem) => problem.slice(0, MAX_DESCRIBED * 2));
}

/** The beginning of a text, in quotation marks. */
const quote = (text: string): string => JSON.stringify(text.slice(0, MAX_DESCRIBED));

const expectThat = (holds: boolean, problem: string): Problems => (holds ? [] : [problem]);

/** A text that the database can store, of at most `limit` characters. */
function checkText(name: string, text: string | undefined, limit: number): Problems {
  if (text === undefined) return [];
  return [
    ...expectThat(text.length <= limit, `${name} has ${text.length} characters`),
    ...expectThat(text.isWellFormed() && !text.includes('\0'), `${name} has half characters or NUL: ${quote(text)}`),
  ];
}

/** A text for people. */
const checkLine = (name: string, text: string | undefined, limit: number): Problems => [
  ...checkText(name, text, limit),
  ...expectThat(!/[\u202a-\u202e\u2066-\u2069]/.test(text ?? ''), `${name} has bidi controls`),
];

function checkUrl(name: string, url: string | undefined): Problems {
  if (url === undefined) return [];
  return [
    ...checkText(name, url, FIELD_LIMITS.url),
    ...expectThat(/^https?:\/\//.test(url) && URL.canParse(url), `${name} is ${quote(url)}`),
  ];
}

function checkDate(name: string, date: Date | undefined, latest = Number.POSITIVE_INFINITY): Problems {
  if (date === undefined) return [];
  const time = date.getTime();
  return expectThat(time > 0 && time < Date.UTC(10_000, 0) && time <= latest, `${name} is ${String(time)}`);
}

const checkNumber = (name: string, value: number | undefined, limit: number): Problems =>
  value === undefined ? [] : expectThat(value >= 0 && value <= limit, `${name} is ${value}`);

function checkFeed(feed: ParsedFeed, maxLength: number): Problems {
  const content = feed.entries.reduce(
    (sum, entry) => sum + (entry.contentHtml?.length ?? 0) + (entry.summaryHtml?.length ?? 0),
    0,
  );
  return [
    ...checkLine('title of the feed', feed.title, FIELD_LIMITS.title),
    ...checkLine('description of the feed', feed.description, FIELD_LIMITS.sentence),
    ...checkText('language of the feed', feed.language, FIELD_LIMITS.language),
    ...[feed.siteUrl, feed.hubUrl, feed.selfUrl].flatMap((url) => checkUrl('address of the feed', url)),
    ...checkNumber('wished interval', feed.wishes.pollEveryMs, Number.MAX_SAFE_INTEGER),
    ...(feed.wishes.skipHours ?? []).flatMap((hour) => checkNumber('skipped hour', hour, 23)),
    ...(feed.wishes.skipDays ?? []).flatMap((day) => checkNumber('skipped day', day, 6)),
    ...expectThat(feed.entries.length <= MAX_ENTRIES, `the feed has ${feed.entries.length} entries`),
    ...expectThat(content <= maxLength, `the entries have ${content} characters`),
  ];
}

function checkInspection({ entries, findings }: Inspection): Problems {
  const keys = new Set(entries.map(({ key }) => key));
  return [
    ...expectThat(keys.size === entries.length, 'two entries have one key'),
    ...entries.flatMap(checkEntry),
    ...findings.flatMap(({ text, example }) => [
      ...expectThat(/\S/.test(text), 'a finding says nothing'),
      ...checkText('finding', example, MAX_KEY),
    ]),
  ];
}

function checkEntry(entry: FeedEntry): Problems {
  return [
    ...checkText('key', entry.key, MAX_KEY),
    ...expectThat(entry.key !== '' && entry.guid !== '', 'an entry has an empty key or guid'),
    ...checkText('guid', entry.guid, FIELD_LIMITS.guid),
    ...checkLine('title of an entry', entry.title, FIELD_LIMITS.title),
    ...checkText('language of an entry', entry.language, FIELD_LIMITS.language),
    ...checkLists(entry.authors, entry.categories),
    ...checkText('content', entry.contentHtml, Number.POSITIVE_INFINITY),
    ...checkText('summary', entry.summaryHtml, Number.POSITIVE_INFINITY),
    ...checkText('written date', entry.publishedAs?.text, FIELD_LIMITS.date),
    ...[entry.imageUrl, entry.commentsUrl, entry.source?.url].flatMap((url) => checkUrl('address of an entry', url)),
    ...expectThat(entry.url === undefined || /^https?:\/\//.test(entry.url), `an entry links to ${quote(entry.url ?? '')}`),
    ...[entry.publishedAt, entry.updatedAt].flatMap((date) => checkDate('date of an entry', date)),
    ...expectThat(entry.enclosures.length <= FIELD_LIMITS.files, `an entry has ${entry.enclosures.length} files`),
    ...entry.enclosures.flatMap(({ url, type, length, duration }) => [
      ...checkUrl('file', url),
      ...checkLine('media type', type, FIELD_LIMITS.mediaType),
      ...checkNumber('size of a file', length, FIELD_LIMITS.bytes),
      ...checkNumber('duration of a file', duration, FIELD_LIMITS.seconds),
    ]),
  ];
}

const checkLists = (authors: readonly string[], tags: readonly string[]): Problems => [
  ...expectThat(authors.length <= FIELD_LIMITS.authors && tags.length <= FIELD_LIMITS.tags, 'too many authors or tags'),
  ...authors.flatMap((author) => checkLine('author', author, FIELD_LIMITS.name)),
  ...tags.flatMap((tag) => checkLine('tag', tag, FIELD_LIMITS.tag)),
];

function checkArticle(reading: ArticleReading, maxLength: number): Problems {
  if (reading.kind === 'moved') return expectThat(/^https?:\/\//.test(reading.to), `the page moves to ${quote(reading.to)}`);
  if (reading.kind === 'no-content') return [];
  return [...checkUrl('next page', reading.nextPage), ...checkRecord(reading.record, maxLength)];
}

function checkRecord(record: ArticleRecord, maxLength: number): Problems {
  return [
    ...checkLine('title', record.title, FIELD_LIMITS.title),
    ...checkLists(record.authors, record.tags),
    ...checkLine('site name', record.siteName, FIELD_LIMITS.name),
    ...checkLine('section', record.section, FIELD_LIMITS.name),
    ...checkLine('caption', record.leadImageCaption, FIELD_LIMITS.sentence),
    ...checkText('language', record.language, FIELD_LIMITS.language),
    ...checkText('excerpt', record.excerpt, MAX_EXCERPT),
    ...checkText('HTML', record.contentHtml, maxLength),
    ...checkText('text', record.contentText, maxLength),
    ...[record.leadImageUrl, record.canonicalUrl].flatMap((url) => checkUrl('address of an article', url)),
    ...checkDate('date', record.publishedAt, NOW.getTime()),
    ...checkDate('date of change', record.modifiedAt, NOW.getTime()),
    ...[record.published, record.modified].flatMap((date) => checkText('written date', date?.text, FIELD_LIMITS.date)),
    ...[record.leadImageWidth, record.leadImageHeight].flatMap((size) => checkNumber('size of an image', size, 2 ** 31 - 1)),
    ...checkNumber('words', record.wordCount, record.contentText.length),
  ];
}
