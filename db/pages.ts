import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import { asc, eq, sql } from 'drizzle-orm';
import type { Page } from '../src/articles/article.js';
import type { Db } from './client.js';
import { pages } from './schema/articles.js';

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
/** A seventh of the size in the time that reading the page takes; the better levels take many times as long. */
const QUALITY = 4;

/** Raw pages: kept for some days, so that articles can be extracted anew, and between the turns of an article of several pages. */
export const pageStore = (db: Db) => ({
  /** Keeps a page of an article, in place of one of the same number. */
  async savePage(articleId: number, number: number, { url, contentType, body }: Page): Promise<void> {
    const kept = {
      url,
      contentType,
      body: await compress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }),
      fetchedAt: sql`now()`,
    };
    await db
      .insert(pages)
      .values({ articleId, number, ...kept })
      .onConflictDoUpdate({ target: [pages.articleId, pages.number], set: kept });
  },

  /** The pages of an article that are kept, in their order. */
  async loadPages(articleId: number): Promise<Page[]> {
    const rows = await db.select().from(pages).where(eq(pages.articleId, articleId)).orderBy(asc(pages.number));
    return Promise.all(rows.map(async ({ url, contentType, body }) => ({ url, contentType, body: await decompress(body) })));
  },
});

/** Pages between the turns of an article are needed as long as one may be tried, in days. */
const LEAST_DAYS = 2;
/** Deleted at once. */
const BATCH = 200;

/** Deletes the oldest of the pages that were fetched longer than `days` ago. @returns whether there may be more. */
export async function expirePages(db: Db, days: number): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    delete from feedmill_data.pages where (article_id, number) in (
      select article_id, number from feedmill_data.pages
      where fetched_at < now() - ${Math.max(days, LEAST_DAYS)}::int * interval '1 day'
      order by fetched_at limit ${BATCH} for update skip locked)`);
  return rowCount === BATCH;
}
