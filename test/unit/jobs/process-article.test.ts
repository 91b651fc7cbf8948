import { describe, expect, it } from 'vitest';
import type { ArticleReading, Page } from '../../../src/articles/article.js';
import { MAX_ATTEMPTS, MAX_PAGES } from '../../../src/articles/schedule.js';
import type { HostVerdict } from '../../../src/hosts/verdict.js';
import type { ArticleChange } from '../../../src/jobs/article-change.js';
import type { PendingArticle } from '../../../src/jobs/pending-article.js';
import { type ProcessArticleDeps, processArticle } from '../../../src/jobs/process-article.js';
import type { Stopped } from '../../../src/jobs/stopped.js';
import { type FetchOutcome, type FetchRequest, MAX_REDIRECTS } from '../../../src/web/outcome.js';
import { articleRecord, fetched, moved, toHostKey } from '../../builders.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const later = (ms: number, from = NOW) => new Date(from.getTime() + ms);
/** Sorts before the due times of all other rows. */
const FIRST_IN_LINE = new Date(0);

const URL_1 = 'https://a.example/1';
const page = fetched('', { url: URL_1, validators: { etag: '"2"' } });
const record = articleRecord();
const feedRecord = articleRecord({ contentSource: 'feed', pageCount: 0 });
const read: ArticleReading = { kind: 'article', record };
const readFromFeed: ArticleReading = { kind: 'article', record: feedRecord };
const unreachable: FetchOutcome = { kind: 'unreachable', cause: 'dns', code: 'ENOTFOUND' };

const fresh: PendingArticle = {
  id: 1,
  url: URL_1,
  turn: { host: 'a.example', leaseEnd: NOW },
  pageUrl: URL_1,
  redirects: 0,
  pagesKept: 0,
  ignoreRobots: true,
  attempts: 1,
  feedTitle: 'The Feed',
  feed: { authors: [], title: 'As the feed has it' },
};
/** Stored an hour ago from its page, and due for a revisit. */
const stored: PendingArticle = { ...fresh, storedAt: later(-HOUR), revisit: { validators: { etag: '"1"' } } };

/** The article without one of its optional fields. */
const without = (field: 'turn' | 'feedTitle', { [field]: _, ...article }: PendingArticle): PendingArticle => article;

interface World {
  article?: PendingArticle | undefined;
  outcome?: FetchOutcome;
  /** What the extraction thread returns, the last one again and again. */
  readings?: (ArticleReading | Stopped)[];
  keptPages?: Page[];
  deps?: Partial<ProcessArticleDeps>;
}

/** Processes an article whose page answers `outcome`, and logs what was asked for and recorded. */
async function process({ article = fresh, outcome = page, readings = [read], keptPages = [], deps = {} }: World) {
  const requests: [string, FetchRequest | undefined][] = [];
  const inputs: Parameters<ProcessArticleDeps['readArticle']>[0][] = [];
  const saved: [number, string][] = [];
  let change: ArticleChange | undefined;
  let verdict: HostVerdict | undefined;
  const report = await processArticle({
    startArticle: async () => article,
    recordArticle: async (_, ...recorded) => {
      [change, verdict] = recorded;
    },
    fetchUrl: async (url, request) => {
      requests.push([url, request]);
      return outcome;
    },
    readArticle: async (input) => {
      inputs.push(input);
      return readings[Math.min(inputs.length, readings.length) - 1] ?? read;
    },
    savePage: async (_, number, { url }) => void saved.push([number, url]),
    loadPages: async () => keptPages,
    keepsPages: false,
    loadRobots: async () => ({}),
    saveRobots: async () => undefined,
    setCrawlDelay: async () => undefined,
    inOutage: async () => false,
    toHostKey,
    now: () => NOW,
    random: () => 0.5,
    userAgent: 'Test/1',
    retryBaseMs: MINUTE,
    revisitDelays: [HOUR, 6 * HOUR],
    ...deps,
  })({ id: 1 });
  return { change, verdict, request: requests[0]?.[1], requests, report, inputs, saved };
}

describe('a new article', () => {
  it('is stored from its page, and revisited', async () => {
    const { change, request, report, verdict } = await process({});
    const revisit = { dueAt: later(1.05 * HOUR), validators: page.validators };
    expect(change).toEqual({ kind: 'stored', record, revisit });
    expect(request).toEqual({ redirects: 'report' });
    expect(verdict).toEqual({ reached: true, latencyMs: 0 });
    const about = { articleId: 1, url: URL_1, title: 'T', contentSource: 'page', words: 1, site: 'The Feed' };
    expect(report).toEqual({ status: 'stored', ...about });
  });

  it.each([
    ['its own name', articleRecord({ siteName: 'The Site', language: 'en' }), fresh, { site: 'The Site', language: 'en' }],
    ['the feed’s title', record, fresh, { site: 'The Feed' }],
    ['its host', record, without('feedTitle', fresh), { site: 'a.example' }],
  ])('is reported under %s', async (_, siteRecord, article, expected) => {
    const { report } = await process({ article, readings: [{ kind: 'article', record: siteRecord }] });
    expect(report).toMatchObject(expected);
  });

  it('is left alone when there is nothing to do', async () => {
    const { report, change, requests } = await process({ deps: { startArticle: async () => undefined } });
    expect(report).toEqual({ status: 'nothing-to-do', articleId: 1 });
    expect([change, requests]).toEqual([undefined, []]);
  });

  it('is stored from its feed when no page is wanted', async () => {
    const { change, requests, inputs, verdict } = await process({ article: without('turn', fresh), readings: [readFromFeed] });
    expect(change).toEqual({ kind: 'stored', record: feedRecord });
    expect([requests, verdict]).toEqual([[], {}]);
    expect(inputs).toEqual([{ url: URL_1, feed: fresh.feed, now: NOW }]);
  });

  it('is not fetched again after too many attempts', async () => {
    const article = { ...fresh, attempts: MAX_ATTEMPTS + 1 };
    const { change, requests, verdict } = await process({ article, readings: [readFromFeed] });
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: 'crashed' } });
    expect([requests, verdict]).toEqual([[], {}]);
  });

  it('is not revisited when a page was not asked whether it changed', async () => {
    const { change, inputs } = await process({ outcome: { kind: 'unchanged' }, readings: [readFromFeed] });
    expect(change).toEqual({ kind: 'stored', record: feedRecord });
    expect(inputs[0]).not.toHaveProperty('page');
  });
});

describe('robots.txt', () => {
  const article = { ...fresh, ignoreRobots: false };
  const rules = (text: string) => ({ loadRobots: async () => ({ read: { rules: text, at: NOW } }) });

  it('is read at a turn of its own', async () => {
    const { change, requests, report, verdict } = await process({ article, outcome: fetched('') });
    expect(change).toEqual({ kind: 'robots-first', dueAt: FIRST_IN_LINE, host: 'a.example' });
    expect(requests.map(([url]) => url)).toEqual(['https://a.example/robots.txt']);
    expect(verdict).toMatchObject({ reached: true });
    expect(report).toEqual({ status: 'later', articleId: 1, url: URL_1 });
  });

  it('is followed to another host, where the article waits like any other', async () => {
    const { change } = await process({ article, outcome: moved('https://b.example/robots.txt') });
    expect(change).toEqual({ kind: 'robots-first', dueAt: NOW, host: 'b.example' });
  });

  it('needs no request when its rules are known, but the turn of the right host', async () => {
    const elsewhere = { ...article, turn: { host: 'b.example', leaseEnd: NOW } };
    const { change, requests, verdict } = await process({ article: elsewhere, deps: rules('User-agent: *\nDisallow:') });
    expect(change).toEqual({ kind: 'robots-first', dueAt: NOW, host: 'a.example' });
    expect([requests, verdict]).toEqual([[], {}]);
  });

  it.each<[string, string, Partial<PendingArticle>, object]>([
    ['obeyed', 'User-agent: *\nDisallow: /', {}, { record: feedRecord, problem: { kind: 'robots' } }],
    ['allowing', 'User-agent: *\nDisallow: /other', {}, { record }],
    ['ignored when the user says so', 'User-agent: *\nDisallow: /', { ignoreRobots: true }, { record }],
  ])('is %s', async (_, text, fields, expected) => {
    const { change } = await process({
      article: { ...article, ...fields },
      readings: ['problem' in expected ? readFromFeed : read],
      deps: rules(text),
    });
    expect(change).toMatchObject({ kind: 'stored', ...expected });
  });
});

describe('a redirect', () => {
  it.each([
    ['at the same host goes first', 'https://a.example/2', FIRST_IN_LINE],
    ['to another host waits in line', 'https://b.example/1', NOW],
  ])('%s', async (_, url, dueAt) => {
    const { change, report, verdict } = await process({ outcome: moved(url) });
    expect(change).toEqual({ kind: 'redirected', dueAt, to: { url, host: toHostKey(url) } });
    expect(report).toEqual({ status: 'moved', articleId: 1, url: URL_1 });
    expect(verdict).toMatchObject({ reached: true });
  });

  it.each<[string, FetchOutcome, Partial<PendingArticle>]>([
    ['to itself', moved(URL_1), {}],
    ['after too many others', moved('https://a.example/2'), { redirects: MAX_REDIRECTS }],
  ])('%s is a loop', async (_, outcome, fields) => {
    const { change } = await process({ article: { ...fresh, ...fields }, outcome, readings: [readFromFeed] });
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: 'redirect-loop' } });
  });

  it('in a page (meta refresh) is followed like any other', async () => {
    const { change } = await process({ readings: [{ kind: 'moved', to: 'https://b.example/2' }] });
    expect(change).toEqual({ kind: 'redirected', dueAt: NOW, to: { url: 'https://b.example/2', host: 'b.example' } });
  });

  it('in a page after too many others leaves what the feed says', async () => {
    const { change, inputs } = await process({
      article: { ...fresh, redirects: MAX_REDIRECTS },
      readings: [{ kind: 'moved', to: 'https://b.example/2' }, readFromFeed],
    });
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: 'redirect-loop' } });
    expect(inputs.at(-1)).not.toHaveProperty('page');
  });
});

describe('a page that fails', () => {
  it.each<[string, FetchOutcome, number, number]>([
    ['with a server error', { kind: 'server-error', status: 500 }, 1, MINUTE],
    ['a second time', { kind: 'server-error', status: 500 }, 2, 5 * MINUTE],
    ['and asks us to wait', { kind: 'throttled', status: 503, retryAfterMs: HOUR }, 1, HOUR],
    ['and asks us to slow down', { kind: 'throttled', status: 429, retryAfterMs: undefined }, 1, MINUTE],
    ['because its host is unreachable', unreachable, 1, MINUTE],
  ])('%s is retried', async (_, outcome, attempts, waitMs) => {
    const { change, report, inputs } = await process({ article: { ...fresh, attempts }, outcome });
    const problem = { kind: outcome.kind, text: expect.any(String) as string };
    expect(change).toEqual({ kind: 'retry', dueAt: later(waitMs), host: 'a.example', problem });
    expect(report).toMatchObject({ status: 'later', problem: outcome.kind, error: expect.any(String) as string });
    expect(inputs).toEqual([]);
  });

  it('is retried at its own host when robots.txt failed at another', async () => {
    const { change } = await process({
      article: { ...fresh, ignoreRobots: false, turn: { host: 'b.example', leaseEnd: NOW } },
      outcome: { kind: 'server-error', status: 500 },
      deps: { loadRobots: async () => ({ redirect: { url: 'https://b.example/robots.txt', count: 1 } }) },
    });
    expect(change).toMatchObject({ kind: 'retry', host: 'a.example' });
  });

  it.each<[string, FetchOutcome, number, string]>([
    ['for good', { kind: 'gone', status: 410 }, 1, 'gone'],
    ['at the last attempt', { kind: 'server-error', status: 500 }, MAX_ATTEMPTS, 'server-error'],
    ['with broken compression', { kind: 'bad-content', reason: 'encoding' }, 1, 'bad-encoding'],
  ])('%s leaves what the feed says', async (_, outcome, attempts, problem) => {
    const { change, report } = await process({ article: { ...fresh, attempts }, outcome, readings: [readFromFeed] });
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: problem } });
    expect(change).not.toHaveProperty('revisit');
    expect(report).toMatchObject({ status: 'stored', contentSource: 'feed', problem });
  });

  it('is retried soon during an outage of our own, and nothing counts against its host', async () => {
    const { change, report, verdict } = await process({ outcome: unreachable, deps: { inOutage: async () => true } });
    expect(change).toEqual({
      kind: 'outage',
      dueAt: later(30_000),
      problem: { kind: 'unreachable', text: expect.any(String) as string },
    });
    expect(verdict).toEqual({});
    expect(report).toMatchObject({ status: 'later', problem: 'unreachable' });
  });
});

describe('a page without content', () => {
  it('leaves what the feed says, and is not revisited', async () => {
    const { change } = await process({ readings: [{ ...readFromFeed, pageProblem: 'no-text' }] });
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: 'no-text' } });
    expect(change).not.toHaveProperty('revisit');
  });

  it.each<[string, FetchOutcome, string]>([
    ['fails with the problem of the page', page, 'not-html'],
    ['fails with the problem of the request', { kind: 'missing', status: 404 }, 'missing'],
  ])('and without content in the feed %s', async (_, outcome, problem) => {
    const { change, report } = await process({ outcome, readings: [{ kind: 'no-content', pageProblem: 'not-html' }] });
    expect(change).toEqual({ kind: 'failed', problem: { kind: problem, text: expect.any(String) as string } });
    expect(report).toMatchObject({ status: 'failed', problem, error: expect.any(String) as string });
  });

  it('that was not wanted, and without content in the feed, fails', async () => {
    const article = without('turn', fresh);
    const { change } = await process({ article, readings: [{ kind: 'no-content', pageProblem: 'no-text' }] });
    expect(change).toMatchObject({ kind: 'failed', problem: { kind: 'no-text' } });
  });

  it.each<[Stopped['reason']]>([['too-slow'], ['too-much-memory']])(
    'because reading it was %s leaves what the feed says',
    async (reason) => {
      const { change, inputs, saved } = await process({
        readings: [{ kind: 'stopped', reason }, readFromFeed],
        deps: { keepsPages: true },
      });
      expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: reason } });
      expect(inputs.at(-1)).not.toHaveProperty('page');
      expect(saved).toEqual([]);
    },
  );
});

describe('a revisit', () => {
  const nextRevisit = later(6.3 * HOUR, stored.storedAt);

  it('asks whether the page changed, and stores what did', async () => {
    const { change, request } = await process({ article: stored });
    expect(request?.validators).toEqual({ etag: '"1"' });
    expect(change).toMatchObject({ record, revisit: { dueAt: nextRevisit, validators: { etag: '"2"' } } });
  });

  it.each<[string, FetchOutcome, ArticleReading, string]>([
    ['has not changed', { kind: 'unchanged' }, read, '"1"'],
    ['is gone', { kind: 'gone', status: 410 }, readFromFeed, '"1"'],
    ['fails for now', { kind: 'server-error', status: 500 }, read, '"1"'],
    ['shows a gate', page, { kind: 'no-content', pageProblem: 'wall' }, '"2"'],
    ['has no text, so that only the feed is left', page, { ...readFromFeed, pageProblem: 'no-text' }, '"2"'],
    ['is left out for the feed’s content', page, readFromFeed, '"2"'],
  ])('keeps the record when the page %s', async (_, outcome, reading, etag) => {
    const { change, report } = await process({ article: stored, outcome, readings: [reading] });
    expect(change).toEqual({ kind: 'unchanged', revisit: { dueAt: nextRevisit, validators: { etag } } });
    expect(report).toEqual({ status: 'revisited', articleId: 1, url: URL_1 });
  });

  it('keeps the record during an outage, and is tried again', async () => {
    const { change } = await process({ article: stored, outcome: unreachable, deps: { inOutage: async () => true } });
    expect(change).toEqual({ kind: 'outage', dueAt: later(30_000) });
  });

  it('follows a redirect at the turn of its host, and stays a revisit', async () => {
    const { change } = await process({ article: stored, outcome: moved('https://b.example/1') });
    expect(change).toEqual({ kind: 'redirected', dueAt: NOW, to: { url: 'https://b.example/1', host: 'b.example' } });
  });

  it('is the last one after the last delay', async () => {
    const article = { ...stored, storedAt: later(-6 * HOUR) };
    const { change } = await process({ article, outcome: { kind: 'unchanged' } });
    expect(change).toEqual({ kind: 'unchanged' });
  });

  it('is not repeated when no page is wanted any more', async () => {
    const article = without('turn', stored);
    expect((await process({ article, readings: [readFromFeed] })).change).toEqual({ kind: 'unchanged' });
  });

  it('is not scheduled for an article that was old when it was stored', async () => {
    const old = articleRecord({ publishedAt: later(-7 * HOUR) });
    expect((await process({ readings: [{ kind: 'article', record: old }] })).change).toEqual({ kind: 'stored', record: old });
  });
});

describe('an article of several pages', () => {
  const pageOf = (n: number): Page => ({
    url: n === 1 ? URL_1 : `${URL_1}?page=${n}`,
    contentType: 'text/html',
    body: new Uint8Array([n]),
  });
  const firstPage = { url: URL_1, host: 'a.example' };
  const continues: ArticleReading = { ...read, nextPage: pageOf(2).url };
  const third: PendingArticle = { ...fresh, pageUrl: pageOf(3).url, pagesKept: 2 };
  const thirdPage = { ...page, ...pageOf(3) };
  const keptPages = [pageOf(1), pageOf(2)];

  it('keeps its page and waits for the next turn, before the backlog of its host', async () => {
    const { change, saved, report } = await process({ readings: [continues] });
    expect(saved).toEqual([[1, URL_1]]);
    const to = { url: pageOf(2).url, host: 'a.example' };
    expect(change).toEqual({ kind: 'next-page', dueAt: FIRST_IN_LINE, to, pagesKept: 1 });
    expect(report.status).toBe('moved');
  });

  it('waits in line when its next page is at another host', async () => {
    const { change } = await process({ readings: [{ ...read, nextPage: 'https://b.example/2' }] });
    expect(change).toMatchObject({ kind: 'next-page', dueAt: NOW, to: { host: 'b.example' } });
  });

  it('is joined after its last page, starts at its first page again, and is not revisited', async () => {
    const whole = articleRecord({ pageCount: 3 });
    const { change, inputs, saved } = await process({
      article: third,
      outcome: thirdPage,
      readings: [{ kind: 'article', record: whole }],
      keptPages,
    });
    expect(
      inputs.map(({ page: { url } = { url: '' }, number, further }) => [url, number, further?.map((one) => one.url)]),
    ).toEqual([
      [pageOf(3).url, 3, undefined],
      [URL_1, undefined, [pageOf(2).url, pageOf(3).url]],
    ]);
    expect(inputs.map(({ feed }) => feed)).toEqual([{ authors: [] }, third.feed]);
    expect(change).toEqual({ kind: 'stored', record: whole, firstPage });
    expect(saved).toEqual([]);
  });

  it('asks for a later page without validators', async () => {
    const article = { ...third, revisit: { validators: { etag: '"1"' } } };
    expect((await process({ article, outcome: thirdPage, keptPages })).request).toEqual({ redirects: 'report' });
  });

  it('is stored without a page that is missing', async () => {
    const { change, inputs } = await process({ article: third, outcome: { kind: 'missing', status: 404 }, keptPages });
    expect(inputs.at(-1)).toMatchObject({ page: pageOf(1), further: [pageOf(2)] });
    expect(change).toMatchObject({ kind: 'stored', record, problem: { kind: 'missing' }, firstPage });
  });

  it('fails, and starts at its first page again, when its pages have no text', async () => {
    const { change } = await process({
      article: third,
      outcome: { kind: 'missing', status: 404 },
      readings: [{ kind: 'no-content', pageProblem: 'no-text' }],
      keptPages,
    });
    expect(change).toMatchObject({ kind: 'failed', problem: { kind: 'missing' }, firstPage });
  });

  it('keeps its record at a failed revisit, and starts at its first page again', async () => {
    const article = { ...third, storedAt: later(-6 * HOUR), revisit: { validators: {} } };
    const { change } = await process({ article, outcome: { kind: 'missing', status: 404 }, keptPages });
    expect(change).toEqual({ kind: 'unchanged', firstPage });
  });

  it('retries the page that failed for now', async () => {
    const { change } = await process({ article: third, outcome: { kind: 'server-error', status: 500 }, keptPages });
    expect(change).toMatchObject({ kind: 'retry', dueAt: later(MINUTE), host: 'a.example' });
    expect(change).not.toHaveProperty('firstPage');
  });

  it('is left to its feed when reading its pages together is stopped', async () => {
    const { change, inputs } = await process({
      article: third,
      outcome: { kind: 'missing', status: 404 },
      readings: [{ kind: 'no-content', pageProblem: 'no-text' }, { kind: 'stopped', reason: 'too-slow' }, readFromFeed],
      keptPages,
    });
    expect(inputs.at(-1)).not.toHaveProperty('page');
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, firstPage });
  });

  it('has at most MAX_PAGES pages', async () => {
    const many = Array.from({ length: MAX_PAGES - 1 }, (_, i) => pageOf(i + 1));
    const { change } = await process({
      article: { ...third, pagesKept: many.length },
      outcome: thirdPage,
      readings: [continues],
      keptPages: many,
    });
    expect(change).toMatchObject({ kind: 'stored', record, firstPage });
  });

  it.each<[string, World, [number, string]]>([
    ['its only page', {}, [1, URL_1]],
    ['its last page', { article: third, outcome: thirdPage, keptPages }, [3, pageOf(3).url]],
  ])('keeps %s when the pages of all articles are kept', async (_, world, expected) => {
    expect((await process({ ...world, deps: { keepsPages: true } })).saved).toEqual([expected]);
  });
});
