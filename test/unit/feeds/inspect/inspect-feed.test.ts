import { describe, expect, it } from 'vitest';
import { inspectFeed } from '../../../../src/feeds/inspect/inspect-feed.js';
import { readFeed } from '../../../../src/feeds/read.js';

const NOW = new Date('2026-05-01T12:00:00Z');
const SOUND_ITEM = `<item><title>A</title><link>https://n.example/1</link><guid>https://n.example/1</guid>
<pubDate>Tue, 03 Mar 2026 14:05:09 GMT</pubDate><description>d</description></item>`;
const rss = (items: string, { head = '', encoding = 'utf-8' } = {}) =>
  `<?xml version="1.0" encoding="${encoding}"?><rss version="2.0"><channel><title>T</title><link>https://n.example/</link>${head}${items}</channel></rss>`;

async function codes(text: string | Buffer, contentType = 'application/rss+xml') {
  const source = { body: Buffer.from(text), contentType, url: 'https://n.example/feed' };
  const reading = await readFeed(source);
  if (reading.kind === 'not-a-feed') throw new Error(reading.reason);
  return inspectFeed(source, reading.feed, NOW).findings;
}

describe('inspectFeed', () => {
  it.each([
    ['RSS', rss(SOUND_ITEM, { head: '<language>pt_BR</language>' }), 'application/rss+xml; charset=UTF-8'],
    [
      'Atom',
      '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title><link href="https://n.example/"/><entry><title>A</title><id>urn:1</id><link href="https://n.example/1"/><updated>2026-03-03T14:05:09Z</updated><summary>&#233; &amp; d</summary></entry></feed>\n',
      'application/atom+xml',
    ],
    [
      'JSON Feed',
      '{"version":"https://jsonfeed.org/version/1.1","title":"T","home_page_url":"https://n.example/","items":[{"id":"1","title":"A","url":"https://n.example/1","content_text":"a & b","date_published":"2026-03-03T14:05:09Z"}]}',
      'application/feed+json',
    ],
  ])('finds nothing wrong with sound %s', async (_, text, type) => expect(await codes(text, type)).toEqual([]));

  it.each<[string, string | Buffer, string?]>([
    ['content-type', rss(SOUND_ITEM), 'text/html'],
    ['encodings-differ', rss(SOUND_ITEM, { encoding: 'utf-8' }), 'text/xml; charset=iso-8859-1'],
    ['encoding-wrong', rss(SOUND_ITEM.replace('A<', 'Café<'), { encoding: 'windows-1252' })],
    [
      'encoding-missing',
      Buffer.from(rss(SOUND_ITEM.replace('A<', 'Le café était fermé<')).replace(' encoding="utf-8"', ''), 'latin1'),
    ],
    ['before-the-document', `oops ${rss(SOUND_ITEM)}`],
    ['before-the-document', `\n${rss(SOUND_ITEM)}`],
    ['bare-ampersands', rss(SOUND_ITEM.replace('>d<', '>a & b<'))],
    ['html-entities', rss(SOUND_ITEM.replace('>d<', '>a&nbsp;b<'))],
    ['forbidden-characters', rss(SOUND_ITEM.replace('>d<', '>a\x02b<'))],
    ['unclosed', rss(SOUND_ITEM.replace('>d</description>', '>d'))],
    ['relative-link', rss(SOUND_ITEM.replace('<link>https://n.example/1', '<link>/1'))],
    ['no-title', rss(SOUND_ITEM).replace('<title>T</title>', '')],
    ['no-site', rss(SOUND_ITEM).replace('<link>https://n.example/</link>', '')],
    ['language', rss(SOUND_ITEM, { head: '<language>English, I think</language>' })],
    ['no-entries', rss('')],
    ['no-guid', rss(SOUND_ITEM.replace(/<guid>.*<\/guid>/, ''))],
    ['guid-repeated', rss(`${SOUND_ITEM}${SOUND_ITEM.replace('<link>https://n.example/1', '<link>https://n.example/2')}`)],
    ['no-link', rss(SOUND_ITEM.replace(/<link>.*<guid>.*<\/guid>/, '<guid>1</guid>'))],
    ['bad-link', rss(SOUND_ITEM.replace('<link>https://n.example/1', '<link>javascript:alert(1)'))],
    ['no-entry-title', rss(SOUND_ITEM.replace('<title>A</title>', ''))],
    ['nothing-said', rss(SOUND_ITEM.replace('<description>d</description>', ''))],
    ['enclosure-type', rss(SOUND_ITEM.replace('</item>', '<enclosure url="https://n.example/a"/></item>'))],
    ['zone-assumed', rss(SOUND_ITEM.replace(' GMT', ''))],
  ])('finds what is wrong, and that alone: %s', async (code, text, type) =>
    expect((await codes(text, type)).map((finding) => finding.code)).toEqual([code]),
  );

  it.each([
    ['no-date', /<pubDate>.*<\/pubDate>/, '', ['no-date']],
    ['date-unreadable', 'Tue, 03 Mar 2026 14:05:09 GMT', '03/04/2026', ['no-date', 'date-unreadable']],
    ['date-ahead', '2026', '2036', ['no-date', 'date-ahead']],
  ])('tells why there is no date: %s', async (_, was, is, expected) =>
    expect((await codes(rss(SOUND_ITEM.replace(was, is)))).map(({ code }) => code)).toEqual(expected),
  );

  it('says that a document ends in the middle', async () =>
    expect((await codes(rss(SOUND_ITEM).replace('</channel></rss>', ''))).map(({ code }) => code)).toContain('cut'));

  it('shows an example as one printable line', async () => {
    const date = '\u{1f600}\nx\u0000\u001b[31m\u202e'.repeat(30);
    const [finding] = (await codes(rss(SOUND_ITEM.replace(/<pubDate>.*<\/pubDate>/, `<pubDate>${date}</pubDate>`)))).filter(
      ({ code }) => code === 'date-unreadable',
    );
    expect(finding?.example).toMatch(/^\u{1f600} x {2}\[31m \u{1f600}/u);
    expect(finding?.example).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
  });

  it('counts the places, shows the first, and speaks of front pages', async () => {
    const items = [1, 2, 3].map((n) => SOUND_ITEM.replace('>A<', `>A${n}<`).replace('/1</guid>', `/guid${n}</guid>`));
    const shared = items.map((item) => item.replace('<link>https://n.example/1', '<link>https://n.example/'));
    expect(await codes(rss(shared.join('')))).toEqual([
      { code: 'link-shared', text: expect.any(String), count: 3, example: 'https://n.example/' },
    ]);
    expect(await codes(rss(`${SOUND_ITEM}${SOUND_ITEM}`))).toEqual([
      expect.objectContaining({ code: 'guid-repeated', count: 2, example: 'https://n.example/1' }),
      expect.objectContaining({ code: 'entry-repeated' }),
    ]);
  });
});
