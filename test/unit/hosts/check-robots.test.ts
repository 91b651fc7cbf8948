import { describe, expect, it } from 'vitest';
import { type CheckRobotsDeps, checkRobots, type StoredRobots } from '../../../src/hosts/check-robots.js';
import { present } from '../../../src/text/present.js';
import type { FetchOutcome } from '../../../src/web/outcome.js';
import { fetched, moved, toHostKey } from '../../builders.js';

const NOW = new Date('2026-03-01T12:00:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000);
const makeTurn = (host: string) => ({ host, leaseEnd: NOW });
const PAGE = 'https://a.example/story';
const text = (body: string) => fetched(body, { url: 'https://a.example/robots.txt', contentType: 'text/plain' });
const NO_PAGES = 'User-agent: *\nDisallow: /';

/** A fake web of robots.txt files, which logs what was requested and saved. */
function world(web: Record<string, FetchOutcome>, kept: StoredRobots = {}) {
  const asked: string[] = [];
  const delays: [string, number | null][] = [];
  let now: StoredRobots = kept;
  const deps: CheckRobotsDeps = {
    fetchUrl: async (url, request) => {
      asked.push(url);
      expect(request?.redirects).toBe('report');
      return web[url] ?? { kind: 'missing', status: 404 };
    },
    loadRobots: async () => now,
    saveRobots: async (_turn, _origin, { read, redirect }) => {
      const kept = read ? { rules: read.rules, at: NOW } : now.read;
      now = present({ read: kept, redirect });
      if (read) delays.push([read.host, read.crawlDelayMs]);
    },
    toHostKey,
    now: () => NOW,
    userAgent: 'Feedmill/0.1',
  };
  return { deps, asked, delays, kept: () => now };
}

describe('checkRobots', () => {
  it.each<[string, FetchOutcome, string]>([
    ['there is none', { kind: 'missing', status: 404 }, 'allowed'],
    ['access is refused', { kind: 'refused', status: 403 }, 'allowed'],
    ['it allows the page', text('User-agent: *\nDisallow: /other'), 'allowed'],
    ['it forbids the page', text(NO_PAGES), 'refused'],
    ['it redirects to a private address', { kind: 'not-allowed', reason: 'address' }, 'allowed'],
  ])('spends one turn on robots.txt, then obeys it: %s', async (_, answer, expected) => {
    const { deps, asked } = world({ 'https://a.example/robots.txt': answer });
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toMatchObject({
      kind: 'later',
      host: 'a.example',
      outcome: answer,
    });
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toMatchObject({ kind: expected });
    expect(asked).toHaveLength(1);
  });

  it.each<FetchOutcome>([
    { kind: 'server-error', status: 500 },
    { kind: 'throttled', status: 503, retryAfterMs: 1 },
    { kind: 'unreachable', cause: 'dns', code: 'ENOTFOUND' },
    { kind: 'too-slow', timeoutMs: 1 },
  ])('takes a failing server for "not now": $kind', async (answer) => {
    const { deps, asked } = world({ 'https://a.example/robots.txt': answer });
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toEqual({ kind: 'refused', outcome: answer });
    await checkRobots(deps, PAGE, makeTurn('a.example'));
    expect(asked).toHaveLength(2);
  });

  it('does not count a request that was not sent in time as read', async () => {
    const stale = { read: { rules: '', at: hoursAgo(25) } };
    const { deps, kept } = world({ 'https://a.example/robots.txt': { kind: 'crowded' } }, stale);
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toEqual({ kind: 'refused', outcome: { kind: 'crowded' } });
    expect(kept()).toBe(stale);
  });

  it('reads robots.txt again after a day, and keeps the old rules if that fails', async () => {
    const fresh = world({}, { read: { rules: NO_PAGES, at: hoursAgo(23) } });
    expect(await checkRobots(fresh.deps, PAGE, makeTurn('a.example'))).toMatchObject({ kind: 'refused' });
    expect(fresh.asked).toEqual([]);

    const stale = world(
      { 'https://a.example/robots.txt': { kind: 'server-error', status: 500 } },
      { read: { rules: NO_PAGES, at: hoursAgo(25) } },
    );
    expect(await checkRobots(stale.deps, PAGE, makeTurn('a.example'))).toMatchObject({ kind: 'later' });
    expect(await checkRobots(stale.deps, PAGE, makeTurn('a.example'))).toMatchObject({ kind: 'refused' });
    expect(stale.asked).toHaveLength(1);
  });

  it('follows a redirect to another host at a turn of that host, then returns', async () => {
    const { deps, asked, delays } = world({
      'https://a.example/robots.txt': moved('https://www.a.example/robots.txt'),
      'https://www.a.example/robots.txt': text('User-agent: *\nCrawl-delay: 5\nDisallow: /other'),
    });
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toMatchObject({ kind: 'later', host: 'www.a.example' });
    // Another page of the site, at a turn of the site's host, sends no request and waits for the other host too.
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toEqual({ kind: 'later', host: 'www.a.example' });
    expect(asked).toHaveLength(1);
    expect(await checkRobots(deps, PAGE, makeTurn('www.a.example'))).toMatchObject({ kind: 'later', host: 'a.example' });
    // The other page gets its turn there, and returns to its own host.
    expect(await checkRobots(deps, PAGE, makeTurn('www.a.example'))).toEqual({ kind: 'later', host: 'a.example' });
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toEqual({ kind: 'allowed' });
    expect(asked).toHaveLength(2);
    expect(delays).toEqual([['a.example', 5_000]]);
  });

  it('follows five redirects, one per turn, and treats more as no robots.txt', async () => {
    const steps = Array.from(
      { length: 10 },
      (_, n) => [`https://a.example/r${n}`, moved(`https://a.example/r${n + 1}`)] as const,
    );
    const { deps, asked, kept } = world({
      'https://a.example/robots.txt': moved('https://a.example/r0'),
      ...Object.fromEntries(steps),
    });
    for (let turn = 1; turn <= 6; turn += 1) {
      expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toMatchObject({ kind: 'later' });
      expect(asked).toHaveLength(turn);
    }
    expect(await checkRobots(deps, PAGE, makeTurn('a.example'))).toEqual({ kind: 'allowed' });
    expect(kept()).toEqual({ read: { rules: '', at: NOW } });
  });

  it('starts over when a redirect leads to a failing server', async () => {
    const { deps, kept } = world({
      'https://a.example/robots.txt': moved('https://b.example/r'),
      'https://b.example/r': { kind: 'server-error', status: 502 },
    });
    await checkRobots(deps, PAGE, makeTurn('a.example'));
    expect(await checkRobots(deps, PAGE, makeTurn('b.example'))).toMatchObject({ kind: 'refused' });
    expect(kept()).toEqual({});
  });
});
