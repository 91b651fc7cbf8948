import { describe, expect, it } from 'vitest';
import { dispatchDue } from '../../../src/jobs/dispatch.js';
import type { PerQueue } from '../../../src/jobs/queues.js';

const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** Dispatches with these numbers of waiting jobs and due rows, and logs what is claimed and enqueued. */
async function dispatch({ waiting, due }: { waiting: PerQueue; due: PerQueue }) {
  const log: unknown[] = [];
  const result = await dispatchDue({
    countWaiting: async () => waiting,
    claimDue: async (limits) => {
      log.push({ limits });
      return { feeds: ids(Math.min(due.feeds, limits.feeds)), articles: ids(Math.min(due.articles, limits.articles)) };
    },
    enqueueFeeds: async (feeds) => void log.push({ feeds: feeds.length }),
    enqueueArticles: async (articles) => void log.push({ articles: articles.length }),
  });
  return { result, log };
}

describe('dispatchDue', () => {
  it.each<[string, PerQueue, PerQueue, PerQueue & { more: boolean }]>([
    ['nothing is due', { feeds: 0, articles: 0 }, { feeds: 0, articles: 0 }, { feeds: 0, articles: 0, more: false }],
    ['little is due', { feeds: 0, articles: 0 }, { feeds: 2, articles: 3 }, { feeds: 2, articles: 3, more: false }],
    [
      'more feeds are due than there is room for',
      { feeds: 0, articles: 0 },
      { feeds: 900, articles: 0 },
      { feeds: 500, articles: 0, more: true },
    ],
    ['one queue is full', { feeds: 500, articles: 100 }, { feeds: 9, articles: 9 }, { feeds: 0, articles: 9, more: false }],
    [
      'a full queue is longer than its limit',
      { feeds: 700, articles: 499 },
      { feeds: 9, articles: 9 },
      { feeds: 0, articles: 1, more: true },
    ],
  ])('claims as much as the queues have room for when %s', async (_, waiting, due, expected) => {
    const { result, log } = await dispatch({ waiting, due });
    expect(result).toEqual(expected);
    const limits = { feeds: Math.max(0, 500 - waiting.feeds), articles: Math.max(0, 500 - waiting.articles) };
    expect(log).toEqual([{ limits }, { feeds: expected.feeds }, { articles: expected.articles }]);
  });

  it('claims nothing while both queues are full', async () => {
    const { result, log } = await dispatch({ waiting: { feeds: 500, articles: 501 }, due: { feeds: 9, articles: 9 } });
    expect(result).toEqual({ feeds: 0, articles: 0, more: false });
    expect(log).toEqual([]);
  });
});
