import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { giveBack } from '../../db/give-back.js';
import { expireRecords } from '../../db/retention.js';
import type { PendingArticle } from '../../src/jobs/pending-article.js';
import { articleRecord, feedEntry } from '../builders.js';
import { createDatabase } from '../database.js';
import { createWorker } from './worker.js';

// Claims, jobs and edits in random order on the real SQL. Whatever happens, no work is lost and no old result wins.

const { db } = await createDatabase();
const CONCURRENCY = 2;
const STORIES = 2;
/** Time for all runs of one property, in ms; what was not tried in that time is left out. */
const TIME_MS = 8_000;
const { options, feeds, articles, claim, subscribe } = createWorker(db, { hostConcurrency: CONCURRENCY });

/** One world: the feed, how often each entry was edited, and the jobs that run. */
interface World {
  feed: Awaited<ReturnType<typeof subscribe>>;
  versions: number[];
  claimed: number[];
  running: PendingArticle[];
}

const toTitle = (version: number) => `version ${version}`;
const toEntry = (n: number, version: number) => feedEntry(n, { title: toTitle(version), contentHash: `${n}.${version}` });

async function createWorld(content: 'page' | 'feed', stories = STORIES): Promise<World> {
  await db.execute(sql`truncate feedmill_data.feeds, feedmill_data.hosts cascade`);
  const feed = await subscribe('a.example', content);
  await db.execute(sql`update feedmill_data.feeds set due_at = null`);
  const versions = Array.from({ length: stories }, () => 0);
  await feeds.addEntries(
    feed,
    versions.map((version, n) => toEntry(n, version)),
  );
  return { feed, versions, claimed: [], running: [] };
}

/** Moves the database's clock by moving all times in rows the other way, those that jobs know included. */
async function moveClock(world: World, ms: number): Promise<void> {
  const by = sql`make_interval(secs => ${ms}::float8 / 1000)`;
  await db.execute(sql`
    with moved as (update feedmill_data.articles
      set due_at = due_at - ${by}, first_seen_at = first_seen_at - ${by}, updated_at = updated_at - ${by})
    update feedmill_data.hosts set turn_at = turn_at - ${by}, next_at = next_at - ${by},
      leases = array(select lease - ${by} from unnest(leases) lease)`);
  world.running = world.running.map((article) => {
    const leaseEnd = new Date(article.leaseEnd.getTime() - ms);
    return { ...article, leaseEnd, ...(article.turn && { turn: { ...article.turn, leaseEnd } }) };
  });
}

/** What can happen; `n` picks the story or the job. */
const STEPS = {
  claim: async (world: World) => void world.claimed.push(...(await claim()).articles),
  async start(world: World, n: number) {
    const [id] = world.claimed.splice(n % Math.max(1, world.claimed.length), 1);
    const article = id === undefined ? undefined : await articles.startArticle(id);
    if (article) world.running.push(article);
  },
  async work(world: World, n: number) {
    await STEPS.claim(world);
    await STEPS.start(world, n);
  },
  async finish(world: World, n: number) {
    const [article] = world.running.splice(n % Math.max(1, world.running.length), 1);
    if (!article) return;
    const record = articleRecord({ title: article.feed.title ?? '' });
    const revisit = { dueAt: new Date(article.startedAt.getTime() + 3_600_000), validators: {} };
    const change = n % 2 === 0 ? { kind: 'stored' as const, record } : { kind: 'stored' as const, record, revisit };
    await articles.recordArticle(article, article.revisit ? { kind: 'unchanged' } : change, {});
  },
  async retry(world: World, n: number) {
    const [article] = world.running.splice(n % Math.max(1, world.running.length), 1);
    const problem = { kind: 'server-error', text: '' };
    if (article) await articles.recordArticle(article, { kind: 'retry', dueAt: article.startedAt, problem }, {});
  },
  async interrupt(world: World, n: number) {
    const [article] = world.running.splice(n % Math.max(1, world.running.length), 1);
    if (article) await giveBack(db, 'articles', [article], options, n % 2 === 0 ? 'now' : 'at lease end');
  },
  crash: async (world: World, n: number) => void world.running.splice(n % Math.max(1, world.running.length), 1),
  loseJobs: async (world: World) => void world.claimed.splice(0),
  endLeases: (world: World) => moveClock(world, options.leaseMs + 1),
  moveClock: (world: World, n: number) => moveClock(world, (n - 5) * 10_000),
  async edit(world: World, n: number) {
    const story = n % STORIES;
    world.versions[story] = (world.versions[story] ?? 0) + 1;
    await feeds.addEntries(world.feed, [toEntry(story, world.versions[story])]);
  },
  retention: async () => void (await expireRecords(db, 0)),
} satisfies Record<string, (world: World, n: number) => Promise<unknown>>;

type Step = keyof typeof STEPS;

const selectStories = async () =>
  (
    await db.execute<{
      key: string;
      record: string | null;
      entry: string;
      pending: boolean;
      considered: boolean;
      count: number;
    }>(sql`
      select e.key, a.title as record, e.title as entry, a.due_at is not null as pending,
        a.host is null or exists (select 1 from feedmill_data.hosts h where h.host = a.host and h.turn_at is not null) as considered,
        count(*) over (partition by a.url)::int as count
      from feedmill_data.entries e join feedmill_data.articles a on a.id = e.article_id order by e.key`)
  ).rows;

/** No work is lost, a story has one record, and a host has no more leases than it may. */
async function checkInvariants(earlier: Map<string, string>): Promise<void> {
  for (const { key, record, entry, pending, considered, count } of await selectStories()) {
    expect(count, key).toBe(1);
    if (record !== entry) expect({ key, pending }, 'unfinished work is due or leased').toEqual({ key, pending: true });
    if (pending) expect({ key, considered }, 'its host has a turn to come').toEqual({ key, considered: true });
    if (record === null) continue;
    const version = (title: string | undefined) => Number(title?.split(' ')[1] ?? -1);
    expect(version(record), `${key} goes back`).toBeGreaterThanOrEqual(version(earlier.get(key)));
    earlier.set(key, record);
  }
  const { rows } = await db.execute<{ live: number }>(
    sql`select count(*)::int as live from feedmill_data.hosts, unnest(leases) lease where lease > now()`,
  );
  expect(rows[0]?.live).toBeLessThanOrEqual(CONCURRENCY);
}

/** Lets the workers finish all that is left. */
async function drain(world: World): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await moveClock(world, 12 * 3_600_000);
    world.claimed = [];
    await STEPS.claim(world);
    while (world.claimed.length > 0) await STEPS.start(world, 0);
    while (world.running.length > 0) await STEPS.finish(world, 0);
    if ((await selectStories()).every(({ pending }) => !pending)) return;
  }
  expect.fail('work is never done');
}

async function play(content: 'page' | 'feed', steps: readonly (readonly [Step, number])[]): Promise<void> {
  const world = await createWorld(content);
  const earlier = new Map<string, string>();
  for (const [step, n] of steps) {
    await STEPS[step](world, n);
    await checkInvariants(earlier);
  }
  await drain(world);
  await checkInvariants(earlier);
  for (const { record, entry } of await selectStories()) expect(record).toBe(entry);
}

it('loses no work and lets no old result win, whatever happens', async () => {
  const often: Step[] = ['work', 'work', 'work', 'finish', 'finish', 'edit', 'edit', 'endLeases'];
  const step = fc.tuple(fc.constantFrom(...often, ...(Object.keys(STEPS) as Step[])), fc.nat(10));
  let playing = Promise.resolve();
  const property = fc.asyncProperty(
    fc.constantFrom('page' as const, 'feed' as const),
    fc.array(step, { maxLength: 25 }),
    (content, steps) => {
      playing = play(content, steps);
      return playing;
    },
  );
  await fc.assert(property, { numRuns: 200, interruptAfterTimeLimit: TIME_MS, endOnFailure: true });
  // At the time limit, fast-check leaves the run behind that is not done. Its statements must not meet the next test's.
  await playing;
}, 60_000);

/** All orders in which the steps of these lists can follow each other, each list in its own order. */
function interleave<T>(lists: readonly (readonly T[])[]): T[][] {
  const rest = lists.filter((list) => list.length > 0);
  if (rest.length === 0) return [[]];
  return rest.flatMap((list) =>
    interleave(rest.map((other) => (other === list ? other.slice(1) : other))).map((tail) => [list[0] as T, ...tail]),
  );
}

it.each(['page', 'feed'] as const)(
  'two workers of one article and one edit, in every order (content from the %s)',
  async (content) => {
    type Move = 'A starts' | 'A ends' | 'lease ends' | 'B starts' | 'B ends' | 'edit';
    const orders = interleave<Move>([['A starts', 'A ends'], ['lease ends', 'B starts', 'B ends'], ['edit']]);
    expect(orders).toHaveLength(60);
    for (const order of orders) {
      const world = await createWorld(content, 1);
      const jobs = new Map<string, PendingArticle>();
      const earlier = new Map<string, string>();
      for (const move of order) {
        if (move === 'edit') await STEPS.edit(world, 0);
        else if (move === 'lease ends') {
          world.running = [...jobs.values()];
          const names = [...jobs.keys()];
          await STEPS.endLeases(world);
          for (const [index, article] of world.running.entries()) jobs.set(names[index] ?? '', article);
        } else if (move.endsWith('starts')) {
          const [id] = (await claim()).articles;
          const article = id === undefined ? undefined : await articles.startArticle(id);
          if (article) jobs.set(move.slice(0, 1), article);
        } else {
          const article = jobs.get(move.slice(0, 1));
          const record = articleRecord({ title: article?.feed.title ?? '' });
          if (article) await articles.recordArticle(article, { kind: 'stored', record }, {});
        }
        await checkInvariants(earlier);
      }
      world.running = [];
      await drain(world);
      for (const { record, entry } of await selectStories()) expect([order, record]).toEqual([order, entry]);
    }
  },
  60_000,
);
