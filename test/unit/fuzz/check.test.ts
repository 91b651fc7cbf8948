import { describe, expect, it } from 'vitest';
import type { ArticleReading, ArticleRecord } from '../../../src/articles/article.js';
import type { FeedEntry } from '../../../src/feeds/feed.js';
import { articleRecord } from '../../builders.js';
import { findProblems } from '../../fuzz/check.js';
import { composeDocument, type FuzzDocument } from '../../fuzz/documents.js';
import { type Examined, examine } from '../../fuzz/examine.js';
import { FIXTURES } from '../../fuzz/fixtures.js';

const PAGE: FuzzDocument = { kind: 'page', url: 'https://n.example/a', contentType: 'text/html', body: Buffer.from('<p>x') };
const NOTHING: Examined = { articles: [], sanitized: {}, shown: {}, markdown: [] };
const ENTRY: FeedEntry = { key: 'k', guid: 'g', contentHash: 'h', authors: [], categories: [], enclosures: [] };

const articles = (reading: ArticleReading): Examined => ({ ...NOTHING, articles: [reading] });
const article = (part: Partial<ArticleRecord>) => articles({ kind: 'article', record: articleRecord(part) });
const entries = (...list: Partial<FeedEntry>[]): Examined => ({
  ...NOTHING,
  inspection: { encoding: 'utf-8', entries: list.map((part) => ({ ...ENTRY, ...part })), findings: [] },
});
const sanitized = (html: string): Examined => ({ ...NOTHING, sanitized: { 'a record': html } });

describe('findProblems', () => {
  it.each([
    ['a title that is too long', article({ title: 'x'.repeat(1_001) }), 'title has 1001 characters'],
    ['NUL', article({ title: 'a\0b' }), 'title has half characters or NUL: "a\\u0000b"'],
    ['half a character', article({ contentText: '\ud800' }), 'text has half characters'],
    ['a bidi control', article({ authors: ['\u202eA'] }), 'author has bidi controls'],
    ['too many tags', article({ tags: Array.from({ length: 101 }, String) }), 'too many authors or tags'],
    ['a text that is much longer than its page', article({ contentText: 'x'.repeat(30_000) }), 'text has 30000 characters'],
    ['a date in the future', article({ publishedAt: new Date('2027-01-01') }), 'date is'],
    ['a date that is none', article({ modifiedAt: new Date(Number.NaN) }), 'date of change is NaN'],
    ['an unsafe address', article({ leadImageUrl: 'javascript:hit()' }), 'address of an article is "javascript:hit()"'],
    ['a page that moves to no address', articles({ kind: 'moved', to: 'x' }), 'the page moves to "x"'],
    [
      'an unsafe next page',
      articles({ kind: 'article', record: articleRecord(), nextPage: 'data:,x' }),
      'next page is "data:,x"',
    ],
    ['an empty key', entries({ key: '' }), 'an entry has an empty key or guid'],
    ['entries with one key', entries({}, {}), 'two entries have one key'],
    ['an unsafe link', entries({ url: 'javascript:x' }), 'an entry links to "javascript:x"'],
    [
      'a size that does not fit',
      entries({ enclosures: [{ url: 'https://n.example/a', length: 1e300 }] }),
      'size of a file is 1e+300',
    ],
    ['a language that is too long', entries({ language: 'x'.repeat(36) }), 'language of an entry has 36 characters'],
    ['a refusal without a reason', { ...NOTHING, feed: { kind: 'not-a-feed', reason: '' } as const }, 'without a reason'],
    ['an element outside the allow-list', sanitized('<p><script>x</script></p>'), 'sanitized HTML (a record): element <script>'],
    ['an attribute outside the allow-list', sanitized('<img onerror="x">'), '<img onerror="x">'],
    ['an attribute of another element', sanitized('<p href="https://n.example/">'), '<p href='],
    ['a scheme that runs', sanitized('<a href="java&#115;cript:x">y</a>'), '<a href="javascript:x">'],
    ['a style that loads', sanitized('<p style="background:url(x)">y</p>'), '<p style='],
    ['an output that runs', { ...NOTHING, shown: { RSS: '<svg onload=hit()>' } }, 'RSS would run: onload=hit()'],
    ['Markdown with NUL', { ...NOTHING, markdown: ['\0'] }, 'Markdown has half characters or NUL'],
  ] satisfies [string, Examined, string][])('finds %s', (_, examined, problem) =>
    expect(findProblems(PAGE, examined)).toContainEqual(expect.stringContaining(problem)),
  );

  it('finds nothing in what we make of our own documents', async () => {
    const url = 'https://n.example/a/story';
    // Snippets have a test of their own: test/unit/export/outputs.test.ts.
    for (const { text, kind, contentType } of FIXTURES.filter((one) => one.kind !== 'snippet')) {
      const document = { kind, contentType: contentType.replace(/;.*/, ''), url, body: Buffer.from(text) };
      expect(findProblems(document, await examine(document))).toEqual([]);
    }
  });

  it('reads most mutated documents as what they were, so that there is something to check', async () => {
    const examined = await Promise.all(Array.from({ length: 60 }, (_, seed) => examine(composeDocument(seed))));
    const withEntries = examined.filter(({ inspection }) => (inspection?.entries.length ?? 0) > 0);
    const withText = examined.filter(({ articles }) => articles.some(({ kind }) => kind === 'article'));
    expect(withEntries.length).toBeGreaterThan(10);
    expect(withText.length).toBeGreaterThan(20);
  });
});
