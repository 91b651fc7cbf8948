import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import type { FeedPlace } from '../src/feeds/write-opml.js';
import type { NewFeed } from '../src/jobs/subscribed-feed.js';
import { present } from '../src/text/present.js';
import type { Db, Executor } from './client.js';
import { asRefusal } from './manage.js';
import { feeds } from './schema/feeds.js';
import { giveTurns, type Politeness } from './turns.js';

/** A setting of a feed that is added again: a retired feed keeps its own, a removed one gets the new. */
const settingAgain = (column: AnyPgColumn): SQL =>
  sql`case when ${feeds.removedAt} is null then ${column} else excluded.${sql.identifier(column.name)} end`;

/** What subscribing again to a retired or removed feed resets. */
const REVIVED = {
  host: sql`excluded.host`,
  dueAt: sql`excluded.due_at`,
  pausedAt: sql`excluded.paused_at`,
  removedAt: null,
  attempts: 0,
  failures: 0,
  failingSince: null,
  missingSince: null,
  lastError: null,
  content: settingAgain(feeds.content),
  folder: settingAgain(feeds.folder),
  pollEveryMs: settingAgain(feeds.pollEveryMs),
  ignoreRobots: settingAgain(feeds.ignoreRobots),
  createdAt: settingAgain(feeds.createdAt),
};
/** Feeds that are neither due nor paused: a paused feed only becomes due when it is resumed. */
const IS_REVIVED = sql`${feeds.dueAt} is null and ${feeds.pausedAt} is null`;

/**
 * Subscribes to feeds that are new, and again to those that were retired or removed. They are due at once, except those that are
 * to be paused.
 * @returns the feeds that were added or revived
 * @throws {ChangeRefused} (manage.ts) when a header or a gap is refused; then nothing is added
 */
export async function addFeeds(
  db: Db,
  options: Politeness & HostKeys,
  subscriptions: readonly NewFeed[],
): Promise<{ id: number; url: string }[]> {
  if (subscriptions.length === 0) return [];
  return db.transaction(async (tx) => {
    const added = await tx
      .insert(feeds)
      .values(subscriptions.map((feed) => toRow(feed, options.toHostKey(feed.url))))
      .onConflictDoUpdate({ target: feeds.url, set: REVIVED, setWhere: IS_REVIVED })
      .returning({ id: feeds.id, url: feeds.url, host: feeds.host });
    const ids = new Map(added.map(({ id, url }) => [url, id]));
    const hosts = added.map(({ host }) => host);
    // Locks all hosts, in sorted order. In the order of the feeds, as gaps are set, two imports could deadlock.
    await giveTurns(tx, hosts, options);
    await setGapsAndHeaders(
      tx,
      subscriptions.map((feed) => ({ feed, id: ids.get(feed.url) })),
    );
    return added.map(({ id, url }) => ({ id, url }));
  });
}

/** Those of these addresses that `addFeeds` would leave as they are. */
export async function findSubscribed(db: Db, urls: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ url: feeds.url })
    .from(feeds)
    .where(sql`${feeds.url} = any (${sql.param([...urls])}::text[]) and not (${IS_REVIVED})`);
  return rows.map(({ url }) => url);
}

/** When the first of these addresses was subscribed to; undefined when none is subscribed to now. */
export async function findFirstSubscription(db: Db, urls: readonly string[]): Promise<Date | undefined> {
  const [row] = await db
    .select({ since: sql<Date | string | null>`min(${feeds.createdAt})` })
    .from(feeds)
    .where(sql`${feeds.url} = any (${sql.param([...urls])}::text[]) and ${feeds.removedAt} is null`);
  return row?.since ? new Date(row.since) : undefined;
}

/** Whether there is any feed, subscribed to or removed. */
export async function hasFeeds(db: Db): Promise<boolean> {
  return (await db.select({ id: feeds.id }).from(feeds).limit(1)).length > 0;
}

function toRow({ gapMs, headers, paused, ...feed }: NewFeed, host: string) {
  return { ...feed, host, ...(paused ? { dueAt: null, pausedAt: sql`now()` } : { dueAt: sql`now()`, pausedAt: null }) };
}

/** Has the database check and set what belongs to a feed's host, or is secret. */
async function setGapsAndHeaders(tx: Executor, added: readonly { feed: NewFeed; id: number | undefined }[]): Promise<void> {
  for (const { feed, id } of added) {
    const gap = feed.gapMs === undefined ? undefined : `${feed.gapMs} milliseconds`;
    const settings = present({ gap, headers: feed.headers });
    if (id === undefined || Object.keys(settings).length === 0) continue;
    await tx
      .execute(sql`select feedmill_admin.set_feeds(array[${id}::bigint], ${JSON.stringify(settings)}::jsonb)`)
      .catch((error: unknown) => {
        // Drizzle's error repeats the parameters, which may be secret. Its cause does not.
        const bare = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        throw asRefusal(bare, `${new URL(feed.url).host}: `);
      });
  }
}

/** Feeds whose folders are read at a time. */
const PLACES_PAGE = 10_000;

/** The ids and folders of all subscribed feeds, in the order of their ids. */
export async function* readFeedPlaces(db: Db): AsyncGenerator<FeedPlace[]> {
  for (let after = 0; ; ) {
    const { rows } = await db.execute<{ id: number; folder: string | null }>(sql`
      select id::int, folder from feedmill_data.feeds where id > ${after} and removed_at is null order by id limit ${PLACES_PAGE}`);
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ id, folder }) => ({ id, ...present({ folder }) }));
    after = last.id;
  }
}

/** Those of the given feeds that are subscribed to, by id, with all their settings. Passwords and headers only with `secrets`. */
export async function loadSubscriptions(
  db: Db,
  { toHostKey }: HostKeys,
  ids: readonly number[],
  { secrets }: { secrets: boolean },
): Promise<Map<number, NewFeed>> {
  const { rows } = await db.execute<Subscription>(sql`
    select id::int, case when ${secrets} then url else feedmill_data.without_secrets(url) end as url, title, folder,
      site_url as "siteUrl", content, poll_every_ms as "pollEveryMs", ignore_robots as "ignoreRobots",
      paused_at is not null as paused, case when ${secrets} then headers end as headers
    from feedmill_data.feeds where id = any (${sql.param([...ids])}::bigint[]) and removed_at is null`);
  // By its own address: feeds.host is that of its next request, which a redirect may change.
  const hosts = new Map(rows.map(({ id, url }) => [id, toHostKey(url)]));
  const gaps = await loadGaps(db, [...new Set(hosts.values())]);
  return new Map(
    rows.map(({ id, url, ...settings }) => [id, { url, ...present({ ...settings, gapMs: gaps.get(hosts.get(id) ?? '') }) }]),
  );
}

/** The gaps of those of these hosts that have one of their own, in ms. */
async function loadGaps(db: Db, hosts: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ host: string; gap_ms: number }>(sql`
    select host, gap_ms from feedmill_data.hosts where host = any (${sql.param([...hosts])}::text[]) and gap_ms is not null`);
  return new Map(rows.map(({ host, gap_ms }) => [host, gap_ms]));
}

/** A feed's columns; null where it has no value. */
type Subscription = { id: number; url: string } & { [Field in Exclude<keyof NewFeed, 'url' | 'gapMs'>]: NewFeed[Field] | null };

/** The politeness key of a URL. */
interface HostKeys {
  toHostKey(url: string): string;
}
