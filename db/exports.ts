import { type SQL, sql } from 'drizzle-orm';
import type { ExportRecord, Selection } from '../src/export/record.js';
import type { Db } from './client.js';

/** One row of the change cursor. */
export interface Change extends Record<string, unknown> {
  cursor: string;
  operation: string;
  record_id: string;
}

/** So many records are held at once: a million are exported in the memory of a few. */
const PAGE = 100;

const DATES = ['dated_at', 'published_at', 'first_seen_at', 'stored_at', 'updated_at'] as const;

/** What the exports read: the contract's own views, like any consumer. */
export const exportStore = (db: Db) => {
  const matching = ({ feedId, since }: Selection): SQL => sql`
    ${feedId === undefined ? sql`true` : sql`r.feed_id = ${feedId}`}
    and ${since === undefined ? sql`true` : sql`r.updated_at >= ${since.toISOString()}::timestamptz`}`;
  const select = async (where: SQL, order: SQL, limit: number): Promise<ExportRecord[]> => {
    const { rows } = await db.execute(sql`
      select r.*, coalesce(s.published_at, r.published_at, r.first_seen_at) as dated_at, coalesce(s.categories, '{}') as categories
      from feedmill.records r
      left join lateral (
        select published_at, categories from feedmill.sightings where record_id = r.id and feed_id = r.feed_id order by id limit 1
      ) s on true
      where ${where} order by ${order} limit ${limit}`);
    return rows.map((row) => {
      const dates = DATES.map((name) => [name, row[name] === null ? null : new Date(String(row[name]))]);
      return { ...row, id: Number(row.id), feed_id: Number(row.feed_id), ...Object.fromEntries(dates) } as ExportRecord;
    });
  };

  return {
    /** All records of the selection, in the order of their ids, a page at a time. */
    async *pages(selection: Selection): AsyncGenerator<ExportRecord[]> {
      for (let after = 0; ; ) {
        const page = await select(sql`r.id > ${after} and ${matching(selection)}`, sql`r.id`, PAGE);
        const last = page.at(-1);
        if (!last) return;
        yield page;
        after = last.id;
      }
    },

    /** The newest records of the selection, newest first. */
    newestRecords: (selection: Selection, limit: number): Promise<ExportRecord[]> =>
      select(matching(selection), sql`r.stored_at desc, r.id desc`, limit),

    /** Those of these records that are there and in the selection. */
    recordsById: (ids: readonly string[], selection: Selection): Promise<ExportRecord[]> =>
      select(sql`r.id = any (${sql.param(ids)}::bigint[]) and ${matching(selection)}`, sql`r.id`, ids.length),

    async currentCursor(): Promise<string> {
      const { rows } = await db.execute<{ cursor: string }>(sql`select feedmill.current_cursor() as cursor`);
      return rows[0]?.cursor ?? '';
    },

    async changesAfter(cursor: string): Promise<Change[]> {
      return (await db.execute<Change>(sql`select cursor, operation, record_id from feedmill.changes(${cursor}, ${PAGE})`)).rows;
    },
  };
};
