import { describe, expect, it } from 'vitest';
import { readArticle } from '../../../src/articles/read.js';
import { parseSiteRule } from '../../../src/articles/site-rule-file.js';
import { findSiteRule, type SiteRule } from '../../../src/articles/site-rules.js';

const makeRule = (source: string): SiteRule => {
  const read = parseSiteRule('a.yml', source);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.rule;
};

describe('findSiteRule', () => {
  const rule = makeRule('domains: [a.example]');
  const rules = new Map([['a.example', rule]]);
  it.each([
    ['https://a.example/x', true],
    ['https://www.de.a.example/x', true],
    ['https://ba.example/x', false],
    ['https://example/', false],
    ['not a URL', false],
  ])('%s', (url, fits) => expect(findSiteRule(rules, url)).toBe(fits ? rule : undefined));
});

describe('readArticle with a rule', () => {
  const line = 'The harbour was quiet, the ferry late, and the gulls, for once, had nothing to say about either of them.';
  const html = `<html lang="en"><title>Wrong</title><body><nav>Menu</nav><h2 class="head">Right</h2><i class="who">By Ada Example and Bo Sample</i>
    <b class="when">3 March 2026</b><div class="one"><p>${line}</p><div class="box"><p>BOX</p></div></div>
    <div class="other"><p>${`${line} `.repeat(20)}</p></div><div class="one"><p>Second. ${line}</p></div></body></html>`;
  const read = (rule: string) =>
    readArticle({
      url: 'https://a.example/x',
      page: { url: 'https://a.example/x', contentType: 'text/html', body: Buffer.from(html) },
      feed: { authors: [] },
      now: new Date('2026-03-05T00:00:00Z'),
      rule: makeRule(`domains: [a.example]\n${rule}`),
    });

  it('takes the parts of a page from its selectors', () => {
    expect(read('content: .one\nstrip: .box\ntitle: .head\nauthor: .who\ndate: .when')).toMatchObject({
      record: {
        title: 'Right',
        authors: ['Ada Example', 'Bo Sample'],
        publishedAt: new Date('2026-03-03T00:00:00Z'),
        contentText: `${line}\n\nSecond. ${line}`,
        contentHtml: expect.not.stringContaining('BOX') as string,
      },
    });
  });

  it('uses an element inside another match once', () => {
    expect(read('content: [.one p, .one]\nstrip: .box')).toMatchObject({ record: { contentText: `${line}\n\nSecond. ${line}` } });
  });

  it('falls back to the general rules where it has no selector or none that matches', () => {
    const general = read('title: .gone');
    expect(read('content: .gone\ntitle: .gone')).toEqual(general);
    expect(read('strip: .other p')).not.toEqual(general);
  });
});
