/** What a publisher asks of pollers (RSS 2.0 ttl, skipHours and skipDays; the syndication module of RSS 1.0). */
export interface Wishes {
  /** The least time between two polls, in ms. */
  pollEveryMs?: number;
  /** Hours of the day in which nothing changes, 0 to 23, in UTC. */
  skipHours?: number[];
  /** Days of the week on which nothing changes, 0 (Sunday) to 6, in UTC. */
  skipDays?: number[];
}

/** An earlier poll. */
export interface PastPoll {
  at: Date;
  /** Whether it found new entries. */
  news: boolean;
}

/** What the next poll depends on. */
export interface PollFacts {
  now: Date;
  /** `steady`: the poll succeeded and found nothing new. */
  outcome: 'news' | 'steady' | 'failed';
  /** When the newest entries were published, in any order; empty if the feed gives no dates. */
  publishedAts: readonly Date[];
  /** The last polls, in any order. They are only used if there are no dates. */
  recentPolls?: readonly PastPoll[];
  wishes?: Wishes;
  /** How long the response stays fresh (Cache-Control, Expires), in ms. */
  freshForMs?: number;
  retryAfterMs?: number;
  /** Failures in a row before this poll. */
  failures: number;
  /** Since when every response has been 404. */
  missingSince?: Date;
  /** `gone` (410) retires the feed at once, `missing` (404) after a month. */
  absence?: 'gone' | 'missing';
  /** The user's own interval, in ms. It overrides everything but Retry-After. */
  override?: number;
  /** Whether a hub has proved that it pushes new entries, so that polls are only a safeguard. */
  pushReliable?: boolean;
  /** The shortest and longest interval (POLL_MIN, POLL_MAX), in ms. */
  minMs: number;
  maxMs: number;
  /** A random number from 0 to 1. */
  random(): number;
}
