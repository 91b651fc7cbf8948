import { describe, expect, it } from 'vitest';
import { jsonLd, readHtml } from './read-html.js';

describe('readMetadata', () => {
  it('prefers JSON-LD to meta elements', () => {
    const article = {
      '@type': ['NewsArticle'],
      headline: 'Tide &amp; time',
      datePublished: '2026-03-01T08:00:00+02:00',
      author: [{ name: 'By Ada Example' }, { name: 'https://social.example/ada' }],
      image: { url: '/i.jpg' },
    };
    const graph = { '@graph': [{ '@type': 'WebSite' }, article] };
    expect(readHtml(`<meta property="og:title" content="Other">${jsonLd(graph)}`)).toMatchObject({
      title: 'Tide & time',
      authors: ['Ada Example'],
      publishedAt: new Date('2026-03-01T06:00:00Z'),
      leadImage: { url: 'https://news.example/i.jpg' },
    });
  });

  it('reads meta elements where the JSON-LD is broken', () => {
    const html = `<html lang="de_AT"><base href="/b/"><script type="application/ld+json">{"@type": </script>
      <meta property="og:title" content="Titel | Das Blatt"><meta property="og:site_name" content="Das Blatt">
      <meta property="article:published_time" content="2026-02-28T10:00:00"><meta name="author" content="Von Eva Muster">
      <meta property="og:image" content="p.jpg">`;
    expect(readHtml(html)).toMatchObject({
      title: 'Titel',
      siteName: 'Das Blatt',
      authors: ['Eva Muster'],
      publishedAt: new Date('2026-02-28T10:00:00Z'),
      language: 'de-AT',
      leadImage: { url: 'https://news.example/b/p.jpg' },
      baseUrl: 'https://news.example/b/',
    });
  });

  it('leaves out the fields that a page says nothing about', () => {
    expect(readHtml('<p>The ferry</p>')).toEqual({ authors: [], tags: [], baseUrl: 'https://news.example/a/' });
  });

  it.each([
    [false, true],
    ['False', true],
    [true, false],
  ])('reads isAccessibleForFree %j as paywalled %j', (isAccessibleForFree, paywalled) => {
    expect(readHtml(jsonLd({ '@type': 'Article', isAccessibleForFree })).paywalled).toBe(paywalled);
  });
});
