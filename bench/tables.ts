import type { Query } from './database.js';

/** Prints what updates did to the tables: how many were HOT (left the indexes alone), dead rows, and size. Only tables that were updated. */
export async function printUpdates(query: Query): Promise<void> {
  await query('select pg_stat_force_next_flush(), pg_stat_clear_snapshot()');
  const rows = await query(`
    select schemaname || '.' || relname as table, n_live_tup::int as live, n_dead_tup::int as dead, n_tup_upd::int as updated,
      n_tup_hot_upd::float8 / nullif(n_tup_upd, 0) as hot, (autovacuum_count + vacuum_count)::int as vacuums,
      pg_relation_size(relid)::float8 / 1e6 as heap, pg_indexes_size(relid)::float8 / 1e6 as indexes
    from pg_stat_user_tables where n_tup_upd + n_tup_del > 100 order by n_tup_upd + n_tup_del desc`);
  console.log('table                              rows     dead  updates    HOT  vacuums   heap MB  indexes MB');
  for (const { table, live, dead, updated, hot, vacuums, heap, indexes } of rows) {
    const share = hot === null ? '-' : `${(Number(hot) * 100).toFixed(0)} %`;
    const cells = [live, dead, updated, share, vacuums, Number(heap).toFixed(1), Number(indexes).toFixed(1)];
    const widths = [8, 9, 9, 7, 9, 10, 12];
    console.log(String(table).padEnd(31) + cells.map((cell, n) => String(cell).padStart(widths[n] ?? 0)).join(''));
  }
}
