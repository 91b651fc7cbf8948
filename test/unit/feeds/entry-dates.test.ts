import { describe, expect, it } from 'vitest';
import { readFeed } from '../../../src/feeds/read.js';

describe('the dates of entries', () => {
  it.each([
    ['Fri, 01 May 2026 08:00:00 +0200', '2026-05-01T06:00:00.000Z', false],
    ['Fri, 01 May 2026 08:00:00', '2026-05-01T08:00:00.000Z', true],
    ['1 mai 2026 "8:00" & CEST', '2026-05-01T06:00:00.000Z', false],
  ])('%s in RSS', async (text, at, zoneAssumed) => {
    const xml = `<rss version="2.0"><channel><title>T</title><item><title>a</title><guid>1</guid><pubDate>${text.replace(/&/g, '&amp;')}</pubDate></item></channel></rss>`;
    const reading = await readFeed({
      url: 'https://a.example/feed',
      contentType: 'application/rss+xml',
      body: new TextEncoder().encode(xml),
    });
    const entry = reading.kind === 'feed' ? reading.feed.entries[0] : undefined;
    expect(entry?.publishedAt?.toISOString()).toBe(at);
    expect(entry?.publishedAs).toEqual({ text, zoneAssumed });
  });

  it('2026-05-01T08:00 in a JSON Feed', async () => {
    const json = JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'T',
      items: [{ id: '1', date_published: '2026-05-01T08:00', content_text: 'x' }],
    });
    const reading = await readFeed({
      url: 'https://a.example/feed',
      contentType: 'application/feed+json',
      body: new TextEncoder().encode(json),
    });
    expect(reading).toMatchObject({ feed: { entries: [{ publishedAs: { text: '2026-05-01T08:00', zoneAssumed: true } }] } });
  });
});
