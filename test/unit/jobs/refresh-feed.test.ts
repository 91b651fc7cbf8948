import { describe, expect, it } from 'vitest';
import type { RefreshFeedDeps } from '../../../src/jobs/refresh-feed.js';
import { MAX_REDIRECTS } from '../../../src/web/outcome.js';
import { fetched, moved, toHostKey } from '../../builders.js';
import {
  document,
  documentHash,
  entry,
  FEED_URL,
  feedRow,
  hoursAgo,
  later,
  MINUTE,
  NOW,
  parsedFeed,
  poll,
  reading,
  sentence,
  type World,
} from './poll-world.js';

describe('a poll', () => {
  it('ends at once when there is no such feed, or the claim is stale', async () => {
    const { report, requests, results, log } = await poll({ feed: undefined });
    expect(report).toEqual({ status: 'nothing-to-do', feedId: 1 });
    expect([requests, results, log]).toEqual([[], [], []]);
  });

  it('that finds news records the document, and when the next poll is due', async () => {
    const dated = [1, 2, 3].map((n) => ({ ...entry(n), publishedAt: hoursAgo(n) }));
    const { report, result, entries } = await poll({
      reading: reading({ entries: dated, entriesDropped: 7 }),
      added: { new: 2, changed: 0, leftOut: 0, possibleGap: false },
    });
    expect(entries.map(({ key }) => key)).toEqual(['g1', 'g2', 'g3']);
    expect(result).toEqual({
      via: 'poll',
      startedAt: NOW,
      durationMs: 0,
      outcome: 'news',
      status: 200,
      bytes: document.body.byteLength,
      entriesSeen: 3,
      entriesNew: 2,
      entriesLeftOut: 0,
      possibleGap: false,
      // Half of the hour that lies between two entries.
      dueAt: later(30 * MINUTE),
      reasons: [sentence],
      faults: 0,
      failures: 0,
      unchangedInRow: 0,
      entryDates: [1, 2, 3].map(hoursAgo),
      validators: { etag: '"2"' },
      bodyHash: documentHash,
      parsed: parsedFeed({ entries, entriesDropped: 7 }),
      move: { kind: 'keep' },
      host: { reached: true, latencyMs: 0 },
    });
    const counts = { entries: 3, new: 2, leftOut: 7, ms: 0 };
    expect(report).toEqual({ status: 'news', feedId: 1, url: FEED_URL, ...counts });
  });

  it.each([
    ['its own address', undefined, true],
    ['a redirect within its origin', 'https://a.example/feed.xml', true],
    ['another host', 'https://b.example/feed', false],
    ['another port', 'https://a.example:444/feed', false],
    ['another scheme', 'http://a.example/feed', false],
  ])('sends its headers to its own origin only: %s', async (_, url, sent) => {
    const headers = { 'x-key': 's3cret' };
    const turn = { host: toHostKey(url ?? FEED_URL), leaseEnd: NOW };
    const redirect = url && { redirect: { url, count: 1, permanent: true } };
    const { request } = await poll({ feed: feedRow({ headers, turn, ...redirect }) });
    expect(request?.[0]).toBe(url ?? FEED_URL);
    expect(request?.[1]?.headers).toEqual(sent ? headers : undefined);
  });

  it('that leaves entries out reads the document again, and says why', async () => {
    const { report, result } = await poll({ added: { new: 2, changed: 0, leftOut: 9, possibleGap: false } });
    expect(result).toMatchObject({ outcome: 'news', entriesLeftOut: 9, validators: {} });
    expect(result).not.toHaveProperty('bodyHash');
    expect(result?.reasons.at(-1)).toMatch(/^9 new entries wait/);
    expect(report).toMatchObject({ waiting: 9 });
  });

  it('that finds nothing new is steady', async () => {
    const { report, result } = await poll({ feed: feedRow({ unchangedInRow: 3, failures: 2, missingSince: hoursAgo(1) }) });
    expect(result).toMatchObject({ outcome: 'steady', unchangedInRow: 0, failures: 0, entriesSeen: 2, entriesNew: 0 });
    expect(result).not.toHaveProperty('missingSince');
    expect(report).toEqual({ status: 'steady', feedId: 1, url: FEED_URL, entries: 2, new: 0, ms: 0 });
  });

  it.each<[string, World]>([
    ['the server says so (304)', { outcome: { kind: 'unchanged' } }],
    ['the document has the same bytes', { feed: feedRow({ bodyHash: documentHash }) }],
  ])('that finds the document unchanged does not read it: %s', async (_, given) => {
    const { result, report, entries } = await poll(given);
    expect(result).toMatchObject({ outcome: 'unchanged', unchangedInRow: 1, failures: 0, entriesSeen: 0 });
    expect(result).not.toHaveProperty('parsed');
    expect(result).not.toHaveProperty('entryDates');
    expect([report.status, entries]).toEqual(['unchanged', []]);
  });

  it('records 304 as the status of an unchanged document', async () => {
    const { result } = await poll({ outcome: { kind: 'unchanged' } });
    expect(result?.status).toBe(304);
    expect(result).not.toHaveProperty('validators');
  });

  it('keeps new validators of a document with the same bytes', async () => {
    const { result } = await poll({ feed: feedRow({ bodyHash: documentHash }) });
    expect(result).toMatchObject({ status: 200, validators: { etag: '"2"' }, bodyHash: documentHash });
  });

  it('records a possible gap when the document shares no entry with the last one', async () => {
    const { result } = await poll({ added: { new: 2, changed: 0, leftOut: 0, possibleGap: true } });
    expect(result).toMatchObject({ outcome: 'news', possibleGap: true });
  });

  it('keeps the dates of the twenty newest entries', async () => {
    const entries = Array.from({ length: 30 }, (_, n) => ({ ...entry(n), publishedAt: hoursAgo(30 - n) }));
    const { result } = await poll({ reading: reading({ entries: [...entries, entry(31)] }) });
    expect(result?.entryDates).toEqual(Array.from({ length: 20 }, (_, n) => hoursAgo(n + 1)));
  });

  it('reports no user name and no password', async () => {
    const { report } = await poll({ feed: feedRow({ url: 'https://me:secret@a.example/feed' }) });
    expect(report).toMatchObject({ url: FEED_URL });
  });
});

describe('the request of a poll', () => {
  it('is conditional', async () => {
    expect((await poll({})).request).toEqual([FEED_URL, { redirects: 'report', validators: { etag: '"1"' } }]);
  });

  it('is for the whole document now and then, in case the server’s validators are stuck', async () => {
    const { request } = await poll({ feed: feedRow({ unchangedInRow: 29 }) });
    expect(request).toEqual([FEED_URL, { redirects: 'report' }]);
  });

  it('is not made for a document that keeps crashing its worker', async () => {
    const { requests, result } = await poll({ feed: feedRow({ attempts: 4 }) });
    expect(requests).toEqual([]);
    expect(result).toMatchObject({ outcome: 'crashes', failures: 1, error: sentence, host: {} });
  });

  it('is made when fewer polls in a row did not end', async () => {
    expect((await poll({ feed: feedRow({ attempts: 3 }) })).requests).toHaveLength(1);
  });

  it('goes to where the redirects of this poll led', async () => {
    const redirect = { url: 'https://b.example/feed', count: 1, permanent: false };
    const { request, result } = await poll({ feed: feedRow({ redirect, turn: { host: 'b.example', leaseEnd: NOW } }) });
    expect(request?.[0]).toBe('https://b.example/feed');
    expect(result?.move).toEqual({ kind: 'keep' });
  });
});

describe('robots.txt of a feed', () => {
  const obeying = (rules?: string): Partial<RefreshFeedDeps> => ({
    robotsForFeeds: true,
    loadRobots: async () => (rules === undefined ? {} : { read: { rules, at: NOW } }),
  });
  const NOTHING = 'User-agent: *\nDisallow: /';

  it('uses up a turn', async () => {
    const { report, log, results } = await poll({ outcome: fetched(''), deps: obeying() });
    expect(report).toEqual({ status: 'later', feedId: 1, url: FEED_URL });
    expect(log).toEqual([{ postponed: { host: 'a.example' }, verdict: { reached: true, latencyMs: 0 } }]);
    expect(results).toEqual([]);
  });

  it('needs no request when its rules are known, but the turn of the right host', async () => {
    const feed = feedRow({ turn: { host: 'b.example', leaseEnd: NOW } });
    const { log, requests } = await poll({ feed, deps: obeying('User-agent: *\nDisallow:') });
    expect(log).toEqual([{ postponed: { host: 'a.example' }, verdict: {} }]);
    expect(requests).toEqual([]);
  });

  it.each<[string, World, string]>([
    ['refuses the poll', { deps: obeying(NOTHING) }, 'robots'],
    ['allows the poll', { deps: obeying('User-agent: *\nDisallow: /other') }, 'steady'],
    ['is ignored when the user says so', { feed: feedRow({ ignoreRobots: true }), deps: obeying(NOTHING) }, 'steady'],
    ['is ignored unless feeds obey it', { deps: { ...obeying(NOTHING), robotsForFeeds: false } }, 'steady'],
  ])('%s', async (_, given, outcome) => {
    expect((await poll(given)).result?.outcome).toBe(outcome);
  });
});

describe('a redirect', () => {
  it.each([[true], [false]])('is followed at the turn of the host that it leads to (permanent: %s)', async (permanent) => {
    const url = 'https://b.example/feed';
    const { report, log, results } = await poll({ outcome: moved(url, { permanent }) });
    expect(report).toEqual({ status: 'moved', feedId: 1, url: FEED_URL });
    const postponed = { host: 'b.example', to: { url, permanent } };
    expect(log).toEqual([{ postponed, verdict: { reached: true, latencyMs: 0 } }]);
    expect(results).toEqual([]);
  });

  it.each<[string, World]>([
    ['to itself', { outcome: moved(FEED_URL) }],
    [
      'after too many others',
      {
        feed: feedRow({ redirect: { url: 'https://a.example/9', count: MAX_REDIRECTS, permanent: true } }),
        outcome: moved('https://a.example/10'),
      },
    ],
  ])('%s is a loop', async (_, given) => {
    expect((await poll(given)).result).toMatchObject({ outcome: 'redirect-loop', move: { kind: 'keep' }, failures: 1 });
  });

  describe('that is permanent', () => {
    const to = 'https://b.example/feed';
    const redirect = { url: to, count: 1, permanent: true };
    const turn = { host: 'b.example', leaseEnd: NOW };

    it('is watched at first', async () => {
      const { result } = await poll({ feed: feedRow({ redirect, turn }) });
      expect(result?.move).toEqual({ kind: 'watch', to, since: NOW, polls: 1 });
    });

    it('is adopted once it has held', async () => {
      const { result } = await poll({ feed: feedRow({ redirect, turn, moved: { to, since: hoursAgo(25), polls: 2 } }) });
      expect(result?.move).toEqual({ kind: 'adopt', to });
    });

    it('does not count when it leads to no feed', async () => {
      const { result } = await poll({
        feed: feedRow({ redirect, turn }),
        reading: { kind: 'not-a-feed', reason: 'It is a page.' },
      });
      expect(result?.move).toEqual({ kind: 'keep' });
    });
  });
});
