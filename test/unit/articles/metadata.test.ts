import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { languageTag, readMetadata } from '../../../src/articles/metadata.js';

const now = new Date('2026-03-02T12:00:00Z');
const read = (html: string) => readMetadata(parseDocument(html), 'https://news.example/a/', now);
const jsonLd = (value: unknown) => `<script type="application/ld+json">${JSON.stringify(value)}</script>`;

describe('readMetadata', () => {
  it('reads JSON-LD in a graph, and trusts it most', () => {
    const article = {
      '@type': ['NewsArticle'],
      headline: 'Tide &amp; time',
      datePublished: '2026-03-01T08:00:00+02:00',
      author: [{ name: 'By Ada Example' }, { name: 'https://social.example/ada' }],
      image: { url: '/i.jpg' },
    };
    const graph = { '@graph': [{ '@type': 'WebSite' }, article] };
    expect(read(`<meta property="og:title" content="Other">${jsonLd(graph)}`)).toMatchObject({
      title: 'Tide & time',
      authors: ['Ada Example'],
      publishedAt: new Date('2026-03-01T06:00:00Z'),
      leadImageUrl: 'https://news.example/i.jpg',
    });
  });

  it('ignores broken JSON-LD, and reads meta elements', () => {
    const html = `<html lang="de_AT"><base href="/b/"><script type="application/ld+json">{"@type": </script>
      <meta property="og:title" content="Titel | Das Blatt"><meta property="og:site_name" content="Das Blatt">
      <meta property="article:published_time" content="2026-02-28T10:00:00"><meta name="author" content="Von Eva Muster">
      <meta property="og:image" content="p.jpg">`;
    expect(read(html)).toMatchObject({
      title: 'Titel',
      siteName: 'Das Blatt',
      authors: ['Eva Muster'],
      publishedAt: new Date('2026-02-28T10:00:00Z'),
      language: 'de-AT',
      leadImageUrl: 'https://news.example/b/p.jpg',
      baseUrl: 'https://news.example/b/',
    });
  });

  it('takes no picture but of http(s), and no date of the future', () => {
    const found = read('<meta property="og:image" content="data:image/png;base64,AA"><meta name="date" content="2031-01-01">');
    expect(found.leadImageUrl).toBeUndefined();
    expect(found.publishedAt).toBeUndefined();
  });
});

describe('languageTag', () => {
  it.each([
    ['DE', 'de'],
    ['en_us', 'en-US'],
    ['zh-Hans-CN', 'zh-CN'],
    ['english', undefined],
    [undefined, undefined],
  ])('%s → %s', (value, tag) => expect(languageTag(value)).toBe(tag));
});
