/** Which failed articles are tried again: those that meet all of what is given. */
export interface FailureSelection {
  ids?: readonly number[];
  /** Codes of failures: `articles.error`. */
  kinds?: readonly string[];
  /** Names of hosts, without ports. */
  hosts?: readonly string[];
  /** Feeds that showed them first. */
  feedIds?: readonly number[];
  /** Tried last at or after. */
  since?: Date;
}

/** Which records are extracted again: those that meet all of what is given. */
export interface RecordSelection {
  ids?: readonly number[];
  /** Registrable domains, such as `example.co.uk`. */
  sites?: readonly string[];
  /** Names of hosts, without ports. */
  hosts?: readonly string[];
  /** Feeds that showed them first. */
  feedIds?: readonly number[];
  /** Stored at or after. */
  since?: Date;
  /** Stored before. */
  until?: Date;
  /** Made by an older version of the extractor than this one, or before versions were recorded. */
  extractorBefore?: number;
}

/** How far a run of re-extractions is, in records. */
export interface RunProgress {
  waiting: number;
  changed: number;
  unchanged: number;
  kept: number;
  fault: number;
}

/** What became of articles that were tried again. */
export interface RetryResults {
  /** Their pages gave content. */
  solved: number;
  /** They failed again, and are tried again later. */
  later: number;
  /** They failed again. */
  failed: number;
}

/** What asking for re-extractions did. */
export interface Asked {
  run: number;
  /** Records that the workers extract again. */
  marked: number;
  /** Records whose pages are fetched again. */
  refetched: number;
  /** Records that do not exist or whose page is no longer kept. */
  leftOut: number;
}
