import { Counter, Gauge, type Registry } from 'prom-client';
import type { Gauges } from '../../db/gauges.js';
import type { PerQueue } from '../../src/jobs/queues.js';
import { shareFor } from '../share-for.js';

/** How long what was read is served again, in ms: however often somebody scrapes, the database is asked four times a minute. */
const HOLDS_MS = 15_000;

/** What the gauges show: what the database says, and the jobs that no worker has started. */
export interface Installation extends Gauges {
  waitingJobs: PerQueue;
}

/** A gauge with its values by label; `name` without the prefix. */
interface Reading {
  name: string;
  help: string;
  label?: string;
  values(installation: Installation): Record<string, number>;
}

const single = (value: number) => ({ '': value });

const READINGS: Reading[] = [
  {
    name: 'due_rows',
    help: 'Rows that are due and not claimed. At most 100,000 are counted.',
    label: 'queue',
    values: ({ due }) => due,
  },
  {
    name: 'oldest_due_age_seconds',
    help: 'How long ago the oldest of them fell due.',
    label: 'queue',
    values: ({ dueAgeS }) => dueAgeS,
  },
  {
    name: 'waiting_jobs',
    help: 'Jobs in the queue that no worker has started.',
    label: 'queue',
    values: ({ waitingJobs }) => waitingJobs,
  },
  {
    name: 'hosts',
    help: 'Hosts with something pending: those whose turn has come, those that asked us to wait, those that give us trouble.',
    label: 'state',
    values: ({ hosts }) => hosts,
  },
  {
    name: 'turn_overdue_seconds',
    help: 'How long the first host in line has been waiting for a claim.',
    values: ({ turnOverdueS }) => single(turnOverdueS),
  },
  { name: 'feeds', help: 'Feeds by state, as feedmill.feeds has it.', label: 'state', values: ({ feeds }) => feeds },
  {
    name: 'outage',
    help: '1 while most sites cannot be reached, so that the fault is on our side.',
    values: ({ outage }) => single(outage ? 1 : 0),
  },
  {
    name: 'search_lag_seconds',
    help: 'How long the next records have been waiting to be indexed.',
    values: ({ searchLagS }) => single(searchLagS),
  },
  {
    name: 'index_faults',
    help: 'Records that could not be indexed because of a fault of ours. At most 100,000 are counted.',
    values: ({ indexFaults }) => single(indexFaults),
  },
  {
    name: 'changes_held_back_seconds',
    help: 'How long the oldest change has been hidden from cursors by a transaction that still runs.',
    values: ({ changesHeldBackS }) => single(changesHeldBackS),
  },
  {
    name: 'delivery_lag_seconds',
    help: 'Age of the oldest event that a receiver of deliveries has not been told of.',
    values: ({ deliveries }) => single(deliveries.lagS),
  },
  {
    name: 'dead_letters',
    help: 'Messages to receivers that were given up. At most 100,000 are counted.',
    values: ({ deliveries }) => single(deliveries.deadLetters),
  },
  {
    name: 'expiry_overdue_seconds',
    help: 'How long ago the oldest row of a table should have been deleted.',
    label: 'table',
    values: ({ overdueS }) => overdueS,
  },
  {
    name: 'database_size_bytes',
    help: 'Size of the database.',
    values: ({ databaseBytes }) => single(databaseBytes),
  },
  {
    name: 'table_size_bytes',
    help: 'Size of each of our tables, with its indexes.',
    label: 'table',
    values: ({ tables }) => Object.fromEntries(tables.map(({ name, bytes }) => [name, bytes])),
  },
  {
    name: 'table_rows',
    help: 'Rows of each of our tables, as Postgres estimates them.',
    label: 'table',
    values: ({ tables }) => Object.fromEntries(tables.map(({ name, rows }) => [name, rows])),
  },
];

/**
 * Adds the gauges that describe the whole installation. Only the poller has them: if every process did, sums would count them many
 * times. When they can't be read, they are absent rather than out of date.
 */
export function addInstallationGauges(
  registry: Registry,
  read: () => Promise<Installation>,
  { onError, nowMs = () => performance.now() }: { onError: (error: Error) => void; nowMs?: () => number },
): void {
  const failures = new Counter({
    name: 'feedmill_gauge_failures_total',
    help: 'How often the state of the installation could not be read.',
    registers: [registry],
  });
  const load = shareFor(HOLDS_MS, nowMs, () =>
    read().catch((error: Error) => {
      failures.inc();
      onError(error);
      return undefined;
    }),
  );
  for (const { name, help, label, values } of READINGS) {
    new Gauge({
      name: `feedmill_${name}`,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
      async collect() {
        const installation = await load();
        this.reset();
        // prom-client's reset removes the values of a gauge with labels, and sets one without to 0.
        if (!installation) return label === undefined ? this.remove() : undefined;
        for (const [of, value] of Object.entries(values(installation)))
          this.set(label === undefined ? {} : { [label]: of }, value);
      },
    });
  }
}
