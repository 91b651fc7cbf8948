import { describe, expect, it, vi } from 'vitest';
import { crawlDelayMs, robotsAllows } from '../../../src/hosts/robots-rules.js';
import { ROBOTS_MAX_BYTES, rulesForUs } from '../../../src/hosts/robots-txt.js';
import { cpuMs } from '../../timing.js';

const UA = 'Feedmill/0.1 (+https://feedmill.example/bot)';
const allows = (robotsTxt: string, path: string) => robotsAllows(rulesForUs(robotsTxt, UA), `https://a.example${path}`, UA);

// RFC 9309 §2.2, and its examples in §5.
describe('robotsAllows', () => {
  it.each([
    ['no rules', '', '/x', true],
    ['everything disallowed', 'User-agent: *\nDisallow: /', '/x', false],
    ['an empty rule', 'User-agent: *\nDisallow:', '/x', true],
    ['another agent', 'User-agent: other\nDisallow: /', '/x', true],
    [
      'our own group before the one for all',
      'User-agent: *\nDisallow: /\n\nUser-agent: feedmill\nDisallow: /private',
      '/x',
      true,
    ],
    ['our own group in any case and version', 'User-agent: FeedMill/2.0\nDisallow: /', '/x', false],
    ['one group for several agents', 'User-agent: other\nUser-agent: feedmill\nUser-agent: third\nDisallow: /', '/x', false],
    ['two groups for us', 'User-agent: feedmill\nDisallow: /a\n\nUser-agent: feedmill\nDisallow: /b', '/b', false],
    ['a rule ends the list of agents', 'User-agent: feedmill\nDisallow: /a\nUser-agent: other\nDisallow: /b', '/b', true],
    ['the longest match wins', 'User-agent: *\nDisallow: /a\nAllow: /a/b', '/a/b/c', true],
    ['allow wins a tie', 'User-agent: *\nDisallow: /a\nAllow: /a', '/a', true],
    ['a wildcard', 'User-agent: *\nDisallow: /*.pdf', '/a/b.pdf?x', false],
    ['an end anchor', 'User-agent: *\nDisallow: /*.pdf$', '/a/b.pdf?x', true],
    ['comments and white space', '# all\nUser-agent : *  # everyone\n  Disallow : /x # no', '/x', false],
    ['all kinds of line ends', 'User-agent: *\rDisallow: /a\r\nDisallow: /b\nDisallow: /c', '/b', false],
    ['rules before the first agent', 'Disallow: /x', '/x', true],
    ['a blank line between agents', 'User-agent: feedmill\n\nUser-agent: *\nDisallow: /', '/x', false],
    ['our own group without rules', 'User-agent: *\nDisallow: /\n\nUser-agent: feedmill', '/x', true],
    ['a wildcard in the middle', 'User-agent: *\nDisallow: /a/*/c', '/a/b/c', false],
    ['several wildcards in order', 'User-agent: *\nDisallow: /*a*b', '/xbya', true],
    ['an end anchor without a wildcard', 'User-agent: *\nDisallow: /a$', '/ab', true],
    ['an end anchor whose text occurs twice', 'User-agent: *\nDisallow: /*.pdf$', '/a.pdf/b.pdf', false],
    ['parts that would have to overlap', 'User-agent: *\nDisallow: /aba*ba$', '/aba', true],
    ['a wildcard before the anchor', 'User-agent: *\nDisallow: /a*$', '/abc', false],
    ['a pattern that does not begin with a slash', 'User-agent: *\nDisallow: *.php', '/x.php', false],
    ['a pattern that is not ASCII', 'User-agent: *\nDisallow: /café', '/caf%C3%A9', false],
    ['the query', 'User-agent: *\nDisallow: /*?sort=', '/a?sort=1', false],
    ['percent-encoding', 'User-agent: *\nDisallow: /caf%c3%a9', '/caf%C3%A9', false],
    ['unknown lines', 'Sitemap: https://a.example/s.xml\nUser-agent: *\nHost: x\nDisallow: /x', '/x', false],
  ])('%s', (_, robotsTxt, path, expected) => {
    expect(allows(robotsTxt, path)).toBe(expected);
  });

  it('drops groups for other agents', () => {
    const others = Array.from({ length: 20_000 }, (_, n) => `User-agent: a${n}`).join('\n');
    const rules = Array.from({ length: 10_000 }, (_, n) => `Disallow: /${n}`).join('\n');
    expect(rulesForUs(`${others}\n${rules}`, UA)).toBe('');
    expect(rulesForUs(`${others}\nUser-agent: *\n${rules}`, UA)).toHaveLength('User-agent: *\n'.length + rules.length);
  });

  it('drops wildcard rules beyond a total length, so that matching stays cheap', () => {
    const hostile = `User-agent: *\n${'Disallow: /*a*a*a*a*a*a*a*a*b\n'.repeat(15_000)}Disallow: /plain`;
    const rules = rulesForUs(hostile, UA);
    expect(rules.length).toBeLessThan(60_000);
    expect(robotsAllows(rules, `https://a.example/${'a'.repeat(1_900)}`, UA)).toBe(true);
    expect(robotsAllows(rules, 'https://a.example/plain', UA)).toBe(false);
  });

  it('keeps an empty group of ours apart from the next group when its only rule is dropped', () => {
    const tooLong = `User-agent: feedmill\nDisallow: /${'x'.repeat(3_000)}\nUser-agent: *\nDisallow: /`;
    expect(allows(tooLong, '/page')).toBe(true);
  });

  it('keeps 10,000 rules at most', () => {
    expect(rulesForUs(`User-agent: *\n${'Disallow: /a\n'.repeat(30_000)}`, UA).split('\n')).toHaveLength(10_001);
  });
});

/** Robots.txt files of the full size that take as long as one can. */
const HOSTILE = [
  ['many rules', 'Disallow: /ab\n'],
  ['many long rules', `Disallow: /${'a'.repeat(900)}b\n`],
  ['many encoded rules', `Disallow: /${'%c3%a9'.repeat(10)}\n`],
  ['many wildcards', 'Disallow: /*a*a*a*a*a*a*a*a*a*b\n'],
  ['many searches that fail late', `Disallow: /*${'a'.repeat(900)}b\n`],
  ['many short searches that fail', 'Disallow: /*aaab\n'],
].map(([name = '', line = '']) => ({ name, file: `User-agent: *\n${line.repeat(ROBOTS_MAX_BYTES / line.length)}` }));

it.each(HOSTILE)('no step with $name takes long', async ({ file }) => {
  const url = (n: number) => `https://hostile.example/${'a'.repeat(1_900)}${n}`;
  let rules = '';
  // Each step takes a tenth of it.
  expect(await cpuMs(() => (rules = rulesForUs(file, UA)))).toBeLessThan(3_000);
  expect(await cpuMs(() => robotsAllows(rules, url(0), UA))).toBeLessThan(3_000);
  expect(await cpuMs(() => Array.from({ length: 10 }, (_, n) => robotsAllows(rules, url(n), UA)))).toBeLessThan(3_000);
});

it('reads the lines of a file once for all pages of its origin', () => {
  const rules = rulesForUs(`User-agent: *\n${'Disallow: /a\n'.repeat(1_000)}`, UA);
  // Every line is read by a regular expression.
  const lines = vi.spyOn(RegExp.prototype, 'exec');
  const countLines = (url: string) => {
    lines.mockClear();
    robotsAllows(rules, url, UA);
    return lines.mock.calls.length;
  };
  const counts = [1, 2].map((n) => countLines(`https://lines.example/${n}`));
  lines.mockRestore();
  expect(counts[0]).toBeGreaterThan(1_000);
  expect(counts[1]).toBeLessThan(10);
});

it('uses new rules of an origin at once, and keeps those of different origins apart', () => {
  const [none, all] = ['User-agent: *\nDisallow: /', 'User-agent: *\nAllow: /'];
  const ask = (rules: string, origin: string) => robotsAllows(rules, `${origin}/x`, UA);
  expect([ask(none, 'https://b.example'), ask(all, 'https://b.example'), ask(none, 'https://b.example')]).toEqual([
    false,
    true,
    false,
  ]);
  expect(ask(all, 'https://c.example')).toBe(true);
});

it.each(['Mozilla/5.0 (compatible; Feedmill/0.1; +https://x.example)', 'Feedmill', 'feedmill-news/2'])(
  'obeys rules for feedmill when USER_AGENT mentions it: %s',
  (agent) => {
    const rules = rulesForUs('User-agent: feedmill\nDisallow: /', agent);
    expect(robotsAllows(rules, 'https://a.example/x', agent)).toBe(false);
  },
);

it.each([
  ['none', 'User-agent: *\nDisallow: /x', undefined],
  ['seconds', 'User-agent: *\nCrawl-delay: 2.5', 2_500],
  ['for another agent', 'User-agent: other\nCrawl-delay: 2', undefined],
  ['too long, so capped', 'User-agent: *\nCrawl-delay: 86400', 30_000],
  ['negative', 'User-agent: *\nCrawl-delay: -5', 0],
  ['not a number', 'User-agent: *\nCrawl-delay: soon', undefined],
])('Crawl-delay: %s', (_, robotsTxt, expected) => {
  expect(crawlDelayMs(rulesForUs(robotsTxt, UA), UA)).toBe(expected);
});
