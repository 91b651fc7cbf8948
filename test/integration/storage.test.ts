import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { createDatabase } from '../database.js';

const { db } = await createDatabase();

await db.$client.query("select feedmill_admin.add_delivery('https://r.example/hook', '{record.stored}')");

it.each([
  {
    table: 'feeds',
    rows: sql`insert into feedmill_data.feeds (url, host) select 'https://' || n, 'h' from generate_series(1, 2000) n`,
    update: sql`update feedmill_data.feeds set attempts = attempts + 1 where id % 10 = 0`,
  },
  {
    table: 'messages',
    rows: sql`insert into feedmill_data.messages (delivery_id, type, subject)
      select (select id from feedmill_data.deliveries), 'record.stored', 'record:' || n from generate_series(1, 2000) n`,
    update: sql`update feedmill_data.messages set attempts = 1, due_at = now(), lease_end = now() where id % 2 = 0`,
  },
])(
  '$table have room on their pages, so that starting work on them leaves their indexes alone',
  async ({ table, rows, update }) => {
    await db.execute(rows);
    await db.transaction(async (tx) => {
      await tx.execute(update);
      const { rows: stats } = await tx.execute(sql`
      select n_tup_hot_upd::float8 / n_tup_upd as hot from pg_stat_xact_user_tables
      where schemaname = 'feedmill_data' and relname = ${table}`);
      expect(stats).toEqual([{ hot: 1 }]);
    });
  },
);
