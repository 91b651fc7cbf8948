import { describe, expect, it } from 'vitest';
import { repairXml } from '../../../src/feeds/repair.js';
import { shieldElements } from '../../../src/feeds/shield.js';

const rss = (inside: string) => `<rss version="2.0"><channel>${inside}</channel></rss>`;

describe('repairXml', () => {
  it.each([
    ['leaves what is well', rss('<title>A &amp; B &#233;</title>'), rss('<title>A &amp; B &#233;</title>')],
    ['junk before the first tag', `Warning: <b>oops</b>\n${rss('')}`, rss('')],
    ['a declaration that is never closed', `<?xml version="1.0"\n${rss('')}`, rss('')],
    ['a comment with markup before the root', `<!-- <b>&</b> -- x -->${rss('')}`, rss('')],
    ['a comment that is never closed', rss('<!-- <title>A</title>'), rss(' <title>A</title>')],
    ['control characters', rss('<title>A\u0000\u000b\u001fB</title>'), rss('<title>AB</title>')],
    ['references to characters that XML forbids', rss('<title>A&#0;&#xB;B</title>'), rss('<title>AB</title>')],
    ['bare ampersands', rss('<link>/?a=1&b=2 & c</link>'), rss('<link>/?a=1&amp;b=2 &amp; c</link>')],
    ['entities of HTML', rss('<title>a&nbsp;&eacute;</title>'), rss('<title>a\u00a0é</title>')],
    ['entities of nobody', rss('<title>&zork;</title>'), rss('<title>&amp;zork;</title>')],
    [
      'CDATA is text',
      rss('<title><![CDATA[a & b &nbsp; <!-- c -->]]></title>'),
      rss('<title><![CDATA[a & b &nbsp; <!-- c -->]]></title>'),
    ],
    ['an rss without version', '<rss><channel></channel></rss>', rss('')],
    ['an rss of a version that nobody knows', '<rss version="7"><channel></channel></rss>', rss('')],
    ['an older rss', '<rss version="0.92"><channel></channel></rss>', '<rss version="0.92"><channel></channel></rss>'],
    ['a doctype', `<!DOCTYPE rss SYSTEM "x.dtd">${rss('')}`, rss('')],
    [
      'a doctype with entities',
      `<!DOCTYPE rss [<!ENTITY a "<rss>"><!ENTITY b "&a;&a;">\n] >${rss('<title>&b;</title>')}`,
      rss('<title>&amp;b;</title>'),
    ],
    [
      'text about a doctype',
      rss('<title><![CDATA[<!DOCTYPE html [x]>]]></title>'),
      rss('<title><![CDATA[<!DOCTYPE html [x]>]]></title>'),
    ],
    ['a document that ends in an item', '<rss version="2.0"><channel><item>1</item><item>2', rss('<item>1</item>')],
    ['a document that ends in CDATA', '<rss version="2.0"><channel><item>1</item><item><![CDATA[2', rss('<item>1</item>')],
    ['an Atom document that ends early', '<feed><entry>1</entry><entry>2', '<feed><entry>1</entry></feed>'],
  ])('%s', (_, text, expected) => expect(repairXml(text)).toBe(expected));

  it.each([
    ['CDATA that never ends', rss('<![CDATA['.repeat(200_000))],
    ['comments that never end', rss('<!--'.repeat(200_000))],
    ['root tags', `${'<rss '.repeat(200_000)} version="2.0"`],
    ['ampersands', rss('&'.repeat(500_000))],
    ['XHTML that never ends', `<feed>${'<content type="xhtml">'.repeat(50_000)}</feed>`],
    ['start tags that never end', `<feed>${'<content '.repeat(100_000)}`],
  ])('takes linear time over %s', (_, text) => {
    const start = performance.now();
    shieldElements(repairXml(text));
    // Linear takes some tens of ms; quadratic took half a minute.
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe('shieldElements', () => {
  it.each([
    [
      'renames what rss-parser would read',
      '<updated>x</updated><content:encoded/>',
      '<fm-updated>x</fm-updated><fm-content:encoded/>',
    ],
    ['not what only begins so', '<contents/><summaryOf/>', '<contents/><summaryOf/>'],
    ['not in CDATA', '<a><![CDATA[<summary>x</summary>]]></a>', '<a><![CDATA[<summary>x</summary>]]></a>'],
    [
      'XHTML becomes text',
      '<content type="xhtml"><p>a<b>b</b>c</p></content>',
      '<fm-content type="xhtml"><![CDATA[<p>a<b>b</b>c</p>]]></fm-content>',
    ],
    ['CDATA in XHTML', '<title type="xhtml"><![CDATA[a<b]]></title>', '<title type="xhtml"><![CDATA[a&lt;b]]></title>'],
  ])('%s', (_, xml, expected) => expect(shieldElements(xml)).toBe(expected));
});
