import { eq, sql } from 'drizzle-orm';
import type { ParsedFeed } from '../src/feeds/feed.js';
import type { PastPoll } from '../src/feeds/poll-facts.js';
import type { HostVerdict } from '../src/hosts/host-wait.js';
import type { Written } from '../src/jobs/leased-row.js';
import type { PollResult } from '../src/jobs/poll-result.js';
import type { NextRequest } from '../src/jobs/request.js';
import type { FeedRow, StartedFeed } from '../src/jobs/subscribed-feed.js';
import { present } from '../src/text/present.js';
import type { Db, Executor } from './client.js';
import { lockFeed } from './entries.js';
import { moveFeed } from './feed-moves.js';
import { type Fence, isUnderLease } from './fence.js';
import { feeds, polls } from './schema/feeds.js';
import { endTurn, type Politeness } from './turns.js';

/** How many past polls the next one is planned from. */
const RECENT_POLLS = 20;

/** The latest successful polls of a feed, newest first, and whether each found news. */
export async function loadRecentPolls(db: Db, feedId: number): Promise<PastPoll[]> {
  const { rows } = await db.execute<{ at: string; news: boolean }>(sql`
    select started_at as at, outcome = 'news' as news from feedmill_data.polls
    where feed_id = ${feedId} and outcome in ('news', 'steady', 'unchanged') order by started_at desc limit ${RECENT_POLLS}`);
  return rows.map(({ at, news }) => ({ at: new Date(at), news }));
}

interface PollOptions extends Politeness {
  toHostKey(url: string): string;
}

/**
 * Ends a poll: adds its row, updates the feed, and ends the host's turn. A stale poll only ends the turn.
 * A push only adds its row: it made no request to the feed's host, and does not change when the feed is polled next.
 */
export async function recordPoll(
  db: Db,
  options: PollOptions,
  feed: Pick<FeedRow, 'id' | 'url' | 'leaseEnd' | 'turn'>,
  result: PollResult,
): Promise<Written> {
  return db.transaction(async (tx) => {
    const { leaseEnd, turn } = feed;
    const holds = await lockFeed(tx, feed);
    if (holds) await tx.insert(polls).values(toPollRow(feed.id, result));
    // The next poll must find what was left out, though the document is the same.
    if (holds && result.via === 'push' && result.entriesLeftOut > 0)
      await tx.update(feeds).set({ etag: null, lastModified: null, bodyHash: null }).where(eq(feeds.id, feed.id));
    if (!leaseEnd || !turn) return holds ? 'written' : 'stale';
    const next = holds ? await updateFeed(tx, options, { id: feed.id, leaseEnd, url: feed.url }, result) : [];
    await endTurn(tx, turn, result.host, next, options);
    return holds ? 'written' : 'stale';
  });
}

/** Writes what a poll found to the row of its feed. @returns the host at which the feed is polled next */
async function updateFeed(
  tx: Executor,
  { toHostKey }: PollOptions,
  feed: Fence & Pick<FeedRow, 'url'>,
  result: PollResult,
): Promise<string[]> {
  const host = toHostKey(feed.url);
  await tx
    .update(feeds)
    .set({ ...changesAfterPoll(result), host })
    .where(isUnderLease(sql`feeds`, feed));
  const { move } = result;
  if (move.kind !== 'adopt') return [host];
  const adopted = { url: move.to, host: toHostKey(move.to) };
  await moveFeed(tx, feed, adopted);
  return [adopted.host];
}

/** Ends the turn but not the poll, which continues at the next turn of the host that `next` names. A stale poll does not. */
export async function postponePoll(
  db: Db,
  politeness: Politeness,
  feed: Pick<StartedFeed, 'id' | 'leaseEnd' | 'turn'>,
  next: NextRequest,
  verdict: HostVerdict,
): Promise<Written> {
  const redirect = next.to && {
    hopUrl: next.to.url,
    hops: sql`${feeds.hops} + 1`,
    hopsPermanent: sql`${feeds.hopsPermanent} and ${next.to.permanent}::boolean`,
  };
  return db.transaction(async (tx) => {
    const postponed = await tx
      .update(feeds)
      .set({ dueAt: sql`now()`, attempts: 0, host: next.host, ...redirect })
      .where(isUnderLease(sql`feeds`, feed))
      .returning({ id: feeds.id });
    const isStale = postponed.length === 0;
    await endTurn(tx, feed.turn, verdict, isStale ? [] : [next.host], politeness);
    return isStale ? 'stale' : 'written';
  });
}

const toPollRow = (feedId: number, result: PollResult): typeof polls.$inferInsert => ({
  feedId,
  startedAt: result.startedAt,
  via: result.via,
  durationMs: result.durationMs,
  outcome: result.outcome,
  status: result.status ?? null,
  bytes: result.bytes,
  entriesSeen: result.entriesSeen,
  entriesNew: result.entriesNew,
  entriesLeftOut: result.entriesLeftOut,
  possibleGap: result.possibleGap,
  error: result.error ?? null,
});

/** What a finished poll changes in the row of its feed, whether it succeeded or failed. */
const changesAfterPoll = (result: PollResult) => ({
  dueAt: result.dueAt,
  attempts: 0,
  hopUrl: null,
  hops: 0,
  hopsPermanent: true,
  faults: result.faults,
  failures: result.failures,
  unchangedInRow: result.unchangedInRow,
  dueReasons: result.reasons,
  missingSince: result.missingSince ?? null,
  failingSince: result.failures === 0 ? null : sql`coalesce(${feeds.failingSince}, now())`,
  // An error that is no failure of the feed is only shown with its poll.
  ...(result.error === undefined || result.failures > 0 ? { lastError: result.error ?? null } : {}),
  polledAt: result.startedAt,
  ...(result.error ? {} : changesAfterSuccess(result)),
  ...present({ entryDates: result.entryDates, bodyHash: result.bodyHash || null }),
  ...(result.validators && {
    etag: result.validators.etag ?? null,
    lastModified: result.validators.lastModified ?? null,
  }),
  ...(result.parsed && toFeedColumns(result.parsed)),
});

const changesAfterSuccess = ({ startedAt, move }: PollResult) => ({
  succeededAt: startedAt,
  ...(move.kind === 'watch'
    ? { movedTo: move.to, movedSince: move.since, movedPolls: move.polls }
    : { movedTo: null, movedSince: null, movedPolls: 0 }),
});

/** What the document says about the feed itself. */
const toFeedColumns = (parsed: ParsedFeed) => ({
  format: parsed.format,
  wishes: parsed.wishes,
  title: parsed.title ?? null,
  siteUrl: parsed.siteUrl ?? null,
  language: parsed.language ?? null,
});
