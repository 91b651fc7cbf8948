import { describe, expect, it } from 'vitest';
import { explainPage } from '../../../../src/articles/body/explain.js';
import { readArticle } from '../../../../src/articles/read.js';
import { parseSiteRule } from '../../../../src/articles/site-rule-file.js';
import { writeExplanation } from '../../../../src/cli/explanation-page.js';
import { SAMPLES, writePage } from '../pages.js';

const now = new Date('2026-03-02T12:00:00Z');
const url = 'https://news.example/a/b.html';
const page = (html: string) => ({ url, contentType: 'text/html; charset=utf-8', body: Buffer.from(html) });

describe('explainPage', () => {
  it.each(SAMPLES)('tells kept, dropped and outside apart, as the record has it ($language)', (sample) => {
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

  it("names the site's rule, and what it strips", () => {
    const read = parseSiteRule('a.yml', 'domains: [a.example]\ncontent: main\nstrip: .x');
    const rule = 'rule' in read ? read.rule : undefined;
    const { blocks, ...rest } = explainPage(page('<main id="m"><p>Kept.</p><p class="x">Gone.</p></main>'), now, rule);
    expect(rest).toEqual({ body: ['main#m'], rule: 'a.yml' });
    expect(blocks).toEqual([
      { fate: 'kept', element: 'p', text: 'Kept.' },
      { fate: 'dropped', reason: "stripped by the site's rule", element: 'p.x', text: 'Gone.' },
    ]);
  });

  it('has nothing to say of nothing', () => expect(explainPage(page(''), now)).toEqual({ body: [], blocks: [] }));
});

describe('writeExplanation', () => {
  it('lets nothing of the page be markup', () => {
    const html =
      '<title>"&lt;script&gt;</title><body><p class="a&quot;b">&lt;img src=x onerror=alert(1)&gt; and a few words more, so that it is a text.</p>';
    const reading = readArticle({ url, page: page(html), feed: { authors: [] }, now });
    const record = reading.kind === 'article' ? reading.record : undefined;
    const written = writeExplanation(url, record, explainPage(page(html), now));
    expect(written).not.toMatch(/<script|<img/);
    expect(written).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});
