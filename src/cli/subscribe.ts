import { discoverFeeds, findServiceFeed, parseFeedAddress } from '../feeds/discover.js';
import type { FeedReading } from '../feeds/feed.js';
import type { Stopped } from '../jobs/stopped.js';
import type { ContentPolicy, NewFeed } from '../jobs/subscribed-feed.js';
import { decode } from '../text/decode.js';
import { present } from '../text/present.js';
import { describeOutcome } from '../web/describe-outcome.js';
import type { FetchUrl } from '../web/outcome.js';

/** A feed that could be subscribed to. */
export interface FeedCandidate {
  feed: NewFeed;
  /** Empty when the feed has no title. */
  title: string;
  /** The URL that the user gave, where it is not the feed's own. */
  foundFrom?: string;
}

/** What there is at an address that the user gave. */
export type CheckedAddress =
  | ({ kind: 'feed' } & FeedCandidate)
  /** A page that links to several feeds: the user has to choose. */
  | { kind: 'several'; page: string; feeds: FeedCandidate[] }
  | { kind: 'problem'; text: string };

/** Why an address is refused. */
export const NOT_HTTP = 'not an http or https URL';

/** The most feed links of a page that are fetched, declared or guessed: each costs the site a request. */
const MAX_CANDIDATES = 10;

/** What it takes to fetch and read feeds, without a database. */
export interface FeedTools {
  fetchUrl: FetchUrl;
  /** Reads an untrusted document within limits of time and memory. */
  readFeed(document: { body: Uint8Array; contentType: string; url: string }): Promise<FeedReading | Stopped>;
  /** Waits for the pause that is due between two requests to one host. */
  pause(): Promise<void>;
}

/** Options that apply to every feed that a command adds. */
export interface SubscribeOptions {
  content: ContentPolicy;
  /** Fixed polling interval, in ms. */
  pollEveryMs?: number;
  ignoreRobots?: boolean;
}

/** A subscription as the store takes it. */
export const newFeed = (url: string, options: SubscribeOptions, title = ''): NewFeed => ({
  url,
  ...options,
  ...present({ title: title || undefined }),
});

/**
 * Fetches what is at an address, and finds its feeds. Tries, in this order: the feed that a known service has for this
 * address (a channel, a repository, an account), the document itself, the feeds that the page declares, and the places
 * where publishing systems put theirs.
 */
export async function checkAddress(text: string, tools: FeedTools, options: SubscribeOptions): Promise<CheckedAddress> {
  const url = parseFeedAddress(text);
  if (!url) return { kind: 'problem', text: `${text}: ${NOT_HTTP}` };
  const serviceFeed = findServiceFeed(url);
  if (serviceFeed) {
    const document = await readDocument(serviceFeed, tools);
    if (document.kind === 'feed')
      return { kind: 'feed', ...toFeedCandidate(serviceFeed, document.title, options), foundFrom: url };
  }
  const document = await readDocument(url, tools);
  if (document.kind === 'feed') return { kind: 'feed', ...toFeedCandidate(url, document.title, options) };
  if (document.kind === 'problem') return { kind: 'problem', text: `${url}: ${document.text}` };

  const declared = await readFeeds(document.declared, tools, MAX_CANDIDATES);
  const found = declared.length > 0 ? declared : await readFeeds(document.guessed, tools, 1);
  const [only, ...others] = found.map((one) => toFeedCandidate(one.url, one.title, options));
  if (only && others.length === 0) return { kind: 'feed', ...only, foundFrom: url };
  if (only) return { kind: 'several', page: url, feeds: [only, ...others] };
  return {
    kind: 'problem',
    text:
      `${url}: this is not a feed (${document.reason}), and no feed was found there. ` +
      'Look on the site for a link named RSS, Atom or feed.',
  };
}

const toFeedCandidate = (url: string, title: string, options: SubscribeOptions): FeedCandidate => ({
  feed: newFeed(url, options, title),
  title,
});

/** Fetches the URLs in order and keeps those that are feeds, until there are `wanted` of them. */
async function readFeeds(urls: readonly string[], tools: FeedTools, wanted: number) {
  const found: { url: string; title: string }[] = [];
  // One at a time: most of them are on the same host.
  for (const url of urls.slice(0, MAX_CANDIDATES)) {
    if (found.length >= wanted) break;
    await tools.pause();
    const document = await readDocument(url, tools);
    if (document.kind === 'feed') found.push({ url, title: document.title });
  }
  return found;
}

type ReadDocument =
  | { kind: 'feed'; title: string }
  | { kind: 'page'; reason: string; declared: string[]; guessed: string[] }
  | { kind: 'problem'; text: string };

async function readDocument(url: string, { fetchUrl, readFeed }: FeedTools): Promise<ReadDocument> {
  const outcome = await fetchUrl(url);
  if (outcome.kind !== 'fetched') return { kind: 'problem', text: describeOutcome(outcome) };
  const reading = await readFeed({ body: outcome.body, contentType: outcome.contentType, url: outcome.url });
  if (reading.kind === 'feed') return { kind: 'feed', title: reading.feed.title ?? '' };
  if (reading.kind === 'stopped') return { kind: 'problem', text: 'Reading the document took too much time or memory.' };
  const { text } = decode(outcome.body, outcome.contentType, 'html');
  const { declared, guessed } = discoverFeeds(text, outcome.url);
  return {
    kind: 'page',
    reason: reading.reason.replace(/\.$/, ''),
    declared: declared.map((link) => link.url),
    guessed: guessed.map((link) => link.url),
  };
}
