import { describe, expect, it } from 'vitest';
import { explainPage } from '../../../../src/articles/body/explain.js';
import { parseSiteRule } from '../../../../src/articles/site-rule-file.js';
import { SAMPLES, writePage } from '../pages.js';

const now = new Date('2026-03-02T12:00:00Z');
const url = 'https://news.example/a/b.html';
const page = (html: string) => ({ url, contentType: 'text/html; charset=utf-8', body: Buffer.from(html) });

describe('explainPage', () => {
  it.each(SAMPLES)('lists what was kept, dropped and outside the body ($language)', (sample) => {
    const { body, blocks } = explainPage(page(writePage(sample)), now);
    expect(body.slice(-2)).toEqual(['article', 'div.story-body']);
    expect(blocks.filter(({ fate }) => fate === 'kept').map(({ text }) => text)).toEqual(sample.paragraphs);
    expect(blocks.filter(({ fate }) => fate === 'dropped')).toEqual(
      sample.paragraphs.slice(1).map(() => ({ fate: 'dropped', reason: 'caption', element: 'figcaption', text: 'CAPTION' })),
    );
    const outside = blocks.filter(({ fate }) => fate === 'outside').map(({ text }) => text);
    expect(outside).toEqual(
      expect.arrayContaining(['MENU', sample.title, 'RELATED', 'FOOTER, all rights reserved, by all who have them.']),
    );
  });

  it("names the site's rule and what it strips", () => {
    const read = parseSiteRule('a.yml', 'domains: [a.example]\ncontent: main\nstrip: .x');
    const rule = 'rule' in read ? read.rule : undefined;
    const { blocks, ...rest } = explainPage(page('<main id="m"><p>Kept.</p><p class="x">Gone.</p></main>'), now, rule);
    expect(rest).toEqual({ body: ['main#m'], rule: 'a.yml' });
    expect(blocks).toEqual([
      { fate: 'kept', element: 'p', text: 'Kept.' },
      { fate: 'dropped', reason: "stripped by the site's rule", element: 'p.x', text: 'Gone.' },
    ]);
  });

  it.each([
    ['an empty page', ''],
    ['a page that nests too deep to be read', `${'<div>'.repeat(2_100)}<p>Text.</p>`],
  ])('lists nothing for %s', (_, html) => expect(explainPage(page(html), now)).toEqual({ body: [], blocks: [] }));
});
