import { describe, expect, it } from 'vitest';
import { jsonLd, readHtml } from './read-html.js';

describe('readSiteNames', () => {
  const siteName = (html: string) => readHtml(html).siteName;
  it.each([
    ['OpenGraph', '<meta property="og:site_name" content="Harbour Diary">'],
    ['the publisher', jsonLd({ '@type': 'Article', publisher: { name: 'Harbour Diary' } })],
    ['the website', jsonLd({ '@type': 'WebSite', name: 'Harbour Diary' })],
  ])('reads the name from %s', (_, html) => expect(siteName(html)).toBe('Harbour Diary'));

  it('ignores a name that repeats the title', () =>
    expect(siteName('<title>The ferry</title><meta property="og:site_name" content="The ferry">')).toBeUndefined());
});

describe('isLogo', () => {
  it.each([
    '<a class="logo" href="https://news.example/"><h1>Harbour Diary</h1></a>',
    '<h1><span><a href="/">Harbour Diary</a></span></h1>',
  ])('takes a heading that links to the home page for the site name: %s', (logo) => {
    const page = `<title>Harbour Diary - The ferry</title>${logo}<article><h2>The ferry</h2>`;
    expect(readHtml(page)).toMatchObject({ title: 'The ferry' });
    expect(readHtml(`<base href="/">${page}`)).toMatchObject({ title: 'The ferry' });
    expect(readHtml(page.replace(/"(?:https:..news.example)?\/"/, '"/a/"'))).toMatchObject({ title: 'Harbour Diary' });
  });
});
