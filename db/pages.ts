import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { asc, eq, sql } from 'drizzle-orm';
import type { Page } from '../src/articles/article.js';
import type { KeptPage } from '../src/jobs/reextraction.js';
import type { Db } from './client.js';
import { type Fence, lockUnderLease } from './fence.js';
import { pages } from './schema/articles.js';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
/**
 * Brotli level. It reduces a page to a seventh in about the time that extracting it takes; higher levels take many times longer.
 */
const QUALITY = 4;

/** Pages as fetched: kept between the turns of a long article, and for some days after, to extract records again. */
export const pageStore = (db: Db) => ({
  savePage: (article: Fence, number: number, page: Page) => savePage(db, article, number, page),
  loadPages: (articleId: number): Promise<Page[]> => loadPages(db, articleId),
  loadKeptPages: (articleId: number): Promise<KeptPage[]> => loadKeptPages(db, articleId),
});

/** Saves a page of an article, replacing the one with the same number. Does nothing when the job is stale. */
async function savePage(db: Db, article: Fence, number: number, { url, contentType, body }: Page): Promise<void> {
  const compressed = await compress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });
  const columns = { url, contentType, body: compressed, fetchedAt: sql`now()` };
  await db.transaction(async (tx) => {
    if (!(await lockUnderLease(tx, 'articles', article))) return;
    await tx
      .insert(pages)
      .values({ articleId: article.id, number, ...columns })
      .onConflictDoUpdate({ target: [pages.articleId, pages.number], set: columns });
  });
}

/** The saved pages of an article, in order, with when they were fetched. */
async function loadKeptPages(db: Db, articleId: number): Promise<KeptPage[]> {
  const rows = await db.select().from(pages).where(eq(pages.articleId, articleId)).orderBy(asc(pages.number));
  return Promise.all(
    rows.map(async ({ number, url, contentType, body, fetchedAt }) => ({
      number,
      url,
      contentType,
      body: await decompress(body),
      fetchedAt,
    })),
  );
}

/** The saved pages of an article, in order. */
const loadPages = async (db: Db, articleId: number): Promise<Page[]> =>
  (await loadKeptPages(db, articleId)).map(({ url, contentType, body }) => ({ url, contentType, body }));

/** Minimum age of a deleted page, in days: while an article is still being tried, its earlier pages are needed. */
export const MIN_PAGE_DAYS = 2;
/** Rows deleted per call. */
const BATCH = 200;

/** Deletes the oldest pages that were fetched more than `days` ago. @returns whether there may be more to delete. */
export async function expirePages(db: Db, days: number): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.pages where (article_id, number) in (
      select article_id, number from feedmill_data.pages
      where fetched_at < now() - ${Math.max(days, MIN_PAGE_DAYS)}::int * interval '1 day'
      order by fetched_at limit ${BATCH} for update skip locked)`);
  return rowCount === BATCH;
}
