import { readFeed } from '../src/feeds/read.js';

/** Our reader in the shape that the scorer of feeds expects: it throws for a document that is not a feed. */
export async function parseFeed(body: Uint8Array, { contentType = '', url }: { contentType?: string; url?: string } = {}) {
  const reading = await readFeed({ body, contentType, url: url ?? 'http://feed.invalid/' });
  if (reading.kind === 'not-a-feed') throw new Error(reading.reason);
  const { entries, ...feed } = reading.feed;
  return { ...feed, items: entries.map(({ authors, ...entry }) => ({ ...entry, author: authors.join(', ') })) };
}
