import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants, gunzip } from 'node:zlib';
import { asc, eq, sql } from 'drizzle-orm';
import type { Page } from '../src/articles/article.js';
import type { KeptPage } from '../src/jobs/reextraction.js';
import type { EncodedBody } from '../src/web/outcome.js';
import type { Db } from './client.js';
import { type Fence, isUnderLease } from './fence.js';
import { pages } from './schema/articles.js';

const compress = promisify(brotliCompress);
const decompress = { br: promisify(brotliDecompress), gzip: promisify(gunzip) };
/**
 * Brotli level for pages that were sent uncompressed. It reduces them to a fifth in a third of the time that level 4 takes to
 * reduce them to a sixth; level 1 of gzip takes longer and saves less.
 */
const QUALITY = 1;

/** Pages as fetched: kept between the turns of a long article, and for some days after, to extract records again. */
export const pageStore = (db: Db) => ({
  savePage: (article: Fence, number: number, page: Page, encoded?: EncodedBody) => savePage(db, article, number, page, encoded),
  loadPages: (articleId: number): Promise<Page[]> => loadPages(db, articleId),
  loadKeptPages: (articleId: number): Promise<KeptPage[]> => loadKeptPages(db, articleId),
});

/**
 * Saves a page of an article, replacing the one with the same number; as it was transferred, if that is smaller. Does nothing when
 * the job is stale.
 */
async function savePage(
  db: Db,
  article: Fence,
  number: number,
  { url, contentType, body }: Page,
  encoded?: EncodedBody,
): Promise<void> {
  const kept = isSmaller(encoded, body) ? encoded : await encode(body);
  const columns = [url, contentType, Buffer.from(kept.bytes), kept.coding].map((value) => sql`${value}`);
  await db.execute(sql`
    insert into feedmill_data.pages (article_id, number, url, content_type, body, coding)
    select held.id, ${number}::int, ${sql.join(columns, sql`, `)}
    from feedmill_data.articles as held where ${isUnderLease(sql`held`, article)} for update
    on conflict (article_id, number) do update set
      url = excluded.url, content_type = excluded.content_type, body = excluded.body, coding = excluded.coding, fetched_at = now()`);
}

/** Some servers compress badly, and a hostile one may send megabytes that unpack to nothing. */
const isSmaller = (encoded: EncodedBody | undefined, body: Uint8Array): encoded is EncodedBody =>
  encoded !== undefined && encoded.bytes.byteLength < body.byteLength;

const encode = async (body: Uint8Array): Promise<EncodedBody> => ({
  coding: 'br',
  bytes: await compress(body, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }),
});

/** The saved pages of an article, in order, with when they were fetched. */
async function loadKeptPages(db: Db, articleId: number): Promise<KeptPage[]> {
  const rows = await db.select().from(pages).where(eq(pages.articleId, articleId)).orderBy(asc(pages.number));
  return Promise.all(
    rows.map(async ({ number, url, contentType, body, coding, fetchedAt }) => ({
      number,
      url,
      contentType,
      body: await decompress[coding](body),
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
