import { describe, expect, it } from 'vitest';
import type { ArticleReading, Page } from '../../../src/articles/article.js';
import { MAX_ATTEMPTS, MAX_PAGES } from '../../../src/articles/retry-and-revisit.js';
import type { PendingArticle } from '../../../src/jobs/pending-article.js';
import { MAX_SLOW_READINGS, type Stopped } from '../../../src/jobs/stopped.js';
import type { FetchOutcome } from '../../../src/web/outcome.js';
import { articleRecord } from '../../builders.js';
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
  type World,
  without,
} from './article-world.js';

describe('a page without content', () => {
  it('leaves the content of the feed, and is not revisited', async () => {
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

  it.each<[Stopped['reason'], Partial<PendingArticle>]>([
    ['too-slow', { attempts: MAX_SLOW_READINGS, lastProblem: 'too-slow' }],
    ['too-slow', { attempts: MAX_ATTEMPTS }],
    ['too-much-memory', {}],
  ])('because reading it was %s leaves what the feed says', async (reason, fields) => {
    const { change, inputs, saved } = await process({
      article: { ...fresh, ...fields },
      readings: [{ kind: 'stopped', reason }, readFromFeed],
      deps: { keepsPages: true },
    });
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, problem: { kind: reason } });
    expect(inputs.at(-1)).not.toHaveProperty('page');
    expect(saved).toEqual([]);
  });

  it.each<[string, PendingArticle]>([
    ['the first time', fresh],
    ['the second time', { ...fresh, attempts: 2, lastProblem: 'too-slow' }],
    ['after other problems', { ...fresh, attempts: 5, lastProblem: 'server-error' }],
    ['without a page', { ...without('turn', fresh) }],
  ])('because reading it took too long is tried again: %s', async (_, article) => {
    const { change, inputs } = await process({ article, readings: [{ kind: 'stopped', reason: 'too-slow' }] });
    expect(change).toMatchObject({ kind: 'retry', problem: { kind: 'too-slow' } });
    expect(change && 'host' in change ? change.host : undefined).toBe(article.turn?.host);
    expect(inputs).toHaveLength(1);
  });
});

describe('an article of several pages', () => {
  const makePage = (n: number): Page => ({
    url: n === 1 ? URL_1 : `${URL_1}?page=${n}`,
    contentType: 'text/html',
    body: new Uint8Array([n]),
  });
  const firstPage = { url: URL_1, host: 'a.example' };
  const continues: ArticleReading = { ...read, nextPage: makePage(2).url };
  const third: PendingArticle = { ...fresh, pageUrl: makePage(3).url, pagesKept: 2 };
  const thirdPage = { ...page, ...makePage(3) };
  const keptPages = [makePage(1), makePage(2)];

  it('keeps its page and waits for the next turn, before the backlog of its host', async () => {
    const { change, saved, report } = await process({ readings: [continues] });
    expect(saved).toEqual([[1, URL_1]]);
    const to = { url: makePage(2).url, host: 'a.example' };
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
      [makePage(3).url, 3, undefined],
      [URL_1, undefined, [makePage(2).url, makePage(3).url]],
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
    expect(inputs.at(-1)).toMatchObject({ page: makePage(1), further: [makePage(2)] });
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

  it('retries a page that failed temporarily', async () => {
    const { change } = await process({ article: third, outcome: { kind: 'server-error', status: 500 }, keptPages });
    expect(change).toMatchObject({ kind: 'retry', dueAt: later(MINUTE), host: 'a.example' });
    expect(change).not.toHaveProperty('firstPage');
  });

  it('is left to its feed when reading its pages together is stopped', async () => {
    const { change, inputs } = await process({
      article: { ...third, attempts: MAX_SLOW_READINGS, lastProblem: 'too-slow' },
      outcome: { kind: 'missing', status: 404 },
      readings: [{ kind: 'no-content', pageProblem: 'no-text' }, { kind: 'stopped', reason: 'too-slow' }, readFromFeed],
      keptPages,
    });
    expect(inputs.at(-1)).not.toHaveProperty('page');
    expect(change).toMatchObject({ kind: 'stored', record: feedRecord, firstPage });
  });

  it('has at most MAX_PAGES pages', async () => {
    const many = Array.from({ length: MAX_PAGES - 1 }, (_, i) => makePage(i + 1));
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
    ['its last page', { article: third, outcome: thirdPage, keptPages }, [3, makePage(3).url]],
  ])('keeps %s when the pages of all articles are kept', async (_, world, expected) => {
    expect((await process({ ...world, deps: { keepsPages: true } })).saved).toEqual([expected]);
  });
});
