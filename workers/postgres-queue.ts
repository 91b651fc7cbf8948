import { EventEmitter } from 'node:events';
import {
  assertSchemaCompatibility,
  type PgPool,
  type PgPoolClient,
  type PgQueryResult,
  PostgresConnection,
  PostgresQueueBackend,
  Queue,
  runMigrations,
  Worker,
} from 'bullmq';
import pg from 'pg';
import { isBehindPooler } from '../db/pooler.js';
import type { Job } from '../src/jobs/queues.js';
import { present } from '../src/text/present.js';
import { type Backend, type BackendOptions, pauseAfterErrors } from './queue-backend.js';
import { settleClose } from './settle-close.js';

/** The schema of BullMQ in our database. Its own migrations create it. */
const QUEUE_SCHEMA = 'bullmq';
/** Timeout for getting a connection, in ms; after it, the database counts as not answering. */
const CONNECT_TIMEOUT_MS = 10_000;
/** How long an idle consumer waits for a notification before it looks for jobs, in s. Behind a pooler none arrives. */
const DRAIN_DELAY_S = 1;

/** Opens queues in Postgres, with `poolSize` connections at most. */
export function openPostgres(url: string, poolSize: number, { onError, telemetry }: BackendOptions): Backend {
  const traced = present({ telemetry });
  const pool = new QueuePool(url, poolSize, onError);
  const createBackend = (name: string, options: object) =>
    pauseAfterErrors(new PostgresQueueBackend(new QueueConnection(pool), name, options as never));
  // BullMQ's classes carry their backend in their type.
  return {
    queue: (name) => new Queue(name, { ...traced, connection: pool }, createBackend) as unknown as Queue<Job>,
    worker: (name, process, options) => {
      const settings = { ...options, ...traced, drainDelay: DRAIN_DELAY_S, connection: pool };
      return new Worker(name, process, settings, createBackend) as unknown as Worker<Job, void>;
    },
    ping: async () => void (await pool.query('select 1')),
    close: async () => void (await settleClose(pool.end())),
  };
}

/** Creates or updates BullMQ's tables in Postgres. Many processes may do so at once, since BullMQ takes a lock in its transaction. */
export async function migrateQueues(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'feedmill migrate' });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

/** Checks BullMQ's schema until it has been found in order. BullMQ's own class remembers a first check that failed for ever. */
class QueueConnection extends PostgresConnection {
  #ready: Promise<unknown> | undefined;

  override async waitUntilReady(): Promise<void> {
    this.#ready ??= assertSchemaCompatibility(this.pool, QUEUE_SCHEMA);
    try {
      await this.#ready;
    } catch (error) {
      this.#ready = undefined;
      throw error;
    }
  }
}

/**
 * A pool whose statements find BullMQ's schema. The search path is set by a statement, since poolers refuse startup options: once
 * for a session of our own, in each transaction behind a connection pooler.
 */
class QueuePool implements PgPool {
  readonly #pool: pg.Pool;
  readonly #pooled = new WeakSet<pg.ClientBase>();
  // BullMQ asks whether dead connections are noticed.
  readonly options = { keepAlive: true };

  constructor(url: string, size: number, onError: (error: Error) => void) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: size,
      keepAlive: true,
      application_name: 'feedmill queue',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      onConnect: async (client) => {
        client.on('error', onError);
        if (await isBehindPooler(client)) this.#pooled.add(client);
        else await client.query(`set search_path to ${QUEUE_SCHEMA}`);
      },
    });
    this.#pool.on('error', onError);
  }

  async query<Row>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<Row>> {
    const client = await this.#pool.connect();
    let failed = true;
    try {
      const result = await this.#run<Row>(client, text, params);
      failed = false;
      return result;
    } finally {
      client.release(failed);
    }
  }

  async #run<Row>(client: pg.PoolClient, text: string, params: readonly unknown[] = []): Promise<PgQueryResult<Row>> {
    if (!this.#pooled.has(client)) return runQuery(client, text, params);
    await client.query(`begin; set local search_path to ${QUEUE_SCHEMA}`);
    const result = await runQuery<Row>(client, text, params);
    await client.query('commit');
    return result;
  }

  /** Hands out a client to LISTEN on, which is all that BullMQ wants one for. */
  async connect(): Promise<PgPoolClient> {
    const client = await this.#pool.connect();
    if (!this.#pooled.has(client)) return client as unknown as PgPoolClient;
    client.release();
    return new SilentClient();
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  on(event: 'error' | 'connect', listener: (subject: never) => void): this {
    this.#pool.on(event as 'error', listener as (error: Error) => void);
    return this;
  }

  removeAllListeners(event?: 'error' | 'connect'): this {
    this.#pool.removeAllListeners(event);
    return this;
  }
}

async function runQuery<Row>(client: pg.PoolClient, text: string, params: readonly unknown[]): Promise<PgQueryResult<Row>> {
  const { rows, rowCount } = await client.query(text, [...params]);
  return { rows: rows as Row[], rowCount };
}

/** Stands for a client to LISTEN on behind a connection pooler, where notifications do not arrive: consumers look by themselves. */
class SilentClient extends EventEmitter implements PgPoolClient {
  async query<Row>(): Promise<PgQueryResult<Row>> {
    return { rows: [] };
  }

  release(): void {
    // There is no connection to release.
  }
}
