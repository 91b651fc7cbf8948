import type pg from 'pg';
import type { Postgres } from './postgres.js';

/** Interval between queries for changes, and pause before reconnecting, in ms. */
const QUERY_INTERVAL_MS = 300;

/**
 * An ordinary consumer: it follows the change cursor and keeps the ids of all existing records. At the end it must know exactly
 * the records that are stored, whatever happened in between.
 */
export class Consumer {
  readonly ids = new Set<string>();
  #cursor: string | null = null;
  #stopped = false;
  #done: Promise<void> = Promise.resolve();

  constructor(private readonly postgres: Postgres) {}

  start(): void {
    this.#done = this.#follow();
  }

  /** Reads the remaining changes, then stops. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    const client = await this.postgres.connect();
    while ((await this.#step(client)) > 0);
    await client.end();
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      try {
        const client = await this.postgres.connect();
        try {
          while (!this.#stopped) {
            await this.#step(client);
            await new Promise((done) => setTimeout(done, QUERY_INTERVAL_MS));
          }
        } finally {
          await client.end();
        }
      } catch {
        // The database is unavailable, as faults intend.
        await new Promise((done) => setTimeout(done, QUERY_INTERVAL_MS));
      }
    }
  }

  async #step(client: pg.Client): Promise<number> {
    const { rows } = await client.query<{ cursor: string; record_id: string; operation: string }>(
      'select cursor, record_id, operation from feedmill.changes($1, 500)',
      [this.#cursor],
    );
    for (const { cursor, record_id: id, operation } of rows) {
      this.#cursor = cursor;
      if (operation === 'delete') this.ids.delete(id);
      else this.ids.add(id);
    }
    return rows.length;
  }
}
