import fc from 'fast-check';
import { expect, it } from 'vitest';
import { normalizeUrl } from '../../../src/web/normalize-url.js';

const CASES = [
  ['https://Example.ORG/a', 'https://example.org/a'],
  ['http://example.org:80/a', 'http://example.org/a'],
  ['https://example.org:443', 'https://example.org/'],
  ['https://example.org:8443/', 'https://example.org:8443/'],
  ['https://example.org/a#part', 'https://example.org/a'],
  ['https://example.org/#!/story/1', 'https://example.org/#!/story/1'],
  ['https://example.org/a?utm_source=rss&id=3', 'https://example.org/a?id=3'],
  ['https://example.org/a?b=2&a=1', 'https://example.org/a?b=2&a=1'],
  ['https://example.org/a?fbclid=x', 'https://example.org/a'],
  ['https://example.org/a?', 'https://example.org/a'],
  ['https://user:secret@example.org/a', 'https://example.org/a'],
  ['https://example.org/a b', 'https://example.org/a%20b'],
  ['https://example.org/新闻', 'https://example.org/%E6%96%B0%E9%97%BB'],
  ['https://münchen.example/', 'https://xn--mnchen-3ya.example/'],
  ['https://example.org./a', 'https://example.org/a'],
  [' https://example.org/a ', 'https://example.org/a'],
  ['https://example.org/a/../b', 'https://example.org/b'],
  // Percent-encodings
  ['https://example.org/%61%62', 'https://example.org/ab'],
  ['https://example.org/%7euser/%5f', 'https://example.org/~user/_'],
  ['https://example.org/%e6%96%b0', 'https://example.org/%E6%96%B0'],
  ['https://example.org/新', 'https://example.org/%E6%96%B0'],
  ['https://example.org/a%2fb', 'https://example.org/a%2Fb'],
  ['https://example.org/a%2Eb', 'https://example.org/a%2Eb'],
  ['https://example.org/100%25', 'https://example.org/100%25'],
  ['https://example.org/%2541', 'https://example.org/%2541'],
  ['https://example.org/100%', 'https://example.org/100%'],
  ['https://example.org/%zz', 'https://example.org/%zz'],
  ['https://example.org/a?q=%e4%f6', 'https://example.org/a?q=%E4%F6'],
  ['https://example.org/a?q=a+b%20c', 'https://example.org/a?q=a+b%20c'],
  ['https://example.org/a?%75tm_source=x&%69d=1', 'https://example.org/a?id=1'],
  ['https://example.org/a?utm%5Fsource=x', 'https://example.org/a'],
  // Sessions
  ['https://example.org/a;jsessionid=0A1B2C', 'https://example.org/a'],
  ['https://example.org/a;JSESSIONID=0A1B.node1/b?c=1', 'https://example.org/a/b?c=1'],
  ['https://example.org/a;phpsessid=1', 'https://example.org/a'],
  ['https://example.org/a;version=2', 'https://example.org/a;version=2'],
  ['https://example.org/a?sid=0123456789abcdef0123456789abcdef', 'https://example.org/a'],
  ['https://example.org/a?sid=12345', 'https://example.org/a?sid=12345'],
  ['https://example.org/a?s=0123456789abcdef01234567', 'https://example.org/a'],
  ['https://example.org/a?s=harbour', 'https://example.org/a?s=harbour'],
  // Differences that only the page itself can explain
  ['https://m.example.org/a', 'https://m.example.org/a'],
  ['https://example.org/amp/a', 'https://example.org/amp/a'],
  ['https://example.org/a?amp=1', 'https://example.org/a?amp=1'],
  ['https://example.org/a/', 'https://example.org/a/'],
  ['https://example.org//a', 'https://example.org//a'],
  ['https://example.org/index.html', 'https://example.org/index.html'],
  ['https://www.example.org/', 'https://www.example.org/'],
  ['https://example.org/A?B=C', 'https://example.org/A?B=C'],
  ['https://example.org/a?b', 'https://example.org/a?b'],
  ['https://example.org/a?b=&c=1', 'https://example.org/a?b=&c=1'],
  ['https://example.org/a?a=1&a=2', 'https://example.org/a?a=1&a=2'],
  ['https://example.org/a?x=1;y=2', 'https://example.org/a?x=1;y=2'],
  [
    'https://example.org/a?redirect=https://b.example/?utm_source=x',
    'https://example.org/a?redirect=https://b.example/?utm_source=x',
  ],
  // The parts of a URL
  ['HTTPS://EXAMPLE.ORG', 'https://example.org/'],
  ['https://example.org?a=1', 'https://example.org/?a=1'],
  ['https://example.org/a?&&b=1&', 'https://example.org/a?b=1'],
  ['https://example.org/./a/./b', 'https://example.org/a/b'],
  ['https://example.org\\\\a', 'https://example.org//a'],
  ['https://example.org/a\tb\n', 'https://example.org/ab'],
  ['https://example.org/#section', 'https://example.org/'],
  ['https://example.org/a#!', 'https://example.org/a#!'],
  ['https://0x7f.1/', 'https://127.0.0.1/'],
  ['https://[2001:DB8::1]:443/a', 'https://[2001:db8::1]/a'],
  ['https://xn--mnchen-3ya.example/', 'https://xn--mnchen-3ya.example/'],
  ['https://straße.example/', 'https://xn--strae-oqa.example/'],
] as const;

it.each(CASES)('normalizes %s to %s', (url, normalized) => expect(normalizeUrl(url)).toBe(normalized));

it.each(CASES)('leaves a normalized URL unchanged: %s', (_, normalized) => expect(normalizeUrl(normalized)).toBe(normalized));

it.each(
  `
    gclid gclsrc dclid gbraid wbraid gad_source _ga _gl srsltid fbclid fb_action_ids msclkid yclid twclid ttclid
    li_fat_id epik igshid igsh mc_cid mc_eid _hsenc _hsmi __hstc hsCtaTracking mkt_tok _kx vero_id __s oly_enc_id
    xtor at_medium wt_mc s_cid ns_mchannel pk_campaign mtm_campaign piwik_kwd cmpid ito ocid ncid spm ref_src smid
    utm_source utm_medium utm_id UTM_Campaign hsa_acc PHPSESSID JSESSIONID ASPSESSIONIDABCD CFID osCsid zenid
  `
    .trim()
    .split(/\s+/),
)('removes the parameter %s', (name) =>
  expect(normalizeUrl(`https://example.org/a?${name}=x1&id=3`)).toBe('https://example.org/a?id=3'),
);

it.each(
  'id p page paged s q ref source src v lang sort sid session share from via type date year article story num gid msg'.split(' '),
)('keeps the parameter %s, which may select what is shown', (name) =>
  expect(normalizeUrl(`https://example.org/a?${name}=x1`)).toBe(`https://example.org/a?${name}=x1`),
);

it.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'mailto:a@b.c',
  '',
  'http://',
  'not a url',
  `https://example.org/${'a'.repeat(3_000)}`,
])('rejects %s, which is not the address of a page', (url) => expect(normalizeUrl(url)).toBeUndefined());

it('resolves a relative URL against a base', () =>
  expect(normalizeUrl('../b', 'https://example.org/x/y/')).toBe('https://example.org/x/b'));
it('is idempotent for any URL', () => {
  const piece = fc.constantFrom(
    'a',
    'B',
    '%',
    '%41',
    '%7E',
    '%2e',
    '/',
    '?',
    '&',
    '=',
    '#',
    '#!',
    ';',
    ':',
    '.',
    '..',
    '@',
    'utm_x=1',
    ';jsessionid=1',
    'é',
    ' ',
    '\\',
    '%%341',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const once = normalizeUrl(`https://h.example${pieces.join('')}`) ?? normalizeUrl(`https://h.example/${pieces.join('')}`);
      if (once !== undefined) expect(normalizeUrl(once)).toBe(once);
    }),
    { numRuns: 5_000 },
  );
});
