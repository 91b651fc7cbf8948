// What the records of the model are like. The assumptions are here, so that they can be read and doubted in one place.
import type { ArticleRecord } from '../../src/articles/article.js';
import { createRandom } from '../../src/sampler/random.js';
import { composeText, EDITS } from '../texts.js';

/** Days over which the records of a database are spread. A larger one has more feeds, and so more records a day. */
export const DAYS = 100;
/** Records per feed: one a day. */
export const RECORDS_PER_FEED = DAYS;
/** Feeds per host. */
export const FEEDS_PER_HOST = 2;
/** Polls of a feed in a day, and the days for which there are polls. */
export const POLLS_PER_DAY = 24;
export const POLL_DAYS = 2;
/** Shares of records that were revised once, that a second feed shows too, and that have a file. */
export const REVISED = 0.05;
export const SHOWN_TWICE = 0.1;
export const WITH_FILE = 0.02;
/** One record in this many has the feed's content, because its page failed. */
export const PAGE_FAILED_EVERY = 200;
/** Share of records that are another site's story with small changes. */
const COPIES = 0.1;
/** Latest stories that can be copied. The nth of them is copied n times as rarely as the first (Zipf's law). */
const STORIES = 1_000;

/** Mean length of a text in bytes, and the spread of its logarithm: most are short, a few are very long. */
const MEAN_BYTES = 3_300;
const SPREAD = 0.8;
const MAX_BYTES = 100_000;
const MEDIAN_BYTES = MEAN_BYTES / Math.exp(SPREAD ** 2 / 2);

/** The address of the first record, which docs/sql.md asks for. */
const FIRST_URL = 'https://example.com/story';

const random = createRandom(11);

/** A record of the model with its place: `number` counts from 1, as do feeds. */
export interface ModelRecord {
  number: number;
  url: string;
  host: string;
  feedId: number;
  record: ArticleRecord;
}

/** The host of a feed. */
export const toHost = (feedId: number) => `h${Math.ceil(feedId / FEEDS_PER_HOST)}.example`;

interface Story {
  language: string;
  title: string;
  text: string;
}

const stories: Story[] = [];

/** Composes the record of this number, published at `publishedAt`, in a database with so many feeds. */
export function composeRecord(number: number, feeds: number, publishedAt: Date): ModelRecord {
  const feedId = 1 + ((number - 1) % feeds);
  const host = number === 1 ? new URL(FIRST_URL).host : toHost(feedId);
  const story = random() < COPIES ? copyStory() : undefined;
  return {
    number,
    url: number === 1 ? FIRST_URL : `https://${host}/${publishedAt.getUTCFullYear()}/some-words-of-the-headline-${number}`,
    host,
    feedId,
    record: toRecord(story ?? newStory(number), host, publishedAt),
  };
}

function newStory(number: number): Story {
  const story = composeText(pickLength());
  stories[number % STORIES] = story;
  return story;
}

function copyStory(): Story | undefined {
  const story = stories[Math.floor(STORIES ** random()) - 1];
  const edits = Object.values(EDITS);
  const edit = edits[Math.floor(random() * edits.length)];
  return story && edit && { ...story, text: edit(story.text) };
}

/** Log-normal (Box–Muller). */
function pickLength(): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(MAX_BYTES, MEDIAN_BYTES * Math.exp(SPREAD * normal));
}

function toRecord({ language, title, text }: Story, host: string, publishedAt: Date): ArticleRecord {
  const paragraphs = text.split(/\n+/);
  const words = text.split(' ').length;
  return {
    title,
    authors: [`Author ${host}`],
    publishedAt,
    published: { source: 'feed', text: publishedAt.toUTCString(), clamped: false, zoneAssumed: false },
    language,
    siteName: `Site ${host}`,
    excerpt: text.slice(0, 200),
    contentHtml: toHtml(paragraphs, host),
    contentText: text,
    leadImageUrl: `https://${host}/images/${words}.jpg`,
    wordCount: words,
    readingMinutes: Math.max(1, Math.round(words / 230)),
    contentSource: 'page',
    section: 'news',
    tags: ['news', language],
    pageCount: 1,
    extractorVersion: 1,
  };
}

/** About a fifth longer than the text: elements, and a link in each paragraph. */
const toHtml = (paragraphs: readonly string[], host: string): string =>
  paragraphs
    .map(
      (paragraph, n) => `<p>${paragraph} <a href="https://${host}/topic/${n}" rel="nofollow">${paragraph.slice(0, 12)}</a></p>`,
    )
    .join('\n');
