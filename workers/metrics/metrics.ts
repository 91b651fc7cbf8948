import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Claimed } from '../../db/claim.js';
import type { Db } from '../../db/client.js';
import type { Role } from '../../src/cli/app.js';
import type { FetchUrl } from '../../src/web/outcome.js';
import type { ReadTime } from '../readers.js';
import { createJobMetrics } from './job-metrics.js';

/** What a document is for. It is the label of metrics about fetching and reading. */
export type DocumentKind = 'feed' | 'page';

/** The metrics of one process. Labels have few values each: never a host, a URL or a feed. docs/monitoring.md lists them. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Upper bounds of the time that a request, a job or a claim takes, in seconds: the longest is FETCH_TIMEOUT and what surrounds it. */
const DURATIONS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Upper bounds of how long due rows wait for a claim, in seconds: from one tick of the poller to a day of backlog. */
const WAITS_S = [0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400];

/** Opens the metrics of a process, among them those of Node itself (event loop, memory, garbage collection). */
export function createMetrics(about: { version: string; role: Role; queue: 'redis' | 'postgres' }) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'feedmill_build_info',
    help: 'Always 1. The labels say what runs: version, Node, role, and where the queues are.',
    labelNames: ['version', 'node', 'role', 'queue'],
    registers: [registry],
  }).set({ ...about, node: process.version }, 1);
  return {
    registry,
    ...createJobMetrics(registry, DURATIONS_S),
    ...createFetchMetrics(registry),
    ...createReadMetrics(registry),
    ...createClaimMetrics(registry),
    ...createDeliveryMetrics(registry),
    watchPool: (db: Pick<Db, '$client'>) => watchPool(registry, db),
  };
}

function createFetchMetrics(registry: Registry) {
  const fetches = new Counter({
    name: 'feedmill_fetches_total',
    help: 'Requests for feeds, pages and their robots.txt, by how they ended.',
    labelNames: ['document', 'outcome'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'feedmill_fetch_duration_seconds',
    help: 'Time that a request took, with its body and with its wait for a slot of the address.',
    labelNames: ['document'],
    buckets: DURATIONS_S,
    registers: [registry],
  });
  const bytes = new Counter({
    name: 'feedmill_fetched_bytes_total',
    help: 'Bytes of the documents that were fetched, decompressed.',
    labelNames: ['document'],
    registers: [registry],
  });
  return {
    /** The same function, with its requests counted. */
    countFetches:
      (document: DocumentKind, fetchUrl: FetchUrl): FetchUrl =>
      async (...args) => {
        const end = durations.startTimer({ document });
        const outcome = await fetchUrl(...args);
        end();
        fetches.inc({ document, outcome: outcome.kind });
        if (outcome.kind === 'fetched') bytes.inc({ document }, outcome.body.byteLength);
        return outcome;
      },
  };
}

function createReadMetrics(registry: Registry) {
  const durations = new Histogram({
    name: 'feedmill_read_duration_seconds',
    help: 'Time that a thread took to parse a feed, or to extract an article from its page.',
    labelNames: ['document'],
    buckets: [0.001, 0.0025, 0.005, ...DURATIONS_S.slice(1)],
    registers: [registry],
  });
  const stopped = new Counter({
    name: 'feedmill_reads_stopped_total',
    help: 'Documents whose reading was stopped, because it took too long or too much memory.',
    labelNames: ['document', 'reason'],
    registers: [registry],
  });
  return {
    /** Returns a function for a reader to call after each document. */
    observeReads:
      (document: DocumentKind) =>
      ({ ms, stopped: reason }: ReadTime): void => {
        durations.observe({ document }, ms / 1000);
        if (reason) stopped.inc({ document, reason });
      },
  };
}

function createClaimMetrics(registry: Registry) {
  const durations = new Histogram({
    name: 'feedmill_claim_duration_seconds',
    help: 'Time that a claim of due rows took.',
    buckets: DURATIONS_S,
    registers: [registry],
  });
  const waits = new Histogram({
    name: 'feedmill_turn_wait_seconds',
    help: 'How long a claimed row had been due: its wait for a turn of its host.',
    labelNames: ['queue'],
    buckets: WAITS_S,
    registers: [registry],
  });
  return {
    observeClaim({ ms, claimed }: { ms: number; claimed: Claimed }): void {
      durations.observe(ms / 1000);
      for (const queue of ['feeds', 'articles'] as const)
        for (const waitMs of claimed.waitsMs[queue]) waits.observe({ queue }, waitMs / 1000);
    },
  };
}

function createDeliveryMetrics(registry: Registry) {
  const requests = new Counter({
    name: 'feedmill_delivery_requests_total',
    help: 'Requests and mails to receivers of deliveries, by what came of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return { countDelivery: (outcome: string): void => requests.inc({ outcome }) };
}

/** Shows how busy the connection pool of the stores is. */
function watchPool(registry: Registry, { $client: pool }: Pick<Db, '$client'>): void {
  new Gauge({
    name: 'feedmill_database_connections',
    help: 'Connections that the stores of this process have open, by whether they run a query.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
    },
  });
  new Gauge({
    name: 'feedmill_database_connections_limit',
    help: 'The most connections that the stores of this process may open.',
    registers: [registry],
    collect() {
      this.set(pool.options.max ?? 0);
    },
  });
  new Gauge({
    name: 'feedmill_database_waiting_queries',
    help: 'Queries of the stores that wait for a connection.',
    registers: [registry],
    collect() {
      this.set(pool.waitingCount);
    },
  });
}
