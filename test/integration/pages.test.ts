import { brotliCompressSync, gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { articleStore } from '../../db/articles.js';
import { expirePages, pageStore } from '../../db/pages.js';
import { createDatabase, lease, leasedRows } from '../database.js';

const { db } = await createDatabase();
await db.execute(sql`
  insert into feedmill_data.hosts (host) values ('a.example');
  insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example');
  insert into feedmill_data.articles (url, feed_id, host, due_at)
    select 'https://a.example/' || n, id, null, now() from feedmill_data.feeds, generate_series(1, 300) n;`);
const pages = pageStore(db);
const body = (text: string) => Buffer.from(text.repeat(1_000));
const page = (n: number, text = 'ä') => ({ url: `https://a.example/1?page=${n}`, contentType: 'text/html', body: body(text) });

async function leaseArticle() {
  await lease(db, 'articles', 1);
  const [article] = await leasedRows(db, 'articles', [1]);
  if (!article) throw new Error('no article');
  return article;
}

describe('pages', () => {
  it('are saved by number, compressed, and loaded unchanged', async () => {
    const article = await leaseArticle();
    await pages.savePage(article, 2, page(2));
    await pages.savePage(article, 1, page(1));
    await pages.savePage(article, 1, page(1, 'ö'));
    expect(await pages.loadPages(1)).toEqual([page(1, 'ö'), page(2)]);
    expect(await pages.loadPages(2)).toEqual([]);
    const { rows } = await db.execute<{ bytes: number }>(sql`select max(length(body)) as bytes from feedmill_data.pages`);
    expect(rows[0]?.bytes).toBeLessThan(200);
  });

  it('are kept as they were transferred, and loaded unpacked', async () => {
    const article = await leaseArticle();
    const encoded = [
      { coding: 'gzip', bytes: gzipSync(body('g'), { level: 9 }) },
      { coding: 'br', bytes: brotliCompressSync(body('b')) },
    ] as const;
    await pages.savePage(article, 1, page(1, 'g'), encoded[0]);
    await pages.savePage(article, 2, page(2, 'b'), encoded[1]);
    expect(await pages.loadPages(1)).toEqual([page(1, 'g'), page(2, 'b')]);
    const { rows } = await db.execute(sql`select coding, body as bytes from feedmill_data.pages order by number`);
    expect(rows).toEqual(encoded);
  });

  it('are compressed anew where what was transferred is no smaller', async () => {
    const article = await leaseArticle();
    const padded = Buffer.concat([gzipSync(body('g')), ...Array.from({ length: 1_000 }, () => gzipSync(''))]);
    await pages.savePage(article, 1, page(1, 'g'), { coding: 'gzip', bytes: padded });
    expect((await pages.loadPages(1))[0]).toEqual(page(1, 'g'));
    const { rows } = await db.execute(sql`select coding, length(body) < 100 as small from feedmill_data.pages where number = 1`);
    expect(rows).toEqual([{ coding: 'br', small: true }]);
  });

  it('are deleted in batches when they are old, but never while an article may need them', async () => {
    await db.execute(sql`
      insert into feedmill_data.pages (article_id, number, url, content_type, body, fetched_at)
      select id, 1, url, '', '', now() - interval '4 days' from feedmill_data.articles where id > 2;
      update feedmill_data.pages set fetched_at = now() - interval '30 hours' where article_id = 1`);
    const count = async () =>
      (await db.execute<{ n: number }>(sql`select count(*)::int as n from feedmill_data.pages`)).rows[0]?.n;
    expect(await expirePages(db, 5)).toBe(false);
    expect(await count()).toBe(300);
    expect(await expirePages(db, 3)).toBe(true);
    expect(await expirePages(db, 0)).toBe(false);
    expect(await count()).toBe(2);
  });

  it('are counted in the row of their article while the next one is fetched', async () => {
    const { startArticle, recordArticle } = articleStore(db, { leaseMs: 3_600_000, hostGapMs: 0, hostConcurrency: 1 });
    await lease(db, 'articles', 1);
    const article = await startArticle(1);
    if (!article) throw new Error('not due');
    expect(article).toMatchObject({ pagesKept: 0, pageUrl: 'https://a.example/1' });
    const to = { url: 'https://a.example/1?page=2', host: 'a.example' };
    await recordArticle(article, { kind: 'next-page', dueAt: new Date(), to, pagesKept: 1 }, {});
    const { rows } = await db.execute(sql`select page_url, pages_kept, hops, attempts from feedmill_data.articles where id = 1`);
    expect(rows).toEqual([{ page_url: to.url, pages_kept: 1, hops: 0, attempts: 0 }]);
    await recordArticle(await leaseArticle(), { kind: 'unchanged', firstPage: { url: article.url, host: 'a.example' } }, {});
    const { rows: after } = await db.execute(sql`select page_url, pages_kept from feedmill_data.articles where id = 1`);
    expect(after).toEqual([{ page_url: article.url, pages_kept: 0 }]);
  });
});
