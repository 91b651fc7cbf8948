import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { Piscina } from 'piscina';
import type { readArticle } from '../src/articles/read.js';
import type { writeRecord } from '../src/export/write-record.js';
import type { readFeed } from '../src/feeds/read.js';
import type { Stopped } from '../src/jobs/stopped.js';

/** Memory limit of a reader thread, in MB. A document that needs more ends its thread. */
const THREAD_MEMORY_MB = 256;

/** How many documents are read at once, and for how long each. */
export interface ReaderOptions {
  threads: number;
  /** The time limit for one document, in ms. */
  timeoutMs: number;
}

/**
 * Runs the default export of `file` in worker threads with hard limits of time and memory. A document that hangs or needs too
 * much memory ends its thread, not the process.
 */
function createReader<Input, Output>(file: string, { threads, timeoutMs }: ReaderOptions) {
  const pool = new Piscina({
    filename: fileURLToPath(new URL(file, import.meta.url)),
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
  });
  // The task that a thread was running gets its errors. Without a listener here, they would also end the process.
  pool.on('error', () => undefined);
  // Piscina would start the time limit while a document still waits for a thread.
  const onePerThread = pLimit(threads);

  return {
    read: (input: Input): Promise<Output | Stopped> =>
      onePerThread(async () => {
        const signal = AbortSignal.timeout(timeoutMs);
        try {
          return (await pool.run(input, { signal })) as Output;
        } catch (error) {
          if (signal.aborted) return { kind: 'stopped', reason: 'too-slow' };
          const code = error instanceof Error && 'code' in error ? error.code : undefined;
          if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { kind: 'stopped', reason: 'too-much-memory' };
          throw error;
        }
      }),
    close: () => pool.destroy(),
  };
}

/** Starts the threads that read the pages of articles. */
export const createArticleReader = (options: ReaderOptions) =>
  createReader<Parameters<typeof readArticle>[0], ReturnType<typeof readArticle>>('./article-thread.js', options);

/** Starts the threads that read the documents of feeds. */
export const createFeedReader = (options: ReaderOptions) =>
  createReader<Parameters<typeof readFeed>[0], Awaited<ReturnType<typeof readFeed>>>('./feed-thread.js', options);

/** Starts the thread that writes records for an export. */
export const createRecordWriter = (options: ReaderOptions) =>
  createReader<Parameters<typeof writeRecord>[0], ReturnType<typeof writeRecord>>('./export-thread.js', options);
