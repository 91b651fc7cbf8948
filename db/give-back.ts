import { sql } from 'drizzle-orm';
import type { LeasedRow } from '../src/jobs/leased-row.js';
import type { QueueName } from '../src/jobs/queues.js';
import type { Db } from './client.js';
import { giveBackReextractions } from './reextractions.js';
import { afterGapSql, type Politeness, slotFreeSql } from './turns.js';

/**
 * Returns started rows whose work was interrupted, and frees their hosts. The attempt is not counted.
 * A row that is no longer under its lease is left as it is; only its host is freed.
 */
export async function giveBack(
  db: Db,
  kind: QueueName,
  started: readonly LeasedRow[],
  { hostGapMs, hostConcurrency }: Politeness,
  dueAgain: 'now' | 'at lease end' = 'now',
): Promise<void> {
  if (kind === 'reextractions') return giveBackReextractions(db, started, dueAgain);
  if (started.length === 0) return;
  const table = kind === 'feeds' ? sql`feedmill_data.feeds` : sql`feedmill_data.articles`;
  // The ids are named twice, so that the rows are found by their index.
  const ids = sql.param(started.map(({ id }) => id));
  const interrupted = sql`interrupted as materialized (
    select * from unnest(${ids}::bigint[],
      ${sql.param(started.map(({ turn }) => turn?.host ?? null))}::text[],
      ${sql.param(started.map(({ leaseEnd }) => leaseEnd.toISOString()))}::timestamptz[]) as row (id, host, lease)
  )`;
  await db.transaction(async (tx) => {
    // Rows are locked before hosts, and hosts in sorted order, as elsewhere: in another order, two processes could deadlock.
    await tx.execute(sql`
      with ${interrupted}
      update ${table} rows set due_at = ${dueAgain === 'now' ? sql`now()` : sql`due_at`}, attempts = greatest(attempts - 1, 0)
      from interrupted where rows.id = interrupted.id and rows.due_at = interrupted.lease and rows.id = any (${ids}::bigint[])`);
    await tx.execute(sql`
      with ${interrupted}, left_over as (
        select host, array(
          select lease from unnest(hosts.leases) as lease
          where lease > now() and lease not in (select lease from interrupted where interrupted.host = hosts.host) order by lease
        ) as leases
        from feedmill_data.hosts where host = any (array(select host from interrupted)) order by host for update
      )
      update feedmill_data.hosts set
        leases = left_over.leases,
        next_at = ${afterGapSql(hostGapMs)},
        turn_at = greatest(${afterGapSql(hostGapMs)}, hosts.blocked_until, ${slotFreeSql(sql`left_over.leases`, hostConcurrency)})
      from left_over where hosts.host = left_over.host`);
  });
}
