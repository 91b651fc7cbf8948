import { and, eq, getTableColumns, sql } from 'drizzle-orm';
import type { FeedEntry } from '../src/feeds/feed.js';
import type { HostVerdict } from '../src/hosts/host-wait.js';
import type { Written } from '../src/jobs/leased-row.js';
import type { PollResult } from '../src/jobs/poll-result.js';
import type { NextRequest } from '../src/jobs/request.js';
import type { FeedRow, NewFeed, StartedFeed } from '../src/jobs/subscribed-feed.js';
import { present } from '../src/text/present.js';
import type { Db } from './client.js';
import { addEntries } from './entries.js';
import type { EntryOptions } from './entry-articles.js';
import { isUnderLease } from './fence.js';
import { loadKnownEntries } from './known-entries.js';
import { loadRecentPolls, postponePoll, recordPoll } from './polls.js';
import { feeds } from './schema/feeds.js';
import { addFeeds, findFirstSubscription, findSubscribed, hasFeeds, loadSubscriptions, readFeedPlaces } from './subscriptions.js';
import { endTurn, giveTurns, isLeased, mayStart } from './turns.js';

/** The settings of the feed store. */
export interface FeedStoreOptions extends EntryOptions {
  leaseMs: number;
}

/** Feeds, their entries and their polls: what the feed worker and the command line ask of the database. */
export const feedStore = (db: Db, options: FeedStoreOptions) => ({
  addFeeds: (subscriptions: readonly NewFeed[]) => addFeeds(db, options, subscriptions),
  hasFeeds: () => hasFeeds(db),
  findFirstSubscription: (urls: readonly string[]) => findFirstSubscription(db, urls),
  findSubscribed: (urls: readonly string[]) => findSubscribed(db, urls),
  readFeedPlaces: () => readFeedPlaces(db),
  loadSubscriptions: (ids: readonly number[], wanted: { secrets: boolean }) => loadSubscriptions(db, options, ids, wanted),
  startFeed: (id: number) => startFeed(db, options, id),
  loadFeed: (id: number) => loadFeed(db, id),
  keyByLink: (feed: Polled) => keyByLink(db, feed),
  pollNow: (ids?: readonly number[]) => pollNow(db, options, ids),

  loadKnownEntries: (feedId: number, seen: readonly FeedEntry[]) => loadKnownEntries(db, feedId, seen),
  addEntries: (feed: Polled & Pick<FeedRow, 'content' | 'url'>, seen: readonly FeedEntry[]) =>
    addEntries(db, options, feed, seen),

  loadRecentPolls: (feedId: number) => loadRecentPolls(db, feedId),
  recordPoll: (feed: Polled & Pick<FeedRow, 'url'>, result: PollResult): Promise<Written> =>
    recordPoll(db, options, feed, result),
  postponePoll: (
    feed: Pick<StartedFeed, 'id' | 'leaseEnd' | 'turn'>,
    next: NextRequest,
    verdict: HostVerdict,
  ): Promise<Written> => postponePoll(db, options, feed, next, verdict),
  dropPoll: async ({ turn }: Pick<FeedRow, 'turn'>, verdict: HostVerdict): Promise<void> => {
    if (turn) await db.transaction((tx) => endTurn(tx, turn, verdict, [], options));
  },
});

/** A feed with the lease of its poll; a push has none. */
type Polled = Pick<FeedRow, 'id' | 'leaseEnd' | 'turn'>;

/** A feed's row, and the time by the database's clock. */
const WITH_CLOCK = { ...getTableColumns(feeds), startedAt: sql<Date | string>`now()` };

/**
 * Starts the poll of a claimed feed; undefined when the feed is retired, paused, removed or gone, or its claim is stale
 * and will be made again.
 */
async function startFeed(db: Db, { leaseMs }: FeedStoreOptions, id: number): Promise<StartedFeed | undefined> {
  const [row] = await db
    .update(feeds)
    .set({ attempts: sql`${feeds.attempts} + 1` })
    .where(and(eq(feeds.id, id), mayStart(sql`feeds`, leaseMs)))
    .returning(WITH_CLOCK);
  if (!row?.dueAt) return undefined;
  return { ...toFeedRow(row), leaseEnd: row.dueAt, turn: { host: row.host, leaseEnd: row.dueAt } };
}

/** A feed as it is now, without touching its lease; undefined when it is retired, paused, removed or gone. */
async function loadFeed(db: Db, id: number): Promise<FeedRow | undefined> {
  const [row] = await db
    .select(WITH_CLOCK)
    .from(feeds)
    .where(and(eq(feeds.id, id), sql`due_at is not null`));
  return row && toFeedRow(row);
}

/** Identifies the feed's entries by link from now on. Entries that it already has keep their keys (see `recognize`). */
async function keyByLink(db: Db, { id, leaseEnd }: Polled): Promise<void> {
  const isCurrent = leaseEnd ? isUnderLease(sql`feeds`, { id, leaseEnd }) : eq(feeds.id, id);
  await db.update(feeds).set({ identity: 'link' }).where(isCurrent);
}

/**
 * Makes feeds due now: the given ones, retired or not, or else all that are not retired. Feeds that are paused or removed, or
 * whose poll is claimed but not started, are left as they are.
 * @returns how many feeds are due.
 */
async function pollNow(db: Db, options: FeedStoreOptions, ids?: readonly number[]): Promise<number> {
  const wanted = ids ? sql`id = any (${sql.param([...ids])}::bigint[])` : sql`due_at is not null`;
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ host: string }>(sql`
      update feedmill_data.feeds set due_at = now()
      where ${wanted} and paused_at is null and removed_at is null and not (attempts = 0 and ${isLeased(sql`feeds`)})
      returning host`);
    const hosts = rows.map(({ host }) => host);
    await giveTurns(tx, hosts, options);
    return rows.length;
  });
}

function toFeedRow(row: typeof feeds.$inferSelect & { startedAt: Date | string }): FeedRow {
  return {
    id: row.id,
    startedAt: new Date(row.startedAt),
    url: row.url,
    content: row.content,
    identity: row.identity,
    ignoreRobots: row.ignoreRobots,
    attempts: row.attempts,
    entryDates: row.entryDates,
    wishes: row.wishes,
    unchangedInRow: row.unchangedInRow,
    faults: row.faults,
    failures: row.failures,
    validators: present({ etag: row.etag || null, lastModified: row.lastModified || null }),
    ...present({
      redirect: row.hopUrl ? { url: row.hopUrl, count: row.hops, permanent: row.hopsPermanent } : null,
      moved: row.movedTo && row.movedSince ? { to: row.movedTo, since: row.movedSince, polls: row.movedPolls } : null,
      missingSince: row.missingSince,
      bodyHash: row.bodyHash || null,
      pollEveryMs: row.pollEveryMs,
      headers: row.headers,
    }),
  };
}
