import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../../src/articles/output/sanitize.js';
import { readArticle } from '../../../src/articles/read.js';
import { writePage } from '../../../src/sampler/page.js';
import { composeStory, SITES } from '../../../src/sampler/story.js';

const now = new Date('2026-06-01T00:00:00Z');
const clean = (html: string) => sanitize(parseDocument(html).children, { baseUrl: 'https://n.example/a/' });
const page = (html: string, contentType = 'text/html; charset=utf-8') => ({
  url: 'https://n.example/a/',
  contentType,
  body: Buffer.from(html),
});

describe('sanitize', () => {
  it.each([
    ['<p onclick="x()">a<script>alert(1)</script></p>', '<p>a</p>'],
    ['<a href="javascript:alert(1)">a</a>', '<a>a</a>'],
    ['<a href="java\nscript:alert(1)">a</a>', '<a>a</a>'],
    ['<a href=" \u0001javascript:alert(1)">a</a>', '<a>a</a>'],
    ['<img src="data:image/svg+xml,x" onerror="x()">', ''],
    ['<img src="/b.png" alt="x&quot;y">', '<img src="https://n.example/b.png" alt="x&quot;y">'],
    ['<img src="data:x" data-src="c.png">', '<img src="https://n.example/a/c.png">'],
    ['<svg><script>x</script></svg><math><mi>x</mi></math>', '<math><mi>x</mi></math>'],
    ['<iframe src="https://x.example"></iframe><style>p{}</style>', ''],
    ['<span class="c" id="d">a</span>', 'a'],
    ['<small style="color: #999;">a</small>', '<small style="color: #999;">a</small>'],
    ['<p style="position:fixed; color:red; background:url(x)">a</p>', '<p style="color:red;">a</p>'],
    ['<img src="https://i.example?url=x/y.jpg" width="100%">', '<img src="https://i.example?url=x/y.jpg" width="100%">'],
    ['“2+2”\u00a0&lt;b&gt;', '“2+2”\u00a0&lt;b&gt;'],
  ])('%s', (html, expected) => expect(clean(html)).toBe(expected));
});

describe('a page becomes a record', () => {
  it.each(SITES.map((site) => [site.language, site] as const))('in %s, without its furniture', (_, site) => {
    const story = composeStory(site, 3, new Date('2026-05-01T00:00:00Z'));
    const at = { home: 'https://n.example/', feed: 'https://n.example/f', story: (n: number) => `https://n.example/${n}` };
    const html = writePage(site, story, [composeStory(site, 2, now)], at);
    const reading = readArticle({ url: at.story(3), page: page(html), feed: { authors: [] }, now });
    if (reading.kind !== 'article') throw new Error(reading.kind);
    const { record } = reading;
    expect(record.contentText).toBe(story.paragraphs.join('\n\n'));
    expect(record).toMatchObject({
      title: story.title,
      authors: [story.author],
      siteName: site.title,
      contentSource: 'page',
      language: site.language,
      publishedAt: story.publishedAt,
    });
    expect(record.leadImageUrl).toBe('https://n.example/picture.svg');
  });

  const feed = { authors: [], title: 'T', contentHtml: '<p>What the feed says.</p>' };
  it.each([
    ['not-html', page('%PDF-1.7', 'application/pdf')],
    ['wall', page('<form><p>Please log in to continue reading.</p><input type="password"></form>')],
    ['too-deep', page('<div>'.repeat(50_000))],
    ['no-text', page('<html><body></body></html>')],
  ])('%s leaves what the feed says', (problem, bad) => {
    expect(readArticle({ url: 'https://n.example/a/', page: bad, feed, now })).toMatchObject({
      kind: 'article',
      pageProblem: problem,
      record: { contentSource: 'feed', contentText: 'What the feed says.' },
    });
    expect(readArticle({ url: 'https://n.example/a/', page: bad, feed: { authors: [] }, now })).toEqual({
      kind: 'no-content',
      pageProblem: problem,
    });
  });
});
