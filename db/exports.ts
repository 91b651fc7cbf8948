import { type SQL, sql } from 'drizzle-orm';
import type { ExportRecord, Selection } from '../src/export/record.js';
import { errorCode } from '../src/text/error-code.js';
import type { Db } from './client.js';

/** One row of the change cursor. */
export interface Change extends Record<string, unknown> {
  cursor: string;
  operation: string;
  record_id: string;
}

/** Records (or changes) read at once: keeps the memory of an export constant, however many records there are. */
const PAGE = 100;

const DATES = ['dated_at', 'published_at', 'first_seen_at', 'stored_at', 'updated_at'] as const;

/** What the exports read: the views of the contract, like any consumer. */
export const exportStore = (db: Db) => ({
  readRecordPages: (selection: Selection) => readRecordPages(db, selection),
  loadNewestRecords: (selection: Selection, limit: number) => loadNewestRecords(db, selection, limit),
  loadRecordsById: (ids: readonly string[], selection: Selection) => loadRecordsById(db, ids, selection),
  readCursor: () => readCursor(db),
  loadChangesAfter: (cursor: string) => loadChangesAfter(db, cursor),
});

/** All selected records in the order of their ids, one page at a time. */
async function* readRecordPages(db: Db, selection: Selection): AsyncGenerator<ExportRecord[]> {
  for (let after = 0; ; ) {
    const page = await loadRecords(db, sql`r.id > ${after} and ${isSelected(selection)}`, sql`r.id`, PAGE);
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = last.id;
  }
}

/** The newest selected records, newest first. */
const loadNewestRecords = (db: Db, selection: Selection, limit: number): Promise<ExportRecord[]> =>
  loadRecords(db, isSelected(selection), sql`r.stored_at desc, r.id desc`, limit);

/** Those of the given records that exist and are selected. */
const loadRecordsById = (db: Db, ids: readonly string[], selection: Selection): Promise<ExportRecord[]> =>
  loadRecords(db, sql`r.id = any (${sql.param(ids)}::bigint[]) and ${isSelected(selection)}`, sql`r.id`, ids.length);

const isSelected = ({ feedId, since }: Selection): SQL => sql`
  ${feedId === undefined ? sql`true` : sql`r.feed_id = ${feedId}`}
  and ${since === undefined ? sql`true` : sql`r.updated_at >= ${since.toISOString()}::timestamptz`}`;

async function loadRecords(db: Db, condition: SQL, order: SQL, limit: number): Promise<ExportRecord[]> {
  const { rows } = await db.execute(sql`
    select r.*, coalesce(s.published_at, r.published_at, r.first_seen_at) as dated_at, coalesce(s.categories, '{}') as categories
    from feedmill.records r
    left join lateral (
      select published_at, categories from feedmill.sightings where record_id = r.id and feed_id = r.feed_id order by id limit 1
    ) s on true
    where ${condition} order by ${order} limit ${limit}`);
  return rows.map((row) => {
    const dates = DATES.map((name) => [name, row[name] === null ? null : new Date(String(row[name]))]);
    return { ...row, id: Number(row.id), feed_id: Number(row.feed_id), ...Object.fromEntries(dates) } as ExportRecord;
  });
}

async function readCursor(db: Db): Promise<string> {
  const { rows } = await db.execute<{ cursor: string }>(sql`select feedmill.current_cursor() as cursor`);
  return rows[0]?.cursor ?? '';
}

/** The database can't tell what followed a cursor (read_cursor in db/contract/20-changes.sql); the message says why. */
export class RefusedCursorError extends Error {}

async function loadChangesAfter(db: Db, cursor: string): Promise<Change[]> {
  try {
    const { rows } = await db.execute<Change>(sql`select cursor, operation, record_id from feedmill.changes(${cursor}, ${PAGE})`);
    return rows;
  } catch (error) {
    const inner = error instanceof Error ? error.cause : undefined;
    if (inner instanceof Error && errorCode(inner) === '22023') throw new RefusedCursorError(inner.message, { cause: error });
    throw error;
  }
}
