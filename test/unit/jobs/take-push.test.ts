import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { refreshFeed } from '../../../src/jobs/refresh-feed.js';
import { entry, FEED_URL, feedRow, hoursAgo, poll, push, reading, unreachable, type World, world } from './poll-world.js';

describe('a push', () => {
  it('to a feed that was deleted is dropped', async () => {
    const { report, results } = await push({ feed: undefined });
    expect(report).toEqual({ status: 'no-such-feed', feedId: 1 });
    expect(results).toEqual([]);
  });

  it('is read like a document that was polled, but keeps nothing that plans polls', async () => {
    const dated = [1, 2].map((n) => ({ ...entry(n), publishedAt: hoursAgo(n) }));
    const { report, result, requests } = await push({
      reading: reading({ entries: dated }),
      added: { new: 1, changed: 0, leftOut: 0, possibleGap: true },
    });
    expect(requests).toEqual([]);
    // A push may hold nothing but the new entries, so that it shows no gap.
    expect(result).toMatchObject({ via: 'push', outcome: 'news', entriesNew: 1, possibleGap: false, host: {} });
    for (const field of ['validators', 'bodyHash', 'entryDates']) expect(result).not.toHaveProperty(field);
    expect(report).toEqual({ status: 'news', feedId: 1, url: FEED_URL, via: 'push', entries: 2, new: 1, ms: 0 });
  });

  it('with the bytes of the last document is unchanged', async () => {
    const bodyHash = createHash('sha256').update('pushed').digest('hex');
    expect((await push({ feed: feedRow({ bodyHash }) })).result?.outcome).toBe('unchanged');
  });

  it.each<[string, World, 'push' | 'poll', boolean]>([
    ['news that was pushed', { added: { new: 1, changed: 0, leftOut: 0, possibleGap: false } }, 'push', true],
    ['a push without news', {}, 'push', false],
    ['news that only a poll found', { added: { new: 1, changed: 0, leftOut: 0, possibleGap: false } }, 'poll', true],
    ['a poll without news', {}, 'poll', false],
    ['a poll that failed', { outcome: unreachable }, 'poll', false],
  ])('counts %s', async (_, given, via, news) => {
    const { log } = via === 'push' ? await push(given) : await poll(given);
    expect(log).toEqual([{ delivery: { via, news } }]);
  });

  it('is not counted where no hub can reach us', async () => {
    const { deps, results, log } = world({});
    const { deliveries: _, ...without } = deps;
    await refreshFeed(without)({ id: 1 });
    expect(results).toHaveLength(1);
    expect(log).toEqual([]);
  });
});
