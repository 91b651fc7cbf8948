import { bigint, customType, pgSchema, timestamp } from 'drizzle-orm/pg-core';

/**
 * The schema of our tables. They may change between versions; consumers read the views of schema `feedmill` (db/contract).
 * Indexes are ascending and read backwards for the newest rows: Drizzle's `desc()` puts nulls last, which `order by x desc` can't
 * use.
 */
export const data = pgSchema('feedmill_data');

/** A `timestamptz` column, read as a Date. */
export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
/** The primary key of a table: an identity column. */
export const id = () => bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity();
/** Bytes. Drizzle lacks this type and those below. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
/** The words of a text, for full-text search. */
export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
/** A full transaction id, which may be too large for a number. */
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });
/** The text of a record, in the order in which compression finds most repetitions. Read its fields in SQL: `(body).content_text`. */
export const body = customType<{ data: { excerpt: string; content_text: string; content_html: string } }>({
  dataType: () => 'feedmill_data.body',
});
