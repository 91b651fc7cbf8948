import { exportStore, RefusedCursorError } from '../db/exports.js';
import { SelectionError } from '../db/record-condition.js';
import { recordReader } from '../db/record-reader.js';
import { proxyImages } from '../src/articles/output/image-proxy.js';
import type { CliApp } from '../src/cli/app.js';
import { UserError } from '../src/user-error.js';
import type { App } from './app.js';

/** What the commands read of records, with their images behind IMAGE_PROXY. */
export function recordReaders({ config, db }: App) {
  const reader = recordReader(db);
  const store = exportStore(db);
  const { imageProxy } = config;
  const proxied = <T extends object>(record: T): T => (imageProxy ? proxyImages(record, imageProxy) : record);
  return {
    loadRecordColumns: reader.loadRecordColumns,
    async *readRecords(query) {
      try {
        for await (const rows of reader.readRecords(query)) yield rows.map(proxied);
      } catch (error) {
        throw explainSelection(error);
      }
    },
    searchRecords: (words, query) =>
      reader.searchRecords(words, query).catch((error: unknown) => {
        throw explainSelection(error);
      }),
    findRecord: async (name) => {
      const record = await reader.findRecord(name);
      return record && proxied(record);
    },
    findRecordFailure: reader.findRecordFailure,
    loadRecordContext: reader.loadRecordContext,
    loadRevisions: async (id) => (await reader.loadRevisions(id)).map(proxied),
    async *readRecordPages(selection) {
      for await (const page of store.readRecordPages(selection)) yield page.map(proxied);
    },
    loadNewestRecords: async (selection, limit) => (await store.loadNewestRecords(selection, limit)).map(proxied),
    loadRecordsById: async (ids, selection) => (await store.loadRecordsById(ids, selection)).map(proxied),
    readCursor: store.readCursor,
    loadChangesAfter: (cursor) =>
      store.loadChangesAfter(cursor).catch((error: unknown) => {
        throw explainCursor(error);
      }),
  } satisfies Partial<CliApp>;
}

/** A selection that can't be run is the user's to mend. */
const explainSelection = (error: unknown): unknown =>
  error instanceof SelectionError
    ? new UserError(error.message, error.reason === 'bad-condition' ? 2 : 1, { cause: error })
    : error;

/** An export that was held up for days, or whose database was restored meanwhile, has missed changes. */
const explainCursor = (error: unknown): unknown =>
  error instanceof RefusedCursorError
    ? new UserError(`The export has missed changes (${error.message}). Run it again: it writes all records first.`, 1, {
        cause: error,
      })
    : error;
