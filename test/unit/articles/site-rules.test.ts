import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readArticle } from '../../../src/articles/read.js';
import { findSiteRule, readSiteRule, type SiteRule } from '../../../src/articles/site-rules.js';

const ruleOf = (source: string): SiteRule => {
  const read = readSiteRule('a.yml', source);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.rule;
};

describe('readSiteRule', () => {
  it.each([
    ['no YAML', 'domains: [a.example\ncontent: p', [/^a\.yml:\d: is no YAML: /]],
    ['nothing', '', ['a.yml:1: must have keys such as domains and content']],
    ['a list', '- a', ['a.yml:1: must have keys such as domains and content']],
    ['no domain', 'content: p', [/^a\.yml:1: domains: must be a list/]],
    [
      'an address for a domain',
      'content: p\ndomains:\n  - a.example\n  - https://b.example/',
      [/^a\.yml:4: domains\.1: must be a host name/],
    ],
    [
      'unknown keys',
      'domains: [a.example]\n\ncontents: p\n',
      [/^a\.yml:3: contents: is no key of a rule; there are domains, content, strip/],
    ],
    [
      'bad selectors',
      'domains: [a.example]\ncontent: p\nstrip:\n  - .a\n  - "p:foo"\n  - "p["',
      [/^a\.yml:5: strip\.1: is no CSS selector/, /^a\.yml:6: strip\.2: /],
    ],
    ['numbers', 'domains: [a.example]\ntitle: 3', [/^a\.yml:2: title: must be a CSS selector/]],
    [
      'a selector without end',
      `domains: [a.example]\ntitle: ${'a'.repeat(301)}`,
      [/^a\.yml:2: title\.0: must have at most 300 characters/],
    ],
    ['aliases', 'domains: &a [a.example]\ncontent: *a', ['a.yml:1: must have no anchors and aliases']],
    ['a file without end', ' '.repeat(20_001), [/must have at most 20000 characters/]],
  ] as const)('says what is wrong: %s', (_, source, expected) => {
    const read = readSiteRule('a.yml', source);
    const problems = 'problems' in read ? read.problems : [];
    expect(problems).toEqual(expected.map((line) => (typeof line === 'string' ? line : expect.stringMatching(line))));
  });

  const folder = new URL('../../../rules/', import.meta.url);
  it.each(readdirSync(folder))('%s is a rule', (file) => {
    expect(readSiteRule(file, readFileSync(new URL(file, folder), 'utf8'))).toMatchObject({ rule: { file } });
  });
});

describe('findSiteRule', () => {
  const rule = ruleOf('domains: [a.example]');
  const rules = new Map([['a.example', rule]]);
  it.each([
    ['https://a.example/x', true],
    ['https://www.de.a.example/x', true],
    ['https://ba.example/x', false],
    ['https://example/', false],
    ['no address', false],
  ])('%s', (url, fits) => expect(findSiteRule(rules, url)).toBe(fits ? rule : undefined));
});

describe('a rule', () => {
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
      rule: ruleOf(`domains: [a.example]\n${rule}`),
    });

  it('says where the parts of a page are', () => {
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

  it('takes an element within another once', () => {
    expect(read('content: [.one p, .one]\nstrip: .box')).toMatchObject({ record: { contentText: `${line}\n\nSecond. ${line}` } });
  });

  it('leaves to the general rules what it does not say, or what is not there any more', () => {
    const general = read('title: .gone');
    expect(read('content: .gone\ntitle: .gone')).toEqual(general);
    expect(read('strip: .other p')).not.toEqual(general);
  });
});
