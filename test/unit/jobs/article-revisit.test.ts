import { describe, expect, it } from 'vitest';
import type { ArticleReading } from '../../../src/articles/article.js';
import type { FetchOutcome } from '../../../src/web/outcome.js';
import { articleRecord, moved } from '../../builders.js';
import {
  HOUR,
  later,
  NOW,
  page,
  process,
  read,
  readFromFeed,
  record,
  stored,
  URL_1,
  unreachable,
  without,
} from './article-world.js';

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
    expect(change).toEqual({ kind: 'uncounted', dueAt: later(30_000) });
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

  it('is not repeated when a page is no longer wanted', async () => {
    const article = without('turn', stored);
    expect((await process({ article, readings: [readFromFeed] })).change).toEqual({ kind: 'unchanged' });
  });

  it('is not scheduled for an article that was old when it was stored', async () => {
    const old = articleRecord({ publishedAt: later(-7 * HOUR) });
    expect((await process({ readings: [{ kind: 'article', record: old }] })).change).toEqual({ kind: 'stored', record: old });
  });
});
