import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import pg from 'pg';
import { articleStore } from '../db/articles.js';
import { claimDue } from '../db/claim.js';
import { type Db, openDb } from '../db/client.js';
import { openEmbedded } from '../db/embedded.js';
import { feedStore } from '../db/feeds.js';
import { migrateSchema } from '../db/migrate.js';
import type { ArticleRecord } from '../src/articles/article.js';
import { composeStory, SITES } from '../src/sampler/story.js';
import { median } from './numbers.js';

/** Rounds of each side. The sides alternate, so that other load on the machine affects both. */
const ROUNDS = 8;
/** Hosts, each with one feed, and new entries per feed in a round. */
const HOSTS = 20;
const ENTRIES = 20;
const CONCURRENCY = 10;
/** Length of a text, in characters: that of a typical news article. */
const TEXT_CHARS = 4_000;

const options = {
  leaseMs: 600_000,
  hostGapMs: 0,
  hostConcurrency: ENTRIES,
  toHostKey: (url: string) => new URL(url).host,
  maxNewPerDay: 1_000_000,
  maxNewHosts: 1_000,
};

/** Removes what the contract adds to storing a record: triggers, and indexes for readers. */
const WITHOUT_CONTRACT = `
  alter table feedmill_data.articles disable trigger user;
  drop index feedmill_data.articles_published, feedmill_data.entries_feed_seen, feedmill_data.entries_enclosures, feedmill_data.polls_started, feedmill_data.polls_gaps;`;

function composeRecord(number: number): ArticleRecord {
  const site = SITES[number % SITES.length];
  if (!site) throw new Error('no sampler site');
  const { title, author, paragraphs } = composeStory(site, number, new Date());
  const text: string[] = [];
  for (let chars = 0; chars < TEXT_CHARS / (/^(zh|ja)/.test(site.language) ? 2.5 : 1); chars += paragraphs.join('').length)
    text.push(...paragraphs, composeStory(site, number + chars + 1, new Date()).paragraphs.join(' '));
  return {
    title: `${title} ${number}`,
    authors: [author],
    publishedAt: new Date(),
    language: site.language,
    siteName: site.title,
    excerpt: (text[0] ?? '').slice(0, 200),
    contentHtml: text.map((paragraph) => `<p>${paragraph}</p>`).join(''),
    contentText: text.join('\n\n'),
    wordCount: text.join(' ').split(' ').length,
    contentSource: 'page',
    readingMinutes: 1,
    tags: [],
    pageCount: 1,
    extractorVersion: 1,
  };
}

/**
 * Takes `HOSTS * ENTRIES` new articles all the way through the database: entries, claims, starts, records. @returns the time, in
 * ms
 */
async function measureRound(db: Db, round: number, records: readonly ArticleRecord[]): Promise<number> {
  const feeds = feedStore(db, options);
  const articles = articleStore(db, options);
  const limit = pLimit(CONCURRENCY);
  const started = performance.now();
  const ids = await feeds.addFeeds(Array.from({ length: HOSTS }, (_, n) => ({ url: `https://h${n}.r${round}.example/feed` })));
  await Promise.all(
    ids.map(({ id, url }) =>
      limit(() =>
        feeds.addEntries(
          { id, url, content: 'page' },
          Array.from({ length: ENTRIES }, (_, n) => ({
            key: `k${n}`,
            normalizedUrl: new URL(`/${n}`, url).href,
            title: `Entry ${n}`,
            summaryHtml: '<p>A summary of the article, as feeds have it.</p>',
            authors: [],
            categories: ['news'],
            enclosures: [],
            contentHash: `h${n}`,
          })),
        ),
      ),
    ),
  );
  let stored = 0;
  while (stored < HOSTS * ENTRIES) {
    const claimed = await claimDue(db, { ...options, room: { feeds: 100, articles: 100 } });
    await Promise.all(
      claimed.articles.map((id) =>
        limit(async () => {
          const article = await articles.startArticle(id);
          if (!article) throw new Error('nothing to start');
          const record = records[stored % records.length];
          stored += 1;
          if (!record) throw new Error('no records to store');
          await articles.recordArticle(article, { kind: 'stored', record }, { reached: true });
        }),
      ),
    );
  }
  return performance.now() - started;
}

/** Measures what storing a record costs, with and without what the SQL contract adds. */
export async function run(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'feedmill-bench-'));
  const postgres = await openEmbedded(join(folder, 'data'), 56_500);
  const admin = new pg.Client({ connectionString: postgres.url });
  await admin.connect();
  const records = Array.from({ length: 300 }, (_, n) => composeRecord(n));
  const sides = { before: [] as number[], after: [] as number[] };
  try {
    const databases: Record<string, Db> = {};
    for (const side of Object.keys(sides)) {
      await admin.query(`create database bench_${side}`);
      const url = new URL(postgres.url);
      url.pathname = `/bench_${side}`;
      await migrateSchema(url.href);
      databases[side] = openDb(url.href, { onError: console.error });
    }
    await databases.before?.$client.query(WITHOUT_CONTRACT);
    for (let round = 0; round <= ROUNDS; round += 1) {
      const order: ('before' | 'after')[] = round % 2 === 0 ? ['before', 'after'] : ['after', 'before'];
      for (const side of order) {
        const db = databases[side];
        if (!db) throw new Error(`no database ${side}`);
        const ms = await measureRound(db, round, records);
        // The first round only warms up.
        if (round > 0) sides[side].push(ms / (HOSTS * ENTRIES));
      }
    }
    for (const db of Object.values(databases)) await db.$client.end();
  } finally {
    await admin.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  }
  const [before, after] = [median(sides.before), median(sides.after)];
  console.log(`a record without the contract   ${before.toFixed(2)} ms (median of ${ROUNDS} rounds of ${HOSTS * ENTRIES})`);
  console.log(`a record with it                ${after.toFixed(2)} ms: ${((after / before - 1) * 100).toFixed(0)} % more`);
}
