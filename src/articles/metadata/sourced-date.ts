import type { WrittenDate } from './written-date.js';

/** Where a date was found, most trusted first. */
export type DateSource = 'json-ld' | 'meta' | 'microdata' | 'time' | 'url' | 'text';

/** A date and where it was found. */
export interface SourcedDate {
  date: WrittenDate;
  source: DateSource;
}

/** Reads the date in a text; undefined where it has none that is plausible. */
export type ReadDate = (text: string | undefined) => WrittenDate | undefined;
