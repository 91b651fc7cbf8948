import { type SQL, sql } from 'drizzle-orm';
import type { RecordContext, RecordFilter, RecordName, RecordQuery } from '../src/export/record-filter.js';
import type { Db, Executor } from './client.js';
import { readOnly } from './read-only.js';
import { checkCondition, matches, toSelectionError } from './record-condition.js';

type Row = Record<string, unknown>;

/** Records read at once: with bodies, which may have 100 kB each, some ten megabytes; without, as little as a round trip is worth. */
const PAGE = { withBodies: 200, withoutBodies: 2_000 };
const BODIES = ['content_html', 'content_text'];
/** Matches of a search that the filter chooses from: as many as `feedmill.search` ranks. */
const RANKED = 1_000;
/** Sightings, records of the same story and revisions that are read of one record. A story that changes daily has fewer. */
const MAX_RELATED = 100;
/** How long a statement may take that reads a record or what belongs to it, in ms. They use indexes. */
const LOOK_UP_TIMEOUT_MS = 30_000;

/** What the commands that show records read: only the views and functions of the contract, as any consumer may. */
export const recordReader = (db: Db) => ({
  loadRecordColumns: () => readOnly(db, LOOK_UP_TIMEOUT_MS, loadRecordColumns),
  readRecords: (query: RecordQuery) => readRecords(db, query),
  searchRecords: (words: string, query: RecordQuery) => searchRecords(db, words, query),
  findRecord: (name: RecordName) => readOnly(db, LOOK_UP_TIMEOUT_MS, (tx) => findRecord(tx, name)),
  findRecordFailure: (name: RecordName) => readOnly(db, LOOK_UP_TIMEOUT_MS, (tx) => findRecordFailure(tx, name)),
  loadRecordContext: (record: { id: number; clusterId: number | undefined }) =>
    readOnly(db, LOOK_UP_TIMEOUT_MS, (tx) => loadRecordContext(tx, record)),
  loadRevisions: (id: number) => readOnly(db, LOOK_UP_TIMEOUT_MS, (tx) => loadRevisions(tx, id)),
});

/** The names of the columns of `feedmill.records`, in their order. */
async function loadRecordColumns(tx: Executor): Promise<string[]> {
  const { rows } = await tx.execute<{ name: string }>(sql`
    select attname as name from pg_attribute
    where attrelid = 'feedmill.records'::regclass and attnum > 0 and not attisdropped order by attnum`);
  return rows.map(({ name }) => name);
}

/**
 * The newest records first, in batches. Each batch is a transaction of its own, so that a slow reader holds none open. Records
 * that are stored meanwhile are not among them.
 * @throws {SelectionError} (record-condition.ts) when the user's condition can't be used
 */
async function* readRecords(db: Db, query: RecordQuery): AsyncGenerator<Row[]> {
  let after: SQL = sql`true`;
  let left = query.limit;
  const hasBodies = query.columns?.every((column) => !BODIES.includes(column)) !== true;
  const page = hasBodies ? PAGE.withBodies : PAGE.withoutBodies;
  if (query.where !== undefined) await checkInTransaction(db, query, query.where);
  while (left > 0) {
    const size = Math.min(left, page);
    const rows = await inReadOnly(db, query, (tx) => loadPage(tx, query, after, size));
    const last = rows.at(-1);
    if (last) yield rows.map(({ page_stored_at, page_id, ...row }) => toShown(row));
    if (!last || rows.length < size) return;
    left -= rows.length;
    after = sql`(stored_at, id) < (${last.page_stored_at}::timestamptz, ${last.page_id}::bigint)`;
  }
}

async function loadPage(tx: Executor, query: RecordQuery, after: SQL, size: number): Promise<Row[]> {
  const { rows } = await tx.execute(sql`
    select ${selected(query.columns)}, stored_at::text as page_stored_at, id::text as page_id
    from feedmill.records where ${matches(query)} and ${after} order by stored_at desc, id desc limit ${size}`);
  return rows;
}

/** The best matches of a full-text search first, among the 1000 newest: with `rank`, and `content_text` to take a snippet from. */
async function searchRecords(db: Db, words: string, query: RecordQuery): Promise<Row[]> {
  if (query.where !== undefined) await checkInTransaction(db, query, query.where);
  return inReadOnly(db, query, async (tx) => {
    const { rows } = await tx.execute(sql`
      select ${selected(query.columns)}, found.rank from feedmill.search(${words}, ${RANKED}) as found
      join (select * from feedmill.records where ${matches(query)}) as records on records.id = found.record_id
      order by found.rank desc, records.id desc limit ${Math.min(query.limit, RANKED)}`);
    return rows.map(toShown);
  });
}

/** Only columns that the view has reach this: see loadRecordColumns. */
const selected = (columns: readonly string[] | undefined): SQL =>
  columns
    ? sql.join(
        columns.map((column) => sql`records.${sql.identifier(column)}`),
        sql`, `,
      )
    : sql`records.*`;

/** Ids fit into a number (2^53). */
const toShown = (row: Row): Row => ('id' in row ? { ...row, id: Number(row.id) } : row);

const checkInTransaction = (db: Db, { timeoutMs }: RecordQuery, where: string) =>
  readOnly(db, timeoutMs, (tx) => checkCondition(tx, where));

/** Runs one statement of a query. @throws {SelectionError} for an error that the selection caused */
async function inReadOnly<Result>(
  db: Db,
  { timeoutMs, where }: RecordFilter & Pick<RecordQuery, 'timeoutMs'>,
  work: (tx: Executor) => Promise<Result>,
): Promise<Result> {
  try {
    return await readOnly(db, timeoutMs, work);
  } catch (error) {
    throw toSelectionError(error, where) ?? error;
  }
}

/** The record with this id or one of these URLs; its own URL counts before the one that its page declares. */
async function findRecord(tx: Executor, name: RecordName): Promise<Row | undefined> {
  const { rows } = await tx.execute(
    'id' in name
      ? sql`select * from feedmill.records where id = ${name.id}`
      : sql`
        select * from feedmill.records
        where url = any (${sql.param([...name.urls])}::text[])
          or canonical_url = any (${sql.param([...name.urls])}::text[]) and canonical_url <> url
        order by (url = any (${sql.param([...name.urls])}::text[])) desc, id limit 1`,
  );
  return rows[0] && toShown(rows[0]);
}

/** Why there is no record of an article whose page could not be read; undefined when it is not that. */
async function findRecordFailure(tx: Executor, name: RecordName): Promise<string | undefined> {
  const is = 'id' in name ? sql`record_id = ${name.id}` : sql`url = any (${sql.param([...name.urls])}::text[])`;
  const { rows } = await tx.execute<{ reason: string }>(
    sql`select reason from feedmill.failures where ${is} and not stored limit 1`,
  );
  return rows[0]?.reason;
}

/** The feeds that showed a record, the first one first, and the records that tell the same story. */
async function loadRecordContext(
  tx: Executor,
  { id, clusterId }: { id: number; clusterId: number | undefined },
): Promise<RecordContext> {
  const { rows: sightings } = await tx.execute(sql`
    select feed_id, feed_title, feed_url, title, published_at, first_seen_at from feedmill.sightings
    where record_id = ${id} order by first_seen_at, id limit ${MAX_RELATED}`);
  const { rows: neighbours } = await tx.execute(sql`
    select id, site_name, title, url from feedmill.records
    where cluster_id = ${clusterId ?? null} and id <> ${id} order by id limit ${MAX_RELATED}`);
  return { sightings, neighbours: neighbours.map(toShown) };
}

/** The versions of a record, the newest first. */
async function loadRevisions(tx: Executor, id: number): Promise<Row[]> {
  const { rows } = await tx.execute(sql`
    select * from feedmill.record_revisions where record_id = ${id} order by revision desc limit ${MAX_RELATED}`);
  return rows;
}
