import { readFeed } from '../src/feeds/read.js';

/** Our reader in the shape that the scorer of feeds asks for: throws where there is no feed. */
export async function parseFeed(body: Uint8Array, { contentType = '', url }: { contentType?: string; url?: string } = {}) {
  const reading = await readFeed({ body, contentType, url: url ?? 'http://feed.invalid/' });
  if (reading.kind === 'not-a-feed') throw new Error(reading.reason);
  const { entries, ...feed } = reading.feed;
  return { ...feed, items: entries.map(({ authors, ...entry }) => ({ ...entry, author: authors.join(', ') })) };
}
