import { eq, sql } from 'drizzle-orm';
import type { ArticleChange } from '../src/jobs/article-change.js';
import type { PendingArticle } from '../src/jobs/pending-article.js';
import type { WrittenAs } from '../src/text/date-words.js';
import { present } from '../src/text/present.js';
import type { Db } from './client.js';
import { articles } from './schema/articles.js';
import { endTurn, mayStart, type Politeness } from './turns.js';

interface StartedRow extends Record<string, unknown> {
  url: string;
  host: string | null;
  page_url: string | null;
  hops: number;
  pages_kept: number;
  ignore_robots: boolean;
  lease_end: Date | string;
  attempts: number;
  stored_at: Date | string | null;
  revisit: boolean;
  etag: string | null;
  last_modified: string | null;
  feed_title: string | null;
  title: string | null;
  authors: string[] | null;
  published_at: Date | string | null;
  published_as: WrittenAs | null;
  summary_html: string | null;
  content_html: string | null;
  language: string | null;
  image_url: string | null;
}

export const articleStore = (db: Db, { leaseMs, ...politeness }: { leaseMs: number } & Politeness) => ({
  /**
   * Takes a claimed article up: counts the attempt before it is made, so that a page which kills its process is given up
   * like any other. With what the feed that changed last says of it.
   * Undefined when there is nothing left to do, or the claim is stale: then it is claimed again.
   */
  async startArticle(id: number): Promise<PendingArticle | undefined> {
    const { rows } = await db.execute<StartedRow>(sql`
      with started as (
        update feedmill_data.articles
        set attempts = attempts + 1
        where id = ${id} and due_at is not null and (host is null or ${mayStart(sql`articles`, leaseMs)})
        returning id, url, host, page_url, hops, pages_kept, feed_id, due_at as lease_end, attempts, stored_at, revisit, etag, last_modified
      )
      select s.url, s.host, s.page_url, s.hops, s.pages_kept, s.lease_end, s.attempts, s.stored_at, s.revisit, s.etag, s.last_modified,
             (select ignore_robots from feedmill_data.feeds where id = s.feed_id) as ignore_robots, f.title as feed_title, coalesce(e.language, f.language) as language,
             e.title, e.authors, e.published_at, e.published_as, e.summary_html, e.content_html, e.image_url
      from started s
      left join lateral (
        select * from feedmill_data.entries where article_id = s.id order by updated_at desc, id desc limit 1
      ) e on true
      left join feedmill_data.feeds f on f.id = e.feed_id`);
    const row = rows[0];
    if (!row) return undefined;
    return {
      id,
      url: row.url,
      attempts: row.attempts,
      pageUrl: row.page_url ?? row.url,
      redirects: row.hops,
      pagesKept: row.pages_kept,
      ignoreRobots: row.ignore_robots,
      ...(row.host === null ? {} : { turn: { host: row.host, leaseEnd: new Date(row.lease_end) } }),
      ...present({ feedTitle: row.feed_title, storedAt: row.stored_at === null ? null : new Date(row.stored_at) }),
      ...(row.revisit ? { revisit: { validators: present({ etag: row.etag, lastModified: row.last_modified }) } } : {}),
      feed: {
        authors: row.authors ?? [],
        ...present({
          title: row.title,
          publishedAt: row.published_at === null ? null : new Date(row.published_at),
          publishedAs: row.published_as,
          summaryHtml: row.summary_html,
          contentHtml: row.content_html,
          language: row.language,
          imageUrl: row.image_url,
        }),
      },
    };
  },

  /** Ends an article's turn: its record if there is one, when it is due again, and its host's next turn. */
  async recordArticle(
    { id, turn, attempts }: Pick<PendingArticle, 'id' | 'turn' | 'attempts'>,
    change: ArticleChange,
  ): Promise<void> {
    const { record, problem, next, revisit, pages } = change;
    await db.transaction(async (tx) => {
      await tx
        .update(articles)
        .set({
          // Made due meanwhile by an edit of its entry, which begins to count anew: that stands, so the edit is not lost.
          dueAt: sql`case when ${articles.attempts} < ${attempts}::int then ${articles.dueAt} else ${change.dueAt?.toISOString() ?? null}::timestamptz end`,
          ...(change.uncounted ? { attempts: sql`greatest(0, ${articles.attempts} - 1)` } : {}),
          ...(revisit
            ? {
                // An edit that came meanwhile is no mere revisit.
                revisit: sql`${articles.attempts} >= ${attempts}::int`,
                attempts: 0,
                hops: 0,
                etag: revisit.validators.etag ?? null,
                lastModified: revisit.validators.lastModified ?? null,
              }
            : {}),
          ...(next ? { host: next.host } : {}),
          ...(next?.to ? { pageUrl: next.to.url, hops: sql`${articles.hops} + 1` } : {}),
          ...(pages ? { pagesKept: pages.kept, hops: 0 } : {}),
          ...(pages?.firstUrl ? { pageUrl: pages.firstUrl } : {}),
          error: problem?.kind ?? null,
          errorText: problem?.text ?? null,
          updatedAt: sql`now()`,
          ...(record
            ? {
                status: 'stored' as const,
                storedAt: sql`coalesce(${articles.storedAt}, now())`,
                title: record.title,
                authors: record.authors,
                // What lies in the future stands still meanwhile: else each revisit would find another date.
                publishedAt: record.published?.clamped
                  ? sql`${articles.firstSeenAt}`
                  : (record.publishedAt ?? sql`${articles.firstSeenAt}`),
                publishedAs: record.published ?? { source: 'first seen' as const },
                language: record.language ?? null,
                siteName: record.siteName ?? null,
                excerpt: record.excerpt,
                contentHtml: record.contentHtml,
                contentText: record.contentText,
                leadImageUrl: record.leadImageUrl ?? null,
                leadImageWidth: record.leadImageWidth ?? null,
                leadImageHeight: record.leadImageHeight ?? null,
                leadImageCaption: record.leadImageCaption ?? null,
                wordCount: record.wordCount,
                readingMinutes: record.readingMinutes,
                contentSource: record.contentSource,
                canonicalUrl: record.canonicalUrl ?? null,
                section: record.section ?? null,
                tags: record.tags,
                modifiedAt: record.modifiedAt ?? null,
                modifiedAs: record.modified ?? null,
                paywalled: record.paywalled ?? null,
                pageCount: record.pageCount,
              }
            : {}),
          ...(change.failed
            ? { status: sql`case when ${articles.storedAt} is null then 'failed' else ${articles.status} end` }
            : {}),
        })
        .where(eq(articles.id, id));
      if (turn) await endTurn(tx, turn, change.host, next ? [next.host] : [], politeness);
    });
  },
});
