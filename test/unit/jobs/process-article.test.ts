import { describe, expect, it } from 'vitest';
import { MAX_ATTEMPTS } from '../../../src/articles/retry-and-revisit.js';
import type { PendingArticle } from '../../../src/jobs/pending-article.js';
import { type FetchOutcome, MAX_REDIRECTS } from '../../../src/web/outcome.js';
import { articleRecord, fetched, moved, toHostKey } from '../../builders.js';
import {
  FIRST_IN_LINE,
  feedRecord,
  fresh,
  HOUR,
  later,
  MINUTE,
  NOW,
  page,
  process,
  read,
  readFromFeed,
  record,
  URL_1,
  unreachable,
  without,
} from './article-world.js';

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

  it('is not revisited if its page was not fetched', async () => {
    const { change, inputs } = await process({ outcome: { kind: 'unchanged' }, readings: [readFromFeed] });
    expect(change).toEqual({ kind: 'stored', record: feedRecord });
    expect(inputs[0]).not.toHaveProperty('page');
  });
});

describe('robots.txt', () => {
  const article = { ...fresh, ignoreRobots: false };
  const rules = (text: string) => ({ loadRobots: async () => ({ read: { rules: text, at: NOW } }) });

  it('uses up a turn', async () => {
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

  it('is not asked for where it is ignored, but the page still waits for the turn of its own host', async () => {
    const { change, requests } = await process({ article: { ...fresh, turn: { host: 'b.example', leaseEnd: NOW } } });
    expect(change).toEqual({ kind: 'robots-first', dueAt: NOW, host: 'a.example' });
    expect(requests).toEqual([]);
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

  it('in a page, after too many others, leaves the content of the feed', async () => {
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
  ])('%s leaves the content of the feed', async (_, outcome, attempts, problem) => {
    const { change, report } = await process({ article: { ...fresh, attempts }, outcome, readings: [readFromFeed] });
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: problem } });
    expect(change).not.toHaveProperty('revisit');
    expect(report).toMatchObject({ status: 'stored', contentSource: 'feed', problem });
  });

  it('is retried soon when it could not be asked for in time, and nothing counts against its host', async () => {
    const { change, verdict } = await process({ outcome: { kind: 'crowded' } });
    expect(change).toMatchObject({ kind: 'uncounted', dueAt: later(30_000), problem: { kind: 'crowded' } });
    expect(verdict).toEqual({});
  });

  it('is retried soon during our own outage, and nothing counts against its host', async () => {
    const { change, report, verdict } = await process({ outcome: unreachable, deps: { inOutage: async () => true } });
    expect(change).toEqual({
      kind: 'uncounted',
      dueAt: later(30_000),
      problem: { kind: 'unreachable', text: expect.any(String) as string },
    });
    expect(verdict).toEqual({});
    expect(report).toMatchObject({ status: 'later', problem: 'unreachable' });
  });
});
