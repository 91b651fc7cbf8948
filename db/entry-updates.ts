import { type SQL, sql } from 'drizzle-orm';
import type { FeedEntry } from '../src/feeds/feed.js';
import type { FeedRow } from '../src/jobs/subscribed-feed.js';
import { toSite } from '../src/text/site.js';
import type { Executor } from './client.js';
import {
  type EntryOptions,
  findArticles,
  findOrAddArticles,
  lockArticles,
  newestFirst,
  toArticleHost,
  toArticleUrl,
} from './entry-articles.js';
import { noteSites, REFETCH_AT, speaksFor } from './ownership.js';
import { writeInSlices } from './slices.js';
import { giveTurns } from './turns.js';
import { wakePoller } from './wake.js';

/** The row of an entry, as far as changes are detected by it. */
export interface StoredEntry {
  /** Null: a tombstone. */
  articleId: number | null;
  url: string | null;
  contentHash: string;
  /** A tombstone that the document before did not hold. */
  isGone: boolean;
  /** The site of the feed when it last said this; null in rows older than the column. */
  site: string | null;
  /** The other fields, serialized. */
  details: string;
}

/** An entry that differs from its row: `edited` if it says something new, and not only its details changed. */
export interface ChangedEntry {
  entry: FeedEntry;
  stored: StoredEntry & { articleId: number };
  edited: boolean;
}

/** Whether the entry's link has changed. */
export const isMoved = ({ entry, stored }: ChangedEntry): boolean => stored.url !== (entry.normalizedUrl ?? null);

/**
 * Takes over what the publisher changed. If the feed speaks for the article of an edited entry, the article is due again, starting from its own address, since
 * an earlier redirect may have ended. Its record stays readable meanwhile.
 * @param room how many articles may be added for entries whose link has changed; the others stay as they are
 * @returns the changes that were made.
 */
export async function updateEntries(
  tx: Executor,
  options: EntryOptions,
  feed: Pick<FeedRow, 'id' | 'content' | 'url'>,
  changed: readonly ChangedEntry[],
  room: number,
): Promise<ChangedEntry[]> {
  const site = toSite(feed.url);
  const articleIds = changed.map(({ stored }) => stored.articleId);
  // An article may have gone since the entries were read, for its age or into another one.
  const existing = await lockArticles(tx, articleIds);
  await noteSites(tx, articleIds);
  const kept = changed.filter(({ stored }) => existing.has(stored.articleId));
  const moved = kept.filter(isMoved);
  const movedTo = moved.length === 0 ? new Map<string, number>() : await moveArticles(tx, options, feed, moved, room);
  const made = kept.filter((change) => !isMoved(change) || movedTo.has(change.entry.key));
  const toRow = ({ entry, stored, edited }: ChangedEntry) => ({
    edited,
    article_id: movedTo.get(entry.key) ?? stored.articleId,
    host: entry.normalizedUrl ? options.toHostKey(entry.normalizedUrl) : null,
    ...toJsonRow(entry),
  });
  const touched = await writeInSlices(made, async (slice) => {
    const { rows } = await tx.execute<{ host: string | null }>(updateEntriesSql(feed.id, site, slice.map(toRow)));
    return rows;
  });
  const hosts = touched.flatMap(({ host }) => (host ? [host] : []));
  await giveTurns(tx, hosts, options);
  if (touched.length > 0) await wakePoller(tx);
  return made;
}

const toJsonRow = (entry: FeedEntry) => ({
  key: entry.key,
  guid: entry.guid ?? null,
  url: entry.normalizedUrl ?? null,
  title: entry.title ?? null,
  authors: entry.authors,
  published_at: entry.publishedAt?.toISOString() ?? null,
  published_as: entry.publishedAs ?? null,
  summary_html: entry.summaryHtml ?? null,
  content_html: entry.contentHtml ?? null,
  language: entry.language ?? null,
  image_url: entry.imageUrl ?? null,
  categories: entry.categories,
  enclosures: entry.enclosures,
  content_hash: entry.contentHash,
});

/** Updates the rows of entries and makes the articles due that the edited ones speak for; returns the hosts of those articles. */
const updateEntriesSql = (feedId: number, site: string, rows: readonly unknown[]): SQL => sql`
  with changed as (
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (
      key text, edited boolean, article_id bigint, host text, guid text, url text, title text, authors text[],
      published_at timestamptz, published_as jsonb, summary_html text, content_html text, language text, image_url text, categories text[], enclosures jsonb,
      content_hash text)
  ), updated as (
    update feedmill_data.entries e
    set guid = c.guid, url = c.url, article_id = c.article_id, title = c.title, authors = c.authors,
        published_at = c.published_at, published_as = c.published_as, summary_html = c.summary_html, content_html = c.content_html, language = c.language,
        image_url = c.image_url, categories = c.categories, enclosures = c.enclosures, content_hash = c.content_hash,
        site = ${site}, updated_at = now()
    from changed c where e.feed_id = ${feedId} and e.key = c.key
  ), edited as (
    -- Of a merged story's entries, the one that has the article's own address.
    select distinct on (c.article_id) c.article_id, c.host, c.url
    from changed c join feedmill_data.articles own on own.id = c.article_id
    where c.edited order by c.article_id, own.url = c.url desc nulls last
  )
  update feedmill_data.articles a
  set due_at = ${REFETCH_AT},
      attempts = 0, hops = 0, revisit = false,
      -- In a merged story the entry's address is not the article's own: the address where its page was found is kept.
      page_url = case when a.url = c.url then null else a.page_url end,
      pages_kept = case when a.url = c.url then 0 else a.pages_kept end,
      host = case when a.host is not null and a.url = c.url then c.host else a.host end
  from edited c where a.id = c.article_id and ${speaksFor(feedId, site)}
  returning a.host`;

/**
 * Follows entries whose link changed. An article that no other entry shows takes the new address, so that a corrected link or
 * a redesign adds no second record of the story. Otherwise the entry moves to the article of the new address; up to `room` of these
 * are added, for the newest entries.
 * @returns the article of each entry, by the entry's key; none for entries that are left out.
 */
async function moveArticles(
  tx: Executor,
  options: EntryOptions,
  feed: Pick<FeedRow, 'id' | 'content' | 'url'>,
  moved: readonly ChangedEntry[],
  room: number,
): Promise<Map<string, number>> {
  const located = moved.map(({ entry, stored }) => ({ entry, articleId: stored.articleId, url: toArticleUrl(feed, entry) }));
  const rows = located.map(({ entry, articleId, url }) => ({
    key: entry.key,
    article_id: articleId,
    url,
    site: toSite(url),
    host: toArticleHost(feed, entry, options.toHostKey),
  }));
  const { rows: renamed } = await tx.execute<{ id: string; url: string }>(renameArticlesSql(feed, rows));
  const byUrl = new Map(renamed.map(({ id, url }) => [url, Number(id)]));
  const others = located.filter(({ url }) => !byUrl.has(url));
  const found = await findArticles(
    tx,
    others.map(({ url }) => url),
  );
  const missing = others.filter(({ url }) => !found.has(url)).map(({ entry }) => entry);
  const added = await findOrAddArticles(tx, options, feed, newestFirst(missing).slice(0, room));
  for (const [url, id] of [...found, ...added]) byUrl.set(url, id);
  return new Map(
    rows.flatMap(({ key, url }) => {
      const id = byUrl.get(url);
      return id === undefined ? [] : [[key, id] as const];
    }),
  );
}

/**
 * Gives articles their entry's new address where no article has it yet and no other entry shows the article. One that is stored
 * stays on its site or comes to the feed's own: else a feed could put its text under somebody else's address. For the same reason,
 * pages that were found under the old address are forgotten.
 */
const renameArticlesSql = ({ id, url }: Pick<FeedRow, 'id' | 'url'>, rows: readonly unknown[]): SQL => sql`
  with moved as (
    select distinct on (url) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as row (key text, article_id bigint, url text, site text, host text) order by url, article_id
  )
  update feedmill_data.articles a
  set url = m.url, site = m.site, host = m.host, page_url = null, hops = 0, pages_kept = 0, error = null, error_text = null,
      status = case when a.stored_at is null then 'pending' else a.status end
  from moved m where a.id = m.article_id
  and (a.stored_at is null or m.site in (a.site, ${toSite(url)}))
  and (a.feed_id = ${id} or (a.site = ${toSite(url)} and m.site = a.site))
  and not exists (select 1 from feedmill_data.articles other where other.url = m.url)
  and not exists (
    select 1 from feedmill_data.entries e where e.article_id = a.id and not (e.feed_id = ${id} and e.key = m.key))
  returning a.id, a.url`;
