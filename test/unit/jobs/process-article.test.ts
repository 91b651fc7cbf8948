import { describe, expect, it } from 'vitest';
import type { ArticleReading, ArticleRecord, Page } from '../../../src/articles/article.js';
import type { ArticleChange } from '../../../src/jobs/article-change.js';
import type { PendingArticle } from '../../../src/jobs/pending-article.js';
import { type ProcessArticleDeps, processArticle } from '../../../src/jobs/process-article.js';
import type { Stopped } from '../../../src/jobs/stopped.js';
import type { Fetched, FetchOutcome, FetchRequest } from '../../../src/web/outcome.js';

const now = new Date('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;
const record: ArticleRecord = {
  title: 'T',
  authors: [],
  excerpt: '',
  contentHtml: '<p>x</p>',
  contentText: 'x',
  wordCount: 1,
  contentSource: 'page',
  readingMinutes: 1,
  tags: [],
  pageCount: 1,
};
const fetched: Fetched = {
  kind: 'fetched',
  status: 200,
  url: 'https://a.example/1',
  contentType: 'text/html',
  body: new Uint8Array(),
  validators: { etag: '"2"' },
};
const fresh: PendingArticle = {
  id: 1,
  url: 'https://a.example/1',
  turn: { host: 'a.example', leaseEnd: now },
  pageUrl: 'https://a.example/1',
  redirects: 0,
  pagesKept: 0,
  ignoreRobots: true,
  attempts: 1,
  feed: { authors: [] },
};
/** Stored an hour ago from its page, and due for a revisit. */
const stored: PendingArticle = { ...fresh, storedAt: new Date(now.getTime() - HOUR), revisit: { validators: { etag: '"1"' } } };
const read: ArticleReading = { kind: 'article', record };

/** What becomes of an article whose page answers `outcome` and reads as `reading`. */
async function process(
  article: PendingArticle,
  outcome: FetchOutcome,
  reading: ArticleReading | Stopped = read,
  { keptPages = [], keepsPages = false }: { keptPages?: Page[]; keepsPages?: boolean } = {},
) {
  const inputs: Parameters<ProcessArticleDeps['readArticle']>[0][] = [];
  const kept: [number, string][] = [];
  let change: ArticleChange | undefined;
  let request: FetchRequest | undefined;
  const report = await processArticle({
    startArticle: async () => article,
    recordArticle: async (_, written) => {
      change = written;
    },
    fetchUrl: async (_, asked) => {
      request = asked;
      return outcome;
    },
    readArticle: async (input) => {
      inputs.push(input);
      return reading;
    },
    savePage: async (_, number, { url }) => {
      kept.push([number, url]);
    },
    loadPages: async () => keptPages,
    keepsPages,
    loadRobots: async () => ({}),
    saveRobots: async () => undefined,
    setCrawlDelay: async () => undefined,
    inOutage: async () => false,
    toHostKey: (url) => new URL(url).host,
    now: () => now,
    random: () => 0,
    userAgent: 'Test/1',
    retryBaseMs: 60_000,
    revisitDelays: [HOUR, 6 * HOUR],
  })({ id: 1 });
  return { change, request, report, inputs, kept };
}

describe('a page that gave a record', () => {
  it('is revisited', async () => {
    const { change, request } = await process(fresh, fetched);
    expect(change).toMatchObject({ record, dueAt: new Date(now.getTime() + HOUR), revisit: { validators: { etag: '"2"' } } });
    expect(request?.validators).toBeUndefined();
  });

  it('is not, where the feed gave the content', async () => {
    const { change } = await process(fresh, fetched, {
      kind: 'article',
      record: { ...record, contentSource: 'feed' },
      pageProblem: 'no-text',
    });
    expect(change).toMatchObject({ dueAt: null, problem: { kind: 'no-text' } });
    expect(change?.revisit).toBeUndefined();
  });
});

describe('a revisit', () => {
  const next = new Date(stored.storedAt?.getTime() ?? 0);
  next.setTime(next.getTime() + 6 * HOUR);

  it('asks whether the page has changed, and stores what has', async () => {
    const { change, request } = await process(stored, fetched);
    expect(request?.validators).toEqual({ etag: '"1"' });
    expect(change).toMatchObject({ record, dueAt: next, revisit: { validators: { etag: '"2"' } } });
  });

  it.each<[string, FetchOutcome, ArticleReading]>([
    ['that it has not', { kind: 'unchanged' }, read],
    ['that it is gone', { kind: 'gone', status: 410 }, read],
    ['that it is in trouble', { kind: 'server-error', status: 500 }, read],
    ['a wall', fetched, { kind: 'no-content', pageProblem: 'wall' }],
    [
      'nothing, so that only the feed is left',
      fetched,
      { kind: 'article', record: { ...record, contentSource: 'feed' }, pageProblem: 'no-text' },
    ],
  ])('keeps the record when the page says %s', async (_, outcome, reading) => {
    const { change, report } = await process(stored, outcome, reading);
    expect(change?.record).toBeUndefined();
    expect(change?.problem).toBeUndefined();
    expect(change).toMatchObject({ failed: false, dueAt: next, revisit: {} });
    expect(report.status).toBe('revisited');
  });

  it('follows a redirect at the turn of its host, and is a revisit still', async () => {
    const { change } = await process(stored, { kind: 'moved', status: 301, to: 'https://b.example/1', permanent: true });
    expect(change).toMatchObject({ uncounted: true, next: { host: 'b.example' } });
    expect(change?.revisit).toBeUndefined();
  });

  it('is the last after the last', async () => {
    const { change } = await process({ ...stored, storedAt: new Date(now.getTime() - 6 * HOUR) }, { kind: 'unchanged' });
    expect(change).toMatchObject({ dueAt: null, failed: false });
  });
});

describe('an article of several pages', () => {
  const pageOf = (n: number): Page => ({
    url: `https://a.example/1?page=${n}`,
    contentType: 'text/html',
    body: new Uint8Array([n]),
  });
  const first = { ...pageOf(1), url: 'https://a.example/1' };
  const goesOn: ArticleReading = { ...read, nextPage: 'https://a.example/1?page=2' };
  const third: PendingArticle = { ...fresh, pageUrl: pageOf(3).url, pagesKept: 2 };
  const thirdFetched: Fetched = { ...fetched, ...pageOf(3) };
  const keptPages = [first, pageOf(2)];

  it('waits for its next turn, its page kept', async () => {
    const { change, kept, report } = await process(fresh, fetched, goesOn);
    expect(kept).toEqual([[1, 'https://a.example/1']]);
    expect(change).toMatchObject({
      // Before the backlog of its host.
      dueAt: new Date(0),
      uncounted: true,
      pages: { kept: 1 },
      next: { host: 'a.example', to: { url: goesOn.nextPage } },
    });
    expect(change?.record).toBeUndefined();
    expect(report.status).toBe('moved');
  });

  it('waits in line with the others where it leads to another host', async () => {
    const { change } = await process(fresh, fetched, { ...goesOn, nextPage: 'https://b.example/2' });
    expect(change).toMatchObject({ dueAt: now, next: { host: 'b.example' } });
  });

  it('is joined where its last page is read, and is at its first again', async () => {
    const { change, inputs, kept } = await process(
      third,
      thirdFetched,
      { ...read, record: { ...record, pageCount: 3 } },
      { keptPages },
    );
    expect(inputs.map(({ page, number, further }) => [page?.url, number, further?.map(({ url }) => url)])).toEqual([
      [pageOf(3).url, 3, undefined],
      [first.url, undefined, [pageOf(2).url, pageOf(3).url]],
    ]);
    expect(change).toMatchObject({ record: { pageCount: 3 }, pages: { kept: 0, firstUrl: first.url }, dueAt: null });
    expect(change?.revisit).toBeUndefined();
    expect(kept).toEqual([]);
  });

  it('goes without the pages that can not be had', async () => {
    const { change, inputs } = await process(third, { kind: 'missing', status: 404 }, read, { keptPages });
    expect(inputs.at(-1)).toMatchObject({ page: first, further: [pageOf(2)] });
    expect(change).toMatchObject({ record, problem: { kind: 'missing' }, pages: { kept: 0, firstUrl: first.url } });
  });

  it('is tried again at the page that failed for now', async () => {
    const { change } = await process(third, { kind: 'server-error', status: 500 }, read, { keptPages });
    expect(change).toMatchObject({ dueAt: expect.any(Date) as Date, next: { host: 'a.example' } });
    expect(change?.pages).toBeUndefined();
  });

  it('leaves what its feed said where its pages are too much', async () => {
    const { inputs } = await process(
      third,
      { kind: 'missing', status: 404 },
      { kind: 'stopped', reason: 'too-slow' },
      { keptPages },
    );
    expect(inputs.at(-1)).not.toHaveProperty('page');
  });

  it('has ten pages at the most', async () => {
    const many = Array.from({ length: 9 }, (_, i) => pageOf(i + 1));
    const { change } = await process({ ...third, pagesKept: 9 }, thirdFetched, goesOn, { keptPages: many });
    expect(change).toMatchObject({ record, pages: { kept: 0 } });
  });

  it('leaves its pages behind where pages are kept', async () => {
    expect((await process(fresh, fetched, read, { keepsPages: true })).kept).toEqual([[1, 'https://a.example/1']]);
    expect((await process(third, thirdFetched, read, { keptPages, keepsPages: true })).kept).toEqual([[3, pageOf(3).url]]);
  });
});
