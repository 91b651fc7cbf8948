// A month of 1,000 feeds of different habits, in virtual time: how many polls each rule makes, and how late it sees what is new.
import { planPoll } from '../src/feeds/schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const MIN = 5 * MINUTE;
const MAX = DAY;

/** mulberry32: the same month at each run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Habit {
  name: string;
  share: number;
  /** Entries that its document holds. */
  window: number;
  /** Whether its entries have dates. */
  dated?: boolean;
  ttlMs?: number;
  /** Entries expected in an hour that begins at `at` (ms since the start, a Monday at midnight). */
  rate(at: number): number;
}
const hourOf = (at: number) => Math.floor(at / HOUR) % 24;
const dayOf = (at: number) => Math.floor(at / DAY) % 7;
const HABITS: Habit[] = [
  { name: 'wire service', share: 0.05, window: 40, rate: (at) => (hourOf(at) >= 6 && hourOf(at) < 23 ? 11 : 2) },
  {
    name: 'newsroom',
    share: 0.3,
    window: 30,
    rate: (at) => (hourOf(at) >= 7 && hourOf(at) < 20 ? (dayOf(at) < 5 ? 1.5 : 0.5) : 0.08),
  },
  {
    name: 'newsroom without dates',
    share: 0.05,
    window: 30,
    dated: false,
    rate: (at) => (hourOf(at) >= 7 && hourOf(at) < 20 ? 1.2 : 0.05),
  },
  {
    name: 'newsroom with ttl 60',
    share: 0.05,
    window: 30,
    ttlMs: HOUR,
    rate: (at) => (hourOf(at) >= 7 && hourOf(at) < 20 ? 1.5 : 0.08),
  },
  {
    name: 'small magazine',
    share: 0.15,
    window: 20,
    rate: (at) => (dayOf(at) < 5 && hourOf(at) >= 9 && hourOf(at) < 18 ? 0.3 : 0.01),
  },
  { name: 'weekly podcast', share: 0.1, window: 50, rate: (at) => (dayOf(at) === 3 && hourOf(at) === 6 ? 1 : 0) },
  {
    name: 'blog in bursts',
    share: 0.15,
    window: 10,
    rate: (at) => (dayOf(at) === 5 && hourOf(at) >= 10 && hourOf(at) < 14 ? 0.7 : 0.005),
  },
  {
    name: 'monthly journal',
    share: 0.05,
    window: 20,
    rate: (at) => (Math.floor(at / DAY) % 30 === 12 && hourOf(at) === 8 ? 12 : 0),
  },
  { name: 'dead', share: 0.1, window: 10, rate: () => 0 },
];

interface SimFeed {
  habit: Habit;
  /** When its entries came out, in ms since the start; those before 0 are its past. */
  entries: number[];
}

function makeFeeds(count: number): SimFeed[] {
  const random = randomOf(7);
  return HABITS.flatMap((habit) =>
    Array.from({ length: Math.round(count * habit.share) }, () => {
      const entries: number[] = [];
      const shift = Math.floor(random() * 24) * HOUR;
      const from = habit.name === 'dead' ? -400 * DAY : -60 * DAY;
      for (let at = from; at < MONTH; at += HOUR) {
        const rate = habit.name === 'dead' ? (at < -380 * DAY ? 0.05 : 0) : habit.rate((at + shift + 364 * DAY) % (364 * DAY));
        // Knuth's Poisson.
        for (let p = random(); p > Math.exp(-rate); p *= random()) entries.push(at + random() * HOUR);
      }
      return { habit, entries: entries.sort((a, b) => a - b) };
    }),
  );
}

/** What a rule sees of a poll. */
interface Seen {
  now: number;
  /** Of the document, newest first. */
  document: number[];
  dated: boolean;
  fresh: number;
  /** Entries of the last week, as the database knows them. */
  lastWeek: number;
  ttlMs?: number;
  polls: { at: number; news: boolean }[];
}
type Rule = (seen: Seen, state: { waitMs: number }) => number;

const START = Date.UTC(2026, 5, 1);
const clamp = (ms: number, least: number, most: number) => Math.min(Math.max(ms, least), most);
const jitterSource = randomOf(99);

const RULES: Record<string, Rule> = {
  feedmill: ({ now, document, dated, fresh, ttlMs, polls }) => {
    const { dueAt } = planPoll({
      now: new Date(START + now),
      outcome: fresh > 0 ? 'news' : 'steady',
      publishedAts: dated ? document.slice(0, 20).map((at) => new Date(START + at)) : [],
      recentPolls: polls.map(({ at, news }) => ({ at: new Date(START + at), news })),
      wishes: ttlMs ? { pollEveryMs: ttlMs } : {},
      failures: 0,
      minMs: MIN,
      maxMs: MAX,
      random: jitterSource,
    });
    return (dueAt?.getTime() ?? Number.POSITIVE_INFINITY) - START - now;
  },
  'fixed 15 min': () => 15 * MINUTE,
  'fixed 60 min': () => HOUR,
  // Miniflux, POLLING_SCHEDULER=entry_frequency (its documentation, "Configuration Parameters"): a week over the entries of the
  // last
  // week, between SCHEDULER_ENTRY_FREQUENCY_MIN_INTERVAL (5 min) and …_MAX_INTERVAL (24 h); feeds are looked at each hour by
  // default.
  'Miniflux entry_frequency': ({ lastWeek }) => {
    return Math.ceil(clamp(lastWeek === 0 ? DAY : (7 * DAY) / lastWeek, 5 * MINUTE, DAY) / HOUR) * HOUR;
  },
  // Media Cloud rss-fetcher (its README and fetcher/tasks.py): starts at 12 h, shortened by a step while polls find much that is
  // new and
  // lengthened while they find little, between 1.5 h (6 min for a few) and 24 h; taken here as halving and adding a half, in its
  // favour.
  'Media Cloud rss-fetcher': ({ document, fresh }, state) => {
    const share = document.length === 0 ? 0 : fresh / document.length;
    state.waitMs = clamp(share > 0.1 ? state.waitMs / 2 : share === 0 ? state.waitMs * 1.5 : state.waitMs, 1.5 * HOUR, DAY);
    return state.waitMs;
  },
};

function simulate(feeds: readonly SimFeed[], rule: Rule) {
  const delays: number[] = [];
  let polls = 0;
  let withNews = 0;
  let missed = 0;
  let published = 0;
  const random = randomOf(3);
  for (const { habit, entries } of feeds) {
    const state = { waitMs: 12 * HOUR };
    // The past counts as seen; the first poll of the month comes at some time of the first quarter of an hour.
    let next = entries.findIndex((at) => at >= 0);
    if (next < 0) next = entries.length;
    const history: Seen['polls'] = [];
    for (let now = random() * 15 * MINUTE; now < MONTH; ) {
      let end = next;
      while (end < entries.length && (entries[end] ?? 0) <= now) end += 1;
      const shown = entries.slice(Math.max(0, end - habit.window), end);
      const oldestShown = shown[0] ?? Number.POSITIVE_INFINITY;
      const fresh = entries.slice(next, end);
      for (const at of fresh) {
        published += 1;
        if (at < oldestShown) missed += 1;
        else delays.push(now - at);
      }
      next = end;
      polls += 1;
      if (fresh.length > 0) withNews += 1;
      const wait = rule(
        {
          now,
          document: [...shown].reverse(),
          dated: habit.dated !== false,
          fresh: fresh.length,
          lastWeek: end - entries.findIndex((at) => at > now - 7 * DAY),
          polls: history.slice(-20),
          ...(habit.ttlMs ? { ttlMs: habit.ttlMs } : {}),
        },
        state,
      );
      history.push({ at: now, news: fresh.length > 0 });
      now += wait;
    }
  }
  delays.sort((a, b) => a - b);
  const quantile = (q: number) => (delays[Math.floor(delays.length * q)] ?? 0) / MINUTE;
  return {
    perDay: polls / 30 / feeds.length,
    news: withNews / polls,
    median: quantile(0.5),
    p95: quantile(0.95),
    missed: missed / published,
  };
}

/** Prints one line a rule. */
export async function run(): Promise<void> {
  const feeds = makeFeeds(1_000);
  console.log(
    `${feeds.length} feeds, ${feeds.reduce((sum, { entries }) => sum + entries.filter((at) => at >= 0).length, 0)} entries in 30 days`,
  );
  console.log('rule                        polls/day  found news   delay: median      95 %    missed');
  for (const [name, rule] of Object.entries(RULES)) {
    const { perDay, news, median, p95, missed } = simulate(feeds, rule);
    console.log(
      `${name.padEnd(26)} ${perDay.toFixed(1).padStart(10)} ${`${(news * 100).toFixed(1)} %`.padStart(11)} ${`${median.toFixed(1)} min`.padStart(15)} ${`${p95.toFixed(0)} min`.padStart(9)} ${`${(missed * 100).toFixed(2)} %`.padStart(9)}`,
    );
  }
}
