import { type SQL, sql } from 'drizzle-orm';
import type { FeedEntry } from '../src/feeds/feed.js';
import type { FeedRow } from '../src/jobs/subscribed-feed.js';
import { toSite } from '../src/text/site.js';
import type { Executor } from './client.js';
import { type EntryOptions, toArticleHost, toArticleUrl } from './entry-articles.js';
import { giveTurns } from './turns.js';
import { wakePoller } from './wake.js';

// Who may say what a record is. Anybody can list anybody's address, so an entry speaks for an article only if its feed is on the
// article's site or, where no such feed shows the article, if its feed showed the article first. What other feeds say is kept
// as their sighting. A feed's site is that of its own address: whatever a document declares, a hostile one can forge.

/** Whether entry `e` may speak for article `a`, as long as no entry has a better right: see `BY_RIGHT`. */
export const MAY_SPEAK: SQL = sql`(e.site = a.site or e.feed_id = a.feed_id)`;
/** Of the entries that may speak for article `a`, the one that does comes first. */
export const BY_RIGHT: SQL = sql`(e.site = a.site) desc nulls last, e.updated_at desc, e.id desc`;

/** Whether feed `feedId` of `site` speaks for article `a`. */
export const speaksFor = (feedId: number, site: string): SQL => sql`(a.site = ${site} or (a.feed_id = ${feedId} and not exists (
  select 1 from feedmill_data.entries own where own.article_id = a.id and own.site = a.site and own.feed_id <> ${feedId})))`;

/**
 * The page of an edited entry is fetched again, but no sooner after the last attempt than a quarter of the article's age, up to
 * this: some feeds differ at every poll (counters, advertisements), and their sites must not pay for it.
 */
const MAX_EDIT_PAUSE = sql`interval '6 hours'`;
/** An article younger than this is fetched again at once, since first versions are often corrected. */
const FRESH = sql`interval '10 minutes'`;

/** When the page of article `a` is fetched again after an edit. */
export const REFETCH_AT: SQL = sql`greatest(now(),
  case when a.first_seen_at < now() - ${FRESH}
  then a.updated_at + least((now() - a.first_seen_at) / 4, ${MAX_EDIT_PAUSE}) end)`;

/**
 * Gives articles to a feed of their own site that shows them for the first time there, after only others did. What those said
 * goes, even if they show it no more: an article that was tried already is due again, as this feed wants it.
 * @param arrived the feed's entries that are new, or that it showed only while its address was on another site
 */
export async function takeOverArticles(
  tx: Executor,
  options: EntryOptions,
  feed: Pick<FeedRow, 'id' | 'content' | 'url'>,
  arrived: readonly FeedEntry[],
): Promise<void> {
  const site = toSite(feed.url);
  const rows = arrived.flatMap((entry) => {
    const url = toArticleUrl(feed, entry);
    return toSite(url) === site ? [{ url, host: toArticleHost(feed, entry, options.toHostKey) }] : [];
  });
  if (rows.length === 0) return;
  const { rows: taken } = await tx.execute<{ host: string | null }>(takeOverSql(feed.id, site, rows));
  await giveTurns(
    tx,
    taken.flatMap(({ host }) => host ?? []),
    options,
  );
  if (taken.length > 0) await wakePoller(tx);
}

const takeOverSql = (feedId: number, site: string, rows: readonly unknown[]): SQL => sql`
  with own as (
    select distinct on (url) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (url text, host text) order by url
  ), sited as (
    -- Rows that are older than the column.
    update feedmill_data.articles a set site = ${site} from own where a.url = own.url and a.site is null returning a.id
  )
  update feedmill_data.articles a
  set due_at = ${REFETCH_AT}, attempts = 0, hops = 0, revisit = false, page_url = null, pages_kept = 0, host = own.host
  from own where a.url = own.url and a.site = ${site} and a.feed_id <> ${feedId}
  and (a.attempts > 0 or a.stored_at is not null or a.due_at is null)
  and not exists (select 1 from feedmill_data.entries e where e.article_id = a.id and e.site = a.site)
  returning a.host`;

/** Notes the site of articles whose rows are older than that column. */
export async function noteSites(tx: Executor, articleIds: readonly number[]): Promise<void> {
  const { rows } = await tx.execute<{ id: string; url: string }>(sql`
    select id, url from feedmill_data.articles where site is null and id = any (${sql.param([...articleIds])}::bigint[])`);
  if (rows.length === 0) return;
  const sites = rows.map(({ id, url }) => ({ id, site: toSite(url) }));
  await tx.execute(sql`
    update feedmill_data.articles a set site = row.site
    from jsonb_to_recordset(${JSON.stringify(sites)}::jsonb) as row (id bigint, site text) where a.id = row.id`);
}
