import { describe, expect, it } from 'vitest';
import { readHtml } from './read-html.js';

describe('findVisibleDate', () => {
  const read = (html: string) => readHtml(`<article><h1>The ferry is late</h1>${html}</article>`);
  it.each([
    ['a time element', 'time', '<time>1 February 2026</time>'],
    ['microdata', 'microdata', '<b itemprop="datePublished" content="2026-02-01"></b>'],
    ['a class', 'text', '<p class="post-date">1 February 2026</p>'],
    ['a text', 'text', '<p>Quay, 1 February 2026</p>'],
    [
      'the publication rather than the update',
      'text',
      '<p class="date">Updated 3 February 2026</p><p class="date">1 February 2026</p>',
    ],
  ])('reads %s', (_, source, html) =>
    expect(read(html)).toMatchObject({ publishedIso: '2026-02-01T00:00:00Z', publishedFrom: source }),
  );

  it.each([
    ['far from the headline', `${'<p>It is late.</p>'.repeat(200)}<p class="date">1 February 2026</p>`],
    ['of other articles', '<div class="related"><p class="date">1 February 2026</p></div>'],
  ])('ignores a date %s', (_, html) => expect(read(html).publishedAt).toBeUndefined());
});
