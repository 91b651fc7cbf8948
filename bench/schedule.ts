// Simulates a month of 1,000 feeds with different habits: how many polls each polling rule makes, and how late it finds new
// entries.
import { planPoll } from '../src/feeds/schedule.js';
import { createRandom } from '../src/sampler/random.js';
import { present } from '../src/text/present.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const MIN = 5 * MINUTE;
const MAX = DAY;

interface Habit {
  name: string;
  /** Share of all feeds. */
  share: number;
  /** Entries in its document. */
  window: number;
  /** Whether its entries have dates. */
  dated?: boolean;
  ttlMs?: number;
  /** Expected entries in the hour that starts at `at`, in ms since the start of the month, which is a Monday at midnight. */
  rate(at: number): number;
}
const hourOfDay = (at: number) => Math.floor(at / HOUR) % 24;
const dayOfWeek = (at: number) => Math.floor(at / DAY) % 7;
const HABITS: Habit[] = [
  { name: 'wire service', share: 0.05, window: 40, rate: (at) => (hourOfDay(at) >= 6 && hourOfDay(at) < 23 ? 11 : 2) },
  {
    name: 'newsroom',
    share: 0.3,
    window: 30,
    rate: (at) => (hourOfDay(at) >= 7 && hourOfDay(at) < 20 ? (dayOfWeek(at) < 5 ? 1.5 : 0.5) : 0.08),
  },
  {
    name: 'newsroom without dates',
    share: 0.05,
    window: 30,
    dated: false,
    rate: (at) => (hourOfDay(at) >= 7 && hourOfDay(at) < 20 ? 1.2 : 0.05),
  },
  {
    name: 'newsroom with ttl 60',
    share: 0.05,
    window: 30,
    ttlMs: HOUR,
    rate: (at) => (hourOfDay(at) >= 7 && hourOfDay(at) < 20 ? 1.5 : 0.08),
  },
  {
    name: 'small magazine',
    share: 0.15,
    window: 20,
    rate: (at) => (dayOfWeek(at) < 5 && hourOfDay(at) >= 9 && hourOfDay(at) < 18 ? 0.3 : 0.01),
  },
  { name: 'weekly podcast', share: 0.1, window: 50, rate: (at) => (dayOfWeek(at) === 3 && hourOfDay(at) === 6 ? 1 : 0) },
  {
    name: 'blog in bursts',
    share: 0.15,
    window: 10,
    rate: (at) => (dayOfWeek(at) === 5 && hourOfDay(at) >= 10 && hourOfDay(at) < 14 ? 0.7 : 0.005),
  },
  {
    name: 'monthly journal',
    share: 0.05,
    window: 20,
    rate: (at) => (Math.floor(at / DAY) % 30 === 12 && hourOfDay(at) === 8 ? 12 : 0),
  },
  { name: 'dead', share: 0.1, window: 10, rate: () => 0 },
];

interface SimFeed {
  habit: Habit;
  /** When its entries are published, in ms since the start of the month. Negative times are in the past. */
  entries: number[];
}

function makeFeeds(count: number): SimFeed[] {
  const random = createRandom(7);
  return HABITS.flatMap((habit) =>
    Array.from({ length: Math.round(count * habit.share) }, () => {
      const entries: number[] = [];
      const shift = Math.floor(random() * 24) * HOUR;
      const from = habit.name === 'dead' ? -400 * DAY : -60 * DAY;
      for (let at = from; at < MONTH; at += HOUR) {
        const rate = habit.name === 'dead' ? (at < -380 * DAY ? 0.05 : 0) : habit.rate((at + shift + 364 * DAY) % (364 * DAY));
        // Knuth's algorithm for the Poisson distribution.
        for (let p = random(); p > Math.exp(-rate); p *= random()) entries.push(at + random() * HOUR);
      }
      return { habit, entries: entries.sort((a, b) => a - b) };
    }),
  );
}

/** What a rule knows after a poll. */
interface Seen {
  now: number;
  /** Times of the entries in the document, newest first. */
  document: number[];
  dated: boolean;
  /** Entries found for the first time. */
  fresh: number;
  /** Entries stored in the last week. */
  lastWeek: number;
  ttlMs?: number;
  polls: { at: number; news: boolean }[];
}
/** Returns the wait until the next poll, in ms. `state` is kept between the polls of a feed. */
type Rule = (seen: Seen, state: { waitMs: number }) => number;

const START = Date.UTC(2026, 5, 1);
const clamp = (ms: number, least: number, most: number) => Math.min(Math.max(ms, least), most);
const jitterSource = createRandom(99);

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
  // Miniflux with POLLING_SCHEDULER=entry_frequency ("Configuration Parameters" in its documentation): a week divided by the
  // entries of the last week, from SCHEDULER_ENTRY_FREQUENCY_MIN_INTERVAL (5 min) to …_MAX_INTERVAL (24 h). By default, it looks
  // for due feeds once an hour.
  'Miniflux entry_frequency': ({ lastWeek }) => {
    return Math.ceil(clamp(lastWeek === 0 ? DAY : (7 * DAY) / lastWeek, 5 * MINUTE, DAY) / HOUR) * HOUR;
  },
  // Media Cloud rss-fetcher (README and fetcher/tasks.py): starts at 12 h, and gets a step shorter while polls find much that is
  // new, a step longer while they find little, from 1.5 h (6 min for a few feeds) to 24 h. The steps are taken as halving and as
  // adding a half, which favours it.
  'Media Cloud rss-fetcher': ({ document, fresh }, state) => {
    const share = document.length === 0 ? 0 : fresh / document.length;
    state.waitMs = clamp(share > 0.1 ? state.waitMs / 2 : share === 0 ? state.waitMs * 1.5 : state.waitMs, 1.5 * HOUR, DAY);
    return state.waitMs;
  },
};

/** What a rule achieved. */
interface Outcome {
  polls: number;
  pollsWithNews: number;
  published: number;
  /** Entries that left the document before a poll saw them. */
  missed: number;
  /** Time from publication to discovery of each entry that was found, in ms. */
  delays: number[];
}

/** Polls all feeds for a month by one rule. */
function simulate(feeds: readonly SimFeed[], rule: Rule): Outcome {
  const outcome: Outcome = { polls: 0, pollsWithNews: 0, published: 0, missed: 0, delays: [] };
  const random = createRandom(3);
  // The first poll of each feed is in the first quarter of an hour.
  for (const feed of feeds) simulateFeed(feed, rule, random() * 15 * MINUTE, outcome);
  outcome.delays.sort((a, b) => a - b);
  return outcome;
}

function simulateFeed({ habit, entries }: SimFeed, rule: Rule, start: number, outcome: Outcome): void {
  const state = { waitMs: 12 * HOUR };
  const polls: Seen['polls'] = [];
  // Entries published before the month count as found.
  let found = countUntil(entries, -1, 0);
  for (let now = start; now < MONTH; ) {
    const published = countUntil(entries, now, found);
    const shown = entries.slice(Math.max(0, published - habit.window), published);
    const fresh = entries.slice(found, published);
    found = published;
    recordPoll(outcome, now, fresh, shown[0] ?? Number.POSITIVE_INFINITY);
    const seen: Seen = {
      now,
      document: [...shown].reverse(),
      dated: habit.dated !== false,
      fresh: fresh.length,
      lastWeek: published - entries.findIndex((at) => at > now - 7 * DAY),
      polls: polls.slice(-20),
      ...present({ ttlMs: habit.ttlMs }),
    };
    const wait = rule(seen, state);
    polls.push({ at: now, news: fresh.length > 0 });
    now += wait;
  }
}

/** The number of entries published up to `now`, given that the first `from` were. */
function countUntil(entries: readonly number[], now: number, from: number): number {
  let count = from;
  while (count < entries.length && (entries[count] ?? 0) <= now) count += 1;
  return count;
}

function recordPoll(outcome: Outcome, now: number, fresh: readonly number[], oldestShown: number): void {
  outcome.polls += 1;
  if (fresh.length > 0) outcome.pollsWithNews += 1;
  outcome.published += fresh.length;
  for (const at of fresh) {
    if (at < oldestShown) outcome.missed += 1;
    else outcome.delays.push(now - at);
  }
}

/** Prints one line per rule. */
export async function run(): Promise<void> {
  const feeds = makeFeeds(1_000);
  const entries = feeds.reduce((sum, feed) => sum + feed.entries.filter((at) => at >= 0).length, 0);
  console.log(`${feeds.length} feeds, ${entries} entries in 30 days`);
  console.log('rule                        polls/day  found news   delay: median      95 %    missed');
  for (const [name, rule] of Object.entries(RULES)) printOutcome(name, simulate(feeds, rule), feeds.length);
}

function printOutcome(name: string, { polls, pollsWithNews, published, missed, delays }: Outcome, feeds: number): void {
  const percent = (part: number, whole: number, digits: number) => `${((100 * part) / whole).toFixed(digits)} %`;
  const quantile = (share: number, digits: number) =>
    `${((delays[Math.floor(delays.length * share)] ?? 0) / MINUTE).toFixed(digits)} min`;
  const cells = [
    (polls / 30 / feeds).toFixed(1).padStart(10),
    percent(pollsWithNews, polls, 1).padStart(11),
    quantile(0.5, 1).padStart(15),
    quantile(0.95, 0).padStart(9),
    percent(missed, published, 2).padStart(9),
  ];
  console.log(`${name.padEnd(26)} ${cells.join(' ')}`);
}
