import { discoverFeeds, findServiceFeed, parseFeedAddress } from '../feeds/discover.js';
import type { FeedReading } from '../feeds/feed.js';
import type { Stopped } from '../jobs/stopped.js';
import type { ContentPolicy, NewFeed } from '../jobs/subscribed-feed.js';
import { decode } from '../text/decode.js';
import { describeOutcome } from '../web/describe-outcome.js';
import type { FetchUrl } from '../web/outcome.js';

export type Checked =
  | { kind: 'feed'; feed: NewFeed; title: string; found?: string }
  /** A page with several feeds: the user chooses. */
  | { kind: 'several'; page: string; feeds: { feed: NewFeed; title: string }[] }
  | { kind: 'problem'; text: string };

/** Feeds of a page that are looked at, declared or guessed: one request each, to a site that we do not know yet. */
const MAX_CANDIDATES = 10;

/** What looking at an address takes. */
export interface FeedTools {
  fetchUrl: FetchUrl;
  /** Reads a document of a stranger, within limits of time and memory. */
  readFeed(document: { body: Uint8Array; contentType: string; url: string }): Promise<FeedReading | Stopped>;
  /** Between two requests to a site. */
  pause(): Promise<void>;
}

export interface SubscribeOptions {
  content: ContentPolicy;
  pollEveryMs?: number;
  ignoreRobots?: boolean;
}

export const newFeed = (url: string, options: SubscribeOptions, title?: string): NewFeed => ({
  url,
  ...options,
  ...(title ? { title } : {}),
});

/**
 * Looks whether there is a feed at `text`: the document itself, that of a service (a channel, a repository, an account), those
 * that a web page there names, or else the first of where one may be.
 */
export async function checkFeed(text: string, tools: FeedTools, options: SubscribeOptions): Promise<Checked> {
  const url = parseFeedAddress(text);
  if (!url) return { kind: 'problem', text: `${text}: not an http or https address` };
  const ofService = findServiceFeed(url);
  if (ofService) {
    const there = await readAt(ofService, tools);
    if (there.kind === 'feed')
      return { kind: 'feed', feed: newFeed(ofService, options, there.title), title: there.title, found: url };
  }
  const first = await readAt(url, tools);
  if (first.kind === 'feed') return { kind: 'feed', feed: newFeed(url, options, first.title), title: first.title };
  if (first.kind === 'problem') return { kind: 'problem', text: `${url}: ${first.text}` };

  const declared = await readAll(first.declared, tools);
  const found = declared.length > 0 ? declared : await readAll(first.guessed, tools, 1);
  const feeds = found.map((one) => ({ feed: newFeed(one.url, options, one.title), title: one.title }));
  const [only] = feeds;
  if (only && feeds.length === 1) return { kind: 'feed', ...only, found: url };
  if (only) return { kind: 'several', page: url, feeds };
  return {
    kind: 'problem',
    text: `${url}: this is no feed (${first.reason}), and none was found from it. FeedTools on the site for a link that says RSS, Atom or feed.`,
  };
}

/** Those of the candidates that are feeds, in order; no more than `wanted`. */
async function readAll(candidates: readonly string[], tools: FeedTools, wanted = MAX_CANDIDATES) {
  const found: { url: string; title: string }[] = [];
  // One after the other: they are of one site, as a rule.
  for (const url of candidates.slice(0, MAX_CANDIDATES)) {
    if (found.length >= wanted) break;
    await tools.pause();
    const there = await readAt(url, tools);
    if (there.kind === 'feed') found.push({ url, title: there.title });
  }
  return found;
}

type Found =
  | { kind: 'feed'; title: string }
  | { kind: 'other'; reason: string; declared: string[]; guessed: string[] }
  | { kind: 'problem'; text: string };

async function readAt(url: string, { fetchUrl, readFeed }: FeedTools): Promise<Found> {
  const outcome = await fetchUrl(url);
  if (outcome.kind !== 'fetched') return { kind: 'problem', text: describeOutcome(outcome) };
  const reading = await readFeed({ body: outcome.body, contentType: outcome.contentType, url: outcome.url });
  if (reading.kind === 'feed') return { kind: 'feed', title: reading.feed.title ?? '' };
  if (reading.kind === 'stopped') return { kind: 'problem', text: 'Reading the document took too much time or memory.' };
  const { text } = decode(outcome.body, outcome.contentType, 'html');
  const { declared, guessed } = discoverFeeds(text, outcome.url);
  return {
    kind: 'other',
    reason: reading.reason.replace(/\.$/, ''),
    declared: declared.map(({ url: link }) => link),
    guessed: guessed.map(({ url: link }) => link),
  };
}
