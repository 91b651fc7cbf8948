import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { FeedEntry, ParsedFeed } from '../src/feeds/feed.js';
import type { KnownEntry } from '../src/feeds/identity.js';
import type { PastPoll } from '../src/feeds/schedule.js';
import type { FeedRow, Hop, HostVerdict, NewFeed, PollReport } from '../src/jobs/pipeline.js';
import type { Db, Executor } from './client.js';
import { endTurn, giveTurns, isLeased, mayStart, type Politeness, wakePoller } from './hosts.js';
import { articles, entries, feeds, polls } from './schema.js';

/** What a document's entries did to the rows. */
export interface EntriesAdded {
  new: number;
  changed: number;
  /** The feed had entries before, and the document shares none with them. */
  possibleGap: boolean;
}

/** A date that is safe in a JSON parameter. */
const iso = (date: Date | undefined) => date?.toISOString() ?? null;

export interface FeedStoreOptions extends Politeness {
  leaseMs: number;
  /** What counts as the host of a URL. */
  hostOf(url: string): string;
}

export const feedStore = (db: Db, { leaseMs, hostOf, ...politeness }: FeedStoreOptions) => ({
  /** Subscribes to the feeds that are not yet known; due at once. @returns those added. */
  async addFeeds(subscriptions: readonly NewFeed[]): Promise<{ id: number; url: string }[]> {
    if (subscriptions.length === 0) return [];
    return db.transaction(async (tx) => {
      const added = await tx
        .insert(feeds)
        .values(subscriptions.map((feed) => ({ ...feed, host: hostOf(feed.url) })))
        .onConflictDoNothing({ target: feeds.url })
        .returning({ id: feeds.id, url: feeds.url, host: feeds.host });
      await giveTurns(
        tx,
        added.map(({ host }) => host),
        politeness,
      );
      return added.map(({ id, url }) => ({ id, url }));
    });
  },

  /** Takes a claimed feed up for a poll; undefined when it is retired or gone, or the claim is stale: then it is claimed again. */
  async startFeed(id: number): Promise<FeedRow | undefined> {
    const [row] = await db
      .update(feeds)
      .set({ attempts: sql`${feeds.attempts} + 1` })
      .where(and(eq(feeds.id, id), mayStart(sql`feeds`, leaseMs)))
      .returning();
    return row && toFeedRow(row);
  },

  /** A feed as it stands, its lease left alone; undefined when it is retired or gone. */
  async findFeed(id: number): Promise<FeedRow | undefined> {
    const [row] = await db
      .select()
      .from(feeds)
      .where(and(eq(feeds.id, id), sql`due_at is not null`));
    return row && toFeedRow(row);
  },

  /** When the last polls were, and whether they found news. */
  async recentPolls(feedId: number): Promise<PastPoll[]> {
    const { rows } = await db.execute<{ at: string; news: boolean }>(sql`
      select started_at as at, outcome = 'news' as news from feedmill_data.polls
      where feed_id = ${feedId} and outcome in ('news', 'steady', 'unchanged') order by started_at desc limit 20`);
    return rows.map(({ at, news }) => ({ at: new Date(at), news }));
  },

  /** What is known of the entries that have these links or, without a link, say the same: tells a feed whose guids change. */
  async knownAs(feedId: number, seen: readonly FeedEntry[]): Promise<KnownEntry[]> {
    const urls = seen.flatMap(({ canonicalUrl }) => (canonicalUrl ? [canonicalUrl] : []));
    const hashes = seen.flatMap(({ canonicalUrl, contentHash }) => (canonicalUrl ? [] : [contentHash]));
    const { rows } = await db.execute<{ guid: string | null; url: string | null; content_hash: string }>(sql`
      select guid, url, content_hash from feedmill_data.entries where feed_id = ${feedId}
      and (url = any (${sql.param(urls)}::text[]) or (url is null and content_hash = any (${sql.param(hashes)}::text[])))`);
    return rows.map(({ guid, url, content_hash: contentHash }) => ({
      contentHash,
      ...(guid ? { guid } : {}),
      ...(url ? { canonicalUrl: url } : {}),
    }));
  },

  /** From now on the feed's entries are told apart by link; those it has are keyed anew, so that none counts as new. */
  async keyByLink(feedId: number, seen: readonly FeedEntry[]): Promise<void> {
    const linkless = seen.filter(({ canonicalUrl }) => !canonicalUrl).map(({ key, contentHash }) => ({ key, hash: contentHash }));
    await db.transaction(async (tx) => {
      await tx.update(feeds).set({ identity: 'link' }).where(eq(feeds.id, feedId));
      await tx.execute(sql`
        with wanted as (
          select distinct on (key) id, key from (
            select id, url as key from feedmill_data.entries where feed_id = ${feedId} and url is not null
            union all
            select e.id, s.key from feedmill_data.entries e
            join jsonb_to_recordset(${JSON.stringify(linkless)}::jsonb) as s (key text, hash text) on s.hash = e.content_hash
            where e.feed_id = ${feedId} and e.url is null
          ) as candidates
          where not exists (select 1 from feedmill_data.entries other where other.feed_id = ${feedId} and other.key = candidates.key)
          order by key, id desc
        )
        update feedmill_data.entries e set key = wanted.key from wanted where e.id = wanted.id`);
    });
  },

  /**
   * Keeps the entries of one document. The unique keys decide what is new, so a repeat or a race is harmless:
   * a new entry finds or makes its article, and one that changed makes its article due again.
   */
  async addEntries(feed: Pick<FeedRow, 'id' | 'content' | 'url'>, seen: readonly FeedEntry[]): Promise<EntriesAdded> {
    if (seen.length === 0) return { new: 0, changed: 0, possibleGap: false };
    return db.transaction(async (tx) => {
      // One poll of a feed at a time writes: two that met (an expired lease) follow each other.
      await tx.select({ id: feeds.id }).from(feeds).where(eq(feeds.id, feed.id)).for('update');
      const known = await knownEntries(tx, feed.id, seen);
      const fresh = seen.filter(({ key }) => !known.has(key));
      const changed = seen.filter(({ key, contentHash }) => known.has(key) && known.get(key)?.contentHash !== contentHash);
      const hadEntries = known.size > 0 || (await hasEntries(tx, feed.id));

      const articleIds = await findOrAddArticles(tx, feed, fresh, hostOf, politeness);
      const added = fresh.length === 0 ? [] : await insertEntries(tx, feed, fresh, articleIds);
      if (changed.length > 0) await updateEntries(tx, feed, changed, politeness);
      return { new: added.length, changed: changed.length, possibleGap: hadEntries && known.size === 0 };
    });
  },

  /** Ends a poll: the feed's row, a row in polls, the host's turn. A push is written down and no more: it asked no host, and plans no poll. */
  async recordPoll(feed: Pick<FeedRow, 'id' | 'url' | 'turn'>, report: PollReport): Promise<void> {
    await db.transaction(async (tx) => {
      const { parsed, validators, bodyHash, move } = report;
      const ownHost = hostOf(feed.url);
      await tx.insert(polls).values({
        feedId: feed.id,
        startedAt: report.startedAt,
        via: report.via,
        durationMs: report.durationMs,
        outcome: report.outcome,
        status: report.status ?? null,
        bytes: report.bytes,
        entriesSeen: report.entriesSeen,
        entriesNew: report.entriesNew,
        possibleGap: report.possibleGap,
        error: report.error ?? null,
      });
      if (report.via === 'push') return;
      await tx
        .update(feeds)
        .set({
          dueAt: report.dueAt,
          host: ownHost,
          attempts: 0,
          hopUrl: null,
          hops: 0,
          hopsPermanent: true,
          ...(report.error
            ? {}
            : move.kind === 'watch'
              ? { movedTo: move.to, movedSince: move.since, movedPolls: move.polls }
              : { movedTo: null, movedSince: null, movedPolls: 0 }),
          failures: report.failures,
          unchangedInRow: report.unchangedInRow,
          dueReasons: report.reasons,
          ...(report.entryDates ? { entryDates: report.entryDates } : {}),
          failingSince: report.failures === 0 ? null : sql`coalesce(${feeds.failingSince}, now())`,
          lastError: report.error ?? null,
          polledAt: report.startedAt,
          ...(report.error ? {} : { succeededAt: report.startedAt }),
          ...(validators ? { etag: validators.etag ?? null, lastModified: validators.lastModified ?? null } : {}),
          ...(bodyHash ? { bodyHash } : {}),
          ...(parsed ? describeFeed(parsed) : {}),
        })
        .where(eq(feeds.id, feed.id));
      const adopted = move.kind === 'adopt' ? { url: move.to, host: hostOf(move.to) } : undefined;
      if (adopted) await adoptAddress(tx, feed.id, adopted);
      await endTurn(tx, feed.turn, report.host, [adopted?.host ?? ownHost], politeness);
    });
  },

  /** Ends a turn without ending the poll: it goes on at once, at the turn of the host that `hop` leads to. */
  async postponePoll(feed: Pick<FeedRow, 'id' | 'turn'>, hop: Hop, verdict: HostVerdict): Promise<void> {
    await db.transaction(async (tx) => {
      await tx
        .update(feeds)
        .set({
          dueAt: sql`now()`,
          attempts: 0,
          host: hop.host,
          ...(hop.to
            ? {
                hopUrl: hop.to.url,
                hops: sql`${feeds.hops} + 1`,
                hopsPermanent: sql`${feeds.hopsPermanent} and ${hop.to.permanent}::boolean`,
              }
            : {}),
        })
        .where(eq(feeds.id, feed.id));
      await endTurn(tx, feed.turn, verdict, [hop.host], politeness);
    });
  },

  /** Makes feeds due now: all of them, or those given, but for those whose poll is claimed and not yet begun. @returns how many. */
  async pollNow(ids?: readonly number[]): Promise<number> {
    return db.transaction(async (tx) => {
      const { rows } = await tx.execute<{ host: string }>(
        sql`update feedmill_data.feeds set due_at = now() where due_at is not null and not (attempts = 0 and ${isLeased(sql`feeds`)}) ${
          ids ? sql`and id = any (${sql.param([...ids])}::bigint[])` : sql``
        } returning host`,
      );
      await giveTurns(
        tx,
        rows.map(({ host }) => host),
        politeness,
      );
      return rows.length;
    });
  },
});

function toFeedRow({ etag, lastModified, pollEveryMs, bodyHash, ...rest }: typeof feeds.$inferSelect): FeedRow {
  return {
    id: rest.id,
    url: rest.url,
    turn: { host: rest.host, leaseEnd: rest.dueAt ?? new Date() },
    content: rest.content,
    identity: rest.identity,
    ignoreRobots: rest.ignoreRobots,
    attempts: rest.attempts,
    entryDates: rest.entryDates,
    wishes: rest.wishes,
    unchangedInRow: rest.unchangedInRow,
    ...(rest.hopUrl ? { hop: { url: rest.hopUrl, count: rest.hops, permanent: rest.hopsPermanent } } : {}),
    ...(rest.movedTo && rest.movedSince ? { moved: { to: rest.movedTo, since: rest.movedSince, polls: rest.movedPolls } } : {}),
    ...(rest.failingSince ? { failingSince: rest.failingSince } : {}),
    failures: rest.failures,
    validators: { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) },
    ...(bodyHash ? { bodyHash } : {}),
    ...(pollEveryMs === null ? {} : { pollEveryMs }),
  };
}

function describeFeed(parsed: ParsedFeed) {
  return {
    format: parsed.format,
    wishes: parsed.wishes,
    title: parsed.title ?? null,
    siteUrl: parsed.siteUrl ?? null,
    language: parsed.language ?? null,
  };
}

/** Gives the feed the address that its old one leads to for good; where another feed has that already, the two become one. */
async function adoptAddress(tx: Executor, feedId: number, { url, host }: { url: string; host: string }): Promise<void> {
  // Two feeds that move to one address at once follow each other here: the second finds the first.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${url}, 0))`);
  const { rows } = await tx.execute<{ id: string }>(
    sql`select id from feedmill_data.feeds where url = ${url} and id <> ${feedId} for update`,
  );
  const [other] = rows;
  if (!other) {
    await tx.execute(sql`
      update feedmill_data.feeds set url = ${url}, host = ${host}, moved_to = null, moved_since = null, moved_polls = 0 where id = ${feedId}`);
    return;
  }
  // An entry that both have stays as the other feed has it.
  await tx.execute(sql`
    update feedmill_data.entries e set feed_id = ${other.id} where feed_id = ${feedId}
    and not exists (select 1 from feedmill_data.entries o where o.feed_id = ${other.id} and o.key = e.key)`);
  await tx.execute(sql`update feedmill_data.articles set feed_id = ${other.id} where feed_id = ${feedId}`);
  await tx.execute(sql`update feedmill_data.polls set feed_id = ${other.id} where feed_id = ${feedId}`);
  await tx.execute(sql`delete from feedmill_data.feeds where id = ${feedId}`);
}

async function hasEntries(tx: Executor, feedId: number): Promise<boolean> {
  const rows = await tx.select({ id: entries.id }).from(entries).where(eq(entries.feedId, feedId)).limit(1);
  return rows.length > 0;
}

async function knownEntries(
  tx: Executor,
  feedId: number,
  seen: readonly FeedEntry[],
): Promise<Map<string, { contentHash: string }>> {
  const keys = seen.map(({ key }) => key);
  const { rows } = await tx.execute<{ key: string; content_hash: string }>(
    sql`select key, content_hash from feedmill_data.entries where feed_id = ${feedId} and key = any (${sql.param(keys)}::text[])`,
  );
  return new Map(rows.map((row) => [row.key, { contentHash: row.content_hash }]));
}

/** The record's URL: the entry's page, or, where it has none, a place in its feed that is its own. */
const articleUrl = (feed: Pick<FeedRow, 'url'>, entry: FeedEntry) => {
  if (entry.canonicalUrl) return entry.canonicalUrl;
  const place = new URL(feed.url);
  // Consumers read it: the feed's name and password stay here.
  [place.username, place.password, place.hash] = ['', '', fragmentOf(entry.key)];
  return place.href;
};

/** Longest fragment that is the key itself; what is longer is told apart by its hash. */
const MAX_FRAGMENT = 200;

function fragmentOf(key: string): string {
  const fragment = encodeURIComponent(key);
  return fragment.length <= MAX_FRAGMENT ? fragment : createHash('sha256').update(key).digest('hex');
}

/** An entry whose link leads to no page at all ends at once; it is kept, so that it can be seen why. */
const BAD_LINK = { status: 'failed' as const, dueAt: null, error: 'bad-link' };

async function findOrAddArticles(
  tx: Executor,
  feed: Pick<FeedRow, 'id' | 'content' | 'url'>,
  fresh: readonly FeedEntry[],
  hostOf: (url: string) => string,
  politeness: Politeness,
): Promise<Map<string, number>> {
  if (fresh.length === 0) return new Map();
  // A microsecond apart, the newest first: of a host's backlog, news comes before what is old.
  const newest = [...fresh].sort((a, b) => (b.publishedAt?.getTime() ?? 0) - (a.publishedAt?.getTime() ?? 0));
  const wanted = newest.map((entry, rank) => ({
    url: articleUrl(feed, entry),
    dueAt: sql`now() + ${rank}::int * interval '1 microsecond'`,
    host: feed.content === 'page' && entry.canonicalUrl ? hostOf(entry.canonicalUrl) : null,
    ...(entry.badLink ? { ...BAD_LINK, errorText: `Its link is no page's address: ${entry.badLink}` } : {}),
  }));
  // Sorted: two feeds that list the same new stories insert them in one order, and never wait for each other in a circle.
  const sorted = [...new Map(wanted.map((article) => [article.url, article])).values()].sort((a, b) => (a.url < b.url ? -1 : 1));
  const added = await tx
    .insert(articles)
    .values(sorted.map((article) => ({ ...article, feedId: feed.id })))
    .onConflictDoNothing({ target: articles.url })
    .returning({ host: articles.host });
  const { rows } = await tx.execute<{ id: string; url: string }>(
    sql`select id, url from feedmill_data.articles where url = any (${sql.param(sorted.map(({ url }) => url))}::text[])`,
  );
  await giveTurns(
    tx,
    added.flatMap(({ host }) => (host ? [host] : [])),
    politeness,
  );
  if (added.some(({ host }) => host === null)) await wakePoller(tx);
  return new Map(rows.map((row) => [row.url, Number(row.id)]));
}

async function insertEntries(
  tx: Executor,
  feed: Pick<FeedRow, 'id' | 'url'>,
  fresh: readonly FeedEntry[],
  articleIds: ReadonlyMap<string, number>,
): Promise<{ id: number }[]> {
  const values = fresh.flatMap((entry) => {
    const articleId = articleIds.get(articleUrl(feed, entry));
    if (articleId === undefined) throw new Error(`no article for entry ${entry.key} of feed ${feed.id}`);
    return [
      {
        feedId: feed.id,
        key: entry.key,
        articleId,
        guid: entry.guid ?? null,
        url: entry.canonicalUrl ?? null,
        title: entry.title ?? null,
        authors: entry.authors,
        publishedAt: entry.publishedAt ?? null,
        summaryHtml: entry.summaryHtml ?? null,
        contentHtml: entry.contentHtml ?? null,
        language: entry.language ?? null,
        imageUrl: entry.imageUrl ?? null,
        categories: entry.categories,
        enclosures: entry.enclosures,
        contentHash: entry.contentHash,
      },
    ];
  });
  return tx
    .insert(entries)
    .values(values)
    .onConflictDoNothing({ target: [entries.feedId, entries.key] })
    .returning({ id: entries.id });
}

/** Takes over what the publisher edited, and makes the articles due again; a record stays readable meanwhile. */
async function updateEntries(
  tx: Executor,
  feed: Pick<FeedRow, 'id'>,
  changed: readonly FeedEntry[],
  politeness: Politeness,
): Promise<void> {
  const rows = changed.map((entry) => ({
    key: entry.key,
    guid: entry.guid ?? null,
    title: entry.title ?? null,
    authors: entry.authors,
    published_at: iso(entry.publishedAt),
    summary_html: entry.summaryHtml ?? null,
    content_html: entry.contentHtml ?? null,
    content_hash: entry.contentHash,
  }));
  const { rows: touched } = await tx.execute<{ host: string | null }>(sql`
    with changed as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (
        key text, guid text, title text, authors text[], published_at timestamptz, summary_html text, content_html text, content_hash text)
    ), updated as (
      update feedmill_data.entries e
      set guid = c.guid, title = c.title, authors = c.authors, published_at = c.published_at, summary_html = c.summary_html,
          content_html = c.content_html, content_hash = c.content_hash, updated_at = now()
      from changed c where e.feed_id = ${feed.id} and e.key = c.key
      returning e.article_id
    )
    update feedmill_data.articles a set due_at = now(), attempts = 0, hops = 0
    where a.id in (select article_id from updated)
    returning a.host`);
  await giveTurns(
    tx,
    touched.flatMap(({ host }) => (host ? [host] : [])),
    politeness,
  );
  await wakePoller(tx);
}
