import { describe, expect, it } from 'vitest';
import type { FeedVersion } from '../../../src/articles/article.js';
import { readArticle } from '../../../src/articles/read.js';
import { writePage as writeSamplerPage } from '../../../src/sampler/page.js';
import { composeStory, SITES } from '../../../src/sampler/story.js';
import { SAMPLES, writeBroadcasterPage, writePage } from './pages.js';

const now = new Date('2026-03-02T12:00:00Z');
/** After the sampler's stories. */
const later = new Date('2026-06-01T00:00:00Z');
const url = 'https://news.example/a/b.html';
const FEED: FeedVersion = { authors: [] };

const read = (html: string | Uint8Array, feed: FeedVersion = FEED, contentType = 'text/html; charset=utf-8') =>
  readArticle({ url, page: { url, contentType, body: typeof html === 'string' ? Buffer.from(html) : html }, feed, now });

describe('readArticle', () => {
  it.each(SAMPLES)('finds the body of a page ($language)', (sample) => {
    const reading = read(writePage(sample));
    expect(reading).toMatchObject({
      kind: 'article',
      record: {
        title: sample.title,
        language: sample.language,
        siteName: 'The Example',
        contentSource: 'page',
        contentText: sample.paragraphs.join('\n\n'),
      },
    });
    const html = reading.kind === 'article' ? reading.record.contentHtml : '';
    expect(html).toContain('<img src="https://news.example/p.jpg">');
    expect(html).not.toMatch(/onerror|MENU|COOKIES|SHARE|RELATED|COMMENT|FOOTER/);
  });

  it.each(SAMPLES)("finds the body of a broadcaster's page among players, tags and related stories ($language)", (sample) => {
    const reading = read(writeBroadcasterPage(sample));
    expect(reading).toMatchObject({
      record: {
        title: sample.title,
        language: sample.language,
        siteName: 'Example News',
        contentText: sample.paragraphs.join('\n\n'),
        leadImageUrl: 'https://news.example/cover.jpg',
      },
    });
    const html = reading.kind === 'article' ? reading.record.contentHtml : '';
    expect(html).toContain('<img src="https://news.example/inner.jpg">');
    expect(html).not.toMatch(/RELATED|SHARE|PLAY|TAG|POPULAR|FOOTER|onerror/);
  });

  it('detects the language from the text if the page does not declare it', () => {
    for (const sample of SAMPLES)
      expect(read(writePage(sample).replace(/ lang="\w+"/, ''))).toMatchObject({ record: { language: sample.language } });
  });

  it('finds the body in a form around the whole page, and in lines separated by <br>', () => {
    const lines = SAMPLES[0]?.paragraphs ?? [];
    const inForm = read(`<body><form><div>${lines.map((line) => `<p>${line}</p>`).join('')}</div></form></body>`);
    expect(inForm).toMatchObject({ kind: 'article', record: { contentText: lines.join('\n\n') } });
    const withBreaks = read(`<body><div class="x"><span>${lines.join('<br><br>')}</span></div></body>`);
    expect(withBreaks).toMatchObject({ kind: 'article', record: { contentText: lines.join('\n\n') } });
  });

  it('leaves out a second article on the page', () => {
    const posts = SAMPLES.slice(0, 2).map(
      ({ paragraphs }) => `<article>${paragraphs.map((line) => `<p>${line}</p>`).join('')}</article>`,
    );
    const reading = read(`<body><div>${posts.join('')}</div></body>`);
    const text = reading.kind === 'article' ? reading.record.contentText : '';
    expect(SAMPLES.slice(0, 2).filter(({ paragraphs }) => text.includes(paragraphs[1] ?? '?'))).toHaveLength(1);
  });

  it("uses the content of the site's feed if it has much more text, and its summary if the content is empty", () => {
    const contentHtml = `<p>${'A long text of the feed itself. '.repeat(60)}</p>`;
    const [sample] = SAMPLES;
    const reading =
      sample && read(writePage(sample), { authors: ['Ada Example'], contentHtml, title: 'From the feed', ownSite: true });
    expect(reading).toMatchObject({ record: { contentSource: 'feed', title: 'From the feed', authors: ['Ada Example'] } });
    const foreign = sample && read(writePage(sample), { authors: [], contentHtml });
    expect(foreign).toMatchObject({ record: { contentSource: 'page', contentText: sample?.paragraphs.join('\n\n') } });
    const summary = readArticle({ url, feed: { authors: [], contentHtml: ' ', summaryHtml: 'In short.' }, now });
    expect(summary).toMatchObject({ kind: 'article', record: { contentText: 'In short.', contentSource: 'feed' } });
  });

  it.each([
    ['a PDF', '%PDF-1.7 …', 'text/html', 'not-html'],
    ['a PDF by its content type', '%PDF-1.7', 'application/pdf', 'not-html'],
    ['an image', 'x', 'image/png', 'not-html'],
    ['an empty page', '<html><body></body></html>', 'text/html', 'no-text'],
    ['a login form', '<body><p>Welcome back.</p><form><input type="password"></form></body>', 'text/html', 'wall'],
    [
      'a login form that says so',
      '<form><p>Please log in to continue reading.</p><input type="password"></form>',
      'text/html',
      'wall',
    ],
    ['a bot check', '<body><p>Please verify you are human to go on.</p></body>', 'text/html', 'wall'],
    ['a page that nests too deep', '<div>'.repeat(50_000), 'text/html', 'too-deep'],
  ])("gives the problem, and the feed's content if there is any: %s", (_, html, contentType, pageProblem) => {
    expect(read(html, FEED, contentType)).toEqual({ kind: 'no-content', pageProblem });
    expect(read(html, { authors: [], title: 'T', contentHtml: '<p>What the feed says.</p>' }, contentType)).toMatchObject({
      kind: 'article',
      pageProblem,
      record: { contentSource: 'feed', contentText: 'What the feed says.' },
    });
  });

  it('stores what a page says about itself, but not what a gate page says', () => {
    const head = `<link rel="canonical" href="/a/c.html"><meta property="og:image" content="/p.jpg"><meta property="og:image:width" content="800">
      <meta property="og:image:height" content="600"><meta property="article:section" content="Harbour"><meta name="keywords" content="pier, ferry">
      <script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":"False","dateModified":"2026-03-01T10:00:00Z"}</script>`;
    const about = {
      canonicalUrl: 'https://news.example/a/c.html',
      section: 'Harbour',
      tags: ['pier', 'ferry'],
      modifiedAt: new Date('2026-03-01T10:00:00Z'),
      paywalled: true,
      leadImageUrl: 'https://news.example/p.jpg',
      leadImageWidth: 800,
      leadImageHeight: 600,
      pageCount: 1,
    };
    const text = SAMPLES[0]?.paragraphs.map((line) => `<p>${line}</p>`).join('') ?? '';
    expect(read(`<head>${head}</head><body>${text}</body>`)).toMatchObject({ record: { ...about, readingMinutes: 1 } });
    const gate = read(`<head>${head}</head><body><p>Log in to continue.</p><input type="password"></body>`, {
      authors: [],
      contentHtml: '<p>Short.</p>',
    });
    expect(gate).toMatchObject({ pageProblem: 'wall', record: { tags: [], pageCount: 0 } });
    expect(gate.kind === 'article' ? Object.keys(gate.record) : []).not.toContain('canonicalUrl');
  });

  it('has no content if the feed has only a title', () => {
    expect(readArticle({ url, feed: { authors: [], title: 'Alone' }, now }).kind).toBe('no-content');
  });

  it('removes NUL and lone surrogates', () => {
    const feed: FeedVersion = { authors: ['A\0da\ud800'], title: 'T\0\udc00', contentHtml: '<p>x\0\ud800&#0;y</p>' };
    expect(JSON.stringify(readArticle({ url, feed, now }))).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  });

  // Even a slow machine is done in seconds. A quadratic walk would take minutes, a recursive one would overflow the stack.
  it.each([
    ['elements nested 50,000 deep', '<div>'.repeat(50_000), 'too-deep'],
    ['a run of spaces', `<body><pre>a${'\u00a0'.repeat(300_000)}b${' '.repeat(300_000)}</pre></body>`, undefined],
    ['a repeated tag', '<meta name="author" content="A B">'.repeat(100_000), 'no-text'],
    ['nested headings', `<body>${'<h1><h2>'.repeat(900)}${'<i>a</i> '.repeat(100_000)}`, undefined],
    ['blocks in nested figures', `<body>${'<figure><div>'.repeat(900)}${'<p>one two three four</p>'.repeat(20_000)}`, undefined],
    [
      'nested bylines',
      `<body><h1>x</h1>${'<div class="byline author date">'.repeat(1_900)}${'By A B 2026 '.repeat(20_000)}`,
      undefined,
    ],
    ['nested links', `<body>${'<a href="x">'.repeat(1_500)}`, 'no-text'],
  ])('reads %s in seconds', { timeout: 10_000 }, (_, html, pageProblem) => {
    const reading = read(html);
    if (pageProblem) expect(reading).toEqual({ kind: 'no-content', pageProblem });
    else expect(reading.kind).toBe('article');
  });
});

describe('readArticle on the pages of the sampler', () => {
  it.each(SITES.map((site) => [site.language, site] as const))('extracts the story and nothing around it (%s)', (_, site) => {
    const story = composeStory(site, 3, new Date('2026-05-01T00:00:00Z'));
    const at = { home: 'https://n.example/', feed: 'https://n.example/f', story: (n: number) => `https://n.example/${n}` };
    const html = writeSamplerPage(site, story, [composeStory(site, 2, later)], at);
    const page = { url: 'https://n.example/a/', contentType: 'text/html; charset=utf-8', body: Buffer.from(html) };
    const reading = readArticle({ url: at.story(3), page, feed: FEED, now: later });
    expect(reading).toMatchObject({
      kind: 'article',
      record: {
        contentText: story.paragraphs.join('\n\n'),
        title: story.title,
        authors: [story.author],
        siteName: site.title,
        contentSource: 'page',
        language: site.language,
        publishedAt: story.publishedAt,
        leadImageUrl: 'https://n.example/picture.svg',
      },
    });
  });
});

describe('readArticle with several pages', () => {
  const PAGER = '<div class="pagination"><a href="?page=2">2</a></div>';
  const line = (n: number) =>
    `Paragraph ${n}, of a hundred characters or so, in which the ferry is late, and the gulls, as always, are early.`;
  const page = (n: number, html: string) => ({
    url: `https://n.example/story?page=${n}`,
    contentType: 'text/html',
    body: Buffer.from(
      `<html lang="en"><head><meta name="author" content="Ada Example"></head><body><h1>The late ferry</h1><p class="intro">${line(0)}</p>${html}</body></html>`,
    ),
  });
  const read = (...[first, ...further]: ReturnType<typeof page>[]) =>
    readArticle({ url: 'https://n.example/story', ...(first ? { page: first } : {}), further, feed: { authors: [] }, now });

  it('joins them into one record and leaves out repeated paragraphs', () => {
    const reading = read(
      page(1, `<p>${line(1)}</p><p>${line(2)}</p>${PAGER}`),
      page(2, `<p>${line(3)}</p><p>${line(4)}</p>`),
      page(3, '<p>Log in to continue.</p><input type="password">'),
      page(4, `<p>${line(5)}</p><p><img src="/5.jpg">${line(6)}</p>`),
    );
    expect(reading).toMatchObject({
      nextPage: 'https://n.example/story?page=2',
      record: { title: 'The late ferry', pageCount: 3, contentText: [0, 1, 2, 3, 4, 5, 6].map(line).join('\n\n') },
    });
    expect(reading.kind === 'article' && reading.record.contentHtml.match(/Paragraph 0/g)).toHaveLength(1);
  });

  it('asks for no next page if the feed has all the text', () => {
    const contentHtml = Array.from({ length: 12 }, (_, n) => `<p>${line(n)}</p>`).join('');
    const first = page(1, `<p>${line(1)}</p>${PAGER}`);
    expect(
      readArticle({ url: first.url, page: first, feed: { ownSite: true, authors: [], contentHtml }, now }),
    ).not.toHaveProperty('nextPage');
  });
});
