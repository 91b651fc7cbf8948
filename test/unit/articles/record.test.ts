import { describe, expect, it } from 'vitest';
import type { FeedVersion } from '../../../src/articles/article.js';
import { readArticle } from '../../../src/articles/read.js';

const now = new Date('2026-06-01T12:00:00Z');
const body = `<h1>Ferry back</h1><p>${'The ferry to the northern islands sails again from next week, the harbour said. '.repeat(8)}</p>`;
const page = (head: string, url = 'https://a.example/story') => ({
  url,
  contentType: 'text/html; charset=utf-8',
  body: new TextEncoder().encode(
    `<html><head><title>Ferry back</title>${head}</head><body><article>${body}</article></body></html>`,
  ),
});
function readDates(head: string, feed: Partial<FeedVersion> = {}, url?: string) {
  const reading = readArticle({ url: 'https://a.example/story', page: page(head, url), feed: { authors: [], ...feed }, now });
  if (reading.kind !== 'article') throw new Error(reading.kind);
  const { publishedAt, published, modifiedAt, modified } = reading.record;
  return { publishedAt: publishedAt?.toISOString(), published, modifiedAt: modifiedAt?.toISOString(), modified };
}

describe('the date of a record', () => {
  it.each([
    [
      'json-ld',
      '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-05-01T10:00:00+02:00"}</script>',
      undefined,
      '2026-05-01T10:00:00+02:00',
      false,
    ],
    ['meta', '<meta property="article:published_time" content="2026-05-01 08:00">', undefined, '2026-05-01 08:00', true],
    ['url', '', 'https://a.example/2026/05/01/story', '2026-05-01', true],
  ])('comes from the page: %s', (source, head, url, text, zoneAssumed) => {
    expect(readDates(head, {}, url).published).toEqual({ source, text, zoneAssumed, clamped: false });
  });

  it("is the feed's if it has one, with the text written there", () => {
    const feed = { publishedAt: new Date('2026-05-02T00:00:00Z'), publishedAs: { text: '2 May 2026', zoneAssumed: true } };
    expect(readDates('<meta property="article:published_time" content="2026-05-01T08:00Z">', feed)).toMatchObject({
      publishedAt: '2026-05-02T00:00:00.000Z',
      published: { source: 'feed', text: '2 May 2026', zoneAssumed: true, clamped: false },
    });
  });

  it('is absent if neither has one', () => {
    expect(readDates('')).toEqual({ publishedAt: undefined, published: undefined, modifiedAt: undefined, modified: undefined });
  });

  it('has a provenance for the last change as well', () => {
    expect(
      readDates(
        '<meta property="article:modified_time" content="2026-05-03T08:00:00Z"><meta property="article:published_time" content="2026-05-01T08:00:00Z">',
      ),
    ).toMatchObject({
      modifiedAt: '2026-05-03T08:00:00.000Z',
      modified: { source: 'meta', text: '2026-05-03T08:00:00Z', zoneAssumed: false, clamped: false },
    });
  });

  it('is clamped to now if it is in the future', () => {
    expect(readDates('<meta property="article:published_time" content="2026-06-01T20:00:00">')).toMatchObject({
      publishedAt: now.toISOString(),
      published: { text: '2026-06-01T20:00:00', zoneAssumed: true, clamped: true },
    });
  });
});

describe('the fields of a record', () => {
  const long = 'x'.repeat(100_000);
  const read = (head: string, feed: Partial<FeedVersion> = {}) => {
    const reading = readArticle({ url: 'https://a.example/story', page: page(head), feed: { authors: [], ...feed }, now });
    if (reading.kind !== 'article') throw new Error(reading.kind);
    return reading.record;
  };

  it('are bounded, whatever the page says', () => {
    const {
      contentHtml: _,
      contentText: __,
      ...fields
    } = read(
      `<meta property="og:title" content="${long}"><meta property="article:section" content="${long}">
       <meta property="og:image" content="https://a.example/${long}"><meta property="article:tag" content="${'tag,'.repeat(10_000)}">
       <meta property="og:site_name" content="${long}"><link rel="canonical" href="https://a.example/${long}">`,
    );
    expect(JSON.stringify(fields).length).toBeLessThan(3_000);
  });

  it('have no bidi controls, whoever says it', () => {
    const { title, authors } = read('', { title: '\u202eevil\u202c', authors: ['A\u2066b'] });
    expect([title, authors]).toEqual(['evil', ['Ab']]);
    expect(read('<meta property="article:section" content="\u202dNews">').section).toBe('News');
  });
});
