import { discoverFeeds } from '../feeds/discover.js';
import { readFeed } from '../feeds/read.js';
import type { ContentPolicy, NewFeed } from '../jobs/pipeline.js';
import { canonicalUrl } from '../web/canonical-url.js';
import { decode } from '../web/decode.js';
import { describe, type FetchUrl } from '../web/outcome.js';

export type Checked = { kind: 'feed'; feed: NewFeed; title: string; found?: string } | { kind: 'problem'; text: string };

export interface SubscribeOptions {
  content: ContentPolicy;
  pollEveryMs?: number;
}

/** A feed's address as typed, made whole: `example.org/feed` means https. Undefined when it is none. */
export function feedAddress(text: string): string | undefined {
  const withScheme = /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/:]+:\d+(\/|$)/.test(text) ? text : `https://${text}`;
  const url = withScheme.replace(/^feed:(\/\/)?(?=https?:)/i, '').replace(/^feed:/i, 'https:');
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (!/^https?:$/.test(parsed.protocol)) return undefined;
  parsed.hash = '';
  // Not canonicalUrl: a feed's parameters may be its key. That one only answers whether an address is usable at all.
  return canonicalUrl(parsed.href) ? parsed.href : undefined;
}

export const newFeed = (url: string, options: SubscribeOptions, title?: string): NewFeed => ({
  url,
  ...options,
  ...(title ? { title } : {}),
});

/** Looks whether there is a feed at `text`: the document itself, or the first that a web page there names. */
export async function checkFeed(text: string, fetchUrl: FetchUrl, options: SubscribeOptions): Promise<Checked> {
  const url = feedAddress(text);
  if (!url) return { kind: 'problem', text: `${text}: not an http or https address` };
  const first = await readAt(url, fetchUrl);
  if (first.kind === 'feed') return { kind: 'feed', feed: newFeed(url, options, first.title), title: first.title };
  if (first.kind === 'problem') return { kind: 'problem', text: `${url}: ${first.text}` };
  for (const candidate of first.links.slice(0, 3)) {
    const next = await readAt(candidate, fetchUrl);
    if (next.kind === 'feed')
      return { kind: 'feed', feed: newFeed(candidate, options, next.title), title: next.title, found: url };
  }
  return {
    kind: 'problem',
    text: `${url}: this is no feed (${first.reason}), and it names none. Look on the site for a link that says RSS, Atom or feed.`,
  };
}

type Found =
  | { kind: 'feed'; title: string }
  | { kind: 'other'; reason: string; links: string[] }
  | { kind: 'problem'; text: string };

async function readAt(url: string, fetchUrl: FetchUrl): Promise<Found> {
  const outcome = await fetchUrl(url);
  if (outcome.kind !== 'fetched') return { kind: 'problem', text: describe(outcome) };
  const reading = await readFeed({ body: outcome.body, contentType: outcome.contentType, url: outcome.url });
  if (reading.kind === 'feed') return { kind: 'feed', title: reading.feed.title ?? '' };
  const { text } = decode(outcome.body, outcome.contentType, 'html');
  return {
    kind: 'other',
    reason: reading.reason.replace(/\.$/, ''),
    links: discoverFeeds(text, outcome.url).map((link) => link.url),
  };
}
