import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../../src/articles/metadata/metadata.js';

const now = new Date('2026-03-02T12:00:00Z');
const read = (html: string, url = 'https://news.example/a/') => readMetadata(parseDocument(html), url, now);
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
    expect(read(`<base href="/">${page}`)).toMatchObject({ title: 'The ferry' });
    expect(read(page.replace(/"(?:https:..news.example)?\/"/, '"/a/"'))).toMatchObject({ title: 'Harbour Diary' });
  });

  it('reads JSON-LD of a script without a type, and no other script', () => {
    const data = (context: string) =>
      `<script>{"@${context}": "https://schema.org", "@type": "Article", "headline": "Tide"}</script>`;
    expect(read(data('context')).title).toBe('Tide');
    expect(read(data('text')).title).toBeUndefined();
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

describe('the date', () => {
  it.each([
    ['en-US', '2026-02-01'],
    ['en-GB', '2026-01-02'],
    ['fr', '2026-01-02'],
  ])('is read as people of %s write', (lang, day) => {
    const { publishedIso } = read(`<html lang="${lang}"><meta property="article:published_time" content="02-01-2026">`);
    expect(publishedIso).toBe(`${day}T00:00:00Z`);
  });

  it.each(['2026-02-01+ferry', '2026/02/01/ferry', '20260201', 'ferry_2026-02-01.html'])('stands in the address: %s', (path) => {
    expect(read('<h1>The ferry</h1>', `https://news.example/${path}`)).toMatchObject({
      publishedIso: '2026-02-01T00:00:00Z',
      publishedFrom: 'url',
    });
  });

  it('stands not in a longer number of the address', () => {
    expect(read('<h1>The ferry</h1>', 'https://news.example/202602011').publishedAt).toBeUndefined();
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

describe('authors', () => {
  const post = (rest: string) => `<article><h1>The ferry is late</h1>${rest}</article>`;
  const byline = '<p class="byline">By <a href="/authors/ada">Ada Example</a></p>';
  it.each([
    [
      'the byline, where the page names its publisher',
      `<meta name="author" content="HG"><meta name="publisher" content="HG">${post(byline)}`,
    ],
    [
      'the byline, where it names who holds the rights',
      `<meta name="author" content="Quay Ltd"><meta name="copyright" content="© 2026 Quay Ltd">${post(byline)}`,
    ],
    ['the byline, where it names its host', `<meta name="author" content="News">${post(byline)}`],
    ['the byline, where a desk is declared', `<meta name="author" content="Quay Staff">${post(byline)}`],
    [
      'a person rather than a company',
      '<meta name="author" content="Quay Media Inc."><meta name="author" content="Ada Example">',
    ],
    [
      'in the footer of the article',
      post(`<div><footer class="post-meta"><a rel="author" href="/a">Ada Example</a></footer></div>`),
    ],
    [
      'in the footer of the article that follows the headline',
      '<header><h1>The ferry</h1></header><article><footer class="author">By <a href="/user/ada">Ada Example</a></footer></article>',
    ],
    ['what stands below the text of a post', post('<p>…</p><div class="post-footer"><span class="fn">Ada Example</span></div>')],
    ['on a card of the person', post('<address class="h-card p-author">Ada Example</address>')],
    ['labelled, far below the headline', post(`${'<p>It <i>is</i> late.</p>'.repeat(40)}<p>Auteur : Ada Example</p>`)],
    ['before a date', post('<p class="author">Ada Example 02-12-2025</p>')],
    [
      'near the title of an entry',
      '<title>The ferry</title><div class="widget"><h3 class="entry-title">The ferry</h3><span class="fn">Ada Example</span></div>',
    ],
    ['as cited', '<meta name="citation_author" content="Example, Ada">'],
  ])('are %s', (_, html) => {
    expect(read(html).authors).toEqual(['Ada Example']);
  });

  it.each([
    ['the footer of the page', `${post('')}<footer><a rel="author" href="/a">Bo Foot</a></footer>`],
    [
      'the author of a work that is cited',
      post('<li itemprop="citation" itemscope><meta itemprop="author" content="Bo Cited"></li>'),
    ],
    ['a link to what is said about somebody', post('<a href="/profile/us">about our house here</a>')],
  ])('are not %s', (_, html) => {
    expect(read(html).authors).toEqual([]);
  });

  it('are cited one by one', () => {
    const names = ['Example, Ada', 'Muster, B. C.', 'Bo Cited, Cleo Other'];
    const html = names.map((name) => `<meta name="dc.creator" content="${name}">`).join('');
    expect(read(html).authors).toEqual(['Ada Example', 'B. C. Muster', 'Bo Cited', 'Cleo Other']);
  });
});
