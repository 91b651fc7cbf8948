/** Which records a listing or a search shows: those that meet all of what is given. */
export interface RecordFilter {
  /** Registrable domains, such as `example.co.uk`. */
  sites?: readonly string[];
  /** Languages; `en` includes `en-GB` (RFC 4647 §3.3.1, basic filtering). */
  languages?: readonly string[];
  /** Published at or after. */
  since?: Date;
  /** Published before. */
  until?: Date;
  /** Feeds that showed them first. */
  feedIds?: readonly number[];
  /** A condition in SQL on the columns of the view `feedmill.records`, as the user wrote it. */
  where?: string;
}

/** A listing of records: what is selected, and what is shown of it. */
export interface RecordQuery extends RecordFilter {
  /** Columns of the view `feedmill.records`; all when undefined. */
  columns?: readonly string[];
  /** How many records at most; may be infinity. */
  limit: number;
  /** How long one statement may take, in ms. Each reads a part of the records. */
  timeoutMs: number;
}

/** A record by its id, or by the spellings of its URL. */
export type RecordName = { id: number } | { urls: readonly string[] };

/** What belongs to a record: rows of the view `sightings`, and records with nearly the same text. */
export interface RecordContext {
  sightings: Record<string, unknown>[];
  neighbours: Record<string, unknown>[];
}
