import { describe, expect, it } from 'vitest';
import { dispatchDue } from '../../../src/jobs/dispatch.js';
import type { PerQueue, QueueName } from '../../../src/jobs/queues.js';

const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

/** Dispatches with these numbers of waiting jobs and due rows, and logs what is claimed and enqueued. */
async function dispatch({ waiting, due }: { waiting: PerQueue; due: PerQueue }) {
  const log: unknown[] = [];
  const result = await dispatchDue({
    countWaiting: async () => waiting,
    claimDue: async (limits) => {
      log.push({ limits });
      const claim = (queue: QueueName) => ids(Math.min(due[queue], limits[queue]));
      return { feeds: claim('feeds'), articles: claim('articles'), reextractions: claim('reextractions') };
    },
    enqueue: async (queue, claimed) => void log.push({ [queue]: claimed.length }),
  });
  return { result, log };
}

const per = (feeds: number, articles: number, reextractions = 0): PerQueue => ({ feeds, articles, reextractions });

describe('dispatchDue', () => {
  it.each<[string, PerQueue, PerQueue, PerQueue & { more: boolean }]>([
    ['nothing is due', per(0, 0), per(0, 0), { ...per(0, 0), more: false }],
    ['little is due', per(0, 0), per(2, 3, 4), { ...per(2, 3, 4), more: false }],
    ['more feeds are due than there is room for', per(0, 0), per(900, 0), { ...per(500, 0), more: true }],
    ['one queue is full', per(500, 100), per(9, 9), { ...per(0, 9), more: false }],
    ['a full queue is longer than its limit', per(700, 499), per(9, 9), { ...per(0, 1), more: true }],
    ['many records are extracted again', per(0, 0), per(1, 1, 9_999), { ...per(1, 1, 500), more: false }],
    ['only re-extractions have room', per(500, 500, 1), per(9, 9, 9), { ...per(0, 0, 9), more: false }],
  ])('claims as much as the queues have room for when %s', async (_, waiting, due, expected) => {
    const { result, log } = await dispatch({ waiting, due });
    expect(result).toEqual(expected);
    const room = (queue: QueueName) => Math.max(0, 500 - waiting[queue]);
    expect(log).toEqual([
      { limits: per(room('feeds'), room('articles'), room('reextractions')) },
      { feeds: expected.feeds },
      { articles: expected.articles },
      { reextractions: expected.reextractions },
    ]);
  });

  it('claims nothing while all queues are full', async () => {
    const { result, log } = await dispatch({ waiting: per(500, 501, 500), due: per(9, 9, 9) });
    expect(result).toEqual({ ...per(0, 0), more: false });
    expect(log).toEqual([]);
  });
});
