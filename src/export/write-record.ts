import { writeArchive } from './archive.js';
import { writeMarkdown } from './markdown.js';
import type { ExportRecord } from './record.js';

/** Formats that write record by record. */
const WRITERS = {
  archive: writeArchive,
  markdown: writeMarkdown,
  jsonl: (record: ExportRecord) => `${JSON.stringify(record)}\n`,
};

export type RecordFormat = keyof typeof WRITERS;

export const RECORD_FORMATS = Object.keys(WRITERS) as RecordFormat[];

/** Writes one record in a format. */
export const writeRecord = ({ format, record }: { format: RecordFormat; record: ExportRecord }): string =>
  WRITERS[format](record);
