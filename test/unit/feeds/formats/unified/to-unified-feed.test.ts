import { describe, expect, it } from 'vitest';
import { toUnifiedFeed } from '../../../../../src/feeds/formats/unified/to-unified-feed.js';
import { readFeedText, rss } from '../../../../builders.js';
import { cpuMs } from '../../../../timing.js';

const URL_OF_FEED = 'https://news.example/feed';
const item = (inside: string) => rss(`<item>${inside}</item>`);
const first = async (document: string) => (await readFeedText(document)).entries[0];

it('translates any format into one dialect', () => {
  const reading = toUnifiedFeed(
    `<a:feed xmlns:a="http://www.w3.org/2005/Atom" xml:base="https://a.example/x/"><a:entry><a:id>1</a:id><a:title type="html">A &amp;amp; &lt;b>B&lt;/b></a:title>
      <a:link href="p"/><a:updated>2026-03-03T14:05:09+01:00</a:updated><a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><a href="q">x</a>]]&gt;</div></a:content></a:entry></a:feed>`,
    URL_OF_FEED,
    new Date('2026-06-01T00:00:00Z'),
  );
  expect(reading).toMatchObject({
    kind: 'feed',
    format: 'atom',
    xml:
      '<rss version="2.0"><channel><item><guid>1</guid><link>https://a.example/x/p</link><title>A &amp; B</title>' +
      '<published text="2026-03-03T14:05:09+01:00">2026-03-03T13:05:09.000Z</published><updated>2026-03-03T13:05:09.000Z</updated>' +
      '<body>0</body></item></channel></rss>',
    bodies: ['<div><a href="https://a.example/x/q">x</a>]]&gt;</div>'],
  });
});

describe('toUnifiedFeed repairs', () => {
  const good = '<item><title>A</title><link>/1</link><guid>g</guid></item>';
  it.each<[string, string]>([
    ['text before the first tag', `Warning: <b>oops</b>\n${rss(good)}`],
    ['a declaration without an end', `<?xml version="1.0"\n>${rss(good)}`],
    ['a comment with markup before the root', `<!-- <rss>&</rss> -->${rss(good)}`],
    ['a comment without an end', rss(`<!-- ${good}`)],
    ['an rss without version', rss(good).replace(' version="2.0"', '')],
    ['an unknown version', rss(good).replace('2.0', '7')],
    ['names in upper case', rss(good).toUpperCase().replace('>G<', '>g<')],
    [
      'a prefix on every element',
      rss(good)
        .replace(/<(\/?)(\w)/g, '<$1r:$2')
        .replace('<r:rss', '<r:rss xmlns:r="http://purl.org/rss/1.0/"'),
    ],
    ['an unknown default namespace', rss(good).replace('<rss', '<rss xmlns="https://rss.example/ns"')],
    ['a doctype with entities', `<!DOCTYPE rss [<!ENTITY a "<rss>"><!ENTITY b "&a;&a;">\n] >${rss(good)}`],
    ['stray end tags', rss(good.replace('<link>', '</b></i><link>'))],
    ['misspelt end tags', rss(good.replace('</title>', '</titel>'))],
    ['a field without an end tag', rss(good.replace('</link>', ''))],
    ['an item without an end tag', rss(good.replace('</item>', '<item><title>B</title></item>'))],
    ['an empty item in an item', rss(good.replace('</item>', '<item/></item>'))],
    ['items beside the channel', `<rss version="2.0"><channel><title>T</title></channel>${good}</rss>`],
    ['items without a channel', `<rss version="2.0">${good}</rss>`],
    ['a document that is cut off after its items', rss(good).replace('</channel></rss>', '')],
    ['attributes without quotes', rss(good.replace('<guid>', '<guid isPermaLink=false>'))],
    ['control characters', rss(good.replace('>A<', '>\u0000A\u000b\u001f<'))],
  ])('%s', async (_, document) => {
    expect((await first(document)) ?? {}).toMatchObject({ title: 'A', url: 'https://news.example/1', guid: 'g' });
  });

  it.each<[string, string, string]>([
    ['bare ampersands', 'a & b &c', 'a & b &c'],
    ['named references of HTML', 'a&nbsp;&eacute;&hellip;', 'a é…'],
    ['unknown named references', '&zork;', '&zork;'],
    ['numeric references to windows-1252', 'don&#146;t', 'don’t'],
    ['control characters in place of windows-1252 letters', 'don\u0092t', 'don’t'],
    ['references to control characters', 'A&#0;&#xB;B', 'AB'],
    ['less-than signs', '1 < 2, I <3 it', '1 < 2, I <3 it'],
    ['markup', 'A &lt;b&gt;B&lt;/b&gt; &amp;amp; C', 'A B & C'],
    ['a title that is all markup', '&lt;/example&gt;', '</example>'],
    ['unescaped markup', 'A <b>B</b>', 'A B'],
    ['CDATA', '<![CDATA[A &amp; <i>B</i> <!-- C -->]]>', 'A & B'],
    ['text about a doctype', '<![CDATA[<!DOCTYPE html [x]> is a doctype]]>', 'is a doctype'],
  ])('in a title: %s', async (_, title, expected) => {
    expect((await first(item(`<title>${title}</title>`)))?.title).toBe(expected);
  });

  it('counts its repairs', async () => {
    const document = rss(
      '<item><title>a & b &nbsp;\u0001</title><foo:x/></b><pubDate>soon</pubDate><description><p>x</description></item><item><ti',
    ).replace('</channel></rss>', '');
    expect((await readFeedText(document)).repairs).toEqual([
      { kind: 'unclosed', count: 4 },
      { kind: 'strayEnds', count: 1 },
      { kind: 'undeclaredPrefixes', count: 1 },
      { kind: 'htmlEntities', count: 1 },
      { kind: 'bareAmpersands', count: 1 },
      { kind: 'forbiddenCharacters', count: 1 },
      { kind: 'badDates', count: 1 },
      { kind: 'halfItems', count: 1 },
      { kind: 'cut', count: 1 },
    ]);
    expect((await readFeedText(item('<title>A</title>'))).repairs).toEqual([]);
  });
});

describe('in a document that is cut off', () => {
  const whole = '<item><title>A</title><guid>a</guid></item>';
  it.each<[string, string, (string | undefined)[]]>([
    ['an item whose guid may be missing is dropped', `${whole}<item><title>B</title><link>/b</link>`, ['a']],
    ['an item with a guid is kept', `${whole}<item><guid>b</guid><description>half a te`, ['a', 'b']],
    ['half a guid is dropped', `${whole}<item><guid>https://news.example/b`, ['a']],
    [
      'an item with a link is kept if the feed has no guids',
      '<item><link>/a</link></item><item><link>/b</link><title>B',
      [undefined, undefined],
    ],
  ])('%s', async (_, items, guids) => {
    const { entries } = await readFeedText(`<rss version="2.0"><channel>${items}`);
    expect(entries.map(({ guid }) => guid)).toEqual(guids);
  });
});

it.each([
  ['CDATA without an end', rss('<![CDATA['.repeat(200_000))],
  ['comments without an end', rss('<!--'.repeat(200_000))],
  ['root tags', `${'<rss '.repeat(200_000)} version="2.0"`],
  ['ampersands', rss('&'.repeat(500_000))],
  ['less-than signs', rss(`${'<'.repeat(300_000)}<![CDATA[`)],
  ['XHTML without an end', `<feed>${'<content type="xhtml">'.repeat(19_000)}</feed>`],
  ['stray end tags', `<feed>${'<a>'.repeat(10_000)}${'</b>'.repeat(300_000)}</feed>`],
  ['attributes', `<feed><entry ${'a="b" '.repeat(400_000)}/></feed>`],
  ['namespaces', `<feed>${Array.from({ length: 15_000 }, (_, n) => `<a xmlns:p${n}="u">`).join('')}</feed>`],
  ['links', item('<link href="/a"/>'.repeat(100_000))],
  ['files', item('<enclosure url="/a"/>'.repeat(100_000))],
  ['nested feeds', `${'<channel>'.repeat(15_000)}${'<author>a</author>'.repeat(100_000)}`],
  ['HTML tags without an end', item(`<description><![CDATA[${'<a href=x '.repeat(100_000)}]]></description>`)],
])('takes linear time over %s', async (_, document) => {
  // Linear time is a few hundred ms; quadratic time was half a minute.
  expect(await cpuMs(() => toUnifiedFeed(document, URL_OF_FEED, new Date()))).toBeLessThan(3_000);
});
