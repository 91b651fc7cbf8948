import { describe, expect, it } from 'vitest';
import type { FeedVersion } from '../../../src/articles/article.js';
import { readArticle } from '../../../src/articles/read.js';
import { SAMPLES, writeBroadcasterPage, writePage } from './pages.js';

const now = new Date('2026-03-02T12:00:00Z');
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

  it.each(SAMPLES)("finds it among what a broadcaster's pages have in and around it ($language)", (sample) => {
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

  it('knows the language by the text where the page does not say it', () => {
    for (const sample of SAMPLES)
      expect(read(writePage(sample).replace(/ lang="\w+"/, ''))).toMatchObject({ record: { language: sample.language } });
  });

  it('finds the body in a form around the whole page, and in lines parted by <br>', () => {
    const lines = SAMPLES[0]?.paragraphs ?? [];
    const inForm = read(`<body><form><div>${lines.map((line) => `<p>${line}</p>`).join('')}</div></form></body>`);
    expect(inForm).toMatchObject({ kind: 'article', record: { contentText: lines.join('\n\n') } });
    const withBreaks = read(`<body><div class="x"><span>${lines.join('<br><br>')}</span></div></body>`);
    expect(withBreaks).toMatchObject({ kind: 'article', record: { contentText: lines.join('\n\n') } });
  });

  it('leaves out the article beside it', () => {
    const posts = SAMPLES.slice(0, 2).map(
      ({ paragraphs }) => `<article>${paragraphs.map((line) => `<p>${line}</p>`).join('')}</article>`,
    );
    const reading = read(`<body><div>${posts.join('')}</div></body>`);
    const text = reading.kind === 'article' ? reading.record.contentText : '';
    expect(SAMPLES.slice(0, 2).filter(({ paragraphs }) => text.includes(paragraphs[1] ?? '?'))).toHaveLength(1);
  });

  it("keeps the feed's content where it has much more, and its summary where its content is empty", () => {
    const contentHtml = `<p>${'A long text of the feed itself. '.repeat(60)}</p>`;
    const [sample] = SAMPLES;
    const reading = sample && read(writePage(sample), { authors: ['Ada Example'], contentHtml, title: 'From the feed' });
    expect(reading).toMatchObject({ record: { contentSource: 'feed', title: 'From the feed', authors: ['Ada Example'] } });
    const summary = readArticle({ url, feed: { authors: [], contentHtml: ' ', summaryHtml: 'In short.' }, now });
    expect(summary).toMatchObject({ kind: 'article', record: { contentText: 'In short.', contentSource: 'feed' } });
  });

  it.each([
    ['a PDF', '%PDF-1.7 …', 'text/html', 'not-html'],
    ['a picture', 'x', 'image/png', 'not-html'],
    ['an empty page', '<html><body></body></html>', 'text/html', 'no-text'],
    ['a login', '<body><p>Welcome back.</p><form><input type="password"></form></body>', 'text/html', 'wall'],
    ['a bot check', '<body><p>Please verify you are human to go on.</p></body>', 'text/html', 'wall'],
  ])('says that it is no article: %s', (_, html, contentType, pageProblem) => {
    expect(read(html, FEED, contentType)).toEqual({ kind: 'no-content', pageProblem });
  });

  it('stores what the page says of itself, but not what a wall says', () => {
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
    const wall = read(`<head>${head}</head><body><p>Log in to continue.</p><input type="password"></body>`, {
      authors: [],
      contentHtml: '<p>Short.</p>',
    });
    expect(wall).toMatchObject({ pageProblem: 'wall', record: { tags: [], pageCount: 0 } });
    expect(wall.kind === 'article' ? Object.keys(wall.record) : []).not.toContain('canonicalUrl');
  });

  it('has nothing to keep of a feed with a title alone', () => {
    expect(readArticle({ url, feed: { authors: [], title: 'Alone' }, now }).kind).toBe('no-content');
  });

  it('lets neither NUL nor half characters through', () => {
    const feed: FeedVersion = { authors: ['A\0da\ud800'], title: 'T\0\udc00', contentHtml: '<p>x\0\ud800&#0;y</p>' };
    expect(JSON.stringify(readArticle({ url, feed, now }))).not.toMatch(/\\u0000|\\ud[89a-f]/i);
  });

  // Seconds that even a slow machine does not need, where a quadratic or recursive walk would take minutes or the stack.
  it.each([
    ['elements nested 50,000 deep', '<div>'.repeat(50_000), 'too-deep'],
    ['a run of spaces', `<body><pre>a${'\u00a0'.repeat(300_000)}b${' '.repeat(300_000)}</pre></body>`, undefined],
    ['a tag said over and over', '<meta name="author" content="A B">'.repeat(100_000), 'no-text'],
    ['headings in headings', `<body>${'<h1><h2>'.repeat(900)}${'<i>a</i> '.repeat(100_000)}`, undefined],
    [
      'blocks in figures without end',
      `<body>${'<figure><div>'.repeat(900)}${'<p>one two three four</p>'.repeat(20_000)}`,
      undefined,
    ],
    [
      'bylines without end',
      `<body><h1>x</h1>${'<div class="byline author date">'.repeat(1_900)}${'By A B 2026 '.repeat(20_000)}`,
      undefined,
    ],
    ['links without end', `<body>${'<a href="x">'.repeat(1_500)}`, 'no-text'],
  ])('is soon done with %s', { timeout: 10_000 }, (_, html, pageProblem) => {
    const reading = read(html);
    if (pageProblem) expect(reading).toEqual({ kind: 'no-content', pageProblem });
    else expect(reading.kind).toBe('article');
  });
});
