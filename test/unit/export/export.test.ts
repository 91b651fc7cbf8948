import { parseFeed } from 'htmlparser2';
import Parser from 'rss-parser';
import { describe, expect, it } from 'vitest';
import { writeArchive } from '../../../src/export/archive.js';
import { writeAtom, writeRss } from '../../../src/export/feeds.js';
import { writeMarkdown } from '../../../src/export/markdown.js';
import { type ExportRecord, recordPath } from '../../../src/export/record.js';
import { readFeed } from '../../../src/feeds/read.js';

const at = new Date('2026-03-01T06:39:03.250Z');
const record: ExportRecord = {
  id: 7,
  url: 'https://a.example/story?x=1&y=2',
  title: 'Ferry & "harbour": 1 < 2 港湾',
  authors: ['Ada Quill', 'B. O’Hara'],
  dated_at: at,
  published_at: at,
  language: 'en',
  site_name: 'Harbour',
  feed_id: 3,
  feed_title: 'Harbour: news',
  feed_url: 'https://a.example/feed',
  excerpt: 'The ferry: back.',
  content_html: '<p>The ferry &amp; its crew.</p>\n  <p> ]]> </p>\u0001',
  content_text: 'The ferry & its crew.',
  lead_image_url: null,
  word_count: 5,
  content_source: 'feed',
  categories: ['Ports', 'Trade & craft'],
  first_seen_at: at,
  stored_at: at,
  updated_at: at,
  revision: 1,
};

const head = { title: 'All & sundry', url: 'https://me.example/' };

describe('the archive format', () => {
  it.each([
    ['unchanged', '<p>x</p>', '<p>x</p>'],
    ['on one line, with every line trimmed', '\n  <p>a</p>  \r\n\t<p>b\n c</p>\n\n', '<p>a</p><p>bc</p>'],
    ['with no-break spaces kept', '\u00a0<p>\u00a0</p>\u00a0\n \u3000<p>x</p>', '\u00a0<p>\u00a0</p>\u00a0\u3000<p>x</p>'],
    ['empty', '', ''],
  ])('writes the content: %s', (_, html, line) => {
    expect(writeArchive({ ...record, title: 'T', content_html: html })).toBe(
      `<!--1772347143250-->\n[T](https://a.example/story?x=1&y=2)\n------\n\n${line}\n`,
    );
  });
});

describe('what could be a tag or a Markdown link', () => {
  const hostile = { ...record, title: '<b>x</b> 1 < 2 [a](b)', excerpt: '<i>y</i>', content_html: '<p>[a](b)</p>' };
  it.each([
    ['is escaped in the archive', writeArchive(hostile), '[&lt;b>x&lt;/b> 1 < 2 [a]&#40;b)](https://a.example/story?x=1&y=2)'],
    ['is the same HTML in the archive', writeArchive(hostile), '<p>[a]&#40;b)</p>'],
    ['is escaped in front matter', writeMarkdown(hostile), 'title: "\\u003cb>x\\u003c/b> 1 < 2 [a\\u005d(b)"'],
    ['is escaped in titles of RSS', writeRss(head, [hostile]), '<title>&amp;lt;b&gt;x&amp;lt;/b&gt; 1 &lt; 2 [a](b)</title>'],
    [
      'is escaped in RSS where a character that XML forbids hides it',
      writeRss(head, [{ ...record, title: '<\u0001b>x<\ud800i>y<\uffffb>' }]),
      '<title>&amp;lt;b&gt;x&amp;lt;i&gt;y&amp;lt;b&gt;</title>',
    ],
    [
      'is escaped as HTML in descriptions of RSS',
      writeRss(head, [hostile]),
      '<description>&amp;lt;i&amp;gt;y&amp;lt;/i&amp;gt;</description>',
    ],
    ['is text in titles of Atom', writeAtom(head, [hostile]), '<title>&lt;b&gt;x&lt;/b&gt; 1 &lt; 2 [a](b)</title>'],
  ])('%s', (_, written, expected) => expect(written).toContain(expected));
});

describe('recordPath', () => {
  it.each([
    ['https://www.A.example/feed', '3-www.a.example'],
    ['http://127.0.0.1:8787/x', '3-127.0.0.1_8787'],
    ['http://[::1]/feed', '3-___1'],
    ['https://例え.example/feed', '3-xn--r8jz45g.example'],
    [`https://${'a'.repeat(60)}.${'b'.repeat(60)}.example/`, `3-${'a'.repeat(60)}.${'b'.repeat(39)}`],
    ['https://con.example./', '3-con.example'],
    ['nothing', '3'],
  ])('names the folder of %s', (feed_url, folder) => {
    expect(recordPath({ ...record, feed_url })).toEqual({ folder, file: '7.md' });
  });
});

describe('markdown', () => {
  it('writes YAML front matter and the body as Markdown', () => {
    const html =
      '<h2>Sub</h2><p>A <a href="https://b.example/">link</a>, <em>so</em>.</p><ul><li>one</li></ul><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>';
    expect(writeMarkdown({ ...record, content_html: html })).toBe(`---
id: 7
title: "Ferry & \\"harbour\\": 1 < 2 港湾"
url: "https://a.example/story?x=1&y=2"
authors: ["Ada Quill", "B. O’Hara"]
published_at: 2026-03-01T06:39:03.250Z
updated_at: 2026-03-01T06:39:03.250Z
language: "en"
site_name: "Harbour"
feed: "Harbour: news"
feed_url: "https://a.example/feed"
categories: ["Ports", "Trade & craft"]
words: 5
excerpt: "The ferry: back."
---

## Sub

A [link](https://b.example/), *so*.

- one

| a | b |
| --- | --- |
| 1 | 2 |
`);
  });

  it('keeps a title with line breaks on one line', () => {
    const lines = writeMarkdown({ ...record, title: 'a\n---\u2028b\u0085c' }).split(/[\n\u0085\u2028]/);
    expect(lines[2]).toBe('title: "a\\n---\\u2028b\\u0085c"');
  });
});

describe.each([
  ['rss', writeRss],
  ['atom', writeAtom],
] as const)('%s', (format, write) => {
  const second = { ...record, id: 8, url: 'https://a.example/other', title: 'Other', authors: [], categories: [] };
  const text = write(head, [record, second]);

  it('is read back unchanged by rss-parser', async () => {
    const feed = await new Parser({ customFields: { item: [['content:encoded', 'full']] } }).parseString(text);
    expect(feed.title).toBe('All & sundry');
    const [first] = feed.items;
    expect(feed.items).toHaveLength(2);
    expect(first).toMatchObject({ title: record.title, link: record.url });
    expect(first?.isoDate).toBe(format === 'rss' ? '2026-03-01T06:39:03.000Z' : at.toISOString());
    expect(first?.full ?? first?.content).toBe('<p>The ferry &amp; its crew.</p>\n  <p> ]]> </p>');
  });

  it('is read back unchanged by htmlparser2', () => {
    const feed = parseFeed(text);
    expect(feed).toMatchObject({ type: format, title: 'All & sundry' });
    expect(feed?.items.map(({ title, link }) => [title, link])).toEqual([
      [record.title, record.url],
      ['Other', 'https://a.example/other'],
    ]);
  });

  it('is read back unchanged by our own feed reader', async () => {
    const reading = await readFeed({
      url: 'https://me.example/feed',
      contentType: 'application/xml',
      body: new TextEncoder().encode(text),
    });
    expect(reading).toMatchObject({
      kind: 'feed',
      feed: {
        format,
        entries: [
          { title: record.title, url: record.url, authors: record.authors, categories: record.categories },
          { title: 'Other' },
        ],
      },
    });
  });
});
