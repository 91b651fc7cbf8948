import { sql } from 'drizzle-orm';
import type { HostVerdict } from '../src/hosts/host-wait.js';
import type { ArticleChange } from '../src/jobs/article-change.js';
import type { LeasedRow, Written } from '../src/jobs/leased-row.js';
import type { PendingArticle } from '../src/jobs/pending-article.js';
import { present } from '../src/text/present.js';
import { toColumns } from './article-columns.js';
import type { Db } from './client.js';
import { isUnderLease } from './fence.js';
import { articles } from './schema/articles.js';
import { ENTRY_COLUMNS, type EntryColumns, SPEAKING_ENTRY, toDate, toFeedVersion } from './speaking-entry.js';
import { endTurn, mayStart, type Politeness } from './turns.js';

/** Articles, as the article worker starts and ends its turns at them. */
export const articleStore = (db: Db, { leaseMs, ...politeness }: { leaseMs: number } & Politeness) => ({
  /**
   * Starts an attempt at a claimed article. The attempt is counted before it is made, so that a page which crashes its worker is
   * given up in the end.
   * @returns undefined when there is nothing to do, or the claim is stale: the article is then claimed again.
   */
  startArticle: (id: number): Promise<PendingArticle | undefined> => startArticle(db, id, leaseMs),

  /**
   * Ends an article's turn: writes what changed, when it is due again, and its host's next turn. If the job is stale, because its
   * lease ended or the entry was edited, only the host is freed, and the article is done again.
   */
  recordArticle: (article: LeasedRow, change: ArticleChange, verdict: HostVerdict): Promise<Written> =>
    recordArticle(db, politeness, article, change, verdict),
});

interface StartedRow extends EntryColumns {
  url: string;
  host: string | null;
  page_url: string | null;
  hops: number;
  pages_kept: number;
  ignore_robots: boolean;
  lease_end: Date | string;
  started_at: Date | string;
  attempts: number;
  stored_at: Date | string | null;
  error: string | null;
  revisit: boolean;
  etag: string | null;
  last_modified: string | null;
  feed_title: string | null;
  subscribed_at: Date | string | null;
}

/** With what the entry says that speaks for the article (db/ownership.ts). */
async function startArticle(db: Db, id: number, leaseMs: number): Promise<PendingArticle | undefined> {
  const { rows } = await db.execute<StartedRow>(sql`
    with started as (
      update feedmill_data.articles
      set attempts = attempts + 1
      where id = ${id} and ${mayStart(sql`articles`, leaseMs)}
      returning id, url, site, host, page_url, hops, pages_kept, feed_id, due_at as lease_end, now() as started_at, attempts, stored_at, error, revisit, etag, last_modified
    )
    select a.url, a.host, a.page_url, a.hops, a.pages_kept, a.lease_end, a.started_at, a.attempts, a.stored_at, a.error, a.revisit, a.etag, a.last_modified,
           (select ignore_robots from feedmill_data.feeds where id = a.feed_id) as ignore_robots, f.title as feed_title, f.created_at as subscribed_at, ${ENTRY_COLUMNS}
    from started a ${SPEAKING_ENTRY}`);
  const row = rows[0];
  return row && toPendingArticle(id, row);
}

const toPendingArticle = (id: number, row: StartedRow): PendingArticle => ({
  id,
  url: row.url,
  leaseEnd: new Date(row.lease_end),
  startedAt: new Date(row.started_at),
  attempts: row.attempts,
  pageUrl: row.page_url ?? row.url,
  redirects: row.hops,
  pagesKept: row.pages_kept,
  ignoreRobots: row.ignore_robots,
  feed: toFeedVersion(row),
  ...present({
    turn: row.host === null ? null : { host: row.host, leaseEnd: new Date(row.lease_end) },
    feedTitle: row.feed_title,
    subscribedAt: toDate(row.subscribed_at),
    storedAt: toDate(row.stored_at),
    lastProblem: row.error,
    revisit: row.revisit ? { validators: present({ etag: row.etag, lastModified: row.last_modified }) } : null,
  }),
});

async function recordArticle(
  db: Db,
  politeness: Politeness,
  article: LeasedRow,
  change: ArticleChange,
  verdict: HostVerdict,
): Promise<Written> {
  return db.transaction(async (tx) => {
    const { host, ...columns } = toColumns(change);
    const written = await tx
      .update(articles)
      .set({ ...columns, ...present({ host }), updatedAt: sql`now()` })
      .where(isUnderLease(sql`${articles}`, article))
      .returning({ id: articles.id });
    const isStale = written.length === 0;
    const next = isStale || host === undefined ? [] : [host];
    if (article.turn) await endTurn(tx, article.turn, verdict, next, politeness);
    return isStale ? 'stale' : 'written';
  });
}
