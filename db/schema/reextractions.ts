import { sql } from 'drizzle-orm';
import { bigint, index, integer, text } from 'drizzle-orm/pg-core';
import type { ReextractionOutcome } from '../../src/jobs/reextraction.js';
import { at, data } from './columns.js';

/** Numbers the runs: the records of one request to extract records again. */
export const reextractionRuns = data.sequence('reextraction_runs');

/** One row per record that is to be extracted again, or was in the last days. */
export const reextractions = data.table(
  'reextractions',
  {
    articleId: bigint('article_id', { mode: 'number' }).primaryKey(),
    /** The run that last asked for it. */
    run: bigint('run', { mode: 'number' }).notNull(),
    askedAt: at('asked_at').notNull().defaultNow(),
    /** When it is done, or the end of the lease while a worker has it; null: it is done. */
    dueAt: at('due_at').defaultNow(),
    /** Counted when one begins, so that a page which crashes its worker is left alone in the end. */
    attempts: integer('attempts').notNull().default(0),
    /** How it ended; null: not yet. */
    outcome: text('outcome').$type<ReextractionOutcome>(),
    /** Which columns changed, or why the record was kept as it is. */
    note: text('note'),
    doneAt: at('done_at'),
  },
  (table) => [
    index('reextractions_due').on(table.dueAt).where(sql`due_at is not null`),
    index('reextractions_run').on(table.run, table.outcome),
    index('reextractions_done').on(table.doneAt).where(sql`done_at is not null`),
  ],
);
