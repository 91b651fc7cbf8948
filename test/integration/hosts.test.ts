import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { hostStore } from '../../db/hosts.js';
import type { HostVerdict } from '../../src/hosts/host-wait.js';
import { present } from '../../src/text/present.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

const { db } = await createDatabase();
const { claim, subscribe, endPoll, startPoll } = createWorker(db, { dueInMs: 0 });

beforeEach(async () => {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
});

/** When the host's next turn is and until when it is blocked, both in seconds from now. */
async function selectWaits(host: string): Promise<{ turn: number; blocked: number | null }> {
  const { rows } = await db.execute<{ turn: number; blocked: number | null }>(sql`
    select extract(epoch from turn_at - now())::float8 as turn, extract(epoch from blocked_until - now())::float8 as blocked
    from feedmill_data.hosts where host = ${host}`);
  if (!rows[0]) throw new Error(`no host ${host}`);
  return rows[0];
}

describe('a host in trouble', () => {
  const unreachable = { reached: false, trouble: { baseMs: 10_000 } };

  it.each<[string, HostVerdict[], number]>([
    ['waits as long as Retry-After says', [{ reached: true, trouble: { waitMs: 90_000, baseMs: 1_000 } }], 90],
    ['waits once', [unreachable], 10],
    ['waits twice as long each time', Array(4).fill(unreachable), 80],
    ['waits six hours at most', Array(25).fill(unreachable), 21_600],
    [
      'starts again with the first wait after it has answered',
      [unreachable, unreachable, { reached: true, latencyMs: 5 }, { reached: true, trouble: { baseMs: 60_000 } }],
      60,
    ],
  ])('%s', async (_, verdicts, seconds) => {
    const { id } = await subscribe('a.example');
    await claim();
    for (const host of verdicts) await endPoll(id, { host });
    const { blocked, turn } = await selectWaits('a.example');
    expect(blocked).toBeGreaterThan(seconds * 0.98 - 1);
    expect(blocked).toBeLessThanOrEqual(seconds);
    expect(turn).toBeCloseTo(blocked ?? 0, 1);
    expect((await claim()).feeds).toEqual([]);
  });
});

describe('the gap of a host', () => {
  const slow = createWorker(db, { dueInMs: 0, hostGapMs: 1_000 });

  it.each<[string, { own?: number; crawlDelay?: number; latencyMs?: number }, number]>([
    ['is the setting', {}, 1],
    ['is what robots.txt asks for', { crawlDelay: 5_000 }, 5],
    ['is the setting if robots.txt asks for less', { crawlDelay: 100 }, 1],
    ['is as long as the host takes to answer', { latencyMs: 3_000 }, 3],
    ['is half a minute at most for a slow host', { latencyMs: 200_000 }, 30],
    ["is the user's own for it, whatever else applies", { own: 50, crawlDelay: 5_000, latencyMs: 3_000 }, 0.05],
  ])('%s', async (_, { own, crawlDelay, latencyMs }, seconds) => {
    const { id } = await subscribe('a.example');
    if (own !== undefined) await hostStore(db).setGap('a.example', own);
    if (crawlDelay !== undefined) {
      const { turn } = await startPoll(id);
      const read = { rules: '', host: 'a.example', crawlDelayMs: crawlDelay };
      await hostStore(db).saveRobots(turn, 'https://a.example', { read });
    }
    for (let n = 0; n < 2; n += 1) await slow.endPoll(id, { host: { reached: true, ...present({ latencyMs }) } });
    const { turn } = await selectWaits('a.example');
    expect(turn).toBeGreaterThan(seconds - 0.5);
    expect(turn).toBeLessThanOrEqual(seconds);
  });
});
