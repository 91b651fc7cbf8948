import type pg from 'pg';
import type { Db } from '../../db/client.js';
import { insertRecord, until } from '../database.js';

/** A row of `feedmill.changes()`. */
export interface Change {
  cursor: string;
  operation: string;
  record_id: string;
  fields: string[] | null;
}

/** Stores records of one feed and reads the changes to them, as tests of the contract need it. */
export function createRecords(db: Db) {
  const query = async <T = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<T[]> =>
    (await db.$client.query(text, values)).rows as T[];
  let serial = 0;

  return {
    query,

    /** Deletes all records and feeds, and subscribes to one feed. */
    async reset(): Promise<void> {
      await query('delete from feedmill_data.feeds');
      await query("insert into feedmill_data.feeds (url, host) values ('https://a.example/feed', 'a.example')");
    },

    /** Stores a record whose title and text are `title`. @returns its id */
    async addRecord(title: string, client: pg.Pool | pg.Client = db.$client): Promise<number> {
      serial += 1;
      const url = `https://a.example/${serial}`;
      const { rows } = await client.query('select min(id) as id from feedmill_data.feeds');
      const feedId = Number(rows[0].id);
      return insertRecord({ $client: client } as Pick<Db, '$client'>, {
        feedId,
        url,
        text: title,
      });
    },

    async readCursor(): Promise<string> {
      return (await query<{ cursor: string }>('select feedmill.current_cursor() as cursor'))[0]?.cursor ?? '';
    },

    readChanges: (after: string | null, max = 1000) => query<Change>('select * from feedmill.changes($1, $2)', [after, max]),

    /** The changes after `after`, once there are `count` of them: sessions of other tests may hold back the cursor. */
    waitForChanges: (after: string | null, count: number) =>
      until(async () => {
        const seen = await query<Change>('select * from feedmill.changes($1, 1000)', [after]);
        return seen.length >= count && seen;
      }, `${count} changes`),
  };
}
