import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ExportRecord, parseRecordId, recordFileName, recordPath } from '../export/record.js';
import type { RecordFormat } from '../export/write-record.js';
import { makeFolder } from '../make-folder.js';
import { errorCode } from '../text/error-code.js';

/** Where an export writes its records, one by one. */
export interface ExportTarget {
  put(record: ExportRecord, text: string): Promise<void>;
  remove(id: number): Promise<void>;
  /** A sentence that says what was written; undefined if the output already shows it. */
  summary(): string | undefined;
}

/**
 * Age at which an unfinished file counts as left by an export that was killed, in ms. Writing one file takes far less than
 * this hour.
 */
const ABANDONED_MS = 3_600_000;
/** The name of a file that is still being written; see `replaceFile`. */
const UNFINISHED = /^\d+\.md\.\d+-[0-9a-f]{8}\.new$/;

/** Writes all records to one stream, one after the other. */
export function openStreamTarget(write: (text: string) => Promise<void>, format: RecordFormat): ExportTarget {
  return {
    put: (_, text) => write(text),
    // JSON Lines is the only stream format that can express a deletion.
    remove: async (id) => (format === 'jsonl' ? write(`${JSON.stringify({ id, deleted: true })}\n`) : undefined),
    summary: () => undefined,
  };
}

/**
 * Writes one file per record, in one folder per feed. A file is written only if it is new or has changed, and appears
 * complete or not at all. If a record's feed folder has a new name, its file moves there.
 */
export async function openFolderTarget(root: string): Promise<ExportTarget> {
  const folders = await findRecordFolders(root);
  let [written, unchanged, removed] = [0, 0, 0];
  return {
    async put(record, text) {
      const { folder, file } = recordPath(record);
      const previous = folders.get(record.id);
      if (previous !== undefined && previous !== folder) await removeFile(join(root, previous, file));
      folders.set(record.id, folder);
      const path = join(root, folder, file);
      if ((await readFile(path, 'utf8').catch(() => undefined)) === text) {
        unchanged += 1;
        return;
      }
      await makeFolder(join(root, folder));
      await replaceFile(path, text);
      written += 1;
    },
    async remove(id) {
      const folder = folders.get(id);
      if (folder !== undefined && (await removeFile(join(root, folder, recordFileName(id))))) removed += 1;
      folders.delete(id);
    },
    summary: () => `${written} written, ${unchanged} unchanged${removed > 0 ? `, ${removed} removed` : ''} in ${root}.`,
  };
}

/**
 * Finds the folder of each record that earlier exports wrote, by record id. Removes files that a killed export left
 * unfinished.
 */
async function findRecordFolders(root: string): Promise<Map<number, string>> {
  const folders = new Map<number, string>();
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const file of await readdir(join(root, entry.name))) {
      const id = parseRecordId(file);
      if (id !== undefined) folders.set(id, entry.name);
      else if (UNFINISHED.test(file)) await removeAbandoned(join(root, entry.name, file));
    }
  }
  return folders;
}

async function replaceFile(path: string, text: string): Promise<void> {
  // The name is unique to this write: another process may export the same record at the same time.
  const unfinished = `${path}.${process.pid}-${randomUUID().slice(0, 8)}.new`;
  await writeFile(unfinished, text);
  await rename(unfinished, path);
}

async function removeAbandoned(path: string): Promise<void> {
  try {
    if ((await stat(path)).mtimeMs < Date.now() - ABANDONED_MS) await rm(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Removes a file if it exists. @returns whether it did */
async function removeFile(path: string): Promise<boolean> {
  try {
    await rm(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

const isMissing = (error: unknown) => errorCode(error) === 'ENOENT';
