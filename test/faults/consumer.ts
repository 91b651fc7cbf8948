import type pg from 'pg';
import type { Postgres } from './postgres.js';

/** How often the consumer asks for changes, and how soon it connects again, in ms. */
const ASK_MS = 300;

/**
 * A consumer like any other: follows the change cursor and keeps the ids of the records that there are. What it knows in the
 * end must be what is stored, whatever happened in between.
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

  /** Stops after a last look. */
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
            await new Promise((done) => setTimeout(done, ASK_MS));
          }
        } finally {
          await client.end();
        }
      } catch {
        // The database is away, which is what the run is about.
        await new Promise((done) => setTimeout(done, ASK_MS));
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
