import { sql } from 'drizzle-orm';
import { type Db, type Executor, inSavepoint } from './client.js';
import { addSketches } from './clusters.js';
import { isolateFaults, leaveToIndexer } from './index-faults.js';
import { type Indexing, toFingerprints } from './indexer.js';
import { noteSites } from './ownership.js';
import { dropFormerWords, readSplitRecords, takeFormerWords, writeSearchKeys } from './search-keys.js';

/** How records are fingerprinted. */
type Fingerprinting = Pick<Indexing, 'fingerprint' | 'clusterDays'>;

/**
 * A migration of data that would lock a large table too long. It runs after the schema's migrations, beside the running program,
 * in batches that are transactions of their own, so it can stop at any time and goes on where it was. Until it is done, and in a
 * program before it, there are rows that it has not reached: code must work with both.
 */
interface Backfill {
  /** Never changes: by it the database knows what is done. */
  name: string;
  /** The table whose rows are visited in the order of their ids. */
  table: 'articles' | 'feeds';
  /** Ids that one batch covers, if not BATCH_IDS. */
  batchIds?: number;
  /** Migrates the rows whose ids are above `after`, up to `upTo`. Runs again without harm. */
  migrateRows(tx: Executor, after: number, upTo: number, fingerprinting: Fingerprinting): Promise<void>;
}

/** All backfills, in the order in which they run: what others wait for first, then the oldest. One whose columns are gone may be removed. */
const BACKFILLS: readonly Backfill[] = [
  {
    // The counts of feeds that are older than the counters (0038). One whose articles change meanwhile is counted then. First, and
    // done in minutes: until then, each `status` and `list` counts the articles of feeds that it has not reached.
    name: 'feed-counts',
    table: 'feeds',
    batchIds: 20,
    async migrateRows(tx, after, upTo) {
      await tx.execute(sql`
        select feedmill_data.recount_feeds(array(
          select id from feedmill_data.feeds f where id > ${after} and id <= ${upTo}
            and not exists (select from feedmill_data.feed_counts c where c.feed_id = f.id)))`);
    },
  },
  {
    // The site of articles that are older than the column (0020): who may change a record depends on it.
    name: 'article-sites',
    table: 'articles',
    async migrateRows(tx, after, upTo) {
      const { rows } = await tx.execute<{ id: string }>(sql`
        select id from feedmill_data.articles where site is null and id > ${after} and id <= ${upTo}`);
      await noteSites(
        tx,
        rows.map(({ id }) => Number(id)),
      );
    },
  },
  {
    // The bodies of articles that are older than the table (0034). Their triggers see no change in it (db/contract/20-changes.sql). One
    // that can't be moved is still read where it is; the indexer, which fails with it too, tells of it.
    name: 'article-bodies',
    table: 'articles',
    async migrateRows(tx, after, upTo) {
      const { rows } = await tx.execute<{ id: string }>(sql`
        select id from feedmill_data.articles
        where id > ${after} and id <= ${upTo} and num_nonnulls(excerpt, content_text, content_html) > 0
        order by id for no key update`);
      if (rows.length === 0) return;
      const ids = rows.map(({ id }) => Number(id));
      await leaveToIndexer(tx, await isolateFaults(ids, (some) => inSavepoint(tx, () => moveBodies(tx, some))));
    },
  },
  {
    // The words of records that were indexed before `search_keys` (0037). They are split again, at a thousand records a second. While
    // their texts are at hand, the recent ones among them get sketches (0036). One with which that fails is left to the indexer.
    name: 'search-keys',
    table: 'articles',
    batchIds: 100,
    async migrateRows(tx, after, upTo, { clusterDays, ...fingerprinting }) {
      const ids = await takeFormerWords(tx, after, upTo);
      if (ids.length === 0) return;
      const index = async (some: readonly number[]) => {
        const records = await readSplitRecords(tx, sql`id = any (${sql.param([...some])}::bigint[])`);
        await writeSearchKeys(tx, records);
        await addSketches(tx, toFingerprints(records, fingerprinting), clusterDays);
      };
      await leaveToIndexer(tx, await isolateFaults(ids, (some) => inSavepoint(tx, () => index(some))));
      await dropFormerWords(tx);
    },
  },
];

/** Moves the bodies of articles whose rows are locked. */
async function moveBodies(tx: Executor, ids: readonly number[]): Promise<void> {
  const chosen = sql`id = any (${sql.param([...ids])}::bigint[])`;
  await tx.execute(sql`
    with moved as (
      insert into feedmill_data.bodies (article_id, body)
      select id, row(excerpt, content_text, content_html)::feedmill_data.body from feedmill_data.articles where ${chosen}
    )
    update feedmill_data.articles set excerpt = null, content_text = null, content_html = null where ${chosen}`);
}

/** Ids that one batch covers unless it says otherwise: a few hundredths of a second, for which its rows are locked. */
const BATCH_IDS = 1_000;

/** How far a backfill is: `position` of `last` ids. */
export interface BackfillProgress {
  name: string;
  position: number;
  last: number;
}

/**
 * Runs one batch of the first backfill that is not done. Several processes may call it at once: one of them works, and the others
 * get undefined, as when all are done.
 */
export async function runBackfillBatch(db: Db, fingerprinting: Fingerprinting): Promise<BackfillProgress | undefined> {
  for (const backfill of BACKFILLS) {
    const progress = await db.transaction((tx) => runBatch(tx, backfill, fingerprinting));
    if (progress !== 'done') return progress;
  }
  return undefined;
}

async function runBatch(
  tx: Executor,
  { name, table, batchIds = BATCH_IDS, migrateRows }: Backfill,
  fingerprinting: Fingerprinting,
): Promise<BackfillProgress | 'done' | undefined> {
  await tx.execute(sql`
    insert into feedmill_data.backfills (name, last)
    select ${name}, coalesce(max(id), 0) from ${sql.identifier('feedmill_data')}.${sql.identifier(table)}
    having not exists (select from feedmill_data.backfills where name = ${name})
    on conflict do nothing`);
  const { rows } = await tx.execute<{ position: string; last: string; done: boolean }>(sql`
    select position, last, finished_at is not null as done from feedmill_data.backfills where name = ${name} for update skip locked`);
  const [row] = rows;
  if (!row) return undefined;
  if (row.done) return 'done';
  const last = Number(row.last);
  const position = Math.min(Number(row.position) + batchIds, last);
  await migrateRows(tx, Number(row.position), position, fingerprinting);
  await tx.execute(sql`
    update feedmill_data.backfills set position = ${position}, finished_at = case when ${position >= last} then now() end
    where name = ${name}`);
  return { name, position, last };
}

/** The backfills that are not done, including those that have not begun: their `last` is 0. */
export async function listBackfills(db: Db): Promise<BackfillProgress[]> {
  const { rows } = await db.execute<{ name: string; position: string; last: string; done: boolean }>(sql`
    select name, position, last, finished_at is not null as done from feedmill_data.backfills`);
  return BACKFILLS.flatMap(({ name }) => {
    const row = rows.find((other) => other.name === name);
    return row?.done ? [] : [{ name, position: Number(row?.position ?? 0), last: Number(row?.last ?? 0) }];
  });
}
