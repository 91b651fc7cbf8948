import { describe, expect, it } from 'vitest';
import { jsonLd, readHtml } from './read-html.js';

describe('createDateReader', () => {
  it.each([
    ['en-US', '2026-02-01'],
    ['en-GB', '2026-01-02'],
    ['fr', '2026-01-02'],
  ])('reads 02-01-2026 on a page in %s as %s', (language, day) => {
    const { publishedIso } = readHtml(`<html lang="${language}"><meta property="article:published_time" content="02-01-2026">`);
    expect(publishedIso).toBe(`${day}T00:00:00Z`);
  });

  it.each(['2031-01-01', '1989-12-31'])('rejects %s', (date) =>
    expect(readHtml(`<meta name="date" content="${date}">`).publishedAt).toBeUndefined(),
  );
});

describe('readPublished', () => {
  it.each(['2026-02-01+ferry', '2026/02/01/ferry', '20260201', 'ferry_2026-02-01.html'])(
    'finds the date in a URL: %s',
    (path) => {
      expect(readHtml('<h1>The ferry</h1>', `https://news.example/${path}`)).toMatchObject({
        publishedIso: '2026-02-01T00:00:00Z',
        publishedFrom: 'url',
      });
    },
  );

  it('finds no date in a longer number of a URL', () => {
    expect(readHtml('<h1>The ferry</h1>', 'https://news.example/202602011').publishedAt).toBeUndefined();
  });

  it.each([
    ['json-ld', `${jsonLd({ '@type': 'Article', datePublished: '2026-02-01' })}<meta name="date" content="2026-02-02">`],
    ['meta', `<meta name="date" content="2026-02-01">${jsonLd({ '@type': 'WebPage', datePublished: '2026-02-02' })}`],
    ['time', '<h1>The ferry</h1><time datetime="2026-02-01"></time><p>2 February 2026</p>'],
    ['meta', '<meta name="lastmod" content="2026-02-01">'],
  ])('takes the most trusted date, here from %s', (source, html) =>
    expect(readHtml(html)).toMatchObject({ publishedIso: '2026-02-01T00:00:00Z', publishedFrom: source }),
  );
});
