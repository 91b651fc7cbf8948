import { sql } from 'drizzle-orm';
import type { Db } from './client.js';
import { afterGapSql, type Politeness, slotFreeSql } from './turns.js';

/**
 * Returns claimed rows whose work was interrupted: they are due at the next turn of their hosts, and the attempt is not counted.
 */
export async function giveBack(
  db: Db,
  kind: 'feeds' | 'articles',
  ids: readonly number[],
  { hostGapMs, hostConcurrency }: Politeness,
): Promise<void> {
  if (ids.length === 0) return;
  const table = kind === 'feeds' ? sql`feedmill_data.feeds` : sql`feedmill_data.articles`;
  await db.execute(sql`
    with interrupted as materialized (
      select id, host, due_at as lease from ${table}
      where id = any (${sql.param([...ids])}::bigint[]) and due_at is not null for update
    ), freed as (
      update ${table} rows set due_at = now(), attempts = greatest(attempts - 1, 0)
      from interrupted where rows.id = interrupted.id
    ), left_over as (
      select host, array(
        select lease from unnest(hosts.leases) as lease
        where lease > now() and lease not in (select lease from interrupted where interrupted.host = hosts.host) order by lease
      ) as leases
      from feedmill_data.hosts where host in (select host from interrupted) for update
    )
    update feedmill_data.hosts set
      leases = left_over.leases,
      next_at = ${afterGapSql(hostGapMs)},
      turn_at = greatest(${afterGapSql(hostGapMs)}, hosts.blocked_until, ${slotFreeSql(sql`left_over.leases`, hostConcurrency)})
    from left_over where hosts.host = left_over.host`);
}
