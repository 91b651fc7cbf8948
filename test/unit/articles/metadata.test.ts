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
      leadImage: { url: 'https://news.example/i.jpg' },
    });
  });

  it.each([
    '<a class="logo" href="https://news.example/"><h1>Harbour Diary</h1></a>',
    '<h1><span><a href="/">Harbour Diary</a></span></h1>',
  ])('takes a heading that leads to the first page for the name of the site: %s', (logo) => {
    const page = `<title>Harbour Diary - The ferry</title>${logo}<article><h2>The ferry</h2>`;
    expect(read(page)).toMatchObject({ title: 'The ferry' });
    expect(read(page.replace(/"(?:https:..news.example)?\/"/, '"/a/"'))).toMatchObject({ title: 'Harbour Diary' });
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
      leadImage: { url: 'https://news.example/b/p.jpg' },
      baseUrl: 'https://news.example/b/',
    });
  });

  it('takes no picture but of http(s), and no date of the future', () => {
    const found = read('<meta property="og:image" content="data:image/png;base64,AA"><meta name="date" content="2031-01-01">');
    expect(found.leadImage).toBeUndefined();
    expect(found.publishedAt).toBeUndefined();
  });
});

describe('the lead image', () => {
  const figure = (src: string, caption: string) => `<figure><img ${src}><figcaption>${caption}</figcaption></figure>`;
  const og = (url: string) =>
    `<meta property="og:image" content="${url}"><meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">`;
  it.each([
    ['size of OpenGraph', og('/p.jpg'), { width: 1200, height: 630 }],
    ['no half a size', '<meta property="og:image" content="/p.jpg"><meta property="og:image:width" content="1200">', {}],
    ['no absurd size', og('/p.jpg').replace('1200', '-1'), {}],
    [
      'caption of the figure with the same file',
      `${og('/p.jpg?w=1200')}${figure('src="/q.jpg"', 'Other')}${figure('src="/p.jpg?w=400"', 'The <b>quay</b>')}`,
      { width: 1200, height: 630, caption: 'The quay' },
    ],
    [
      'a lazy figure',
      `${og('/p.jpg')}${figure('src="data:x" data-srcset="/s.jpg 1x, /p.jpg 2x"', 'The quay')}`,
      { caption: 'The quay' },
    ],
    [
      'size and caption of structured data',
      `${og('/o.jpg')}${jsonLd({ '@type': 'NewsArticle', image: [{ url: '/p.jpg', width: '800px', height: { value: 600 }, caption: 'Quay' }] })}`,
      { width: 800, height: 600, caption: 'Quay' },
    ],
    ['no size of another picture', `${og('/o.jpg')}${jsonLd({ '@type': 'NewsArticle', image: '/p.jpg' })}`, {}],
  ])('has %s', (_, html, expected) => {
    const { url = '', ...rest } = read(html).leadImage ?? {};
    expect(url).toMatch(/^https:\/\/news\.example\/p\.jpg/);
    expect(rest).toMatchObject(expected);
    if (Object.keys(expected).length === 0) expect(rest).toEqual({});
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
