import { createHash } from 'node:crypto';
import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Enclosure, FeedEntry, ParsedFeed } from '../src/feeds/feed.js';
import type { KnownEntry } from '../src/feeds/identity.js';
import type { PastPoll } from '../src/feeds/schedule.js';
import type { HostVerdict } from '../src/hosts/verdict.js';
import type { PollResult } from '../src/jobs/poll-result.js';
import type { NextRequest } from '../src/jobs/request.js';
import type { FeedRow, NewFeed } from '../src/jobs/subscribed-feed.js';
import type { Db, Executor } from './client.js';
import { endTurn, giveTurns, isLeased, mayStart, type Politeness, wakePoller } from './hosts.js';
import { articles } from './schema/articles.js';
import { entries } from './schema/entries.js';
import { feeds, polls } from './schema/feeds.js';

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
  toHostKey(url: string): string;
}

export const feedStore = (db: Db, { leaseMs, toHostKey, ...politeness }: FeedStoreOptions) => ({
  /** Subscribes to the feeds that are not yet known, and anew to those that were retired; due at once. @returns these. */
  async addFeeds(subscriptions: readonly NewFeed[]): Promise<{ id: number; url: string }[]> {
    if (subscriptions.length === 0) return [];
    return db.transaction(async (tx) => {
      const added = await tx
        .insert(feeds)
        .values(subscriptions.map((feed) => ({ ...feed, host: toHostKey(feed.url) })))
        .onConflictDoUpdate({ target: feeds.url, set: REVIVED, setWhere: sql`${feeds.dueAt} is null` })
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
  async loadRecentPolls(feedId: number): Promise<PastPoll[]> {
    const { rows } = await db.execute<{ at: string; news: boolean }>(sql`
      select started_at as at, outcome = 'news' as news from feedmill_data.polls
      where feed_id = ${feedId} and outcome in ('news', 'steady', 'unchanged') order by started_at desc limit 20`);
    return rows.map(({ at, news }) => ({ at: new Date(at), news }));
  },

  /**
   * What is known of the entries that have these keys or links or, without a link, say the same. Where there are none, those that
   * have the same titles and dates: a feed after a redesign. Rows are found by way of their articles, and tombstones, which have none,
   * among those of the feed, if there are any at all.
   */
  async loadKnownEntries(feedId: number, seen: readonly FeedEntry[]): Promise<KnownEntry[]> {
    const keys = seen.map(({ key }) => key);
    const urls = seen.flatMap(({ canonicalUrl }) => canonicalUrl ?? []);
    const hashes = seen.flatMap(({ canonicalUrl, sharesLink, contentHash }) =>
      canonicalUrl && !sharesLink ? [] : [contentHash],
    );
    const found = await findKnown(
      db,
      sql`id in (
        select id from feedmill_data.entries where feed_id = ${feedId} and key = any (${sql.param(keys)}::text[])
        union all
        select e.id from feedmill_data.articles a join feedmill_data.entries e on e.article_id = a.id
        where a.url = any (${sql.param(urls)}::text[]) and e.feed_id = ${feedId}
        union all
        select id from feedmill_data.entries where feed_id = ${feedId} and article_id is null and url = any (${sql.param(urls)}::text[])
        and exists (select 1 from feedmill_data.entries where article_id is null)
        ${
          hashes.length === 0
            ? sql``
            : sql`union all select id from feedmill_data.entries
                  where feed_id = ${feedId} and content_hash = any (${sql.param(hashes)}::text[])`
        })`,
    );
    if (found.length > 0) return found;
    const dated = seen.filter(({ title, publishedAt }) => title !== undefined && publishedAt !== undefined);
    return findKnown(
      db,
      sql`feed_id = ${feedId} and title = any (${sql.param(dated.map(({ title }) => title))}::text[])
      and published_at = any (${sql.param(dated.map(({ publishedAt }) => iso(publishedAt)))}::timestamptz[])`,
    );
  },

  /** From now on the feed's entries are told apart by link; see `recognize`, by which those it has keep their keys. */
  async keyByLink(feedId: number): Promise<void> {
    await db.update(feeds).set({ identity: 'link' }).where(eq(feeds.id, feedId));
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
      const changed = seen.flatMap((entry) => {
        const was = known.get(entry.key);
        // Of what was deleted for its age, the key alone counts.
        if (!was || was.articleId === null) return [];
        const { articleId } = was;
        const edited = was.contentHash !== entry.contentHash || was.url !== (entry.canonicalUrl ?? null);
        return edited || was.details !== detailsOf(entry) ? [{ entry, was: { ...was, articleId }, edited }] : [];
      });
      const hadEntries = known.size > 0 || (await hasEntries(tx, feed.id));

      const articleIds = await findOrAddArticles(tx, feed, fresh, toHostKey, politeness);
      const added = fresh.length === 0 ? [] : await insertEntries(tx, feed, fresh, articleIds);
      if (changed.length > 0) await updateEntries(tx, feed, changed, toHostKey, politeness);
      return {
        new: added.length,
        changed: changed.filter(({ edited }) => edited).length,
        possibleGap: hadEntries && known.size === 0,
      };
    });
  },

  /** Ends a poll: the feed's row, a row in polls, the host's turn. A push is written down and no more: it asked no host, and plans no poll. */
  async recordPoll(feed: Pick<FeedRow, 'id' | 'url' | 'turn'>, result: PollResult): Promise<void> {
    await db.transaction(async (tx) => {
      const { parsed, validators, bodyHash, move } = result;
      const ownHost = toHostKey(feed.url);
      await tx.insert(polls).values({
        feedId: feed.id,
        startedAt: result.startedAt,
        via: result.via,
        durationMs: result.durationMs,
        outcome: result.outcome,
        status: result.status ?? null,
        bytes: result.bytes,
        entriesSeen: result.entriesSeen,
        entriesNew: result.entriesNew,
        possibleGap: result.possibleGap,
        error: result.error ?? null,
      });
      if (result.via === 'push') return;
      await tx
        .update(feeds)
        .set({
          dueAt: result.dueAt,
          host: ownHost,
          attempts: 0,
          hopUrl: null,
          hops: 0,
          hopsPermanent: true,
          ...(result.error
            ? {}
            : move.kind === 'watch'
              ? { movedTo: move.to, movedSince: move.since, movedPolls: move.polls }
              : { movedTo: null, movedSince: null, movedPolls: 0 }),
          failures: result.failures,
          unchangedInRow: result.unchangedInRow,
          dueReasons: result.reasons,
          ...(result.entryDates ? { entryDates: result.entryDates } : {}),
          missingSince: result.missingSince ?? null,
          failingSince: result.failures === 0 ? null : sql`coalesce(${feeds.failingSince}, now())`,
          lastError: result.error ?? null,
          polledAt: result.startedAt,
          ...(result.error ? {} : { succeededAt: result.startedAt }),
          ...(validators ? { etag: validators.etag ?? null, lastModified: validators.lastModified ?? null } : {}),
          ...(bodyHash ? { bodyHash } : {}),
          ...(parsed ? describeFeed(parsed) : {}),
        })
        .where(eq(feeds.id, feed.id));
      const adopted = move.kind === 'adopt' ? { url: move.to, host: toHostKey(move.to) } : undefined;
      if (adopted) await adoptAddress(tx, feed.id, adopted);
      await endTurn(tx, feed.turn, result.host, [adopted?.host ?? ownHost], politeness);
    });
  },

  /** Ends a turn without ending the poll: it goes on at once, at the turn of the host that `next` leads to. */
  async postponePoll(feed: Pick<FeedRow, 'id' | 'turn'>, next: NextRequest, verdict: HostVerdict): Promise<void> {
    await db.transaction(async (tx) => {
      await tx
        .update(feeds)
        .set({
          dueAt: sql`now()`,
          attempts: 0,
          host: next.host,
          ...(next.to
            ? {
                hopUrl: next.to.url,
                hops: sql`${feeds.hops} + 1`,
                hopsPermanent: sql`${feeds.hopsPermanent} and ${next.to.permanent}::boolean`,
              }
            : {}),
        })
        .where(eq(feeds.id, feed.id));
      await endTurn(tx, feed.turn, verdict, [next.host], politeness);
    });
  },

  /** Makes feeds due now: all of them, or those given, retired ones too, but for those whose poll is claimed and not yet begun. @returns how many. */
  async pollNow(ids?: readonly number[]): Promise<number> {
    return db.transaction(async (tx) => {
      const { rows } = await tx.execute<{ host: string }>(
        sql`update feedmill_data.feeds set due_at = now() where ${ids ? sql`true` : sql`due_at is not null`} and not (attempts = 0 and ${isLeased(sql`feeds`)}) ${
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

/** A feed that was retired begins anew. */
const REVIVED = { dueAt: sql`now()`, attempts: 0, failures: 0, failingSince: null, missingSince: null, lastError: null };

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
    ...(rest.hopUrl ? { redirect: { url: rest.hopUrl, count: rest.hops, permanent: rest.hopsPermanent } } : {}),
    ...(rest.movedTo && rest.movedSince ? { moved: { to: rest.movedTo, since: rest.movedSince, polls: rest.movedPolls } } : {}),
    ...(rest.missingSince ? { missingSince: rest.missingSince } : {}),
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

async function findKnown(tx: Executor, which: SQL): Promise<KnownEntry[]> {
  const { rows } = await tx.execute<{
    key: string;
    guid: string | null;
    url: string | null;
    title: string | null;
    published_at: string | null;
    content_hash: string;
  }>(sql`select key, guid, url, title, published_at, content_hash from feedmill_data.entries where ${which} order by id`);
  return rows.map(({ key, guid, url, title, published_at: publishedAt, content_hash: contentHash }) => ({
    key,
    contentHash,
    ...(guid === null ? {} : { guid }),
    ...(url === null ? {} : { canonicalUrl: url }),
    ...(title === null ? {} : { title }),
    ...(publishedAt === null ? {} : { publishedAt: new Date(publishedAt) }),
  }));
}

/** An entry as its row has it. */
interface StoredEntry {
  articleId: number | null;
  url: string | null;
  contentHash: string;
  details: string;
}

/** What of an entry can change while it says the same. */
const detailsOf = ({
  guid,
  language,
  imageUrl,
  categories,
  enclosures: files,
}: Pick<FeedEntry, 'guid' | 'language' | 'imageUrl' | 'categories' | 'enclosures'>) =>
  JSON.stringify([
    guid ?? null,
    language ?? null,
    imageUrl ?? null,
    categories,
    files.map(({ url, type, length, duration }) => [url, type, length, duration]),
  ]);

async function knownEntries(tx: Executor, feedId: number, seen: readonly FeedEntry[]): Promise<Map<string, StoredEntry>> {
  const rows = await tx
    .select({
      key: entries.key,
      articleId: entries.articleId,
      url: entries.url,
      contentHash: entries.contentHash,
      guid: entries.guid,
      language: entries.language,
      imageUrl: entries.imageUrl,
      categories: entries.categories,
      enclosures: entries.enclosures,
    })
    .from(entries)
    .where(and(eq(entries.feedId, feedId), sql`${entries.key} = any (${sql.param(seen.map(({ key }) => key))}::text[])`));
  return new Map(
    rows.map(({ key, articleId, url, contentHash, guid, language, imageUrl, categories, enclosures: files }) => [
      key,
      {
        articleId,
        url,
        contentHash,
        details: detailsOf({
          categories,
          enclosures: files as Enclosure[],
          ...(guid === null ? {} : { guid }),
          ...(language === null ? {} : { language }),
          ...(imageUrl === null ? {} : { imageUrl }),
        }),
      },
    ]),
  );
}

/** Whether what the feed itself says makes the record: its page, if it has one, is that of many items. */
const isOfManyItems = ({ sharesLink, contentHtml, summaryHtml }: FeedEntry) =>
  sharesLink === true && (contentHtml ?? summaryHtml) !== undefined;

/** The record's URL: the entry's page, or, where it has none of its own, a place in that page or in its feed. */
const articleUrl = (feed: Pick<FeedRow, 'url'>, entry: FeedEntry) => {
  if (entry.canonicalUrl && !isOfManyItems(entry)) return entry.canonicalUrl;
  const place = new URL(entry.canonicalUrl ?? feed.url);
  // Consumers read it: the feed's name and password stay here.
  [place.username, place.password, place.hash] = ['', '', fragmentOf(entry.key)];
  return place.href;
};

/** The host whose turn the record's page waits for; null where the feed's own content is kept. */
const articleHost = (feed: Pick<FeedRow, 'content'>, entry: FeedEntry, toHostKey: (url: string) => string) =>
  feed.content === 'page' && entry.canonicalUrl && !isOfManyItems(entry) ? toHostKey(entry.canonicalUrl) : null;

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
  toHostKey: (url: string) => string,
  politeness: Politeness,
): Promise<Map<string, number>> {
  if (fresh.length === 0) return new Map();
  // A microsecond apart, the newest first: of a host's backlog, news comes before what is old.
  const newest = [...fresh].sort((a, b) => (b.publishedAt?.getTime() ?? 0) - (a.publishedAt?.getTime() ?? 0));
  const wanted = newest.map((entry, rank) => ({
    url: articleUrl(feed, entry),
    dueAt: sql`now() + ${rank}::int * interval '1 microsecond'`,
    host: articleHost(feed, entry, toHostKey),
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
        publishedAs: entry.publishedAs ?? null,
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

/** An entry that is not as it was; `edited` where it says something else, and not only its details changed. */
interface ChangedEntry {
  entry: FeedEntry;
  was: StoredEntry & { articleId: number };
  edited: boolean;
}

/**
 * A page whose entry was edited is fetched again, but not sooner after the last time than a quarter of its age, up to this: there are
 * feeds whose texts differ at every poll (counters, advertisements), and their sites must not pay for it.
 */
const EDIT_PAUSE = sql`interval '6 hours'`;
/** What is younger than this is fetched again at once: first versions are corrected. */
const FRESH = sql`interval '10 minutes'`;

/**
 * Takes over what the publisher changed. What was edited makes its article due again, from its own address on, since a redirect of
 * the last time may have ended; a record stays readable meanwhile.
 */
async function updateEntries(
  tx: Executor,
  feed: Pick<FeedRow, 'id' | 'content' | 'url'>,
  changed: readonly ChangedEntry[],
  toHostKey: (url: string) => string,
  politeness: Politeness,
): Promise<void> {
  const moved = changed.filter(({ entry, was }) => was.url !== (entry.canonicalUrl ?? null));
  const articleIds = moved.length === 0 ? new Map<string, number>() : await moveArticles(tx, feed, moved, toHostKey, politeness);
  const rows = changed.map(({ entry, was, edited }) => ({
    key: entry.key,
    edited,
    article_id: articleIds.get(entry.key) ?? was.articleId,
    host: entry.canonicalUrl ? toHostKey(entry.canonicalUrl) : null,
    guid: entry.guid ?? null,
    url: entry.canonicalUrl ?? null,
    title: entry.title ?? null,
    authors: entry.authors,
    published_at: iso(entry.publishedAt),
    published_as: entry.publishedAs ?? null,
    summary_html: entry.summaryHtml ?? null,
    content_html: entry.contentHtml ?? null,
    language: entry.language ?? null,
    image_url: entry.imageUrl ?? null,
    categories: entry.categories,
    enclosures: entry.enclosures,
    content_hash: entry.contentHash,
  }));
  const { rows: touched } = await tx.execute<{ host: string | null }>(sql`
    with changed as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (
        key text, edited boolean, article_id bigint, host text, guid text, url text, title text, authors text[], published_at timestamptz, published_as jsonb,
        summary_html text, content_html text, language text, image_url text, categories text[], enclosures jsonb, content_hash text)
    ), updated as (
      update feedmill_data.entries e
      set guid = c.guid, url = c.url, article_id = c.article_id, title = c.title, authors = c.authors, published_at = c.published_at, published_as = c.published_as,
          summary_html = c.summary_html, content_html = c.content_html, language = c.language, image_url = c.image_url,
          categories = c.categories, enclosures = c.enclosures, content_hash = c.content_hash, updated_at = now()
      from changed c where e.feed_id = ${feed.id} and e.key = c.key
    ), edited as (
      select distinct on (article_id) article_id, host, url from changed where edited order by article_id
    )
    update feedmill_data.articles a
    set due_at = greatest(now(), case when a.stored_at is not null and a.first_seen_at < now() - ${FRESH} then a.updated_at + least((now() - a.first_seen_at) / 4, ${EDIT_PAUSE}) end),
        attempts = 0, hops = 0, revisit = false,
        -- Of a story that was merged, the entry's address is another's: where its page was found stays.
        page_url = case when a.url = c.url then null else a.page_url end,
        host = case when a.host is not null and a.url = c.url then c.host else a.host end
    from edited c where a.id = c.article_id
    returning a.host`);
  await giveTurns(
    tx,
    touched.flatMap(({ host }) => (host ? [host] : [])),
    politeness,
  );
  if (touched.length > 0) await wakePoller(tx);
}

/**
 * Follows entries whose link changed. An article that nothing else shows gets the new address, so that a corrected link or a redesign
 * makes no second record of a story; else the entry goes over to the article of that address.
 * @returns the article of each entry, by its key.
 */
async function moveArticles(
  tx: Executor,
  feed: Pick<FeedRow, 'id' | 'content' | 'url'>,
  moved: readonly ChangedEntry[],
  toHostKey: (url: string) => string,
  politeness: Politeness,
): Promise<Map<string, number>> {
  const rows = moved.map(({ entry, was }) => ({
    key: entry.key,
    article_id: was.articleId,
    url: articleUrl(feed, entry),
    host: articleHost(feed, entry, toHostKey),
  }));
  const { rows: renamed } = await tx.execute<{ id: string; url: string }>(sql`
    with moved as (
      select distinct on (url) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as row (key text, article_id bigint, url text, host text) order by url, article_id
    )
    update feedmill_data.articles a
    set url = m.url, host = m.host, error = null, error_text = null,
        status = case when a.stored_at is null then 'pending' else a.status end
    from moved m where a.id = m.article_id
    and not exists (select 1 from feedmill_data.articles other where other.url = m.url)
    and not exists (
      select 1 from feedmill_data.entries e where e.article_id = a.id and not (e.feed_id = ${feed.id} and e.key = m.key))
    returning a.id, a.url`);
  const byUrl = new Map(renamed.map(({ id, url }) => [url, Number(id)]));
  const others = moved.map(({ entry }) => entry).filter((entry) => !byUrl.has(articleUrl(feed, entry)));
  for (const [url, id] of await findOrAddArticles(tx, feed, others, toHostKey, politeness)) byUrl.set(url, id);
  return new Map(
    moved.flatMap(({ entry }) => {
      const id = byUrl.get(articleUrl(feed, entry));
      return id === undefined ? [] : [[entry.key, id] as const];
    }),
  );
}
